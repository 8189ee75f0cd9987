"""Who may act for which business now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from creditreport.accounts.actor import Acting
from creditreport.accounts.models import Authorisation, Capacity
from creditreport.accounts.sessions import LONGEST
from creditreport.audit.trail import add_entry
from creditreport.entities.models import EntityRow


def in_force(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The conditions under which an authorisation counts at ``now``; both ends of its time are inclusive."""
    return (
        Authorisation.account_id.is_not(None),
        Authorisation.revoked_at.is_(None),
        Authorisation.valid_from <= now,
        or_(Authorisation.valid_until.is_(None), Authorisation.valid_until >= now),
    )


def businesses_of(session: Session, account_id: int, now: datetime) -> tuple[Acting, ...]:
    """The businesses that the account may act for at ``now``, each once, by name.

    Of several authorisations for one business the legal representative's counts, else the purposes are joined.
    """
    query = (
        select(Authorisation, EntityRow.uscc, EntityRow.name)
        .join(EntityRow, EntityRow.register_id == Authorisation.register_id)
        .where(Authorisation.account_id == account_id, *in_force(now))
        .order_by(Authorisation.id)
    )
    found: dict[str, Acting] = {}
    for authorisation, uscc, name in session.execute(query):
        acting = Acting(
            authorisation.register_id,
            uscc,
            name,
            Capacity(authorisation.capacity),
            frozenset(authorisation.purposes.split()),
        )
        found[acting.register_id] = _joined(found.get(acting.register_id), acting)
    return tuple(sorted(found.values(), key=lambda one: (one.name, one.register_id)))


def _joined(one: Acting | None, other: Acting) -> Acting:
    if one is None:
        return other
    for acting in (one, other):
        if acting.capacity is Capacity.LEGAL_REPRESENTATIVE:
            return acting
    all_purposes = frozenset() if not one.purposes or not other.purposes else one.purposes | other.purposes
    return Acting(one.register_id, one.uscc, one.name, Capacity.HANDLER, all_purposes)


def name_representative(
    session: Session, account_id: int, register_id: str, granted_by: str, now: datetime, *, for_now: bool = False
) -> bool:
    """Let the account act as the legal representative of the business; tells whether that is new.

    ``for_now``: only as long as a session may last, because an identity service tells it anew at each sign-in and
    nobody would tell us when the office ends.
    """
    until = now + LONGEST if for_now else None
    there = session.scalar(_representative(account_id, register_id, now))
    if there is not None:
        if there.valid_until is not None:
            there.valid_until = until
        return False
    row = Authorisation(
        register_id=register_id,
        capacity=Capacity.LEGAL_REPRESENTATIVE,
        account_id=account_id,
        purposes="",
        valid_from=now,
        valid_until=until,
        granted_by=granted_by,
        granted_at=now,
        accepted_at=now,
    )
    session.add(row)
    _note(session, row, "authorisation.granted", granted_by, now)
    return True


def no_longer_representative(session: Session, account_id: int, register_id: str, told_by: str, now: datetime) -> None:
    """End what the identity service now contradicts: the person came as another than the legal representative."""
    for row in session.scalars(_representative(account_id, register_id, now)):
        row.revoked_at, row.revoked_by = now, told_by
        _note(session, row, "authorisation.revoked", told_by, now)


def _representative(account_id: int, register_id: str, now: datetime) -> Select[Authorisation]:
    return select(Authorisation).where(
        Authorisation.account_id == account_id,
        Authorisation.register_id == register_id,
        Authorisation.capacity == Capacity.LEGAL_REPRESENTATIVE,
        *in_force(now),
    )


def _note(session: Session, row: Authorisation, action: str, actor: str, now: datetime) -> None:
    detail = {"account": row.account_id, "capacity": row.capacity, "purposes": row.purposes}
    add_entry(session, at=now, actor=actor, action=action, subject=f"business:{row.register_id}", detail=detail)
