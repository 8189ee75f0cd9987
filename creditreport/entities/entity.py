"""A business entity as the rules see it: what the register says, without the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from creditreport.entities.numbers import KeptNumber, numbers_of


class EntityType(StrEnum):
    """Types of entity as the register tells them apart; who may apply is plan 二(二)."""

    COMPANY = "company"
    COMPANY_BRANCH = "company_branch"
    NON_COMPANY_LEGAL_PERSON = "non_company_legal_person"
    NON_COMPANY_LEGAL_PERSON_BRANCH = "non_company_legal_person_branch"
    SOLE_PROPRIETORSHIP = "sole_proprietorship"
    SOLE_PROPRIETORSHIP_BRANCH = "sole_proprietorship_branch"
    PARTNERSHIP = "partnership"
    PARTNERSHIP_BRANCH = "partnership_branch"
    FARMERS_COOPERATIVE = "farmers_cooperative"
    FARMERS_COOPERATIVE_UNION = "farmers_cooperative_union"
    FARMERS_COOPERATIVE_BRANCH = "farmers_cooperative_branch"
    INDIVIDUAL_BUSINESS = "individual_business"
    FOREIGN_COMPANY_BRANCH = "foreign_company_branch"
    OTHER_BUSINESS = "other_business"
    SOCIAL_ORGANISATION = "social_organisation"
    PUBLIC_INSTITUTION = "public_institution"
    GOVERNMENT_ORGAN = "government_organ"

    @property
    def may_apply(self) -> bool:
        """Whether this type may ask for a report."""
        return self not in NOT_BUSINESSES


NOT_BUSINESSES = frozenset({EntityType.SOCIAL_ORGANISATION, EntityType.PUBLIC_INSTITUTION, EntityType.GOVERNMENT_ORGAN})


class RegistrationStatus(StrEnum):
    """Registration status; only a live business may apply, its report is then about itself."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    DEREGISTERED = "deregistered"
    MOVED_AWAY = "moved_away"

    @property
    def live(self) -> bool:
        """True while the business exists and may act (a suspended one, 歇业, may)."""
        return self in {RegistrationStatus.ACTIVE, RegistrationStatus.SUSPENDED}


@dataclass(frozen=True, slots=True, order=True)
class NameChange:
    """On ``day`` the business gave up ``name`` for the next one."""

    day: date
    name: str


@dataclass(frozen=True, slots=True)
class NamePeriod:
    """A name from ``since`` (included) until ``until`` (not included); ``None``: the register does not state it."""

    name: str
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class BusinessEntity:
    """One business of the register.

    ``register_id`` is the register's own lasting identifier (主体身份代码); ``uscc`` the present unified code,
    ``previous_codes`` those the register replaced; ``former_names`` in no order, ``name_changes`` those of them whose
    end the register states, oldest first. ``sole_numbers`` are the older numbers that no other entry of the register
    has: by them alone a row can mean this business; empty until looked up in the store.
    """

    register_id: str
    uscc: str
    name: str
    entity_type: EntityType
    registration_status: RegistrationStatus
    previous_codes: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    parent_register_id: str | None = None
    district: str | None = None
    registration_number: str | None = None
    name_changes: tuple[NameChange, ...] = ()
    sole_numbers: frozenset[KeptNumber] = frozenset()

    @property
    def codes(self) -> tuple[str, ...]:
        """The present code and the replaced ones."""
        return (self.uscc, *self.previous_codes)

    @property
    def names(self) -> tuple[str, ...]:
        """The present name and the former ones."""
        return (self.name, *self.former_names)

    @property
    def numbers(self) -> frozenset[KeptNumber]:
        """The older numbers that it has, or had."""
        return numbers_of(self.codes, self.registration_number)

    @property
    def name_history(self) -> tuple[NamePeriod, ...]:
        """Every name with its time, oldest first, the present one last.

        When a former name has no stated end, no name's beginning is certain: that name may have come in between.
        """
        dated = {change.name for change in self.name_changes}
        undated = [name for name in self.former_names if name not in dated]
        periods = [NamePeriod(name, None, None) for name in undated]
        since: date | None = None
        for change in self.name_changes:
            periods.append(NamePeriod(change.name, None if undated else since, change.day))
            since = change.day
        return (*periods, NamePeriod(self.name, None if undated else since, None))


def in_order(changes: Iterable[NameChange]) -> tuple[NameChange, ...]:
    """Changes of name, each once, oldest first."""
    return tuple(sorted(set(changes)))


@dataclass(frozen=True, slots=True)
class Unclear:
    """An entry of the register that is no certain business: its id and its right code as far as it states them, the
    column that is to blame, and why."""

    register_id: str | None
    uscc: str | None
    column: str | None
    problem: str
