"""The request of a screening, the window of days it looks at, how long a report is valid, when a time limit ends."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from creditreport.violations.ruleset_form import Limit
from creditreport.worktime import WorkCalendar, end_of_month


class Window(BaseModel):
    """The days looked at, both ends inclusive, Asia/Shanghai."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: date
    end: date

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end


@dataclass(frozen=True, slots=True)
class ScreeningRequest:
    """What is asked: whose records, as of which day, how many years back, by which rule set.

    ``previous_codes`` are the codes that the register replaced for this same business.
    """

    uscc: str
    issued_on: date
    years: int
    ruleset: str
    previous_codes: tuple[str, ...] = ()


def window_for(issued_on: date, years: int, calendar: WorkCalendar) -> Window:
    """The window of a report issued on ``issued_on``: ends on the working day before, ``years`` long (plan 二(六)).

    A window that ends on 29 February starts on 28 February where the earlier year has no 29th.
    """
    end = calendar.previous_working_day(issued_on)
    return Window(start=_clipped(end.year - years, end.month, end.day), end=end)


def valid_until(issued_on: date, months: int = 1) -> date:
    """The last day of validity, to its end in Asia/Shanghai: one month from the day of issue (plan 二(六)).

    The same day of the later month, clipped to that month's length (31 January to 28 or 29 February).
    """
    later = issued_on.year * 12 + issued_on.month - 1 + months
    return _clipped(later // 12, later % 12 + 1, issued_on.day)


def due_at(limit: Limit, start: datetime, calendar: WorkCalendar) -> datetime:
    """The last moment of a rule set's time limit that began at ``start``, Asia/Shanghai."""
    if limit.working_days is None:
        return end_of_month(start)
    return calendar.deadline(start, limit.working_days)


def _clipped(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))
