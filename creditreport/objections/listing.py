"""Cases as the command line tells them: no words of a case, no names of persons."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, select

from creditreport.errors import Problem
from creditreport.objections.models import ObjectionCase
from creditreport.objections.reading import MOST_FOUND, CaseFile, CaseLine, file_of, lines_of

if TYPE_CHECKING:
    from creditreport.service import Service


def all_cases(service: Service, now: datetime, *, state: str = "", domain: str = "") -> list[CaseLine]:
    """For the command line: filed cases, newest first, at most 200, of one state or field."""
    which: list[ColumnElement[bool]] = [ObjectionCase.number.is_not(None)]
    if state:
        which.append(ObjectionCase.state == state)
    if domain:
        which.append(ObjectionCase.domain == domain)
    return lines_of(service, and_(*which), now, MOST_FOUND)


def case_numbered(service: Service, number: str, now: datetime) -> CaseFile:
    """The case with this number, for the command line. Raises ``UNKNOWN_OBJECTION``."""
    with service.reading() as session:
        case_id = session.scalar(select(ObjectionCase.id).where(ObjectionCase.number == number))
    if case_id is None:
        raise Problem("UNKNOWN_OBJECTION")
    return file_of(service, case_id, now)


def as_json(line: CaseLine) -> dict[str, Any]:
    """One case as ``objections list --json`` tells it: no words of the case, no names of persons."""
    case = line.case
    return {
        "number": case.number,
        "kind": case.kind,
        "state": case.state,
        "turn": line.turn.value if line.turn else None,
        "uscc": case.uscc,
        "domain": case.domain,
        "record_id": case.record_id,
        "unit": case.unit,
        "filed_at": case.filed_at.isoformat() if case.filed_at else None,
        "outcome": case.outcome,
        "deadlines": [
            {
                "name": one.name.value,
                "party": one.party.value,
                "due": one.due.isoformat() if one.due else None,
                "working_days_left": one.left,
                "working_days_late": one.late,
            }
            for one in line.deadlines
        ],
    }
