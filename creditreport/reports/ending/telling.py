"""What a business is told when its report was ended or replaced by hand: which, since when, by whom, and why.

The notice itself holds the number alone, and commits with its cause, so that it is there once or not at all. What it
says is read from what was stored with the deed: the words that staff wrote, as they wrote them. Of a report that was
revoked with its key no words are told: those are the operator's own, and nothing was wrong with the report.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from creditreport.audit.models import AuditEntry
from creditreport.notices.models import NoticeKind
from creditreport.notices.outbox import tell, who_acts
from creditreport.reports.ending.models import Ground, Revocation, RevocationState
from creditreport.reports.models import CreditReport, ReportStatus

# Of a report only these: neither content nor file.
COLUMNS: tuple[Any, ...] = (
    CreditReport.number, CreditReport.status, CreditReport.status_since, CreditReport.status_reason,
    CreditReport.withdrawn_at, CreditReport.superseded_by,
)  # fmt: skip


class EndedBy(StrEnum):
    """How a report ended, as its business is told."""

    AUTHORITY = "authority"
    BUSINESS = "business"
    KEY = "key"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Ending:
    """How report ``number`` ended; ``why`` is told only where the words were written for the business."""

    number: str
    by: EndedBy
    since: datetime
    why: str | None
    successor: str | None


def tell_revoked(session: Session, number: str, now: datetime) -> int:
    """Tell who may act for the business that report ``number`` was revoked, in the caller's transaction: how many.

    Safe to repeat: each person is told once.
    """
    return _tell(session, number, NoticeKind.REPORT_REVOKED, number, now)


def tell_replaced(session: Session, number: str, successor: str, now: datetime) -> int:
    """Tell them that report ``number`` was issued again as ``successor``; as :func:`tell_revoked`."""
    return _tell(session, number, NoticeKind.REPORT_REPLACED, successor, now)


def _tell(session: Session, number: str, kind: NoticeKind, leads_to: str, now: datetime) -> int:
    whose = select(CreditReport.register_id, CreditReport.purpose).where(CreditReport.number == number)
    register_id, purpose = session.execute(whose).one()
    people = who_acts(session, register_id, now, purpose)
    return tell(session, people, kind, f"report:{number}", about=register_id, now=now, purpose=purpose, number=leads_to)


def endings_of(session: Session, numbers: Collection[str]) -> dict[str, Ending]:
    """How each of the reports ended; one that stands is not among them. Two statements, however many there are."""
    if not numbers:
        return {}
    query = select(*COLUMNS).where(CreditReport.number.in_(numbers), CreditReport.status != ReportStatus.ISSUED)
    confirmed = select(Revocation).where(Revocation.number.in_(numbers), Revocation.state == RevocationState.CONFIRMED)
    revocations = {row.number: row for row in session.scalars(confirmed)}
    return {row.number: _ending(row, revocations.get(row.number)) for row in session.execute(query)}


def replacements_of(session: Session, numbers: Collection[str]) -> dict[str, Ending]:
    """How each of the reports was replaced, also one that had ended before; one without a successor is not there."""
    subjects = [f"report:{number}" for number in numbers]
    query = select(AuditEntry).where(AuditEntry.subject.in_(subjects), AuditEntry.action == "report.replaced")
    entries = {row.subject.partition(":")[2]: row for row in session.scalars(query)} if numbers else {}
    before = endings_of(session, list(entries))
    return {number: _replacement(entry, before.get(number)) for number, entry in entries.items()}


def _ending(report: Row[Any], revocation: Revocation | None) -> Ending:
    if revocation is not None:
        by, why = EndedBy(Ground(revocation.ground).value), revocation.reason
    elif report.withdrawn_at is not None:
        by, why = EndedBy.BUSINESS, ""
    elif report.status == ReportStatus.SUPERSEDED:
        by, why = EndedBy.REPLACED, report.status_reason or ""
    else:
        by, why = EndedBy.KEY, ""
    return Ending(report.number, by, report.status_since, why or None, report.superseded_by)


def _replacement(entry: AuditEntry, before: Ending | None) -> Ending:
    number, by_key = entry.subject.partition(":")[2], before is not None and before.by is EndedBy.KEY
    by = EndedBy.KEY if by_key else EndedBy.REPLACED
    return Ending(number, by, entry.at, None if by_key else entry.detail["reason"], entry.detail["successor"])
