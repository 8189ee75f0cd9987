"""What the night's job looks for: reports about to expire, and records that have come in since they were issued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session, aliased

from creditreport.audit.trail import add_entry
from creditreport.clock import as_shanghai
from creditreport.entities.models import EntityRow
from creditreport.entities.register import with_sole_numbers
from creditreport.errors import Problem
from creditreport.notices.models import Notice, NoticeKind, RecordWatch
from creditreport.notices.outbox import tell, who_acts
from creditreport.reports.archive import content_of
from creditreport.reports.content import Purpose
from creditreport.reports.gather import gather
from creditreport.reports.models import CreditReport, ReportStatus

if TYPE_CHECKING:
    from creditreport.service import Service

log = structlog.get_logger(__name__)

JOB = "job:notices"
SOON = timedelta(days=7)
AT_ONCE = 500
# Departments send their decisions day by day; a source that was down is asked again sooner.
LOOK_AGAIN, NOT_KNOWN = timedelta(days=1), timedelta(hours=2)
BUSINESSES_AT_ONCE = 50


def tell_expiring(service: Service, now: datetime) -> int:
    """Tell who acts for a business that a report's last day is at most seven days away; once for each report.

    Not if a later one for the same purpose is there. Returns how many notices were made.
    """
    today = as_shanghai(now).date()
    later = aliased(CreditReport)
    told_of = exists().where(Notice.kind == NoticeKind.EXPIRING.value, Notice.number == CreditReport.number)
    renewed = exists().where(
        later.register_id == CreditReport.register_id, later.purpose == CreditReport.purpose,
        later.status == ReportStatus.ISSUED.value, later.valid_until > today + SOON,
    )  # fmt: skip
    query = (
        select(CreditReport.number, CreditReport.register_id, CreditReport.purpose)
        .where(CreditReport.status == ReportStatus.ISSUED.value)
        .where(CreditReport.valid_until >= today, CreditReport.valid_until <= today + SOON, ~told_of, ~renewed)
        .order_by(CreditReport.number)
        .limit(AT_ONCE)
    )
    made = 0
    with service.sessions.begin() as session:
        for number, register_id, purpose in session.execute(query).all():
            people = who_acts(session, register_id, now, purpose)
            told = tell(
                session, people, NoticeKind.EXPIRING, f"report:{number}", about=register_id, purpose=purpose,
                number=number, now=now,
            )  # fmt: skip
            if told:
                _note(session, "notice.expiring", f"report:{number}", now, told)
            made += told
    return made


def tell_new_records(service: Service, now: datetime, most: int = BUSINESSES_AT_ONCE) -> int:
    """Tell businesses with a valid report of records that a report of today would list and theirs do not.

    Each is looked at once a day. What a source that is down would say is not known: it is asked again in two hours.
    Only that there is something new is kept, never what. Returns how many notices were made.
    """
    made = 0
    with service.reading() as session:
        due = list(session.scalars(_due(now).limit(most)))
    for register_id in due:
        _look_again(service, register_id, now + LOOK_AGAIN)
        try:
            made += _compare(service, register_id, now)
        except Problem as problem:
            log.warning("business not compared", register_id=register_id, code=problem.code)
            _look_again(service, register_id, now + NOT_KNOWN)
    return made


def _due(now: datetime) -> Select[str]:
    return (
        select(CreditReport.register_id)
        .outerjoin(RecordWatch, RecordWatch.register_id == CreditReport.register_id)
        .where(*_valid(now), or_(RecordWatch.next_look_at.is_(None), RecordWatch.next_look_at <= now))
        .group_by(CreditReport.register_id)
        .order_by(CreditReport.register_id)
    )


def _valid(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (CreditReport.status == ReportStatus.ISSUED.value, CreditReport.valid_until >= as_shanghai(now).date())


def _look_again(service: Service, register_id: str, at: datetime) -> None:
    with service.sessions.begin() as session:
        session.merge(RecordWatch(register_id=register_id, next_look_at=at))


def _compare(service: Service, register_id: str, now: datetime) -> int:
    with service.reading() as session:
        row = session.get_one(EntityRow, register_id)
        entity = with_sole_numbers(session, row.as_entity())
        reports = session.scalars(
            select(CreditReport).where(CreditReport.register_id == register_id, *_valid(now))
        ).all()
    if not reports:
        return 0
    years, known = max(report.years for report in reports), _listed(reports)
    case = gather(service, entity, years, Purpose(reports[0].purpose), now)
    found = {(one.record.domain, one.record.record_id) for one in case.decisions if one.listed} - known
    if not found:
        return 0
    key = sha256(repr(sorted(found)).encode()).hexdigest()[:32]
    with service.sessions.begin() as session:
        told = tell(
            session, who_acts(session, register_id, now), NoticeKind.NEW_RECORD, f"records:{key}", about=register_id,
            now=now,
        )  # fmt: skip
        if told:
            _note(session, "notice.new_record", f"business:{register_id}", now, told)
    return told


def _listed(reports: Sequence[CreditReport]) -> set[tuple[str, str]]:
    return {
        (domain.slug, record.record_id)
        for report in reports
        for domain in content_of(report).domains
        for record in domain.records
    }


def _note(session: Session, action: str, subject: str, now: datetime, told: int) -> None:
    add_entry(session, at=now, actor=JOB, action=action, subject=subject, detail={"told": told})
