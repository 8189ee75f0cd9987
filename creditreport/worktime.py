"""Working days of the State Council's calendar, with its shifted weekends.

Where a year's days come from, in this order:

1. the package ``chinesecalendar``, for the years that it knows;
2. an operator's file ``var/workdays/<year>.toml``, once the State Council has announced a year that the package does
   not know yet::

       holidays = [2027-01-01, 2027-02-05]      # every day off that falls on Monday to Friday
       working_weekends = [2027-02-07]          # every Saturday or Sunday that is worked

3. else Monday to Friday without the statutory days that have a fixed date (1 January, 1-2 May, 1-3 October). That is
   an estimate: it is logged as a warning once per year and kept in :attr:`WorkCalendar.notes` for staff. The days that
   follow moon or sun (Spring Festival, Qingming, Dragon Boat, Mid-Autumn) and the weekends worked in exchange are not
   guessed: they count as any other day, so that a time limit over them mostly ends earlier than it may, and a window
   may end on one of them. State the year in a file once it is announced (in November of the year before).

The operator's files are read when the calendar is loaded, so that asking it is free of side effects but the log.

A time limit of N working days begins with the day after the event and ends with the N-th working day, to its last
second in Asia/Shanghai. While a case is paused its clock stands still: a working day that a pause touches, if only for
a minute, is not counted.
"""

from __future__ import annotations

import tomllib
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import chinese_calendar
import structlog
from chinese_calendar.constants import holidays as _known_holidays

from creditreport.clock import SHANGHAI, as_shanghai
from creditreport.errors import Problem

log = structlog.get_logger(__name__)

ONE_DAY = timedelta(days=1)
FRIDAY = 4
KNOWN_YEARS = range(min(_known_holidays).year, max(_known_holidays).year + 1)
# Statutory holidays with a fixed date (全国年节及纪念日放假办法, amended 2024); the others follow moon or sun.
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


class YearSource(StrEnum):
    """Where a year's working days come from."""

    OFFICIAL = "official"
    FILE = "file"
    ESTIMATED = "estimated"


@dataclass(frozen=True, slots=True)
class Pause:
    """A time during which a case's clock stands still; ``ended`` is ``None`` while it lasts."""

    begun: datetime
    ended: datetime | None = None

    def __post_init__(self) -> None:
        if self.ended is not None and as_shanghai(self.ended) < as_shanghai(self.begun):
            raise ValueError("a pause does not end before it begins")

    def touches(self, day: date) -> bool:
        """Whether the clock stood still at any moment of ``day`` (Asia/Shanghai)."""
        return as_shanghai(self.begun).date() <= day and (self.ended is None or day <= as_shanghai(self.ended).date())


@dataclass(frozen=True, slots=True)
class WorkYear:
    """One year as an operator's file states it."""

    holidays: frozenset[date]
    working_weekends: frozenset[date]

    def is_working_day(self, day: date) -> bool:
        """Whether the file makes ``day`` a working day."""
        return day in self.working_weekends or (day.weekday() <= FRIDAY and day not in self.holidays)


