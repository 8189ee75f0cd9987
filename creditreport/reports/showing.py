"""What a verifier sees of a report beside the verdict: the business decides when it asks, and at any time after.

``summary``: the verdict, whose report, when, and how many records in which fields. ``records``: also what the records
say. ``original``: also the signed file. Whatever was chosen, details are told only while the report is valid and
everything that it lists would still be listed (verification, currency).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from creditreport.audit.trail import add_entry
from creditreport.errors import Problem
from creditreport.reports.archive import find_report, state_at
from creditreport.reports.models import Showing
from creditreport.reports.request import read_showing

if TYPE_CHECKING:
    from creditreport.service import Service


def change_showing(service: Service, register_id: str, number: str, showing: str, *, by: str, now: datetime) -> Showing:
    """Let verifiers see ``showing`` (as typed) of a business's report from now on: the next scan already.

    One transaction; safe to repeat. Raises ``INVALID_SHOWING``; ``UNKNOWN_REPORT`` also for another business's report;
    ``NOT_VALID_ANY_MORE``, because of such a report nobody sees details anyway.
    """
    wanted = read_showing(showing)
    with service.sessions.begin() as session:
        report = find_report(session, number, lock=True)
        if report.register_id != register_id:
            raise Problem("UNKNOWN_REPORT", number=number)
        state = state_at(report.status, report.valid_until, now)
        if state != "VALID":
            raise Problem("NOT_VALID_ANY_MORE", number=number, state=state)
        if report.showing != wanted:
            detail = {"from": report.showing, "to": wanted.value}
            report.showing = wanted.value
            add_entry(
                session, at=now, actor=by, action="report.showing_changed", subject=f"report:{number}", detail=detail
            )
    return wanted
