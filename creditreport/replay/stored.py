"""What was stored with a report, read back strictly: anything missing, unknown or unreadable stops, by name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from creditreport.entities.entity import BusinessEntity, EntityType, RegistrationStatus
from creditreport.errors import Problem
from creditreport.reports.compose import DomainFacts
from creditreport.reports.content import ReportContent
from creditreport.reports.facts import facts_by_digest
from creditreport.reports.models import (
    CreditReport,
    NumberStatus,
    ReportDecision,
    ReportEdition,
    ReportNumber,
    ReportPdf,
    SourceAnswer,
)
from creditreport.rules.store import ruleset_by_digest
from creditreport.violations.answer import Answer, AnswerStatus, OverlayEntry
from creditreport.violations.own import OwnEntry
from creditreport.violations.record import ViolationRecord
from creditreport.violations.ruleset import RuleSet

_WHY = {
    NumberStatus.RESERVED: ("正在办理，尚未出具", "it is reserved and not issued yet"),
    NumberStatus.ABANDONED: ("已作废（{reason}）", "it was abandoned ({reason})"),
}
_ENTRY_KEYS = {"entry_id", "uscc", "document_number", "changes"}


@dataclass(frozen=True, slots=True)
class StoredEdition:
    """One file that was handed out, and what is known of how it was made."""

    language: str
    renderer: str
    rendered_sha256: str
    pdf_sha256: str
    pdf: bytes


@dataclass(frozen=True, slots=True)
class StoredReport:
    """Everything that a report rested on, as it was then. ``content`` and ``decisions`` are only compared with."""

    report: CreditReport
    content: ReportContent
    entity: BusinessEntity
    ruleset: RuleSet
    catalog: tuple[DomainFacts, ...]
    answers: Mapping[str, Answer]
    overlays: Mapping[str, Answer]
    own: Sequence[OwnEntry]
    decisions: Sequence[Mapping[str, Any]]
    editions: Sequence[StoredEdition]


def load_stored(session: Session, number: str) -> StoredReport:
    """The report ``number`` with all that it rests on.

    Raises ``UNKNOWN_REPORT``; ``NUMBER_NOT_ISSUED`` for a number that is reserved or was abandoned;
    ``STORED_REPORT_DAMAGED`` and ``RULESET_NOT_STORED`` when what is stored cannot be used.
    """
    report = session.get(CreditReport, number)
    if report is None:
        raise _not_there(session, number)
    with _reading(number, "content"):
        content = ReportContent.model_validate_json(report.content)
    rows = session.scalars(select(SourceAnswer).where(SourceAnswer.number == number).order_by(SourceAnswer.slug)).all()
    answers = {row.slug: _answer(number, row) for row in rows if row.role == "domain"}
    overlays = {row.slug: _answer(number, row) for row in rows if row.role == "overlay"}
    catalog = _catalog(session, report, content)
    if answers.keys() != {domain.slug for domain in catalog}:
        odd = sorted(answers.keys() ^ {domain.slug for domain in catalog})[0]
        raise damaged(
            number, f"source_answer.{odd}", "缺少或多出该来源的应答", "the source's answer is missing or extra"
        )
    return StoredReport(
        report=report,
        content=content,
        entity=_entity(report, content),
        ruleset=ruleset_by_digest(session, report.ruleset_digest),
        catalog=catalog,
        answers={domain.slug: answers[domain.slug] for domain in catalog},
        overlays=overlays,
        own=[one for row in rows if row.role == "own" for one in _own(number, row)],
        decisions=list(_decisions(session, number)),
        editions=list(_editions(session, report)),
    )


def damaged(number: str, where: str, zh: str, en: str) -> Problem:
    """The error for what is stored and cannot be used; ``where`` names the place."""
    return Problem(
        "STORED_REPORT_DAMAGED",
        shown={"number": number, "where": where},
        number=number,
        where=where,
        detail_zh=zh,
        detail_en=en,
    )


@contextmanager
def _reading(number: str, where: str) -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"]))
        raise damaged(number, where, f"{key}：{first['msg']}", f"{key}: {first['msg']}") from error
    except (ValueError, TypeError, KeyError) as error:
        raise damaged(number, where, f"不能读取（{error}）", f"it cannot be read ({error})") from error


def _not_there(session: Session, number: str) -> Problem:
    reserved = session.get(ReportNumber, number)
    if reserved is None:
        return Problem("UNKNOWN_REPORT", number=number)
    if reserved.status == NumberStatus.ISSUED:
        return damaged(
            number, "credit_report", "编号已出具而报告不在", "the number was issued and the report is not there"
        )
    zh, en = (said.format(reason=reserved.reason) for said in _WHY[NumberStatus(reserved.status)])
    return Problem("NUMBER_NOT_ISSUED", shown={"status": reserved.status}, number=number, detail_zh=zh, detail_en=en)


def _entity(report: CreditReport, content: ReportContent) -> BusinessEntity:
    """The business as it was then; its former names play no part in what was decided."""
    with _reading(report.number, "previous_codes"):
        codes = json.loads(report.previous_codes)
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            raise ValueError("not a list of codes")
    with _reading(report.number, "content.subject"):
        return BusinessEntity(
            register_id=report.register_id,
            uscc=report.uscc,
            name=report.entity_name,
            entity_type=EntityType(content.subject.entity_type),
            registration_status=RegistrationStatus(content.subject.registration_status),
            previous_codes=tuple(codes),
        )


def _catalog(session: Session, report: CreditReport, content: ReportContent) -> tuple[DomainFacts, ...]:
    if report.catalog_digest is not None:
        with _reading(report.number, f"catalog_version.{report.catalog_digest}"):
            return facts_by_digest(session, report.catalog_digest)
    # A report from before this was kept: the page has all but the day, of which only "later or not" ever mattered.
    day = report.issued_at.date()
    return tuple(
        DomainFacts(
            **domain.model_dump(include={"slug", "number", "title", "title_en", "responsible_unit"}),
            effective_from=day.replace(year=day.year + 1) if domain.status == "not_implemented" else day,
        )
        for domain in content.domains
    )


def _answer(number: str, row: SourceAnswer) -> Answer:
    with _reading(number, f"source_answer.{row.slug}"):
        return Answer(
            slug=row.slug,
            status=AnswerStatus(row.status),
            asked_at=row.asked_at,
            answered_at=row.answered_at,
            data_as_of=row.data_as_of,
            source_version=row.source_version,
            rows_read=row.rows_read,
            records=tuple(ViolationRecord.model_validate(one) for one in json.loads(row.records)),
            entries=tuple(_entry(row.slug, one) for one in json.loads(row.entries)),
            skipped=json.loads(row.skipped),
            problem=row.problem,
        )


def _entry(slug: str, value: Mapping[str, Any]) -> OverlayEntry:
    if value.keys() != _ENTRY_KEYS or not isinstance(value["changes"], dict):
        raise ValueError(f"an entry has the keys {', '.join(sorted(_ENTRY_KEYS))}")
    return OverlayEntry(slug, **value)


def _own(number: str, row: SourceAnswer) -> tuple[OwnEntry, ...]:
    """Our own corrections and open objections, as they were when the report was made."""
    with _reading(number, f"source_answer.{row.slug}"):
        return tuple(OwnEntry(**one) for one in json.loads(row.entries))


def _decisions(session: Session, number: str) -> Iterator[dict[str, Any]]:
    query = select(ReportDecision).where(ReportDecision.number == number).order_by(ReportDecision.position)
    for row in session.scalars(query):
        with _reading(number, f"report_decision.{row.position}"):
            record = json.loads(row.record)
        yield {
            "domain": row.domain,
            "record_id": row.record_id,
            "listed": row.listed,
            "reason": row.reason,
            "basis": row.basis,
            "record": record,
        }


def _editions(session: Session, report: CreditReport) -> Iterator[StoredEdition]:
    issued = session.get(ReportPdf, report.number)
    if issued is None:
        raise damaged(report.number, "report_pdf", "文件不在", "the file is not there")
    yield _edition(report, issued.pdf)
    query = select(ReportEdition).where(ReportEdition.number == report.number).order_by(ReportEdition.language)
    for row in session.scalars(query):
        yield _edition(row, row.pdf)


def _edition(row: CreditReport | ReportEdition, pdf: bytes) -> StoredEdition:
    return StoredEdition(row.language, row.renderer, row.rendered_sha256, row.pdf_sha256, pdf)
