"""Who may act for whom: legal representatives, handlers with a purpose and a time, revocation, several businesses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from creditreport.accounts.acting import businesses_of, name_representative
from creditreport.accounts.models import Account, Authorisation, Capacity
from creditreport.entities.models import EntityRow
from tests.conftest import NOON
from tests.portal import Portal, get, post

SECOND = timedelta(seconds=1)


@pytest.fixture
def store(portal: Portal) -> Iterator[Session]:
    """A transaction that is undone."""
    with portal.service.sessions() as session:
        yield session
        session.rollback()


def person(store: Session) -> Account:
    account = Account(issuer="local", subject="handler", kind="business", display_name="经办", created_at=NOON)
    store.add(account)
    store.flush()
    return account


def register_id(store: Session, uscc: str) -> str:
    return store.scalars(select(EntityRow.register_id).where(EntityRow.uscc == uscc)).one()


def authorise(store: Session, account: Account, uscc: str, **changes: object) -> Authorisation:
    row = Authorisation(
        **{
            "register_id": register_id(store, uscc), "capacity": Capacity.HANDLER, "account_id": account.id,
            "purposes": "", "valid_from": NOON - timedelta(days=1), "granted_by": "test", "granted_at": NOON, **changes,
        }
    )  # fmt: skip
    store.add(row)
    store.flush()
    return row


@pytest.mark.parametrize(
    ("begins", "ends", "revoked", "may"),
    [
        (NOON, NOON, None, True),
        (NOON + SECOND, None, None, False),
        (NOON - SECOND, NOON - SECOND, None, False),
        (NOON, None, NOON, False),
    ],
)
def test_an_authorisation_counts_in_its_time_and_until_it_is_revoked(
    portal: Portal, store: Session, begins: datetime, ends: datetime | None, revoked: datetime | None, may: bool
) -> None:
    account = person(store)
    authorise(store, account, portal.mine, valid_from=begins, valid_until=ends, revoked_at=revoked)
    assert bool(businesses_of(store, account.id, NOON)) is may


def test_purposes_of_two_authorisations_are_joined_and_the_office_covers_all(portal: Portal, store: Session) -> None:
    account = person(store)
    authorise(store, account, portal.mine, purposes="finance")
    authorise(store, account, portal.mine, purposes="commerce")
    (acting,) = businesses_of(store, account.id, NOON)
    assert acting.purposes == {"finance", "commerce"}
    assert not acting.covers("administration")
    authorise(store, account, portal.mine, capacity=Capacity.LEGAL_REPRESENTATIVE)
    (acting,) = businesses_of(store, account.id, NOON)
    assert (acting.capacity, acting.covers("administration")) == (Capacity.LEGAL_REPRESENTATIVE, True)


def test_an_invitation_nobody_accepted_authorises_nobody(portal: Portal, store: Session) -> None:
    account = person(store)
    authorise(store, account, portal.mine, account_id=None, invitation_digest="x")
    assert businesses_of(store, account.id, NOON) == ()


def test_naming_the_representative_again_changes_nothing(portal: Portal, store: Session) -> None:
    account = person(store)
    where = register_id(store, portal.mine)
    assert name_representative(store, account.id, where, "test", NOON)
    assert not name_representative(store, account.id, where, "test", NOON)


def test_a_person_with_two_businesses_chooses_and_sees_only_the_chosen_one(portal: Portal) -> None:
    with portal.service.sessions.begin() as store:
        account = store.scalars(select(Account).where(Account.subject == "nobody")).one()
        rows = [authorise(store, account, code).id for code in (portal.mine, portal.other)]
    client = portal.signed_in("nobody")
    assert get(client, "/").location == "/businesses"
    number = portal.issue(portal.other).number
    assert get(client, f"/reports/{number}").location == f"/businesses?next=/reports/{number}"
    with portal.service.reading() as store:
        mine, other = register_id(store, portal.mine), register_id(store, portal.other)
    assert post(client, "/businesses", {"register_id": mine}).location == "/"
    assert get(client, f"/reports/{number}").status_code == 404
    assert post(client, "/businesses", {"register_id": other, "next": f"/reports/{number}"}).location.endswith(number)
    assert get(client, f"/reports/{number}").status_code == 200
    with portal.service.sessions.begin() as store:
        for row in rows:
            store.get_one(Authorisation, row).revoked_at = NOON
    assert get(client, f"/reports/{number}").status_code == 403


def test_a_handler_asks_only_for_the_purposes_authorised(portal: Portal) -> None:
    with portal.service.sessions.begin() as store:
        account = store.scalars(select(Account).where(Account.subject == "nobody")).one()
        row = authorise(store, account, portal.mine, purposes="finance").id
    client = portal.signed_in("nobody")
    refused = post(client, "/reports", {"years": "1", "purpose": "commerce"})
    assert refused.status_code == 403
    assert "不包括这一用途" in refused.text
    assert post(client, "/reports", {"years": "1", "purpose": "finance"}).status_code == 303
    with portal.service.sessions.begin() as store:
        store.get_one(Authorisation, row).revoked_at = NOON
