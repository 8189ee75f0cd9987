"""The violation record in our words: the canonical keys that every source is mapped to.

A key that is absent means "not stated" and excludes nothing; nothing here has a default that would read as
innocence. The keys and their values are those of the screening rules; ``creditreport screen`` reads the same.
"""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator


class Kind(StrEnum):
    """What sort of record it is: decisions happen on a day, continuing states last until removed."""

    PENALTY = "penalty"
    COMPULSORY_MEASURE = "compulsory_measure"
    CRIMINAL_JUDGMENT = "criminal_judgment"
    RECTIFICATION_ORDER = "rectification_order"
    OTHER = "other"
    SERIOUS_DISHONESTY_LISTING = "serious_dishonesty_listing"
    JUDGMENT_DEFAULTER = "judgment_defaulter"
    UNFULFILLED_JUDGMENT = "unfulfilled_judgment"
    ABNORMAL_OPERATION_LISTING = "abnormal_operation_listing"

    @property
    def continuing(self) -> bool:
        """True for a state that lasts from ``listed_on`` until ``removed_on``."""
        return self in CONTINUING


CONTINUING = frozenset(
    {
        Kind.SERIOUS_DISHONESTY_LISTING,
        Kind.JUDGMENT_DEFAULTER,
        Kind.UNFULFILLED_JUDGMENT,
        Kind.ABNORMAL_OPERATION_LISTING,
    }
)


class PenaltyType(StrEnum):
    """Types of administrative penalty (Administrative Penalty Law art. 9, as 双公示 writes them)."""

    WARNING = "warning"
    PUBLIC_CRITICISM = "public_criticism"
    FINE = "fine"
    CONFISCATION_ILLEGAL_GAINS = "confiscation_illegal_gains"
    CONFISCATION_PROPERTY = "confiscation_property"
    LICENCE_SUSPENSION = "licence_suspension"
    QUALIFICATION_DOWNGRADE = "qualification_downgrade"
    LICENCE_REVOCATION = "licence_revocation"
    BUSINESS_RESTRICTION = "business_restriction"
    PRODUCTION_SUSPENSION = "production_suspension"
    CLOSURE = "closure"
    PRACTICE_BAN = "practice_ban"
    ADMINISTRATIVE_DETENTION = "administrative_detention"
    OTHER = "other"


class Procedure(StrEnum):
    """By which procedure a penalty was decided."""

    ORDINARY = "ordinary"
    SUMMARY = "summary"


class Severity(StrEnum):
    """How grave the conduct was, as the source states it."""

    MINOR = "minor"
    GENERAL = "general"
    SERIOUS = "serious"


class Disposition(StrEnum):
    """What was decided about the conduct."""

    PENALISED = "penalised"
    EXEMPTED = "exempted"
    PENDING = "pending"


class Effect(StrEnum):
    """Whether the decision has legal effect; ``amended`` carries the content after an amendment."""

    EFFECTIVE = "effective"
    AMENDED = "amended"
    NOT_EFFECTIVE = "not_effective"
    REVOKED = "revoked"
    ILLEGALITY_CONFIRMED = "illegality_confirmed"


class Repair(StrEnum):
    """Credit repair: only ``repaired`` hides a record."""

    NONE = "none"
    APPLIED = "applied"
    REPAIRED = "repaired"


def _iso_date(value: Any) -> Any:
    # Only whole days in the one ISO form (or dates already): "2026-02-30", 20260101 or a moment are no day.
    if isinstance(value, str) and (len(value) != 10 or value[4] != "-" or value[7] != "-"):
        raise ValueError("a date is written YYYY-MM-DD")
    if isinstance(value, bool | int | float):
        raise ValueError("a date is written YYYY-MM-DD")
    return value


def _money(value: Any) -> Any:
    # A float has already lost the cents it was written with; a whole number has not.
    if isinstance(value, bool | float):
        raise ValueError("an amount is a decimal string in yuan")
    return value


Day = Annotated[date, BeforeValidator(_iso_date)]
Yuan = Annotated[
    Decimal,
    BeforeValidator(_money),
    Field(ge=0, allow_inf_nan=False),
    PlainSerializer(lambda amount: f"{amount:f}", return_type=str, when_used="json"),
]
Word = Annotated[str, Field(min_length=1)]


class ViolationRecord(BaseModel):
    """One record about one business. Frozen; dates are Asia/Shanghai days, amounts are yuan."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)

    domain: Word
    record_id: Word
    uscc: Word
    kind: Kind
    decided_on: Day | None = None
    listed_on: Day | None = None
    removed_on: Day | None = None
    entity_name: str | None = None
    document_number: str | None = None
    violation_type: str | None = None
    facts: str | None = None
    legal_basis: str | None = None
    penalty_types: tuple[PenaltyType, ...] | None = None
    penalty_content: str | None = None
    fine_yuan: Yuan | None = None
    confiscated_yuan: Yuan | None = None
    procedure: Procedure | None = None
    severity: Severity | None = None
    publicised: bool | None = None
    publicity_until: Day | None = None
    authority: str | None = None
    authority_uscc: str | None = None
    source_unit: str | None = None
    disposition: Disposition | None = None
    effect: Effect | None = None
    supersedes: str | None = None
    repair: Repair | None = None
    repaired_on: Day | None = None
    sealed: bool | None = None
    undisclosable: bool | None = None
    shielded: bool | None = None
    local: bool | None = None
    disputed: bool | None = None

    @model_validator(mode="after")
    def _dates_belong(self) -> ViolationRecord:
        continuing = self.kind.continuing
        if continuing:
            if self.listed_on is None:
                raise MissingDay("listed_on")
            if self.removed_on is not None and self.removed_on < self.listed_on:
                raise ImpossibleDay("removed_on", "before listed_on")
        elif self.decided_on is None:
            raise MissingDay("decided_on")
        began = self.listed_on if continuing else self.decided_on
        if self.repaired_on is not None and began is not None and self.repaired_on < began:
            raise ImpossibleDay("repaired_on", "before the decision")
        return self

    def canonical(self) -> dict[str, Any]:
        """The record as JSON: canonical keys only, what is not stated left out."""
        return self.model_dump(mode="json", exclude_none=True)


class MissingDay(ValueError):
    """A day that this kind of record needs is not stated; ``key`` names it."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"{key} is required for this kind")


class ImpossibleDay(ValueError):
    """Two days contradict each other; ``key`` names the one that cannot be."""

    def __init__(self, key: str, why: str) -> None:
        self.key = key
        super().__init__(f"{key} is {why}")


_BRACKETS = str.maketrans(dict.fromkeys("〔【［[（(", "(") | dict.fromkeys("〕】］]）)", ")"))


def comparable_number(document_number: str) -> str:
    """A document number as it is compared: NFKC, no white space, every bracket pair read as one."""
    folded = unicodedata.normalize("NFKC", document_number)
    return "".join(folded.split()).translate(_BRACKETS)


def comparable_code(code: str) -> str:
    """A code as it is compared: NFKC, no white space, upper case."""
    return "".join(unicodedata.normalize("NFKC", code).split()).upper()


def comparable_name(name: str) -> str:
    """A name or authority as it is compared: NFKC (which also makes full-width brackets half-width), no white space."""
    return "".join(unicodedata.normalize("NFKC", name).split())
