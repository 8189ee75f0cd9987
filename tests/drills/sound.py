"""What must hold after every drill: no report lost, doubled, half there; all numbers accounted for; the trail whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from creditreport.audit.check import check
from creditreport.audit.models import AuditEntry
from creditreport.audit.sealing import seal
from creditreport.jobs.models import Job, JobState
from creditreport.reports.models import CreditReport, NumberStatus, ReportNumber, ReportPdf, SourceAnswer
from creditreport.reports.numbers import STALE_AFTER, days_of_numbers, settle_stale_reservations
from creditreport.service import Service
from creditreport.verification.inspection import inspect_pdf

SOURCES = 46


def unsound(service: Service) -> list[str]:
    """Everything that is not as it must be; empty when all is well."""
    now = service.clock.now()
    with service.sessions.begin() as session:
        # What a killed process reserved is settled by whoever reserves ten minutes later.
        settle_stale_reservations(session, now + STALE_AFTER + timedelta(minutes=1))
    with service.reading() as session:
        found = [*_reports(session), *_numbers(session), *_successors(session)]
    seal(service, now)
    checked = check(service, "drill", now)
    return [*found, *(f"audit: {one}" for one in checked.findings)]


def _reports(session: Session) -> Iterator[str]:
    entries = Counter(session.scalars(select(AuditEntry.subject).where(AuditEntry.action == "report.issued")))
    answers = Counter(session.scalars(select(SourceAnswer.number)))
    pdfs = {row.number: row.pdf for row in session.scalars(select(ReportPdf))}
    reports = session.scalars(select(CreditReport)).all()
    for report in reports:
        number, pdf = report.number, pdfs.get(report.number, b"")
        if sha256(pdf).hexdigest() != report.pdf_sha256:
            yield f"{number}: its file is not the one that was issued"
        elif not inspect_pdf(pdf).intact:
            yield f"{number}: its signature is broken"
        if sha256(report.content.encode()).hexdigest() != report.content_sha256:
            yield f"{number}: its content is not the one that was issued"
        if answers[number] != SOURCES:
            yield f"{number}: {answers[number]} answers"
        if entries[f"report:{number}"] != 1:
            yield f"{number}: {entries[f'report:{number}']} audit entries"
    for number in set(pdfs) ^ {one.number for one in reports}:
        yield f"{number}: half there"
    if len(entries) != len(reports):
        yield f"{len(entries)} issues in the trail, {len(reports)} reports"


def _numbers(session: Session) -> Iterator[str]:
    for day in days_of_numbers(session):
        if not day.accounted_for or day.reserved:
            yield f"numbers of {day.day}: {day}"
    issued = set(session.scalars(select(ReportNumber.number).where(ReportNumber.status == NumberStatus.ISSUED.value)))
    for number in issued ^ set(session.scalars(select(CreditReport.number))):
        yield f"{number}: number and report disagree"


def _successors(session: Session) -> Iterator[str]:
    query = select(CreditReport.superseded_by, func.count()).where(CreditReport.superseded_by.is_not(None))
    for number, count in session.execute(query.group_by(CreditReport.superseded_by)):
        if count != 1:
            yield f"{number} takes the place of {count} reports"


def open_jobs(service: Service) -> list[tuple[str, str, str | None]]:
    """Jobs that are not done: kind, state and why."""
    with service.reading() as session:
        query = select(Job.kind, Job.state, Job.last_code).where(
            Job.state.in_((JobState.WAITING.value, JobState.DEAD.value))
        )
        return [(kind, state, code) for kind, state, code in session.execute(query)]


def reports(service: Service) -> int:
    """How many reports there are."""
    with service.reading() as session:
        return session.scalar(select(func.count()).select_from(CreditReport)) or 0


def numbers_by_state(service: Service) -> str:
    """For the table of drills: how many numbers were issued and how many abandoned."""
    with service.reading() as session:
        counts = Counter(session.scalars(select(ReportNumber.status)))
    return f"{counts['issued']} issued, {counts['abandoned']} abandoned, {counts['reserved']} open"
