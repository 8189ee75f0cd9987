"""One decision or listing as it happened, before any department writes it down in its own columns.

What screening must make of it is known when it is made, from how it is made, not by asking the screening.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from creditreport.demo.businesses import Business
from creditreport.violations.window import Window, window_for
from creditreport.worktime import WorkCalendar

YEARS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Days:
    """The day of filling and the windows of a report issued on it; every date of the demo is an offset from it."""

    today: date
    windows: Mapping[int, Window]

    @classmethod
    def of(cls, today: date, calendar: WorkCalendar) -> Days:
        """The days around ``today``."""
        return cls(today, {years: window_for(today, years, calendar) for years in YEARS})

    @property
    def window_end(self) -> date:
        """The last day that a report issued today looks at."""
        return self.windows[1].end

    def ago(self, days: int) -> date:
        """The day ``days`` days before today; negative: after."""
        return self.today - timedelta(days=days)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One record to be. ``states`` are optional canonical keys with their canonical values.

    ``reason`` is the reason code that any of steps 3 to 18 gives, ``None`` when none does; ``first_day`` the day of the
    first decision of its chain when that is another day; ``duplicate``: a lower-numbered domain lists the same;
    ``cells``: what the department wrote otherwise than usual, by its columns.
    """

    business: Business
    slug: str
    day: date
    number: str
    authority: str
    violation: str
    facts: str
    basis: str
    kind: str = "penalty"
    code: str = ""
    types: tuple[str, ...] = ("罚款",)
    content: str = ""
    fine: Decimal | None = None
    confiscated: Decimal | None = None
    states: Mapping[str, str | bool | date] = field(default_factory=dict)
    reason: str | None = None
    first_day: date | None = None
    cells: Mapping[str, str] = field(default_factory=dict)
    duplicate: bool = False

    @property
    def continuing(self) -> bool:
        """Whether it is a state that lasts until removed."""
        return self.kind in {"serious_dishonesty_listing", "unfulfilled_judgment", "abnormal_operation_listing"}

    @property
    def recorded_code(self) -> str:
        """The code that the department wrote down: the present one unless ``code`` says otherwise."""
        return self.code or self.business.uscc

    def state(self, key: str) -> str | bool | date | None:
        """The value of an optional key, ``None`` when it is not stated."""
        return self.states.get(key)

    def decisions(self, days: Days) -> dict[str, str | None]:
        """For each choice of years the reason code, ``None`` for listed."""
        return {str(years): self._decision(window) for years, window in days.windows.items()}

    def _decision(self, window: Window) -> str | None:
        if self.reason is not None:
            return self.reason
        first = self.first_day or self.day
        outside = first > window.end if self.continuing else first not in window
        if outside:
            return "OUTSIDE_WINDOW"
        return "DUPLICATE" if self.duplicate else None
