"""Issuing a report again, with today's facts and today's key, in the place of one that does not hold any more."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from creditreport.entities.models import EntityRow
from creditreport.errors import Problem
from creditreport.reports.archive import find_report
from creditreport.reports.issue import Also, IssuedReport, issue_report
from creditreport.reports.request import IssueRequest
from creditreport.reports.supersede import Replaced

if TYPE_CHECKING:
    from creditreport.service import Service


def reissue_report(
    service: Service, number: str, *, reason: str, by: str, now: datetime, also: Also | None = None
) -> IssuedReport:
    """A new report for the business, years, purpose, edition and showing of report ``number``, which it replaces.

    One commit: the new report is stored and the old one gets its successor, or neither. The sources are asked anew, so
    the new report says what holds today. Safe to repeat and to do twice at once: ``ALREADY_REPLACED`` names the
    successor. ``also`` is done in that commit. Raises besides ``UNKNOWN_REPORT`` and whatever issuing raises; the old
    report is then unchanged.
    """
    with service.reading() as session:
        old = find_report(session, number)
        if old.superseded_by is not None:
            raise Problem("ALREADY_REPLACED", number=number, successor=old.superseded_by)
        # The code of today: it may have been replaced since.
        business = session.get(EntityRow, old.register_id)
        uscc = business.uscc if business is not None else old.uscc
    request = IssueRequest(uscc, str(old.years), old.purpose, by, language=old.language, showing=old.showing)
    return issue_report(service, request, now, replaces=Replaced(number, reason), also=also)
