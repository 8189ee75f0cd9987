"""Deciding a case. Upheld is one transaction: the correction, the reports that it ends, their re-issue, the notices.

The sources are asked before, while no transaction is open. A repair that is confirmed makes no earlier report wrong on
its day: such reports stay, and verification tells that the facts have changed since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from creditreport.audit.trail import add_entry
from creditreport.clock import as_shanghai
from creditreport.errors import Problem
from creditreport.jobs.models import Job, JobState
from creditreport.jobs.outbox import enqueue
from creditreport.notices.models import NoticeKind
from creditreport.objections.asking import FieldRecords, ask_field
from creditreport.objections.changes import Decision, changes_of, corrected, outcome_of, refused
from creditreport.objections.flow import CaseKind, Move
from creditreport.objections.holding import hold_records
from creditreport.objections.models import ObjectionCase, ObjectionEvidence, Outcome
from creditreport.objections.officer import Officer
from creditreport.objections.stepping import begin, check, finish, text_of
from creditreport.objections.telling import tell_business, tell_unit
from creditreport.reports.batch_reissue import KIND as REISSUE
from creditreport.reports.facts import screening_domains
from creditreport.reports.gather import window_of
from creditreport.reports.models import CreditReport, ReportDecision, ReportStatus
from creditreport.violations.record import ViolationRecord
from creditreport.violations.screen import ScreeningRequest, screen

if TYPE_CHECKING:
    from creditreport.service import Service

__all__ = ["AffectedReport", "Consequence", "Decision", "decide_case", "preview_decision"]


@dataclass(frozen=True, slots=True)
class AffectedReport:
    """A valid report that lists the record; ``replaced``: it is superseded, and issued again, when this is upheld."""

    number: str
    issued_at: datetime
    valid_until: date
    purpose: str
    replaced: bool


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a decision would do: the record before and after (canonical keys), and the reports.

    ``listed_before`` and ``listed_after``: whether a new report of the longest window would list the record, other
    fields apart; ``None`` where no record is changed.
    """

    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    changes: Mapping[str, Any]
    listed_before: bool | None
    listed_after: bool | None
    reports: tuple[AffectedReport, ...]


@dataclass(frozen=True, slots=True)
class _Correcting:
    """What is to be changed, and what the sources said just now."""

    told: FieldRecords
    source: ViolationRecord
    before: ViolationRecord
    after: ViolationRecord
    changes: dict[str, Any]


def preview_decision(
    service: Service, case_id: int, decision: Decision, officer: Officer, now: datetime
) -> Consequence:  # fmt: skip
    """What :func:`decide_case` would change; nothing is changed. Raises as it does."""
    with service.reading() as session:
        case = session.get(ObjectionCase, case_id)
        if case is None or case.filed_at is None:
            raise Problem("UNKNOWN_OBJECTION")
        check(case, _move(decision, case), officer)
    made = _correcting(service, case, decision, now)
    if made is None:
        return Consequence(None, None, {}, None, None, ())
    with service.reading() as session:
        found = session.scalars(_reports_with(case, now)).all()
    return Consequence(
        before=made.before.canonical(),
        after=made.after.canonical(),
        changes=made.changes,
        listed_before=_listed(service, made, made.before, now),
        listed_after=_listed(service, made, made.after, now),
        reports=tuple(
            AffectedReport(one.number, one.issued_at, one.valid_until, one.purpose, not CaseKind(case.kind).is_repair)
            for one in found
        ),
    )


def decide_case(
    service: Service, case_id: int, version: int, decision: Decision, officer: Officer, now: datetime
) -> None:
    """Uphold or reject an answered case. Safe to repeat.

    Raises ``INVALID_OBJECTION`` (no reasons) and ``INVALID_DECISION`` naming key and problem; ``SOURCE_UNAVAILABLE``
    and its like when the record cannot be asked for now, ``UNKNOWN_RECORD`` when the source holds it no longer;
    ``OBJECTION_MOVED``, ``OBJECTION_MOVE_REFUSED``, ``NOT_ALLOWED``, ``UNKNOWN_OBJECTION``.
    """
    reasons = text_of(decision.reasons, "reasons")
    with service.reading() as session:
        seen = session.get(ObjectionCase, case_id)
        if seen is None or seen.filed_at is None:
            raise Problem("UNKNOWN_OBJECTION")
        move, ready = _move(decision, seen), seen.version == version
        if ready:
            check(seen, move, officer)
    # What moved meanwhile needs no source: what follows tells who did what.
    made = _correcting(service, seen, decision, now) if ready else None
    with service.sessions.begin() as session:
        case = begin(session, case_id, version, move, officer)
        if case is not None:
            _decide(session, case, decision, reasons, made, officer, now)


