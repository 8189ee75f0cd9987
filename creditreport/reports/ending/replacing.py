"""Staff issue a report again in its place, and its business is told of it in the same commit."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from creditreport.reports.content import ReportContent
from creditreport.reports.ending.telling import tell_replaced
from creditreport.reports.issue import IssuedReport
from creditreport.reports.reissue import reissue_report

if TYPE_CHECKING:
    from creditreport.service import Service


def replace_report(service: Service, number: str, *, reason: str, by: str, now: datetime) -> IssuedReport:
    """As :func:`~creditreport.reports.reissue.reissue_report`, with a notice to who may act for the business."""

    def told(session: Session, content: ReportContent) -> None:
        tell_replaced(session, number, content.number, now)

    return reissue_report(service, number, reason=reason, by=by, now=now, also=told)
