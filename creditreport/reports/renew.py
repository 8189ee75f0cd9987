"""Renewing: a new report as the business once asked for it, in one click, before or after the old one has expired."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from creditreport.entities.models import EntityRow
from creditreport.errors import Problem
from creditreport.reports.archive import own_report
from creditreport.reports.request import IssueRequest

if TYPE_CHECKING:
    from creditreport.service import Service


def renewal_of(
    service: Service, register_id: str, number: str, *, by: str, now: datetime, once: str | None = None
) -> IssueRequest:
    """The request that asks again for what report ``number`` was asked for: years, purpose, edition, showing.

    To be given to ``issue_report``: today's facts, a number and a code of its own. The old report stays what it is (a
    business's further report supersedes nothing). ``once`` names this asking. Raises ``UNKNOWN_REPORT`` also for
    another business's report.
    """
    with service.reading() as session:
        old = own_report(session, register_id, number, now)
        # The code of today: it may have been replaced since.
        business = session.get(EntityRow, register_id)
    if business is None:
        raise Problem("UNKNOWN_ENTITY", uscc=old.uscc)
    return IssueRequest(
        uscc=business.uscc,
        years=str(old.years),
        purpose=old.purpose,
        requested_by=by,
        language=old.language,
        showing=old.showing,
        once=once,
    )
