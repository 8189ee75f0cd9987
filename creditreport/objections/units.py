"""Which unit answers for a record, and whether it has a desk here.

The record's own source unit answers where it is stated; of the fields that many units share it is never guessed from
the field. A unit has a desk while an officer of one of its fields can sign in; any other is written to, and the credit
office enters its answer, which is recorded as such.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from creditreport.accounts.models import Account, Role, RoleGrant
from creditreport.violations.record import comparable_name

if TYPE_CHECKING:
    from creditreport.catalog.load import Catalog
    from creditreport.violations.record import ViolationRecord


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit by name; ``domain`` is the field whose officers act for it, if it has one."""

    name: str
    domain: str | None


def responsible_unit(catalog: Catalog, domain: str, record: ViolationRecord | None) -> str:
    """The name of the unit that answers for ``record`` of ``domain``, or for the field in general.

    The record's source unit; else the field's responsible unit, unless that is not one unit (several fields' units, or
    "the units concerned"): then the authority that decided, if it is stated.
    """
    manifest = catalog.domain(domain).manifest
    if record is not None and record.source_unit:
        return record.source_unit
    if record is not None and record.authority and _is_several(manifest.responsible_unit):
        return record.authority
    return manifest.responsible_unit


def _is_several(unit: str) -> bool:
    # The two fields of the annex without one responsible unit (administrative approval; water, power and gas).
    return "、" in unit or "相关" in unit


def unit_called(catalog: Catalog, name: str, domain: str) -> Unit:
    """The unit with this name; a field of its own is found first in ``domain``, then in the order of the annex."""
    slugs = [domain, *(one.manifest.slug for one in catalog.domains)]
    for slug in slugs:
        if comparable_name(catalog.domain(slug).manifest.responsible_unit) == comparable_name(name):
            return Unit(name, slug)
    return Unit(name, None)


def unit_of_field(catalog: Catalog, domain: str) -> Unit:
    """The unit of a field. Raises ``UNKNOWN_DOMAIN`` as the catalogue does."""
    return Unit(catalog.domain(domain).manifest.responsible_unit, domain)


def with_desk(session: Session, unit: Unit) -> Unit:
    """``unit`` without its field when nobody of it could sign in and answer."""
    if unit.domain is not None and not officers_of(session, unit.domain):
        return Unit(unit.name, None)
    return unit


def officers_of(session: Session, domain: str) -> list[int]:
    """The accounts of the department officers of a field."""
    return _accounts(session, RoleGrant.role == Role.DEPARTMENT_OFFICER, RoleGrant.domain == domain)


def credit_officers(session: Session) -> list[int]:
    """The accounts of the credit office's officers."""
    return _accounts(session, RoleGrant.role == Role.CREDIT_OFFICER)


def _accounts(session: Session, *which: Any) -> list[int]:
    query = select(RoleGrant.account_id).join(Account, Account.id == RoleGrant.account_id)
    return list(session.scalars(query.where(Account.disabled_at.is_(None), *which).order_by(RoleGrant.account_id)))
