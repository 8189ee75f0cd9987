"""A business entity as the rules see it: what the register says, without the database."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class BusinessEntity:
    """One business of the register.

    ``register_id`` is the register's own lasting identifier (主体身份代码); ``uscc`` the present unified code,
    ``previous_codes`` those the register replaced; ``former_names`` in no order.
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

    @property
    def codes(self) -> tuple[str, ...]:
        """The present code and the replaced ones."""
        return (self.uscc, *self.previous_codes)

    @property
    def names(self) -> tuple[str, ...]:
        """The present name and the former ones."""
        return (self.name, *self.former_names)
