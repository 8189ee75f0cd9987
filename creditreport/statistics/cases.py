"""Objections and repair requests: filed, decided, in time; and how quickly each unit answers its letters.

Time is counted in working days as the cases' own clock does: from the day after the event, the business's completing
left out. In time means within the limit of the rule set of the day of filing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from creditreport.objections.clock import Limits, limits_of, pauses_of
from creditreport.objections.flow import CaseKind, Move, State
from creditreport.objections.limits import rules_for
from creditreport.objections.models import ObjectionCase, ObjectionEvent
from creditreport.statistics.period import Period
from creditreport.statistics.table import Indicator, Kind, Row, Table, middle, share, table

if TYPE_CHECKING:
    from creditreport.service import Service

SENT = (Move.REFER, Move.REASSIGN)
BACK = (Move.ANSWER, Move.SEND_BACK)
DECIDED = (State.UPHELD, State.REJECTED)


@dataclass(frozen=True, slots=True)
class _Letter:
    """A letter to a unit, whose turn it was from ``sent_at`` to ``over_at``, and the reply that ended it, if any."""

    case_id: int
    unit: str
    sent_at: datetime
    over_at: datetime | None = None
    reply: Move | None = None


@dataclass(slots=True)
class _Desk:
    """One unit's letters: working days until each was replied to, how many in time, and what it still owes too late."""

    answered: list[int] = field(default_factory=list)
    in_time: int = 0
    sent_back: int = 0
    overdue: int = 0


def cases(session: Session, service: Service, period: Period, now: datetime) -> tuple[list[Indicator], list[Table]]:
    """What happened within ``period`` to cases, and what was open at its end."""
    found = _cases(session, period)
    limits = {case.id: limits_of(CaseKind(case.kind), rules_for(service, case)) for case in found}
    decided = [case for case in found if case.state in DECIDED and _within(case.closed_at, period)]
    indicators: list[Indicator] = []
    for word, chosen in (
        ("objections", [case for case in found if not CaseKind(case.kind).is_repair]),
        ("repairs", [case for case in found if CaseKind(case.kind).is_repair]),
    ):
        ended = [case for case in chosen if case in decided]
        used = [_used(service, case) for case in ended]
        in_time = sum(days <= limits[case.id].office_answer for days, case in zip(used, ended, strict=True))
        indicators += [
            Indicator(f"{word}_filed", Kind.COUNT, sum(_within(case.filed_at, period) for case in chosen)),
            Indicator(f"{word}_decided", Kind.COUNT, len(ended)),
            Indicator(f"{word}_in_time", Kind.SHARE, share(in_time, len(ended))),
            Indicator(f"{word}_median", Kind.DAYS, middle(used)),
        ]
    units_in_time, by_unit = _by_unit(session, service, limits, period, now)
    return [*indicators, units_in_time], [_by_kind(found, period), by_unit]


def _cases(session: Session, period: Period) -> list[ObjectionCase]:
    return list(session.scalars(select(ObjectionCase).where(*_of_period(period)).order_by(ObjectionCase.id)))


def _of_period(period: Period) -> list[ColumnElement[bool]]:
    """Cases that were open at some moment of the period."""
    still = or_(ObjectionCase.closed_at.is_(None), ObjectionCase.closed_at >= period.begin)
    return [ObjectionCase.filed_at < period.end, still]


def _within(moment: datetime | None, period: Period) -> bool:
    return moment is not None and period.begin <= moment < period.end


def _used(service: Service, case: ObjectionCase) -> int:
    begun, ended = case.filed_at or case.made_at, case.closed_at or case.changed_at
    return service.calendar.working_days_used(begun, ended, pauses_of(case))


def _by_kind(found: list[ObjectionCase], period: Period) -> Table:
    counts: Counter[tuple[str, str]] = Counter()
    for case in found:
        counts[case.kind, "filed"] += _within(case.filed_at, period)
        if _within(case.closed_at, period):
            counts[case.kind, case.state.lower()] += 1
        elif case.closed_at is None or case.closed_at >= period.end:
            counts[case.kind, "open"] += 1
    columns = ("filed", "upheld", "rejected", "withdrawn", "open")
    kinds = [one.value for one in CaseKind if any(counts[one.value, column] for column in columns)]
    rows: list[Row] = [(kind, *(counts[kind, column] for column in columns)) for kind in kinds]
    return table("cases_by_kind", [("case_kind", Kind.CASE_KIND), *((one, Kind.COUNT) for one in columns)], rows)


def _by_unit(
    session: Session, service: Service, limits: dict[int, Limits], period: Period, now: datetime
) -> tuple[Indicator, Table]:
    """What each unit did with its letters: those replied to within the period, and those overdue at its end."""
    desks: defaultdict[str, _Desk] = defaultdict(_Desk)
    until = min(period.end, now)
    for letter in _letters(session, period):
        desk, limit = desks[letter.unit], limits[letter.case_id].unit_answer
        if letter.reply is not None and _within(letter.over_at, period):
            used = service.calendar.working_days_used(letter.sent_at, letter.over_at or until)
            desk.answered.append(used)
            desk.in_time += used <= limit
            desk.sent_back += letter.reply is Move.SEND_BACK
        elif letter.sent_at < until and (letter.over_at is None or letter.over_at >= until):
            desk.overdue += service.calendar.deadline(letter.sent_at, limit) < until
    rows = [
        (unit, len(desk.answered), desk.sent_back, middle(desk.answered), share(desk.in_time, len(desk.answered)),
         desk.overdue)
        for unit, desk in sorted(desks.items(), key=lambda one: (-len(one[1].answered), one[0]))
        if desk.answered or desk.overdue
    ]  # fmt: skip
    columns = [
        ("unit", Kind.TEXT), ("answered", Kind.COUNT), ("sent_back", Kind.COUNT), ("median_days", Kind.DAYS),
        ("in_time", Kind.SHARE), ("overdue", Kind.COUNT),
    ]  # fmt: skip
    replied = sum(len(desk.answered) for desk in desks.values())
    in_time = share(sum(desk.in_time for desk in desks.values()), replied)
    return Indicator("units_in_time", Kind.SHARE, in_time), table("letters_by_unit", columns, rows)


def _letters(session: Session, period: Period) -> Iterator[_Letter]:
    """Every letter of the cases of the period, with when it was no longer the unit's turn, and by which reply."""
    query = (
        select(ObjectionEvent)
        .join(ObjectionCase, ObjectionCase.id == ObjectionEvent.case_id)
        .where(*_of_period(period))
        .order_by(ObjectionEvent.case_id, ObjectionEvent.id)
    )
    open_letter: _Letter | None = None
    for event in session.scalars(query):
        if open_letter is not None and open_letter.case_id != event.case_id:
            yield open_letter
            open_letter = None
        move = Move(event.move)
        if open_letter is not None and (move in SENT or move in BACK or not State(event.state).is_open):
            reply = move if move in BACK else None
            yield replace(open_letter, over_at=event.at, reply=reply)
            open_letter = None
        if move in SENT:
            open_letter = _Letter(event.case_id, str(event.detail.get("unit") or "?"), event.at)
    if open_letter is not None:
        yield open_letter
