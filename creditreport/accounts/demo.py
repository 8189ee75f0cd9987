"""Sign-ins for the demo's showcase businesses: one well-known password, never made in production."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from creditreport.accounts.models import Account, Role
from creditreport.accounts.passwords import hash_password, matches
from creditreport.config import Environment, Settings
from creditreport.errors import Problem

# Known to everybody on purpose: it is printed, and shown on the demo's sign-in page.
DEMO_PASSWORD = "demo-2024"  # noqa: S105


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A demo sign-in: what to type, and for which invented business it acts."""

    username: str
    uscc: str
    display_name: str


def make_demo_accounts(
    settings: Settings, sessions: sessionmaker[Session], wanted: list[DemoAccount], now: datetime
) -> None:
    """Create the ``wanted`` accounts, or set them right; safe to repeat, one transaction.

    Raises ``DEMO_ONLY`` in production.
    """
    if settings.env is Environment.PRODUCTION:
        raise Problem("DEMO_ONLY", what="creditreport accounts demo")
    with sessions.begin() as session:
        for demo in wanted:
            account = session.scalar(select(Account).where(Account.username == demo.username))
            if account is None:
                account = Account(username=demo.username, password_hash="", created_at=now)
                session.add(account)
            account.role, account.uscc, account.display_name = Role.BUSINESS, demo.uscc, demo.display_name
            if not matches(account.password_hash or None, DEMO_PASSWORD):
                account.password_hash = hash_password(DEMO_PASSWORD)


def demo_accounts(session: Session) -> list[DemoAccount]:
    """All business accounts of the store, in the order they were made: in the demo every one is a demo sign-in."""
    rows = session.scalars(select(Account).where(Account.role == Role.BUSINESS).order_by(Account.id))
    return [DemoAccount(row.username, row.uscc or "", row.display_name) for row in rows]
