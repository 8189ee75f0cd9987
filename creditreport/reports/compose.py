"""From decisions to the frozen content: pure, and the only way for a record to come onto a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from creditreport.entities.entity import BusinessEntity
from creditreport.reports.content import (
    DomainResult,
    Frozen,
    ListedRecord,
    Purpose,
    ReportContent,
    Subject,
    Window,
)
from creditreport.violations.answer import Answer, AnswerStatus
from creditreport.violations.masking import mask_personal
from creditreport.violations.own import OwnEntry
from creditreport.violations.record import ViolationRecord
from creditreport.violations.ruleset import RuleSet
from creditreport.violations.screen import Decision
from creditreport.violations.window import Window as ScreeningWindow
from creditreport.violations.window import valid_until


class DomainFacts(Frozen):
    """One domain as its manifest declared it: what screening and the page need of it, and nothing of its source."""

    slug: str
    number: int
    title: str
    title_en: str
    responsible_unit: str
    effective_from: date


@dataclass(frozen=True, slots=True)
class Case:
    """Everything decided before a number is reserved."""

    entity: BusinessEntity
    years: int
    purpose: Purpose
    window: ScreeningWindow
    moment: datetime
    ruleset: RuleSet
    answers: Mapping[str, Answer]
    overlay_answers: Mapping[str, Answer]
    decisions: Sequence[Decision]
    catalog: Sequence[DomainFacts]
    # Of our own corrections and open objections: those that changed a record, and all that were looked at.
    own: Sequence[OwnEntry] = ()
    own_seen: Sequence[OwnEntry] = ()


class Imprint(Protocol):
    """Who issues and where it is verified: of the settings, or of a stored report when it is made again."""

    @property
    def public_url(self) -> str:
        """The address before ``/v/<code>``."""

    @property
    def official_domain(self) -> str:
        """The host that verifiers compare."""

    @property
    def issuer_portal(self) -> str:
        """Printed at the head."""

    @property
    def issuing_authority(self) -> str:
        """Printed under the seal."""


def compose(case: Case, imprint: Imprint, *, number: str, verification_code: str) -> ReportContent:
    """The content of the report: listed records only, personal data masked, the domains in annex order."""
    entity, ruleset = case.entity, case.ruleset
    return ReportContent(
        number=number,
        verification_code=verification_code,
        verification_url=f"{imprint.public_url}/v/{verification_code}",
        issuer_portal=imprint.issuer_portal,
        issuing_authority=imprint.issuing_authority,
        official_domain=imprint.official_domain,
        subject=Subject(
            uscc=entity.uscc,
            name=entity.name,
            entity_type=entity.entity_type.value,
            registration_status=entity.registration_status.value,
        ),
        years=case.years,
        window=Window(start=case.window.start, end=case.window.end),
        purpose=case.purpose,
        issued_at=case.moment,
        valid_until=valid_until(case.moment.date(), ruleset.validity_months),
        ruleset=ruleset.id,
        ruleset_title=ruleset.title,
        ruleset_digest=ruleset.digest,
        domains=tuple(_domain_result(domain, case) for domain in case.catalog),
    )


def _domain_result(domain: DomainFacts, case: Case) -> DomainResult:
    answer = case.answers[domain.slug]
    listed = [one.record for one in case.decisions if one.listed and one.record.domain == domain.slug]
    return DomainResult(
        number=domain.number,
        slug=domain.slug,
        title=domain.title,
        title_en=domain.title_en,
        responsible_unit=domain.responsible_unit,
        status="not_implemented" if answer.status is AnswerStatus.NOT_IMPLEMENTED else "complete",
        data_as_of=answer.data_as_of,
        records=tuple(listed_record(record) for record in sorted(listed, key=_newest_first)),
    )


def _newest_first(record: ViolationRecord) -> tuple[int, str]:
    began = record.decided_on or record.listed_on or date.min
    return (-began.toordinal(), record.record_id)


def listed_record(record: ViolationRecord) -> ListedRecord:
    """The record as a report prints it: the printed keys only, personal data masked."""
    return ListedRecord(
        record_id=record.record_id,
        kind=record.kind,
        document_number=record.document_number,
        violation_type=_masked(record.violation_type),
        facts=_masked(record.facts),
        legal_basis=record.legal_basis,
        penalty_types=record.penalty_types,
        penalty_content=_masked(record.penalty_content),
        fine_yuan=record.fine_yuan,
        confiscated_yuan=record.confiscated_yuan,
        decided_on=record.decided_on,
        listed_on=record.listed_on,
        authority=record.authority,
        disputed=bool(record.disputed),
    )


def _masked(text: str | None) -> str | None:
    return None if text is None else mask_personal(text)
