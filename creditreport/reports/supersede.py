"""A report takes the place of another: both in the transaction that stores the new one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import case, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from creditreport.audit.trail import add_entry
from creditreport.errors import Problem
from creditreport.reports.models import CreditReport, ReportStatus


@dataclass(frozen=True, slots=True)
class Replaced:
    """The report whose place is taken, and why."""

    number: str
    reason: str


def supersede(session: Session, old: Replaced, new: str, *, by: str, at: datetime) -> None:
    """Give the report ``old`` its successor ``new``, which the caller has stored.

    A report that stood until now becomes ``SUPERSEDED``. One that had been ended before (revoked with its key,
    superseded by an upheld objection) keeps its word, and the day and reason of it, and only gains the successor.
    Raises ``ALREADY_REPLACED`` when it has one: two that re-issue at once cannot both succeed.
    """
    stands = CreditReport.status == ReportStatus.ISSUED
    statement = (
        update(CreditReport)
        .where(CreditReport.number == old.number, CreditReport.superseded_by.is_(None))
        .values(
            superseded_by=new,
            status=case((stands, ReportStatus.SUPERSEDED.value), else_=CreditReport.status),
            status_since=case((stands, at), else_=CreditReport.status_since),
            status_reason=case((stands, old.reason), else_=CreditReport.status_reason),
            status_by=case((stands, by), else_=CreditReport.status_by),
        )
    )
    done = session.execute(statement, execution_options={"synchronize_session": False})
    if cast(CursorResult[Any], done).rowcount != 1:
        known = session.get(CreditReport, old.number, populate_existing=True)
        if known is None:
            raise Problem("UNKNOWN_REPORT", number=old.number)
        raise Problem("ALREADY_REPLACED", number=old.number, successor=known.superseded_by)
    add_entry(
        session, at=at, actor=by, action="report.replaced", subject=f"report:{old.number}",
        detail={"successor": new, "reason": old.reason},
    )  # fmt: skip
