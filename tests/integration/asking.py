"""Asking for reports in tests, and looking at what was left in the store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from creditreport.audit.models import AuditEntry
from creditreport.entities.register import find_entity
from creditreport.errors import Problem
from creditreport.reports.issue import IssuedReport, issue_report
from creditreport.reports.models import CreditReport, ReportNumber, ReportPdf, SourceAnswer
from creditreport.reports.request import IssueRequest
from creditreport.service import Service

Sync = Callable[[], None]


def ask(service: Service, uscc: str, **changes: Any) -> IssuedReport:
    request = {"uscc": uscc, "years": "3", "purpose": "commerce", "requested_by": "test:张某"} | changes
    return issue_report(service, IssueRequest(**request), service.clock.now())


def refused(service: Service, uscc: str, **changes: Any) -> Problem:
    """The refusal, and the proof that nothing was stored as issued."""
    with pytest.raises(Problem) as raised:
        ask(service, uscc, **changes)
    assert count(service, CreditReport) == count(service, ReportPdf) == count(service, SourceAnswer) == 0
    return raised.value


def register_id(service: Service, code: str) -> str:
    """The register's own id of the business that has this code."""
    with service.reading() as session:
        return find_entity(session, code).register_id


def count(service: Service, table: type[Any]) -> int:
    with service.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def numbers(service: Service) -> list[tuple[str, str | None]]:
    with service.reading() as session:
        return [(row.status, row.reason) for row in session.scalars(select(ReportNumber))]


def audited(service: Service) -> list[tuple[str, str, str, dict[str, Any]]]:
    with service.reading() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.action.like("report.%")))
        return [(row.actor, row.action, row.subject, row.detail) for row in rows]
