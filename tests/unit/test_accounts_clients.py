"""Programs: a secret shown once, scopes, expiry, a time of grace at a rotation, disabling; no cookie is theirs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from creditreport.accounts.apiaccess import api_client_required
from creditreport.accounts.apiclients import (
    add_client,
    authenticate_client,
    registered_client,
    rotate_client,
    set_client_disabled,
)
from creditreport.accounts.models import ApiClient, Scope
from creditreport.audit.models import AuditEntry
from creditreport.cli import main
from creditreport.config import Settings
from creditreport.db import make_engine, make_sessions
from creditreport.errors import Problem
from creditreport.reports.fonts import FontSet
from tests.conftest import NOON
from tests.portal import BASE, Portal, environment, get, make_portal
from tests.roles import Knocking
from tests.stores import make_store

LAST = date(2026, 12, 21)
DAY = timedelta(days=1)


@pytest.fixture
def stored(database_url: str) -> Iterator[sessionmaker[Session]]:
    make_store(database_url)
    engine = make_engine(database_url)
    yield make_sessions(engine)
    engine.dispose()


def registered(stored: sessionmaker[Session]) -> tuple[str, str]:
    key = add_client(stored, "示例招标平台", ["verify"], 60, LAST, "test", NOON)
    return key, key.split("_")[1]


def says(stored: sessionmaker[Session], key: str, at: timedelta = timedelta(0)) -> str:
    with stored() as session:
        try:
            return authenticate_client(session, key, NOON + at)[0].name
        except Problem as problem:
            return problem.code


def test_the_store_cannot_tell_the_secret(stored: sessionmaker[Session]) -> None:
    key, key_id = registered(stored)
    assert says(stored, key) == "示例招标平台"
    with stored() as session:
        row = session.scalars(select(ApiClient)).one()
        kept = [str(value) for value in vars(row).values()] + [
            f"{entry.subject} {entry.detail}" for entry in session.scalars(select(AuditEntry))
        ]
    assert all(key not in one and key.split("_")[2] not in one for one in kept)
    assert any(key_id in one for one in kept)


def test_a_wrong_secret_and_one_that_nobody_has_are_told_the_same(stored: sessionmaker[Session]) -> None:
    key, key_id = registered(stored)
    for wrong in (key[:-1] + ("0" if key[-1] != "0" else "1"), f"crk_{'0' * 12}_{'0' * 64}", "", "crk", key + " x",
                  f"crk_{key_id}_", key.upper()):  # fmt: skip
        assert says(stored, wrong) == "API_KEY_INVALID", wrong


def test_a_secret_counts_to_the_end_of_its_last_day(stored: sessionmaker[Session]) -> None:
    key, _ = registered(stored)
    until = timedelta(days=30, hours=11, minutes=59, seconds=59)
    assert says(stored, key, until) == "示例招标平台"
    assert says(stored, key, until + timedelta(seconds=1)) == "API_KEY_OVER"


def test_after_a_rotation_the_former_secret_counts_for_a_while(stored: sessionmaker[Session]) -> None:
    first, key_id = registered(stored)
    second = rotate_client(stored, key_id, LAST, DAY, "test", NOON)
    assert [says(stored, key, DAY) for key in (first, second)] == ["示例招标平台"] * 2
    assert says(stored, first, DAY + timedelta(seconds=1)) == "API_KEY_OVER"
    third = rotate_client(stored, key_id, LAST, DAY, "test", NOON)
    assert [says(stored, key) for key in (first, second, third)] == ["API_KEY_INVALID", "示例招标平台", "示例招标平台"]
    fourth = rotate_client(stored, key_id, LAST, timedelta(0), "test", NOON)
    assert [says(stored, key) for key in (third, fourth)] == ["API_KEY_INVALID", "示例招标平台"]


def test_a_rotation_revives_no_secret_that_has_expired(stored: sessionmaker[Session]) -> None:
    first, key_id = registered(stored)
    later = NOON + timedelta(days=40)
    second = rotate_client(stored, key_id, later.date() + DAY, DAY, "test", later)
    assert says(stored, first, timedelta(days=40)) == "API_KEY_INVALID"
    assert says(stored, second, timedelta(days=40)) == "示例招标平台"


def test_disabling_stops_every_secret_at_once(stored: sessionmaker[Session]) -> None:
    first, key_id = registered(stored)
    second = rotate_client(stored, key_id, LAST, DAY, "test", NOON)
    for _ in range(2):
        set_client_disabled(stored, key_id, True, "test", NOON)
    assert [says(stored, key) for key in (first, second)] == ["API_KEY_OVER"] * 2
    set_client_disabled(stored, key_id, False, "test", NOON)
    assert says(stored, second) == "示例招标平台"
    with stored() as session:
        actions = list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
        assert registered_client(session, key_id, NOON).state == "ACTIVE"
        assert registered_client(session, key_id, NOON + 40 * DAY).state == "EXPIRED"
    assert actions == ["client.registered", "client.rotated", "client.disabled", "client.enabled"]


@pytest.mark.parametrize(
    "wrong",
    [{"name": " x "}, {"scopes": []}, {"scopes": ["everything"]}, {"per_minute": 0}, {"per_minute": 60_001},
     {"expires_on": date(2026, 11, 20)}, {"expires_on": date(2028, 11, 22)}],
)  # fmt: skip
def test_what_cannot_be_registered_is_said(stored: sessionmaker[Session], wrong: dict[str, object]) -> None:
    given = {"name": "示例平台", "scopes": ["verify"], "per_minute": 60, "expires_on": LAST, **wrong}
    with pytest.raises(Problem) as refused:
        add_client(stored, by="test", now=NOON, **given)  # type: ignore[arg-type]
    assert refused.value.code == "INVALID_API_CLIENT"
    with stored() as session:
        assert session.scalar(select(ApiClient.id)) is None


@pytest.fixture
def doors(tmp_path: Path, signing_settings: Settings, fonts: FontSet) -> Iterator[Portal]:
    """A portal with an address that takes batches from programs."""
    made = make_portal(tmp_path, signing_settings, fonts)
    made.app.post("/api/v1/batch")(api_client_required(Scope.VERIFY_BATCH)(lambda: "taken"))
    yield made
    made.service.engine.dispose()


def test_an_address_for_programs_takes_a_secret_and_no_cookie(doors: Portal) -> None:
    stored = doors.service.sessions
    single = add_client(stored, "单个", [Scope.VERIFY], 60, LAST, "test", NOON)
    batch = add_client(stored, "批量", list(Scope), 60, LAST, "test", NOON)

    def send(key: str | None, role: str = "signed_out", **headers: str) -> tuple[int, str]:
        shown = {"Authorization": f"Bearer {key}"} if key else {}
        answer = Knocking(doors)(role).post("/api/v1/batch", base_url=BASE, headers={**shown, **headers})
        return answer.status_code, answer.text if answer.status_code == 200 else answer.get_json(force=True)["code"]

    assert send(batch) == (200, "taken")  # no form token: the secret is what proves
    assert send(single) == (403, "API_SCOPE_MISSING")
    for role in ("signed_out", "own_business", "admin"):
        assert send(None, role) == (401, "API_KEY_MISSING")
    assert send(None, "admin", Referer=f"{BASE}/", Authorization="Basic eDp4") == (401, "API_KEY_MISSING")
    refused = doors.visitor().post("/api/v1/batch", base_url=BASE)
    assert refused.headers["WWW-Authenticate"] == "Bearer"


def test_a_program_learns_what_its_secret_is_worth_and_the_day_is_kept(portal: Portal) -> None:
    key = add_client(portal.service.sessions, "示例银行", [Scope.VERIFY], 60, LAST, "test", NOON)
    answer = get(portal.visitor(), "/api/v1/client", headers={"Authorization": f"Bearer {key}"})
    assert answer.get_json() == {
        "name": "示例银行", "key_id": key.split("_")[1], "scopes": ["verify"], "per_minute": 60,
        "expires_on": "2026-12-21",
    }  # fmt: skip
    with portal.service.reading() as session:
        assert registered_client(session, key.split("_")[1], NOON).last_used_on == NOON.date()


def test_a_secret_without_the_scope_verifies_nothing(portal: Portal) -> None:
    key = add_client(portal.service.sessions, "示例银行", [Scope.VERIFY_BATCH], 60, LAST, "test", NOON)
    answer = get(portal.visitor(), f"/api/v1/verifications/{'0' * 20}", headers={"Authorization": f"Bearer {key}"})
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (403, "API_SCOPE_MISSING")


def test_the_commands(
    portal: Portal, tmp_path: Path, signing_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables = environment(tmp_path, portal.city, signing_settings, CLOCK="2026-11-21T12:00:00+08:00")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    make_store(variables["CREDITREPORT_DATABASE_URL"])

    def run(*words: str) -> tuple[int, dict[str, object]]:
        done = CliRunner().invoke(main, ["api-clients", *words])
        return done.exit_code, json.loads(done.stdout) if done.stdout else {}

    status, made = run("add", "示例平台", "--scope", "verify", "--per-minute", "5", "--expires", "2026-12-31", "--json")
    key_id = str(made["key_id"])
    assert (status, str(made["secret"]).startswith(f"crk_{key_id}_")) == (0, True)
    assert run("rotate", key_id, "--grace-hours", "1", "--json")[0] == 0
    assert run("disable", key_id) == (0, {})
    assert run("list", "--json")[1] == {
        "clients": [
            {"key_id": key_id, "name": "示例平台", "scopes": ["verify"], "per_minute": 5, "expires_on": "2027-11-21",
             "last_used_on": None, "former_until": "2026-11-21T13:00:00+08:00", "state": "DISABLED"}
        ]
    }  # fmt: skip
    status, refused = run("rotate", "0", "--json")
    assert (status, refused["error"]["code"]) == (2, "UNKNOWN_API_CLIENT")  # type: ignore[index]