class WorkCalendar:
    """Tells working days; ``notes`` collects in Chinese and English what staff should know about its sources."""

    def __init__(self, stated: Mapping[int, WorkYear]) -> None:
        self._stated = dict(stated)
        self._estimated: set[int] = set()

    @property
    def notes(self) -> tuple[str, ...]:
        """One sentence for each year that had to be estimated so far."""
        return tuple(
            f"{year} 年的工作日为估算（周一至周五，除固定法定节日）；"
            f"请在 var/workdays/{year}.toml 中录入国务院办公厅的放假安排。"
            f" / Working days of {year} are estimated; state the official calendar in var/workdays/{year}.toml."
            for year in sorted(self._estimated)
        )

    def source_of(self, year: int) -> YearSource:
        """Where the working days of ``year`` come from."""
        if year in KNOWN_YEARS:
            return YearSource.OFFICIAL
        return YearSource.FILE if year in self._stated else YearSource.ESTIMATED

    @property
    def stated_years(self) -> tuple[int, ...]:
        """The years of the operator's files; one that the package knows is not asked there."""
        return tuple(sorted(self._stated))

    def is_working_day(self, day: date) -> bool:
        """Whether ``day`` (Asia/Shanghai) is worked."""
        if day.year in KNOWN_YEARS:
            return bool(chinese_calendar.is_workday(day))
        if day.year in self._stated:
            return self._stated[day.year].is_working_day(day)
        if day.year not in self._estimated:
            self._estimated.add(day.year)
            log.warning("working_days_estimated", year=day.year, state_them_in=f"workdays/{day.year}.toml")
        return day.weekday() <= FRIDAY and (day.month, day.day) not in FIXED_HOLIDAYS

    def previous_working_day(self, day: date) -> date:
        """The last working day strictly before ``day``."""
        found = day - ONE_DAY
        while not self.is_working_day(found):
            found -= ONE_DAY
        return found

    def working_days_between(self, after: date, until: date) -> int:
        """How many working days lie in (``after``, ``until``]; 0 when ``until`` is not later."""
        return sum(self.is_working_day(day) for day in _days_after(after, until))

    def add_working_days(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day`` (``day`` itself for 0): the last day of a time limit."""
        if count < 0:
            raise ValueError("a time limit is not negative")
        found = day
        for _ in range(count):
            found += ONE_DAY
            while not self.is_working_day(found):
                found += ONE_DAY
        return found

    def deadline(self, start: datetime, working_days: int) -> datetime:
        """The last moment of a time limit that began at ``start``: the end of its last working day, Asia/Shanghai."""
        return end_of_day(self.add_working_days(as_shanghai(start).date(), working_days))

    def paused_deadline(self, start: datetime, working_days: int, pauses: Iterable[Pause]) -> datetime | None:
        """As :meth:`deadline`, not counting the days that a pause touches; ``None`` while a pause keeps it open."""
        pauses = tuple(pauses)
        day, left = as_shanghai(start).date(), working_days
        if left < 0:
            raise ValueError("a time limit is not negative")
        while left:
            day += ONE_DAY
            if any(pause.ended is None and pause.touches(day) for pause in pauses):
                return None
            left -= self.is_working_day(day) and not any(pause.touches(day) for pause in pauses)
        return end_of_day(day)

    def working_days_used(self, start: datetime, until: datetime, pauses: Iterable[Pause] = ()) -> int:
        """How many working days of a time limit that began at ``start`` have begun by ``until``, pauses not counted."""
        pauses = tuple(pauses)
        return sum(
            self.is_working_day(day) and not any(pause.touches(day) for pause in pauses)
            for day in _days_after(as_shanghai(start).date(), as_shanghai(until).date())
        )


def end_of_day(day: date) -> datetime:
    """The last second of ``day`` in Asia/Shanghai (clocks here tell whole seconds)."""
    return datetime.combine(day, time(23, 59, 59), SHANGHAI)


def end_of_month(moment: datetime) -> datetime:
    """The last second of the month that ``moment`` lies in, Asia/Shanghai: "within the month"."""
    day = as_shanghai(moment).date()
    return end_of_day(day.replace(day=monthrange(day.year, day.month)[1]))


def _days_after(after: date, until: date) -> Iterator[date]:
    return (after + timedelta(days=step) for step in range(1, (until - after).days + 1))


def load_work_calendar(var_dir: Path | None) -> WorkCalendar:
    """The calendar with the operator's files under ``var_dir``/workdays (none when ``var_dir`` is ``None``).

    Raises ``INVALID_SETTING`` that names the file and what is wrong in it.
    """
    folder = var_dir / "workdays" if var_dir is not None else None
    files = sorted(folder.glob("*.toml")) if folder is not None and folder.is_dir() else []
    return WorkCalendar(dict(_read_year(file) for file in files))


def _read_year(file: Path) -> tuple[int, WorkYear]:
    if not (file.stem.isascii() and file.stem.isdecimal() and len(file.stem) == 4):
        raise _wrong(file, "文件名应为年份，如 2027.toml / the file's name is a year, like 2027.toml")
    try:
        stated = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _wrong(file, str(error)) from error
    if unknown := sorted(stated.keys() - {"holidays", "working_weekends"}):
        raise _wrong(file, f"未知的键 / unknown key: {unknown[0]}")
    year = int(file.stem)
    holidays = _days(file, year, "holidays", stated)
    weekends = _days(file, year, "working_weekends", stated)
    if weekdays := sorted(day for day in weekends if day.weekday() <= FRIDAY):
        raise _wrong(file, f"working_weekends: {weekdays[0]} 不是周末 / is no Saturday or Sunday")
    if both := sorted(holidays & weekends):
        raise _wrong(file, f"{both[0]} 既是假日又是上班日 / is both a holiday and a working weekend")
    return year, WorkYear(holidays, weekends)


def _days(file: Path, year: int, key: str, stated: Mapping[str, Any]) -> frozenset[date]:
    days = stated.get(key)
    if not isinstance(days, list):
        raise _wrong(file, f"缺少日期列表 {key} / the list of dates {key} is missing")
    for day in days:
        if not isinstance(day, date) or isinstance(day, datetime) or day.year != year:
            raise _wrong(file, f"{key}: “{day}” 不是 {year} 年的日期 / is no date of {year}")
    return frozenset(days)


def _wrong(file: Path, detail: str) -> Problem:
    return Problem("INVALID_SETTING", name=str(file), detail=detail)
