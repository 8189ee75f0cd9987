"""What a report says, frozen: everything the page shows and nothing that it must not.

The content is stored as JSON with the report, attached to the PDF and replayed years later; it never holds an
excluded record, a count of excluded records, or the handler's name.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from creditreport.violations.record import Kind, PenaltyType, Yuan
from creditreport.violations.window import Window as Window

CONTENT_VERSION = 1


class Purpose(StrEnum):
    """What the report is for (plan 二(四))."""

    FINANCE = "finance"
    COMMERCE = "commerce"
    ADMINISTRATION = "administration"


class Frozen(BaseModel):
    """Base of every part of the content."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Subject(Frozen):
    """The business as the register had it at the moment of issue."""

    uscc: str
    name: str
    entity_type: str = Field(description="a word of entities.types.EntityType")
    registration_status: str = Field(description="a word of entities.types.RegistrationStatus")


class ListedRecord(Frozen):
    """One listed record, as printed."""

    record_id: str
    kind: Kind
    document_number: str | None = None
    violation_type: str | None = None
    facts: str | None = None
    legal_basis: str | None = None
    penalty_types: tuple[PenaltyType, ...] | None = None
    penalty_content: str | None = None
    fine_yuan: Yuan | None = None
    confiscated_yuan: Yuan | None = None
    decided_on: date | None = None
    listed_on: date | None = None
    authority: str | None = None
    disputed: bool = False


class DomainResult(Frozen):
    """One row of the table of 45: ``complete`` with its records, or ``not_implemented`` before its date."""

    number: int
    slug: str
    title: str
    title_en: str
    responsible_unit: str
    status: Literal["complete", "not_implemented"]
    data_as_of: datetime | None = None
    records: tuple[ListedRecord, ...] = ()


class ReportContent(Frozen):
    """The whole report."""

    version: int = CONTENT_VERSION
    number: str
    verification_code: str = Field(description="20 characters, ungrouped")
    verification_url: str
    issuer_portal: str
    issuing_authority: str
    official_domain: str
    subject: Subject
    years: int
    window: Window
    purpose: Purpose
    issued_at: datetime
    valid_until: date
    ruleset: str
    ruleset_title: str
    ruleset_digest: str
    domains: tuple[DomainResult, ...]

    @property
    def listed(self) -> int:
        """How many records the report lists."""
        return sum(len(domain.records) for domain in self.domains)

    @property
    def implemented(self) -> tuple[DomainResult, ...]:
        """The domains that were asked."""
        return tuple(domain for domain in self.domains if domain.status == "complete")

    def to_json(self) -> str:
        """The one canonical text: sorted keys, no spaces, Chinese left readable, null left out."""
        return json.dumps(
            self.model_dump(mode="json", exclude_none=True), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )


def grouped(code: str) -> str:
    """A verification code in groups of four, as it is printed."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))
