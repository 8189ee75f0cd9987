"""The clock that is passed in.

No rule reads the time. A view or a command asks the clock once and hands the moment on, so that a report
can be made again years later with the moment it was first made with.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Anything that can tell the present moment."""

    def now(self) -> datetime:
        """The present moment, aware, in Asia/Shanghai, without microseconds."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, aware, in Asia/Shanghai, without microseconds."""
        return datetime.now(SHANGHAI).replace(microsecond=0)


class FixedClock:
    """A clock that stands still: for tests and drills, refused in production."""

    def __init__(self, moment: datetime) -> None:
        self._moment = as_shanghai(moment)

    def now(self) -> datetime:
        """The moment it was set to."""
        return self._moment


def as_shanghai(moment: datetime) -> datetime:
    """The same moment told in Asia/Shanghai; a moment without a zone is taken to be Shanghai time."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=SHANGHAI)
    return moment.astimezone(SHANGHAI)


def machine_day() -> date:
    """The machine's own day in Shanghai, whatever clock was handed on: what was done by now was done."""
    return SystemClock().now().date()


def on_day(clock: Clock, day: date) -> FixedClock:
    """A clock standing at the present time of day on another ``day`` (``issue --on``)."""
    now = clock.now()
    return FixedClock(datetime.combine(day, now.timetz()))
