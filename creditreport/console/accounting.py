"""Number accounting: every report number is reserved, issued, or abandoned with a reason; a hole is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from creditreport.reports.models import NumberStatus, ReportNumber
from creditreport.reports.numbers import DayOfNumbers

# So many holes of one day are told one by one: more is no accounting but a disaster, which the count tells.
MOST_HOLES = 100


@dataclass(frozen=True, slots=True)
class Unissued:
    """A number that was given out and is on no report: abandoned with a reason, or still reserved."""

    number: str
    status: str
    reason: str | None
    reserved_at: datetime
    settled_at: datetime | None


def reasons_of(session: Session, days: list[DayOfNumbers]) -> dict[tuple[str, date], list[tuple[str, int]]]:
    """Why numbers of these days were abandoned, each reason with its count, the most frequent first."""
    if not days:
        return {}
    query = (
        select(ReportNumber.area, ReportNumber.day, ReportNumber.reason, func.count())
        .where(
            ReportNumber.status == NumberStatus.ABANDONED,
            ReportNumber.area.in_(sorted({one.area for one in days})),
            ReportNumber.day.between(min(one.day for one in days), max(one.day for one in days)),
        )
        .group_by(ReportNumber.area, ReportNumber.day, ReportNumber.reason)
    )
    found: dict[tuple[str, date], list[tuple[str, int]]] = {}
    for area, day, reason, count in session.execute(query):
        found.setdefault((area, day), []).append((reason or "?", count))
    return {key: sorted(told, key=lambda one: (-one[1], one[0])) for key, told in found.items()}


def unissued_of(session: Session, area: str, day: date) -> list[Unissued]:
    """The numbers of a day that are on no report, in order."""
    query = (
        select(ReportNumber)
        .where(ReportNumber.area == area, ReportNumber.day == day, ReportNumber.status != NumberStatus.ISSUED)
        .order_by(ReportNumber.sequence)
    )
    return [
        Unissued(row.number, row.status, row.reason, row.reserved_at, row.settled_at) for row in session.scalars(query)
    ]


def holes_of(session: Session, told: DayOfNumbers) -> list[tuple[int, int]]:
    """The sequences of a day that nobody accounts for, as (first, last) of each hole; at most :data:`MOST_HOLES`."""
    query = (
        select(ReportNumber.sequence)
        .where(ReportNumber.area == told.area, ReportNumber.day == told.day)
        .order_by(ReportNumber.sequence)
    )
    holes, expected = [], 1
    for sequence in session.scalars(query.execution_options(yield_per=10_000)):
        if sequence > expected:
            holes.append((expected, sequence - 1))
        expected = sequence + 1
        if len(holes) == MOST_HOLES:
            return holes
    if expected <= told.last:
        holes.append((expected, told.last))
    return holes
