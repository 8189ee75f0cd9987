"""Two administrators take each other's role at the same moment: one of them stays, on both kinds of store."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from creditreport.accounts.models import Account, Role, RoleGrant
from creditreport.accounts.staff import add_staff, set_disabled, set_roles
from creditreport.db import make_engine, make_sessions
from tests.at_once import at_once
from tests.conftest import NOON
from tests.stores import make_store

NAMES = ("first", "second")
ROUNDS = 5


@pytest.fixture
def stored(database_url: str) -> Iterator[sessionmaker[Session]]:
    make_store(database_url)
    engine = make_engine(database_url)
    made = make_sessions(engine)
    for name in NAMES:
        add_staff(made, name, "管理员", {(Role.ADMIN, "")}, "test", NOON)
    with made.begin() as session:
        session.execute(update(Account).values(password_hash="x"))
    yield made
    engine.dispose()


def restore(stored: sessionmaker[Session]) -> None:
    for name in NAMES:
        set_disabled(stored, name, False, "test", NOON)
        set_roles(stored, name, {(Role.ADMIN, "")}, "test", NOON)


def able(stored: sessionmaker[Session]) -> int:
    query = (
        select(Account.id)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(RoleGrant.role == Role.ADMIN, Account.disabled_at.is_(None))
    )
    with stored() as session:
        return len(session.scalars(query).all())


def take(stored: sessionmaker[Session], name: str, deed: str) -> None:
    if deed == "roles":
        set_roles(stored, name, {(Role.AUDITOR, "")}, "test", NOON)
    else:
        set_disabled(stored, name, True, "test", NOON)


@pytest.mark.parametrize("deeds", [("roles", "roles"), ("disable", "disable"), ("roles", "disable")])
def test_one_of_two_stays(stored: sessionmaker[Session], deeds: tuple[str, str]) -> None:
    for _ in range(ROUNDS):
        taken = at_once(*(partial(take, stored, name, deed) for name, deed in zip(NAMES, deeds, strict=True)))
        assert taken == {"done": 1, "LAST_ADMIN": 1}
        assert able(stored) == 1
        restore(stored)
