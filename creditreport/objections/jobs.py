"""What runs outside a request: lapsed completions, missed deadlines, corrections against their sources."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from creditreport.audit.trail import add_entry
from creditreport.notices.models import NoticeKind
from creditreport.objections.clock import Deadline, DeadlineName
from creditreport.objections.comparing import compare_corrections
from creditreport.objections.flow import OPEN, Move, Party, State
from creditreport.objections.limits import deadlines_of
from creditreport.objections.models import ObjectionCase, ObjectionEscalation
from creditreport.objections.stepping import finish, hold_case
from creditreport.objections.telling import tell_business, tell_credit_office, tell_unit

if TYPE_CHECKING:
    from creditreport.service import Service

ACTOR = "job:objections"
OPEN_STATES = tuple(sorted(OPEN))


@dataclass(frozen=True, slots=True)
class Watched:
    """What one run came to."""

    lapsed: int
    escalated: int


def watch_deadlines(service: Service, now: datetime) -> Watched:
    """End what was not completed in time, and tell who is responsible of every other limit that was missed.

    Each case its own transaction; each missed limit is told once. Safe to repeat and to be done twice at once.
    """
    lapsed = escalated = 0
    with service.reading() as session:
        cases = session.scalars(
            select(ObjectionCase).where(ObjectionCase.state.in_(OPEN_STATES)).order_by(ObjectionCase.id)
        ).all()
    for seen in cases:
        late = [one for one in deadlines_of(service, seen, now) if one.overdue]
        if late and seen.state == State.RETURNED:
            lapsed += _lapse(service, seen, now)
        elif late:
            escalated += _escalate(service, seen, late, now)
    return Watched(lapsed, escalated)


def _lapse(service: Service, seen: ObjectionCase, now: datetime) -> bool:
    with service.sessions.begin() as session:
        case = hold_case(session, seen.id)
        if case.version != seen.version:
            return False  # completed or withdrawn in this moment
        finish(session, case, Move.LAPSE, Party.TIME, ACTOR, now)
        tell_business(session, case, NoticeKind.OBJECTION_LAPSED, now)
    return True


def _escalate(service: Service, seen: ObjectionCase, late: list[Deadline], now: datetime) -> int:
    told = 0
    with service.sessions.begin() as session:
        case = hold_case(session, seen.id)
        for one in late if case.version == seen.version else []:
            key = (case.id, one.name.value, one.begun_at)
            if session.get(ObjectionEscalation, key) is None:
                _tell_late(session, case, one, now)
                told += 1
    return told


def _tell_late(session: Session, case: ObjectionCase, late: Deadline, now: datetime) -> None:
    """Everybody of the unit that is late (there is no other word for its head here), and the credit office."""
    assert late.due is not None  # noqa: S101 - what stands still is not late
    session.add(
        ObjectionEscalation(
            case_id=case.id, deadline=late.name.value, begun_at=late.begun_at, due_at=late.due, told_at=now
        )
    )
    again = f"{late.name.value}:{late.begun_at:%Y%m%d%H%M%S}"
    told = tell_credit_office(session, case, NoticeKind.OBJECTION_OVERDUE, now, again=again)
    if late.name is DeadlineName.UNIT_ANSWER:
        told += tell_unit(session, case, NoticeKind.OBJECTION_OVERDUE, now, again=again)
    detail = {"number": case.number, "deadline": late.name.value, "due": late.due.isoformat(), "told": told}
    add_entry(session, at=now, actor=ACTOR, action="objection.overdue", subject=f"objection:{case.id}", detail=detail)


def watch_corrections(service: Service, now: datetime) -> object:
    """Compare the corrections that are due with what their sources say."""
    return compare_corrections(service, now)
