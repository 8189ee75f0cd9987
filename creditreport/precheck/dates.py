"""On which day of issue a decision enters and leaves the window (pure; the calendar of working days is passed in).

The window of a report ends on the working day before the day of issue (plan 二(六)), so both days follow from the
calendar. A day in a year whose calendar is not announced yet is an estimate (``worktime.py``).
"""

from __future__ import annotations

from datetime import date, timedelta

from creditreport.violations.window import window_for
from creditreport.worktime import WorkCalendar

ONE_DAY = timedelta(days=1)


def enters_window(decided_on: date, calendar: WorkCalendar) -> date:
    """The first day of issue whose window reaches ``decided_on``: the day after the first working day from it on."""
    return _working_day_from(decided_on, calendar) + ONE_DAY


def leaves_window(decided_on: date, years: int, calendar: WorkCalendar) -> date:
    """The first day of issue whose window of ``years`` begins after ``decided_on``; it never comes back."""
    # The window is ``years`` long, so nothing before that anniversary need be looked at; a 29 February that is
    # clipped to the 28th makes it a day or two later.
    last = _anniversary(decided_on, years)
    day = _working_day_from(last, calendar) + ONE_DAY
    while window_for(day, years, calendar).start <= decided_on:
        day = _working_day_from(day, calendar) + ONE_DAY
    return day


def _working_day_from(day: date, calendar: WorkCalendar) -> date:
    while not calendar.is_working_day(day):
        day += ONE_DAY
    return day


def _anniversary(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)
