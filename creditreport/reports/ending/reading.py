"""What staff see of issued reports: the one they look for, its history, and revocations that wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from creditreport.audit.models import AuditEntry
from creditreport.reports.archive import find_report, state_at
from creditreport.reports.ending.models import Revocation, RevocationState
from creditreport.reports.models import CreditReport

MOST_WAITING = 50


@dataclass(frozen=True, slots=True)
class StaffReport:
    """One report as staff see it: the row, what it is now, its revocations and what was done to it, oldest first."""

    report: CreditReport
    state: str
    revocations: tuple[Revocation, ...]
    deeds: tuple[AuditEntry, ...]

    @property
    def waiting(self) -> Revocation | None:
        """The revocation that another person must confirm."""
        return next((one for one in self.revocations if one.state == RevocationState.OPEN), None)

    @property
    def can_be_replaced(self) -> bool:
        """Whether it may still be issued again in its place."""
        return self.report.superseded_by is None and self.report.withdrawn_at is None


def staff_report(session: Session, number: str, now: datetime) -> StaffReport:
    """Report ``number`` with its history. Raises ``UNKNOWN_REPORT``."""
    report = find_report(session, number)
    revocations = select(Revocation).where(Revocation.number == number).order_by(Revocation.id)
    deeds = select(AuditEntry).where(AuditEntry.subject == f"report:{number}", AuditEntry.action != "staff.looked")
    return StaffReport(
        report,
        state_at(report.status, report.valid_until, now),
        tuple(session.scalars(revocations)),
        tuple(session.scalars(deeds.order_by(AuditEntry.id))),
    )


def waiting_revocations(session: Session) -> list[tuple[Revocation, str]]:
    """The revocations that wait for another person, oldest first, each with the business's name."""
    query = (
        select(Revocation, CreditReport.entity_name)
        .join(CreditReport, CreditReport.number == Revocation.number)
        .where(Revocation.state == RevocationState.OPEN)
        .order_by(Revocation.proposed_at)
        .limit(MOST_WAITING)
    )
    return [(row[0], row[1]) for row in session.execute(query)]
