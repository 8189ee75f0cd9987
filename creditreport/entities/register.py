"""The business register in the store: finding the business that a code means (``sync_register`` fills it)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, case, or_, select, union
from sqlalchemy.orm import Session, joinedload

from creditreport.entities.entity import NOT_BUSINESSES, BusinessEntity, RegistrationStatus
from creditreport.entities.models import EntityNumber, EntityRow, FormerCode, UnclearEntry
from creditreport.entities.numbers import KeptNumber, NumberKind
from creditreport.entities.sync import SyncResult, sync_register
from creditreport.entities.unclear import unclear_with_codes
from creditreport.entities.uscc import read_uscc
from creditreport.errors import Problem

__all__ = ["SyncResult", "branches_of", "find_entity", "list_entities", "sync_register", "with_sole_numbers"]

_CODES: Any = bindparam("codes", expanding=True)
# Made once: every report asks these. A business has few codes and names, so that they come with it in one statement.
_HOLDERS = (
    select(EntityRow)
    .options(joinedload(EntityRow.former_codes), joinedload(EntityRow.former_names))
    .where(
        EntityRow.register_id.in_(
            union(
                select(EntityRow.register_id).where(EntityRow.uscc.in_(_CODES)),
                select(FormerCode.register_id).where(FormerCode.uscc.in_(_CODES)),
            )
        ),
        EntityRow.missing_since.is_(None),
    )
    .order_by(EntityRow.register_id)
)
_NUMBERS_OF_OTHERS = select(EntityNumber.kind, EntityNumber.number).where(
    EntityNumber.number.in_(bindparam("numbers", expanding=True)),
    EntityNumber.register_id != bindparam("register_id"),
)


def find_entity(session: Session, code: str) -> BusinessEntity:
    """The business that ``code`` means; a code that the register replaced means the present business.

    Raises ``INVALID_USCC`` (what is wrong, and where), ``UNKNOWN_ENTITY`` (the register, as last synchronised, has
    none), ``DUPLICATE_USCC`` (two live businesses have the code, or one of the codes of the business found: their
    records cannot be told apart, so both are blocked), ``ENTITY_UNCLEAR`` (an entry of the register that is no certain
    business states the code, or one of the codes of the business found).
    """
    uscc = read_uscc(code)
    holders = _holders(session, [uscc])
    if not holders:
        _refuse_unclear(session, [uscc])
        raise Problem("UNKNOWN_ENTITY", uscc=uscc)
    found = _present(holders, uscc)
    if found.registration_status.live:
        # Most have one code for life: who holds it is known already.
        for other in holders if found.codes == (uscc,) else _holders(session, found.codes):
            if other.register_id != found.register_id and other.registration_status.live:
                shared = next(one for one in found.codes if one in other.codes)
                raise Problem("DUPLICATE_USCC", uscc=shared)
        _refuse_unclear(session, found.codes)
    return with_sole_numbers(session, found)


def with_sole_numbers(session: Session, entity: BusinessEntity) -> BusinessEntity:
    """``entity`` with those of its older numbers that no other entry of the register has, or had.

    Also what the register no longer tells of counts as another: a row with that number may be about it.
    """
    asked = {"numbers": sorted(one.number for one in entity.numbers), "register_id": entity.register_id}
    shared = {KeptNumber(NumberKind(kind), number) for kind, number in session.execute(_NUMBERS_OF_OTHERS, asked)}
    return replace(entity, sole_numbers=entity.numbers - shared)


def branches_of(session: Session, entity: BusinessEntity) -> list[BusinessEntity]:
    """The entries that the register states as branches of ``entity``, by code; live or not.

    Also one whose entry is at present not certain, as it was last told of: it must not vanish from a list unsaid.
    """
    unclear = select(UnclearEntry.register_id).where(UnclearEntry.settled_at.is_(None))
    query = select(EntityRow).where(
        EntityRow.parent_register_id == entity.register_id,
        EntityRow.missing_since.is_(None) | EntityRow.register_id.in_(unclear),
    )
    return [row.as_entity() for row in session.scalars(query.order_by(EntityRow.uscc, EntityRow.register_id))]


def list_entities(session: Session, limit: int | None = None) -> list[BusinessEntity]:
    """The businesses that the register has, those that may apply first, by code; at most ``limit``."""
    may_not = or_(
        EntityRow.entity_type.in_(NOT_BUSINESSES),
        EntityRow.registration_status.not_in([status for status in RegistrationStatus if status.live]),
    )
    query = (
        select(EntityRow)
        .where(EntityRow.missing_since.is_(None))
        .order_by(case((may_not, 1), else_=0), EntityRow.uscc, EntityRow.register_id)
    )
    return [row.as_entity() for row in session.scalars(query.limit(limit))]


def _holders(session: Session, codes: Iterable[str]) -> list[BusinessEntity]:
    """Every business that has, or had, one of ``codes``."""
    return [row.as_entity() for row in session.scalars(_HOLDERS, {"codes": list(codes)}).unique()]


def _present(holders: list[BusinessEntity], uscc: str) -> BusinessEntity:
    """Of several holders the live one, and among the others the one whose present code it is."""
    return min(holders, key=lambda one: (not one.registration_status.live, one.uscc != uscc, one.register_id))


def _refuse_unclear(session: Session, codes: Collection[str]) -> None:
    unclear = unclear_with_codes(session, codes)
    if unclear is not None:
        raise Problem("ENTITY_UNCLEAR", uscc=str(unclear.uscc))