def _move(decision: Decision, case: ObjectionCase) -> Move:
    outcome = outcome_of(decision, CaseKind(case.kind), of_record=case.record_id is not None)
    return Move.REJECT if outcome is Outcome.REJECTED else Move.UPHOLD


def _correcting(service: Service, case: ObjectionCase, decision: Decision, now: datetime) -> _Correcting | None:
    outcome = Outcome(decision.outcome)
    if outcome in (Outcome.REJECTED, Outcome.UNIT_CORRECTS) or case.record_id is None:
        return None
    told = ask_field(service, case.register_id, case.domain, now)
    source, before = told.of_source(case.record_id), told.now(case.record_id)
    if source is None or before is None:
        raise Problem("UNKNOWN_RECORD")
    changes = changes_of(outcome, decision, before, as_shanghai(now).date())
    return _Correcting(told, source, before, corrected(before, changes), changes)


def _decide(
    session: Session, case: ObjectionCase, decision: Decision, reasons: str, made: _Correcting | None,
    officer: Officer, now: datetime,
) -> None:  # fmt: skip
    from creditreport.objections.correcting import make_correction

    move = _move(decision, case)
    party = check(case, move, officer)
    case.outcome, case.reasons, case.decided_by = decision.outcome, reasons, officer.actor
    detail: dict[str, Any] = {"outcome": decision.outcome}
    if made is not None:
        hold_records(session, case.register_id)
        _check_document(session, case, decision)
        correction = make_correction(session, case, made.source, made.changes, officer.actor, now)
        detail |= {"correction": correction.id, "keys": sorted(made.changes), "document": decision.document}
        if not CaseKind(case.kind).is_repair:
            detail["reports"] = _supersede(session, case, officer.actor, now)
    finish(session, case, move, party, officer.actor, now, why=reasons, detail=detail)
    tell_business(session, case, NoticeKind.OBJECTION_ANSWERED, now)
    tell_unit(session, case, NoticeKind.OBJECTION_DECIDED, now)


def _check_document(session: Session, case: ObjectionCase, decision: Decision) -> None:
    if decision.document is None:
        return
    row = session.get(ObjectionEvidence, decision.document)
    if row is None or row.case_id != case.id:
        raise refused("document", "不是本件的材料", "is no file of this case")


def _reports_with(case: ObjectionCase, now: datetime) -> Select[CreditReport]:
    """The reports that are valid and list the record."""
    lists = exists().where(
        ReportDecision.number == CreditReport.number,
        ReportDecision.listed,
        ReportDecision.domain == case.domain,
        ReportDecision.record_id == case.record_id,
    )
    return (
        select(CreditReport)
        .where(
            CreditReport.register_id == case.register_id,
            CreditReport.status == ReportStatus.ISSUED,
            CreditReport.valid_until >= as_shanghai(now).date(),
            lists,
        )
        .order_by(CreditReport.number)
    )


def _supersede(session: Session, case: ObjectionCase, by: str, now: datetime) -> list[str]:
    """End the reports that list the record, each with a job that issues it again; their successors come later."""
    numbers = []
    for report in session.scalars(_reports_with(case, now).with_for_update()):
        report.status, report.status_since = ReportStatus.SUPERSEDED, now
        report.status_reason, report.status_by = f"异议成立（编号 {case.number}）", by
        detail = {"reason": "objection", "objection": case.number}
        add_entry(
            session, at=now, actor=by, action="report.superseded", subject=f"report:{report.number}", detail=detail
        )
        _ask_again(session, report.number, report.status_reason, by, now)
        numbers.append(report.number)
    return numbers


def _ask_again(session: Session, number: str, reason: str, by: str, now: datetime) -> None:
    """A job that issues the report again; one that had died of another cause is tried anew."""
    payload = {"number": number, "reason": reason, "by": by}
    job = session.get_one(Job, enqueue(session, REISSUE, number, payload, now=now))
    if job.state == JobState.DEAD:
        job.state, job.settled_at, job.tries, job.next_try_at = JobState.WAITING, None, 0, now


def _listed(service: Service, made: _Correcting, record: ViolationRecord, now: datetime) -> bool:
    """Whether a report of the longest window would list ``record`` beside the other records of its field."""
    day, entity = as_shanghai(now).date(), made.told.entity
    ruleset = service.rules.on(day)
    records = [record if one.record_id == record.record_id else one for one in made.told.own]
    request = ScreeningRequest(entity.uscc, day, ruleset.longest_years, ruleset.id, entity.previous_codes)
    window = window_of(day, ruleset.longest_years, service)
    decisions = screen(records, request, ruleset, screening_domains(service.facts), window)
    return any(one.listed for one in decisions if one.record.record_id == record.record_id)
