"""Issuing many reports again: every valid one that showed a domain's data, each a job of its own.

A department finds that it has sent wrong data for weeks; every report that shows them is superseded by one that says
what holds today. The jobs commit together with the entry that says who asked and why; each is then done like any job,
in place or by workers, may be killed anywhere, and supersedes its report once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from creditreport.audit.trail import add_entry
from creditreport.clock import as_shanghai
from creditreport.errors import Problem
from creditreport.jobs.models import Job, JobState
from creditreport.jobs.outbox import RefusedError, enqueue
from creditreport.notices.models import NoticeKind
from creditreport.notices.outbox import tell, who_acts
from creditreport.reports.archive import find_report
from creditreport.reports.content import ReportContent
from creditreport.reports.models import CreditReport, ReportDecision, ReportStatus, SourceAnswer
from creditreport.reports.reissue import reissue_report
from creditreport.violations.answer import AnswerStatus

if TYPE_CHECKING:
    from creditreport.service import Service

KIND = "report.reissue"
ACTOR = "job:reissue"
CHUNK = 500
SERVER_SIDE = 500


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one report that was to be issued again: its successor, or why it has none (yet)."""

    number: str
    state: JobState
    successor: str | None
    code: str | None


def reports_showing(
    service: Service, slug: str, records: Collection[str], now: datetime, *, silent_too: bool = False
) -> Iterator[list[str]]:
    """The numbers of the valid reports that list a record of the domain ``slug`` (one of ``records``, if any is named).

    ``silent_too``: also those that rest on the domain's answer and list nothing of it. Some hundreds at a time, in the
    order of their numbers, each by index. Raises ``UNKNOWN_DOMAIN``.
    """
    service.catalog.find(slug)
    last = ""
    while True:
        with service.reading() as session:
            query = select(CreditReport.number).where(CreditReport.number > last, *_valid(now))
            shown = _answered(slug) if silent_too else _listed(slug, records)
            found = list(session.scalars(query.where(shown).order_by(CreditReport.number).limit(CHUNK)))
        if not found:
            return
        yield found
        last = found[-1]


def _valid(now: datetime) -> tuple[ColumnElement[bool], ...]:
    today = as_shanghai(now).date()
    return CreditReport.status == ReportStatus.ISSUED.value, CreditReport.valid_until >= today


def _listed(slug: str, records: Collection[str]) -> ColumnElement[bool]:
    shown = exists().where(
        ReportDecision.number == CreditReport.number, ReportDecision.listed, ReportDecision.domain == slug
    )
    return shown.where(ReportDecision.record_id.in_(records)) if records else shown


def _answered(slug: str) -> ColumnElement[bool]:
    return exists().where(
        SourceAnswer.number == CreditReport.number,
        SourceAnswer.slug == slug,
        SourceAnswer.status == AnswerStatus.COMPLETE.value,
    )


def ask_for_reissues(
    service: Service, numbers: Sequence[str], *, showing: str, reason: str, by: str, now: datetime
) -> None:
    """Have the reports issued again: their jobs and the entry of who asked, in one transaction; safe to repeat.

    A job that had died is tried anew.
    """
    with service.sessions.begin() as session:
        new = 0
        for number in numbers:
            job = session.get_one(Job, enqueue(session, KIND, number, {"number": number, "reason": reason, "by": by},
                                               now=now))  # fmt: skip
            if job.state == JobState.DEAD:
                job.state, job.settled_at, job.tries, job.next_try_at = JobState.WAITING.value, None, 0, now
            new += job.tries == 0
        if new:
            detail = {"showing": showing, "reason": reason, "reports": new}
            add_entry(session, at=now, actor=by, action="reissue.asked", subject=f"domain:{showing}", detail=detail)


def run_reissue(service: Service, payload: dict[str, Any], now: datetime) -> None:
    """The job: issue report ``number`` again for ``reason``, unless it has a successor already; its owner is told.

    A report that has expired, or that its business withdrew, gets none. Raises ``RefusedError`` when a person has to do
    something first (the business is struck off, two hold its code); what a source or the signature refuses is raised
    as it is, and tried again.
    """
    number = payload["number"]

    def tell_owner(session: Session, content: ReportContent) -> None:
        people = who_acts(session, report.register_id, now, report.purpose)
        tell(
            session, people, NoticeKind.REPORT_REISSUED, f"report:{content.number}", about=report.register_id, now=now,
            purpose=report.purpose, number=content.number,
        )  # fmt: skip

    try:
        with service.reading() as session:
            report = find_report(session, number)
        if report.superseded_by is not None:
            return
        if report.withdrawn_at is not None or report.valid_until < as_shanghai(now).date():
            raise RefusedError("NOT_VALID_ANY_MORE")
        reissue_report(service, number, reason=payload["reason"], by=payload.get("by", ACTOR), now=now, also=tell_owner)
    except Problem as problem:
        if problem.code == "ALREADY_REPLACED":
            return
        if problem.kind.http_status < SERVER_SIDE:
            raise RefusedError(problem.code) from problem
        raise


def fates_of(service: Service, numbers: Sequence[str]) -> list[Fate]:
    """What became of each, in the order given."""
    found: dict[str, Fate] = {}
    with service.reading() as session:
        for start in range(0, len(numbers), CHUNK):
            query = (
                select(Job.key, Job.state, CreditReport.superseded_by, Job.last_code)
                .join(CreditReport, CreditReport.number == Job.key)
                .where(Job.kind == KIND, Job.key.in_(numbers[start : start + CHUNK]))
            )
            found |= {
                number: Fate(number, JobState(state), successor, code)
                for number, state, successor, code in session.execute(query)
            }
    return [found[number] for number in numbers]
