"""What is kept of persons goes when its time is over, on both stores: that and no more, once, and noted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from creditreport.accounts.models import Account, Authorisation, Capacity, Kind, SignInSession
from creditreport.audit.models import AuditEntry
from creditreport.cli import main
from creditreport.db import Base, make_engine, make_sessions
from creditreport.entities.models import EntityRow
from creditreport.notices.models import Notice, NoticeChoice
from creditreport.privacy.kinds import KINDS
from creditreport.privacy.retention import Applied, apply_retention
from creditreport.requests.models import WaitingRequest
from tests.conftest import NOON
from tests.stores import make_store

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
LONG_AGO = NOON - 731 * DAY
NOT_SO_LONG_AGO = NOON - 729 * DAY


@pytest.fixture
def stored(database_url: str) -> Iterator[sessionmaker[Session]]:
    make_store(database_url)
    engine = make_engine(database_url)
    sessions = make_sessions(engine)
    with sessions.begin() as store:
        store.add(
            EntityRow(
                register_id="r1", uscc="91320900MA00000000", name="盐城示例有限公司", entity_type="company",
                registration_status="active", synced_at=NOON,
            )
        )  # fmt: skip
    yield sessions
    engine.dispose()


def account(name: str, kind: Kind = Kind.BUSINESS, **said: object) -> Account:
    issuer = "https://id.example.gov.cn"
    values = {"email": f"{name}@example.com", "created_at": LONG_AGO - 9 * DAY, "display_name": f"示例{name}", **said}
    return Account(issuer=issuer, subject=name, kind=kind, **values)


def put(stored: sessionmaker[Session], *rows: Base) -> list[int]:
    """Store the rows; returns their numbers (0 for one that has none)."""
    with stored.begin() as store:
        store.add_all(rows)
        store.flush()
        return [getattr(row, "id", 0) for row in rows]


def removed(done: list[Applied]) -> dict[str, int]:
    return {one.kind: one.removed for one in done if one.removed}


def apply(stored: sessionmaker[Session], *, dry_run: bool = False) -> dict[str, int]:
    return removed(apply_retention(stored, KINDS, "a test", NOON, dry_run=dry_run))


def everything(stored: sessionmaker[Session]) -> str:
    """Every row of every table, as text."""
    with stored() as store:
        return "\n".join(
            str(tuple(row)) for table in Base.metadata.sorted_tables for row in store.execute(select(table))
        )


def handler(account_id: int | None, **said: object) -> Authorisation:
    values = {"valid_from": LONG_AGO, "granted_at": LONG_AGO, "valid_until": NOON + DAY, "label": "小王", **said}
    return Authorisation(
        register_id="r1",
        capacity=Capacity.HANDLER,
        account_id=account_id,
        purposes="",
        granted_by="account:1",
        **values,
    )


def test_a_person_who_no_longer_comes_is_forgotten(stored: sessionmaker[Session]) -> None:
    gone, never, here, colleague, former = put(
        stored,
        account("gone", last_sign_in_at=LONG_AGO),
        account("never"),
        account("here", last_sign_in_at=NOT_SO_LONG_AGO),
        account("colleague", Kind.STAFF, last_sign_in_at=LONG_AGO),
        account("former", Kind.STAFF, last_sign_in_at=LONG_AGO, disabled_at=LONG_AGO),
    )
    put(stored, handler(gone, label=None, valid_until=None))
    before = everything(stored)
    assert apply(stored, dry_run=True) == {"accounts": 3}
    assert everything(stored) == before
    assert apply(stored) == {"accounts": 3}
    text = everything(stored)
    assert not [name for name in ("gone", "never", "former") if re.search(rf"\b{name}\b|示例{name}", text)]
    assert all(f"{name}@example.com" in text for name in ("here", "colleague"))
    with stored() as store:
        assert store.scalars(select(Account.id).where(Account.disabled_at.is_(None))).all() == [here, colleague]
        assert store.scalars(select(Authorisation.revoked_at)).one() == NOON
        assert store.get_one(Account, gone).disabled_at == NOON
        assert store.get_one(Account, former).disabled_at == LONG_AGO
        entry = store.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject, entry.detail["removed"]) == ("privacy.applied", "privacy:accounts", 3)
    assert apply(stored) == {}
    assert everything(stored) == text
    # The same person may come again, as somebody new.
    assert put(stored, account("gone"))[0] not in (gone, never, former)


def test_sign_ins_that_are_over(stored: sessionmaker[Session]) -> None:
    one = put(stored, account("here", last_sign_in_at=NOON))[0]

    def sign_in(name: str, began: timedelta, used: timedelta) -> SignInSession:
        return SignInSession(
            token_digest=name, account_id=one, created_at=NOON - began, last_seen_at=NOON - used, client="?",
            id_token=f"told-{name}",
        )  # fmt: skip

    put(
        stored,
        sign_in("open", HOUR, timedelta(minutes=29)),
        sign_in("idle", HOUR, timedelta(minutes=31)),
        sign_in("long", 9 * HOUR, timedelta(minutes=1)),
        sign_in("old", 92 * DAY, 91 * DAY),
    )
    assert apply(stored) == {"identity_tokens": 3, "sessions": 1}
    with stored() as store:
        kept = {row.token_digest: row.id_token for row in store.scalars(select(SignInSession))}
    assert kept == {"open": "told-open", "idle": None, "long": None}
    assert apply(stored) == {}


def test_names_of_handlers(stored: sessionmaker[Session]) -> None:
    one = put(stored, account("here", last_sign_in_at=NOON))[0]
    put(
        stored,
        handler(None, label="未接受", granted_at=NOON - 31 * DAY, invitation_digest="a"),
        handler(None, label="刚邀请", granted_at=NOON - 29 * DAY, invitation_digest="b"),
        handler(None, label="早撤销", revoked_at=LONG_AGO, revoked_by="account:9"),
        handler(one, label="已到期", valid_until=LONG_AGO),
        handler(one, label="已撤销", revoked_at=LONG_AGO),
        handler(one, label="刚到期", valid_until=NOT_SO_LONG_AGO),
        handler(one, label="有效"),
    )
    assert apply(stored) == {"invitations": 2, "handlers": 2}
    with stored() as store:
        rows = store.scalars(select(Authorisation).order_by(Authorisation.id)).all()
    assert [row.label for row in rows] == [None, "刚邀请", None, None, None, "刚到期", "有效"]
    assert rows[0].invitation_digest is None
    assert (rows[0].revoked_at, rows[0].revoked_by) == (NOON, "privacy")
    assert (rows[2].revoked_at, rows[2].revoked_by) == (LONG_AGO, "account:9")
    assert apply(stored) == {}


def test_addresses_notices_and_requests(stored: sessionmaker[Session]) -> None:
    one, other = put(stored, account("here", last_sign_in_at=NOON), account("other", last_sign_in_at=NOON))

    def choice(account_id: int, asked: timedelta) -> NoticeChoice:
        return NoticeChoice(
            account_id=account_id, language="zh", pending_email=f"{account_id}@example.org",
            confirm_digest=str(account_id), asked_at=NOON - asked,
        )  # fmt: skip

    def request(state: str, settled: object) -> WaitingRequest:
        return WaitingRequest(
            register_id="r1", account_id=one, years=1, purpose="finance", language="zh", showing="records",
            state=state, asked_at=LONG_AGO, next_try_at=LONG_AGO, give_up_at=LONG_AGO, tries=1, settled_at=settled,
        )  # fmt: skip

    def notice(subject: str, made: object) -> Notice:
        return Notice(
            account_id=one, register_id="r1", kind="expiring", subject=subject, purpose="", made_at=made, mail_tries=0
        )

    put(stored, choice(one, 8 * DAY), choice(other, 6 * DAY))
    put(stored, request("given_up", LONG_AGO), request("given_up", NOT_SO_LONG_AGO), request("waiting", None))
    put(stored, notice("old", LONG_AGO), notice("new", NOT_SO_LONG_AGO))
    assert apply(stored) == {"addresses": 1, "notices": 1, "requests": 1}
    with stored() as store:
        addresses = store.scalars(select(NoticeChoice.pending_email).order_by(NoticeChoice.account_id)).all()
        assert addresses == [None, f"{other}@example.org"]
        assert store.scalars(select(Notice.subject)).all() == ["new"]
        assert [row.settled_at for row in store.scalars(select(WaitingRequest).order_by(WaitingRequest.id))] == [
            NOT_SO_LONG_AGO,
            None,
        ]
    assert apply(stored) == {}


def test_the_command_says_what_it_did(
    stored: sessionmaker[Session], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(stored, account("gone", last_sign_in_at=LONG_AGO))
    for name, value in {
        "ENV": "test", "DATABASE_URL": database_url, "PUBLIC_URL": "https://credit.example.gov.cn", "SECRET_KEY": "a",
        "SIGNING_PASSPHRASE": "b", "CLOCK": NOON.isoformat(), "LANG": "en",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"CREDITREPORT_{name}", value)
    trial = json.loads(run("privacy", "apply", "--dry-run", "--json"))
    assert trial["dry_run"] is True
    assert {one["kind"]: one["removed"] for one in trial["kinds"]}["accounts"] == 1
    assert "accounts             removed 1" in run("privacy", "apply")
    assert "accounts             removed 0" in run("privacy", "apply")


def run(*arguments: str) -> str:
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    return done.output
