"""Reports that were issued: by day and purpose, and in which fields they list records."""

from __future__ import annotations

from collections import Counter
from datetime import date

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from creditreport.reports.content import Purpose
from creditreport.reports.models import CreditReport, NumberStatus, ReportDecision, ReportNumber
from creditreport.statistics.period import Period
from creditreport.statistics.table import Indicator, Kind, Table, day_by_day, share, table

# A number bears the day of its report and was reserved at the very moment of issue; there is an index of that moment.
_OF_REPORT = ReportNumber.number == CreditReport.number


def issued(session: Session, period: Period) -> tuple[list[Indicator], list[Table]]:
    """All that was issued within ``period``, whatever became of it afterwards."""
    by_day: Counter[tuple[date, str]] = Counter()
    by_purpose: Counter[str] = Counter()
    clean, without = 0, case((CreditReport.listed == 0, 1), else_=0)
    query = (
        select(ReportNumber.day, CreditReport.purpose, func.count(), func.sum(without))
        .join(CreditReport, _OF_REPORT)
        .where(*_within(period))
        .group_by(ReportNumber.day, CreditReport.purpose)
    )
    for day, purpose, count, count_clean in session.execute(query):
        by_day[day, purpose] += count
        by_purpose[purpose] += count
        clean += count_clean
    businesses = _businesses(session, period)
    total = by_purpose.total()
    indicators = [
        Indicator("reports_issued", Kind.COUNT, total),
        Indicator("businesses_served", Kind.COUNT, businesses.pop("", 0)),
        Indicator("reports_clean", Kind.SHARE, share(clean, total)),
    ]
    purposes = [one.value for one in Purpose]
    return indicators, [
        day_by_day("issued_by_day", period.days, purposes, by_day),
        table(
            "issued_by_purpose",
            [("purpose", Kind.PURPOSE), ("reports", Kind.COUNT), ("share", Kind.SHARE), ("businesses", Kind.COUNT)],
            [(one, by_purpose[one], share(by_purpose[one], total), businesses.get(one, 0)) for one in purposes],
        ),
        _by_field(session, period),
    ]


def _within(period: Period) -> list[ColumnElement[bool]]:
    return [
        ReportNumber.status == NumberStatus.ISSUED,
        ReportNumber.reserved_at >= period.begin,
        ReportNumber.reserved_at < period.end,
    ]


def _businesses(session: Session, period: Period) -> dict[str, int]:
    """How many businesses got a report, by purpose, and under "" for whatever purpose."""
    distinct = func.count(CreditReport.register_id.distinct())
    of_all = select(distinct).join(ReportNumber, _OF_REPORT).where(*_within(period))
    found = {"": session.scalar(of_all) or 0}
    by_purpose = (
        select(CreditReport.purpose, distinct).join(ReportNumber, _OF_REPORT).where(*_within(period))
    ).group_by(CreditReport.purpose)
    return found | dict(session.execute(by_purpose).all())


def _by_field(session: Session, period: Period) -> Table:
    """The fields in which reports list records, those with the most records first; no field is told apart by name."""
    query = (
        select(ReportDecision.domain, func.count(ReportDecision.number.distinct()), func.count())
        .join(ReportNumber, ReportNumber.number == ReportDecision.number)
        .where(*_within(period), ReportDecision.listed.is_(True))
        .group_by(ReportDecision.domain)
    )
    rows = sorted(session.execute(query), key=lambda row: (-row[2], row[0]))
    columns = [("field", Kind.FIELD), ("reports", Kind.COUNT), ("records", Kind.COUNT)]
    return table("issued_by_field", columns, [tuple(row) for row in rows])


def unissued(session: Session, period: Period) -> Table:
    """Why numbers that were given out came to no report, and how many still wait to be settled."""
    query = (
        select(ReportNumber.status, ReportNumber.reason, func.count())
        .where(
            ReportNumber.status.in_((NumberStatus.ABANDONED, NumberStatus.RESERVED)),
            ReportNumber.reserved_at >= period.begin,
            ReportNumber.reserved_at < period.end,
        )
        .group_by(ReportNumber.status, ReportNumber.reason)
    )
    counts: Counter[str] = Counter()
    for status, reason, count in session.execute(query):
        counts[reason or status] += count
    rows = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return table("numbers_unissued", [("reason", Kind.REASON), ("numbers", Kind.COUNT)], rows)
