"""From decisions to the frozen content: pure, and the only way for a record to come onto a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from creditreport.catalog.manifest import Manifest
from creditreport.config import Settings
from creditreport.entities.entity import BusinessEntity
from creditreport.reports.content import DomainResult, ListedRecord, Purpose, ReportContent, Subject, Window
from creditreport.violations.answer import Answer, AnswerStatus
from creditreport.violations.masking import mask_personal
from creditreport.violations.record import ViolationRecord
from creditreport.violations.ruleset import RuleSet
from creditreport.violations.screen import Decision
from creditreport.violations.window import Window as ScreeningWindow
from creditreport.violations.window import valid_until


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


def compose(
    case: Case, domains: Sequence[Manifest], settings: Settings, *, number: str, verification_code: str
) -> ReportContent:
    """The content of the report: listed records only, personal data masked, the domains in annex order."""
    entity, ruleset = case.entity, case.ruleset
    return ReportContent(
        number=number,
        verification_code=verification_code,
        verification_url=f"{settings.public_url}/v/{verification_code}",
        issuer_portal=settings.issuer_portal,
        issuing_authority=settings.issuing_authority,
        official_domain=settings.official_domain,
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
        domains=tuple(_domain_result(manifest, case) for manifest in domains),
    )


def _domain_result(manifest: Manifest, case: Case) -> DomainResult:
    answer = case.answers[manifest.slug]
    listed = [one.record for one in case.decisions if one.listed and one.record.domain == manifest.slug]
    assert manifest.number is not None  # noqa: S101 - the catalogue's schema holds this for domains
    return DomainResult(
        number=manifest.number,
        slug=manifest.slug,
        title=manifest.title,
        title_en=manifest.title_en,
        responsible_unit=manifest.responsible_unit,
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
