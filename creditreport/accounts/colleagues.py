"""Staff accounts as administrators and auditors see them, and that staff looked at something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from creditreport.accounts.models import LOCAL, Account, Kind, RoleGrant
from creditreport.accounts.person import Person
from creditreport.audit.trail import add_entry
from creditreport.errors import Problem


@dataclass(frozen=True, slots=True)
class Colleague:
    """A staff account as administrators see it."""

    id: int
    username: str
    name: str
    local: bool
    roles: tuple[tuple[str, str], ...]
    set_up: bool
    disabled: bool
    last_sign_in_at: datetime | None

    @property
    def state(self) -> str:
        """DISABLED, WAITING (for its set-up) or ACTIVE."""
        return "DISABLED" if self.disabled else "ACTIVE" if self.set_up else "WAITING"

    @property
    def texts(self) -> list[str]:
        """Its roles as they are typed: ``department_officer:taxation``."""
        return [f"{role}:{domain}" if domain else role for role, domain in self.roles]


def colleagues(session: Session) -> list[Colleague]:
    """All staff accounts, by name."""
    grants: dict[int, list[tuple[str, str]]] = {}
    for grant in session.scalars(select(RoleGrant).order_by(RoleGrant.role, RoleGrant.domain)):
        grants.setdefault(grant.account_id, []).append((grant.role, grant.domain))
    rows = session.scalars(select(Account).where(Account.kind == Kind.STAFF).order_by(Account.display_name, Account.id))
    return [
        Colleague(
            row.id, row.subject, row.display_name, row.issuer == LOCAL, tuple(grants.get(row.id, ())),
            row.issuer != LOCAL or row.totp_secret is not None, row.disabled_at is not None, row.last_sign_in_at,
        )
        for row in rows
    ]  # fmt: skip


def colleague(session: Session, account_id: int) -> Colleague:
    """One staff account. Raises ``PAGE_NOT_FOUND``."""
    for one in colleagues(session):
        if one.id == account_id:
            return one
    raise Problem("PAGE_NOT_FOUND")


def note_look(session: Session, person: Person, subject: str, now: datetime) -> None:
    """Note in the caller's transaction that a member of staff looked at one record: ``subject`` says whose or which.

    Every staff page that shows something about one business or one person calls it before it shows anything.
    """
    add_entry(session, at=now, actor=person.actor, action="staff.looked", subject=subject)
