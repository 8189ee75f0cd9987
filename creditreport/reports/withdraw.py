"""A business withdraws its own report: for a verifier it is ``REVOKED``, by the business itself, from the next scan on.

It cannot be taken back: a report that was once called revoked must not be called valid later. A new one is free.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from creditreport.audit.trail import add_entry
from creditreport.errors import Problem
from creditreport.reports.archive import find_report, state_at
from creditreport.reports.models import ReportStatus

if TYPE_CHECKING:
    from creditreport.service import Service

REASON = "经营主体自行撤回"


def withdraw_report(service: Service, register_id: str, number: str, *, by: str, now: datetime) -> bool:
    """Withdraw a business's valid report; tells whether this was new. One transaction; safe to repeat.

    Raises ``UNKNOWN_REPORT`` also for another business's report; ``NOT_VALID_ANY_MORE`` when it had ended otherwise.
    """
    with service.sessions.begin() as session:
        report = find_report(session, number, lock=True)
        if report.register_id != register_id:
            raise Problem("UNKNOWN_REPORT", number=number)
        if report.withdrawn_at is not None:
            return False
        state = state_at(report.status, report.valid_until, now)
        if state != "VALID":
            raise Problem("NOT_VALID_ANY_MORE", number=number, state=state)
        report.status, report.status_since, report.withdrawn_at = ReportStatus.REVOKED, now, now
        report.status_reason, report.status_by = REASON, by
        add_entry(session, at=now, actor=by, action="report.withdrawn", subject=f"report:{number}")
    return True
