"""The time limits of a case, counted in working days from the rule set that was in force when it was filed (pure).

While the business completes its case, the credit office's time stands still. A limit is told as its last moment and as
the working days that are left of it; who is late is the one whose turn it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from creditreport.objections.flow import CaseKind, Party, State
from creditreport.objections.models import ObjectionCase
from creditreport.violations.ruleset import LimitName, RuleSet
from creditreport.worktime import Pause, WorkCalendar


class DeadlineName(StrEnum):
    """What has to be done in time."""

    FORWARD = "forward"
    UNIT_ANSWER = "unit_answer"
    OFFICE_ANSWER = "office_answer"
    COMPLETION = "completion"


@dataclass(frozen=True, slots=True)
class Deadline:
    """One time limit that runs. ``due`` is ``None`` while it stands still; ``left`` are whole working days after today.

    ``late`` counts the working days that have begun since it ended; 0 while it is in time.
    """

    name: DeadlineName
    party: Party
    begun_at: datetime
    due: datetime | None
    left: int
    late: int

    @property
    def overdue(self) -> bool:
        """Whether its last moment has passed."""
        return self.late > 0


@dataclass(frozen=True, slots=True)
class Limits:
    """Working days for each step of a kind of case."""

    forward: int
    unit_answer: int
    office_answer: int
    completion: int


def limits_of(kind: CaseKind, ruleset: RuleSet) -> Limits:
    """The limits that ``ruleset`` sets for a case of ``kind``."""

    def days(name: LimitName) -> int:
        found = ruleset.limits[name].working_days
        assert found is not None  # noqa: S101 - of these limits the form of a rule set holds it
        return found

    repair = kind.is_repair
    return Limits(
        forward=days(LimitName.FORWARD),
        unit_answer=days(LimitName.REPAIR_AUTHORITY if repair else LimitName.UNIT_ANSWER),
        office_answer=days(LimitName.REPAIR_PLATFORM if repair else LimitName.CREDIT_OFFICE_ANSWER),
        completion=days(LimitName.COMPLETION),
    )


def deadlines(case: ObjectionCase, limits: Limits, calendar: WorkCalendar, now: datetime) -> tuple[Deadline, ...]:
    """The limits that run at ``now``, the one whose turn it is first; none for a draft or a closed case."""
    state = State(case.state)
    if not state.is_open or case.filed_at is None:
        return ()
    pauses = pauses_of(case)
    found = []
    if state is State.RETURNED and case.returned_at is not None:
        found.append(
            _plain(DeadlineName.COMPLETION, Party.BUSINESS, case.returned_at, limits.completion, calendar, now)
        )
    elif state is State.REFERRED and case.referred_at is not None:
        found.append(_plain(DeadlineName.UNIT_ANSWER, Party.UNIT, case.referred_at, limits.unit_answer, calendar, now))
    elif state is not State.ANSWERED:
        begun = sent_back_at(case) or case.filed_at
        due = calendar.paused_deadline(begun, limits.forward, pauses)
        found.append(_told(DeadlineName.FORWARD, Party.CREDIT_OFFICE, begun, due, calendar, now))
    due = calendar.paused_deadline(case.filed_at, limits.office_answer, pauses)
    found.append(_told(DeadlineName.OFFICE_ANSWER, Party.CREDIT_OFFICE, case.filed_at, due, calendar, now))
    return tuple(found)


def pauses_of(case: ObjectionCase) -> tuple[Pause, ...]:
    """The time during which the business completed its case, if it was returned."""
    return () if case.returned_at is None else (Pause(case.returned_at, case.completed_at),)


def sent_back_at(case: ObjectionCase) -> datetime | None:
    """When a unit last sent the case back, if it is with the credit office because of that: it forwards anew."""
    if case.referred_at is None or case.accepted_at is None or case.accepted_at < case.referred_at:
        return None
    return case.accepted_at


def _plain(
    name: DeadlineName, party: Party, begun: datetime, days: int, calendar: WorkCalendar, now: datetime
) -> Deadline:
    return _told(name, party, begun, calendar.deadline(begun, days), calendar, now)


def _told(
    name: DeadlineName, party: Party, begun: datetime, due: datetime | None, calendar: WorkCalendar, now: datetime
) -> Deadline:
    if due is None:
        return Deadline(name, party, begun, None, 0, 0)
    left = calendar.working_days_between(now.date(), due.date())
    # The day after the last one is late from its first minute, a day off included.
    late = max(1, calendar.working_days_between(due.date(), now.date())) if now > due else 0
    return Deadline(name, party, begun, due, left, late)
