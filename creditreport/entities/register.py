"""The business register in the store: finding the business that a code means (``sync_register`` fills it)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, case, literal, or_, select, union, union_all
from sqlalchemy.orm import Session

from creditreport.entities.entity import NOT_BUSINESSES, BusinessEntity, RegistrationStatus
from creditreport.entities.models import EntityNumber, EntityRow, FormerCode, FormerName, UnclearEntry, entity_of
from creditreport.entities.numbers import KeptNumber, NumberKind
from creditreport.entities.sync import SyncResult, sync_register
from creditreport.entities.unclear import STATED
from creditreport.entities.uscc import read_uscc
from creditreport.errors import Problem

__all__ = ["SyncResult", "branches_of", "find_entity", "list_entities", "sync_register", "with_sole_numbers"]

_CODES: Any = bindparam("codes", expanding=True)
# Made once: every report asks these. A business has few codes and names, so that they come with it in one statement.
_HOLDERS = (
    select(
        EntityRow.register_id,
        EntityRow.uscc,
        EntityRow.name,
        EntityRow.entity_type,
        EntityRow.registration_status,
        EntityRow.parent_register_id,
        EntityRow.district,
        EntityRow.registration_number,
        FormerCode.uscc.label("former_code"),
        FormerName.name.label("former_name"),
        FormerName.until,
    )
    .outerjoin(FormerCode, FormerCode.register_id == EntityRow.register_id)
    .outerjoin(FormerName, FormerName.register_id == EntityRow.register_id)
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
_TOLD_OF_OTHERS = union_all(
    STATED.add_columns(literal("")),
    select(EntityNumber.number, EntityNumber.kind).where(
        EntityNumber.number.in_(bindparam("numbers", expanding=True)),
        EntityNumber.register_id != bindparam("register_id"),
    ),
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
        _refuse_unclear([uscc], set(session.scalars(STATED, {"codes": [uscc]})))
        raise Problem("UNKNOWN_ENTITY", uscc=uscc)
    found = _present(holders, uscc)
    unclear, shared = _told_of_others(session, found)
    if found.registration_status.live:
        # Most have one code for life: who holds it is known already.
        for other in holders if found.codes == (uscc,) else _holders(session, found.codes):
            if other.register_id != found.register_id and other.registration_status.live:
                twice = next(one for one in found.codes if one in other.codes)
                raise Problem("DUPLICATE_USCC", uscc=twice)
        _refuse_unclear(found.codes, unclear)
    return replace(found, sole_numbers=found.numbers - shared)


def with_sole_numbers(session: Session, entity: BusinessEntity) -> BusinessEntity:
    """``entity`` with those of its older numbers that no other entry of the register has, or had.

    Also what the register no longer tells of counts as another: a row with that number may be about it.
    """
    return replace(entity, sole_numbers=entity.numbers - _told_of_others(session, entity)[1])


def _told_of_others(session: Session, entity: BusinessEntity) -> tuple[set[str], set[KeptNumber]]:
    """Its codes that an entry states which is no certain business, and its older numbers that another entry has."""
    asked = {
        "codes": list(entity.codes),
        "numbers": sorted(one.number for one in entity.numbers),
        "register_id": entity.register_id,
    }
    rows = session.execute(_TOLD_OF_OTHERS, asked).all()
    shared = {KeptNumber(NumberKind(kind), number) for number, kind in rows if kind}
    return {code for code, kind in rows if not kind}, shared


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
    rows = session.execute(_HOLDERS, {"codes": list(codes)})
    return [_entity(list(group)) for _id, group in groupby(rows, key=lambda row: row.register_id)]


def _entity(rows: Sequence[Any]) -> BusinessEntity:
    """The business of its rows: one for each of its replaced codes with each of its former names."""
    former_codes = {row.former_code for row in rows if row.former_code is not None}
    former_names = {(row.former_name, row.until) for row in rows if row.former_name is not None}
    return entity_of(rows[0], former_codes, former_names)


def _present(holders: list[BusinessEntity], uscc: str) -> BusinessEntity:
    """Of several holders the live one, and among the others the one whose present code it is."""
    return min(holders, key=lambda one: (not one.registration_status.live, one.uscc != uscc, one.register_id))


def _refuse_unclear(codes: Iterable[str], unclear: Collection[str]) -> None:
    for code in codes:
        if code in unclear:
            raise Problem("ENTITY_UNCLEAR", uscc=code)
