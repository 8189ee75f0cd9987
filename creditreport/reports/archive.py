"""Finding issued reports again. The ``own_`` queries are bound to one business: another's number is not there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, select, union
from sqlalchemy.orm import Session

from creditreport.clock import as_shanghai
from creditreport.entities.models import EntityRow
from creditreport.entities.uscc import read_uscc
from creditreport.errors import Problem
from creditreport.reports.content import ReportContent
from creditreport.reports.models import CreditReport, ReportStatus


@dataclass(frozen=True, slots=True)
class ReportSummary:
    """One report in a list. ``state`` is what it is at the asked moment: VALID, EXPIRED, SUPERSEDED or REVOKED."""

    number: str
    verification_code: str
    uscc: str
    entity_name: str
    purpose: str
    years: int
    window_start: date
    window_end: date
    issued_at: datetime
    valid_until: date
    listed: int
    pdf_bytes: int
    pdf_sha256: str
    language: str
    showing: str
    withdrawn_at: datetime | None
    state: str

    @property
    def fate(self) -> str:
        """``state``, and ``WITHDRAWN`` where it was the business itself that ended it."""
        return "WITHDRAWN" if self.withdrawn_at is not None else self.state


# Only these columns: a list must not read contents or files.
COLUMNS = (
    CreditReport.number, CreditReport.verification_code, CreditReport.uscc, CreditReport.entity_name,
    CreditReport.purpose, CreditReport.years, CreditReport.window_start, CreditReport.window_end,
    CreditReport.issued_at, CreditReport.valid_until, CreditReport.listed, CreditReport.pdf_bytes,
    CreditReport.pdf_sha256, CreditReport.language, CreditReport.showing, CreditReport.withdrawn_at,
)  # fmt: skip


def state_at(status: str, valid_until: date, now: datetime) -> str:
    """What a report is at ``now``: valid to the end of ``valid_until`` in Asia/Shanghai, unless staff ended it."""
    if status != ReportStatus.ISSUED:
        return status
    return "VALID" if as_shanghai(now).date() <= valid_until else "EXPIRED"


def own_reports(session: Session, register_id: str, now: datetime, limit: int | None = None) -> list[ReportSummary]:
    """The reports about this business of the register, newest first; also those under a code it had before."""
    return _newest(session, CreditReport.register_id == register_id, now, limit)


def own_report(session: Session, register_id: str, number: str, now: datetime) -> ReportSummary:
    """One report about this business of the register; ``UNKNOWN_REPORT`` also for another business's."""
    found = _newest(session, (CreditReport.register_id == register_id) & (CreditReport.number == number), now)
    if not found:
        raise Problem("UNKNOWN_REPORT", number=number)
    return found[0]


def reports_about(session: Session, code: str, now: datetime, limit: int | None = None) -> list[ReportSummary]:
    """For staff: the reports issued under ``code`` (as typed), and all others about the business that has it now.

    Raises ``INVALID_USCC``.
    """
    uscc = read_uscc(code)
    holders = select(EntityRow.register_id).where(EntityRow.uscc == uscc)
    # Two lists put together, not "or": each is then found by its index.
    numbers = union(
        select(CreditReport.number).where(CreditReport.uscc == uscc),
        select(CreditReport.number).where(CreditReport.register_id.in_(holders)),
    )
    return _newest(session, CreditReport.number.in_(numbers), now, limit)


def _newest(
    session: Session, which: ColumnElement[bool], now: datetime, limit: int | None = None
) -> list[ReportSummary]:
    query = select(*COLUMNS, CreditReport.status).where(which)
    newest = query.order_by(CreditReport.issued_at.desc(), CreditReport.number.desc()).limit(limit)
    return [_summary(row, now) for row in session.execute(newest).mappings()]


def find_report(session: Session, number: str, *, lock: bool = False) -> CreditReport:
    """The report with this number, whoever's: for staff and the command line. Raises ``UNKNOWN_REPORT``.

    ``lock`` keeps its status from changing until the caller's transaction ends.
    """
    report = session.get(CreditReport, number, with_for_update=lock)
    if report is None:
        raise Problem("UNKNOWN_REPORT", number=number)
    return report


def find_by_code(session: Session, verification_code: str) -> CreditReport | None:
    """The report with this verification code (20 characters, ungrouped), if there is one."""
    return session.scalar(select(CreditReport).where(CreditReport.verification_code == verification_code))


def content_of(report: CreditReport) -> ReportContent:
    """The frozen content of a stored report."""
    return ReportContent.model_validate_json(report.content)


def _summary(row: RowMapping, now: datetime) -> ReportSummary:
    values: dict[str, Any] = dict(row)
    status = values.pop("status")
    return ReportSummary(**values, state=state_at(status, values["valid_until"], now))
