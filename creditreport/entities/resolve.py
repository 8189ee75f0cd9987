"""From any number that a business has, or had, to the one business that it means, or to none: never to a guess.

For staff and the command line: whoever asks is told of businesses that are not his own.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from creditreport.entities.entity import BusinessEntity
from creditreport.entities.models import EntityNumber, EntityRow, FormerCode
from creditreport.entities.numbers import KeptNumber, NumberKind, is_personal, readings
from creditreport.entities.uscc import is_uscc
from creditreport.violations.record import comparable_code


@dataclass(frozen=True, slots=True)
class Found:
    """The one business, and as which of its numbers the text was read."""

    entity: BusinessEntity
    by: NumberKind


@dataclass(frozen=True, slots=True)
class NoneFound:
    """No business. ``readable``: the text is a right number of some kind; ``personal``: it is a person's."""

    readable: tuple[NumberKind, ...] = ()
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several businesses, none of which the number means for certain."""

    holders: tuple[BusinessEntity, ...]


def resolve(session: Session, text: str) -> Found | NoneFound | Ambiguous:
    """The business that ``text`` means.

    A unified code, present or replaced; a registration number, an organisation code or an old tax number whose check
    character is right; a registration number without one (before 2007) as the register has it. Of several holders the
    one that is live, if only one is; fifteen digits that may be two kinds of number must mean the same business.
    """
    plain = comparable_code(text)
    if is_uscc(plain):
        return _decide(_with_code(session, plain), (NumberKind.UNIFIED,))
    # Codes that were wrong in themselves were given out, and replaced.
    if found := _with_code(session, plain):
        return _decide(found, (NumberKind.UNIFIED,))
    if is_personal(plain) and not readings(plain):
        return NoneFound(personal=True)
    told = readings(plain)
    wanted = told or {KeptNumber(NumberKind.REGISTRATION, plain): NumberKind.REGISTRATION}
    if not told and len(plain) in _CHECKED_LENGTHS:
        return NoneFound()  # it has a check character, and that is wrong
    holders: dict[str, tuple[BusinessEntity, NumberKind]] = {}
    for kept, kind in wanted.items():
        for entity in _with_number(session, kept):
            holders.setdefault(entity.register_id, (entity, kind))
    return _decide(list(holders.values()), tuple(told.values()))


_CHECKED_LENGTHS = frozenset({9, 15, 18})
Holder = tuple[BusinessEntity, NumberKind]


def _decide(holders: list[Holder], readable: tuple[NumberKind, ...]) -> Found | NoneFound | Ambiguous:
    live = [one for one in holders if one[0].registration_status.live]
    # A dead holder of the same number gives way to the live one, but not a holder by another kind of number.
    alike = len({kind for _entity, kind in holders}) == 1 or NumberKind.UNIFIED in readable
    certain = live if len(live) == 1 and alike else holders
    if not holders:
        return NoneFound(readable)
    if len(certain) > 1:
        return Ambiguous(tuple(entity for entity, _kind in holders))
    return Found(*certain[0])


def _with_code(session: Session, code: str) -> list[Holder]:
    # Two lists put together, not "or": each is then found by its index.
    ids = union(
        select(EntityRow.register_id).where(EntityRow.uscc == code),
        select(FormerCode.register_id).where(FormerCode.uscc == code),
    )
    query = select(EntityRow).where(EntityRow.register_id.in_(ids), EntityRow.missing_since.is_(None))
    return [
        (row.as_entity(), NumberKind.UNIFIED if row.uscc == code else NumberKind.REPLACED)
        for row in session.scalars(query.order_by(EntityRow.register_id))
    ]


def _with_number(session: Session, kept: KeptNumber) -> list[BusinessEntity]:
    ids = select(EntityNumber.register_id).where(
        EntityNumber.kind == kept.kind.value, EntityNumber.number == kept.number
    )
    query = select(EntityRow).where(EntityRow.register_id.in_(ids), EntityRow.missing_since.is_(None))
    return [row.as_entity() for row in session.scalars(query.order_by(EntityRow.register_id))]
