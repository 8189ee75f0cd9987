"""What a case is about: looked up when a draft is saved, and kept with it as the business saw it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from creditreport.errors import Problem
from creditreport.objections.asking import ask_field
from creditreport.objections.units import responsible_unit
from creditreport.reports.compose import listed_record
from creditreport.reports.models import CreditReport, ReportDecision
from creditreport.violations.record import ViolationRecord

if TYPE_CHECKING:
    from creditreport.service import Service


@dataclass(frozen=True, slots=True)
class Target:
    """A record as a report prints it (``None``: the field in general), and the name of the unit that answers for it."""

    record: dict[str, Any] | None
    unit: str


def find_target(
    service: Service, register_id: str, domain: str, record_id: str | None, report: str | None, now: datetime
) -> Target:
    """Look the target of a case up: on the report that lists it, else by asking the field now.

    Raises ``UNKNOWN_REPORT`` also for another business's; ``UNKNOWN_RECORD`` for a record that is not there, or that
    nobody may be shown; ``SOURCE_UNAVAILABLE`` and its like.
    """
    record = None
    if record_id is not None:
        found = _on_report(service, register_id, domain, record_id, report) if report else None
        record = found or _asked(service, register_id, domain, record_id, now)
    elif report is not None:
        _check_report(service, register_id, report)
    printed = listed_record(record).model_dump(mode="json", exclude_none=True) if record is not None else None
    return Target(printed, responsible_unit(service.catalog, domain, record))


def _on_report(service: Service, register_id: str, domain: str, record_id: str, report: str) -> ViolationRecord:
    _check_report(service, register_id, report)
    query = select(ReportDecision.record).where(
        ReportDecision.number == report,
        ReportDecision.listed,
        ReportDecision.domain == domain,
        ReportDecision.record_id == record_id,
    )
    with service.reading() as session:
        kept = session.scalar(query)
    if kept is None:
        raise Problem("UNKNOWN_RECORD")
    return ViolationRecord.model_validate(json.loads(kept))


def _check_report(service: Service, register_id: str, report: str) -> None:
    query = select(CreditReport.number).where(CreditReport.number == report, CreditReport.register_id == register_id)
    with service.reading() as session:
        if session.scalar(query) is None:
            raise Problem("UNKNOWN_REPORT", number=report)


def _asked(service: Service, register_id: str, domain: str, record_id: str, now: datetime) -> ViolationRecord:
    record = ask_field(service, register_id, domain, now).now(record_id)
    # What is sealed or not to be disclosed is shown to nobody, and so it is not there.
    if record is None or record.sealed or record.undisclosable:
        raise Problem("UNKNOWN_RECORD")
    return record
