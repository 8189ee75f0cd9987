"""Sign-ins for the demo's showcase businesses: one well-known password, never made in production."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from creditreport.accounts.acting import name_representative
from creditreport.accounts.models import LOCAL, Account, Authorisation, Capacity, Kind
from creditreport.accounts.passwords import hash_password
from creditreport.config import Environment, Settings
from creditreport.demo.roles import ROLES
from creditreport.entities.models import EntityRow
from creditreport.entities.register import find_entity
from creditreport.errors import Problem

# Known to everybody on purpose: it is printed, and shown on the demo's sign-in page.
DEMO_PASSWORD = "demo-2024"  # noqa: S105


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A demo sign-in: what to type, and for which invented business it acts."""

    username: str
    uscc: str
    display_name: str


def refuse_in_production(settings: Settings) -> None:
    """``DEMO_ONLY`` in production."""
    if settings.env is Environment.PRODUCTION:
        raise Problem("DEMO_ONLY", what="creditreport accounts demo")


def showcase_accounts(expected: Path) -> list[DemoAccount]:
    """One sign-in for each showcase business of the demo's plan (``var/demo/expected.json``), named by its key.

    Raises ``NO_DEMO_DATA`` when the demo was not filled.
    """
    try:
        showcase = json.loads(expected.read_text(encoding="utf-8"))["showcase"]
    except FileNotFoundError:
        raise Problem("NO_DEMO_DATA", path=str(expected)) from None
    return [DemoAccount(key, one["uscc"], one["name"]) for key, one in showcase.items()]


def entity_accounts(session: Session, codes: Sequence[str]) -> list[DemoAccount]:
    """A sign-in for each given business of the register, named by its code. Raises as ``find_entity`` does."""
    entities = [find_entity(session, code) for code in codes]
    return [DemoAccount(entity.uscc, entity.uscc, entity.name) for entity in entities]


def make_demo_accounts(
    settings: Settings, sessions: sessionmaker[Session], wanted: list[DemoAccount], now: datetime
) -> None:
    """Create the ``wanted`` accounts, or set them right; safe to repeat, one transaction.

    Each acts as the legal representative of its business; one without a code may sign in and act for nobody.

    Raises ``DEMO_ONLY`` in production.
    """
    refuse_in_production(settings)
    # One hash for all: the password is public, so a salt of its own for each account would protect nothing.
    password_hash = hash_password(DEMO_PASSWORD)
    with sessions.begin() as session:
        for demo in wanted:
            account = session.scalar(select(Account).where(Account.issuer == LOCAL, Account.subject == demo.username))
            if account is None:
                account = Account(issuer=LOCAL, subject=demo.username, created_at=now)
                session.add(account)
            account.password_hash = password_hash
            account.kind, account.display_name = Kind.BUSINESS, demo.display_name
            session.flush()
            # Not find_entity: two showcase businesses share a code on purpose.
            query = select(EntityRow.register_id).where(EntityRow.uscc == demo.uscc).order_by(EntityRow.register_id)
            register_id = session.scalar(query.limit(1))
            if register_id is not None:
                name_representative(session, account.id, register_id, "demo", now)


def story(username: str, language: str) -> str:
    """What is worth trying with a showcase sign-in; empty for any other."""
    role = next((role for role in ROLES if role.key == username), None)
    return "" if role is None else role.en if language == "en" else role.zh


def demo_accounts(session: Session) -> list[DemoAccount]:
    """All representatives' accounts, in the order they were made: in the demo every one is a demo sign-in."""
    query = (
        select(Account.subject, EntityRow.uscc, Account.display_name)
        .join(Authorisation, Authorisation.account_id == Account.id)
        .join(EntityRow, EntityRow.register_id == Authorisation.register_id)
        .where(Account.issuer == LOCAL, Authorisation.capacity == Capacity.LEGAL_REPRESENTATIVE)
        .order_by(Account.id, Authorisation.id)
    )
    return [DemoAccount(*row) for row in session.execute(query)]
