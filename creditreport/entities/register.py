"""The business register in the store: finding the business that a code means (``sync_register`` fills it)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import case, or_, select, union
from sqlalchemy.orm import Session

from creditreport.entities.entity import NOT_BUSINESSES, BusinessEntity, RegistrationStatus
from creditreport.entities.models import EntityRow, FormerCode
from creditreport.entities.sync import SyncResult, sync_register
from creditreport.entities.uscc import read_uscc
from creditreport.errors import Problem

__all__ = ["SyncResult", "find_entity", "list_entities", "sync_register"]


def find_entity(session: Session, code: str) -> BusinessEntity:
    """The business that ``code`` means; a code that the register replaced means the present business.

    Raises ``INVALID_USCC`` (what is wrong, and where), ``UNKNOWN_ENTITY`` (the register, as last synchronised, has
    none), ``DUPLICATE_USCC`` (two live businesses have the code, or one of the codes of the business found: their
    records cannot be told apart, so both are blocked).
    """
    uscc = read_uscc(code)
    holders = _holders(session, [uscc])
    if not holders:
        raise Problem("UNKNOWN_ENTITY", uscc=uscc)
    found = _present(holders, uscc)
    if found.registration_status.live:
        for other in _holders(session, found.codes):
            if other.register_id != found.register_id and other.registration_status.live:
                shared = next(one for one in found.codes if one in other.codes)
                raise Problem("DUPLICATE_USCC", uscc=shared)
    return found


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
    wanted = list(codes)
    ids = union(
        select(EntityRow.register_id).where(EntityRow.uscc.in_(wanted)),
        select(FormerCode.register_id).where(FormerCode.uscc.in_(wanted)),
    )
    query = select(EntityRow).where(EntityRow.register_id.in_(ids), EntityRow.missing_since.is_(None))
    return [row.as_entity() for row in session.scalars(query.order_by(EntityRow.register_id))]


def _present(holders: list[BusinessEntity], uscc: str) -> BusinessEntity:
    """Of several holders the live one, and among the others the one whose present code it is."""
    return min(holders, key=lambda one: (not one.registration_status.live, one.uscc != uscc, one.register_id))
