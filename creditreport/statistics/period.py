"""The days that figures are about: whole days of Asia/Shanghai, both ends included."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from creditreport.clock import SHANGHAI, as_shanghai
from creditreport.errors import Problem
from creditreport.reports.request import read_day

# A year and a day: longer is no table that anybody reads.
MOST_DAYS = 366
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Period:
    """From the first second of ``first`` to the last one of ``last``."""

    first: date
    last: date

    @property
    def begin(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time(), SHANGHAI)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), SHANGHAI)

    @property
    def days(self) -> list[date]:
        """Each of its days."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    @property
    def month(self) -> str | None:
        """As 2026-10 if it is a whole month."""
        whole = month_of(self.first)
        return f"{self.first:%Y-%m}" if self == whole else None

    def day(self, moment: datetime) -> date:
        """The day on which ``moment`` lies."""
        return as_shanghai(moment).date()


def month_of(day: date) -> Period:
    """The month in which ``day`` lies."""
    return Period(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


def month_before(day: date) -> Period:
    """The whole month before that of ``day``."""
    return month_of(day.replace(day=1) - timedelta(days=1))


def read_month(text: str) -> Period:
    """The month typed as 2026-10. Raises ``INVALID_PERIOD``."""
    found = _MONTH.fullmatch(text.strip())
    if not found or int(found[1]) == 0:
        raise Problem("INVALID_PERIOD", value=text, most=MOST_DAYS)
    return month_of(date(int(found[1]), int(found[2]), 1))


def read_period(first: str, last: str, today: date) -> Period:
    """The days typed; without any the month up to ``today``, without the last one up to ``today``.

    Raises ``INVALID_DATE``, ``INVALID_PERIOD``.
    """
    end = read_day(last.strip() or None) or today
    begin = read_day(first.strip() or None) or end.replace(day=1)
    if not 0 <= (end - begin).days < MOST_DAYS or end == date.max:
        raise Problem("INVALID_PERIOD", value=f"{begin} – {end}", most=MOST_DAYS)
    return Period(begin, end)
