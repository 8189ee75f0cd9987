"""What figures are made of: tables of codes and numbers, and single indicators; words come from ``words.py``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from statistics import median
from typing import Any, TypeAlias

Value: TypeAlias = str | int | Decimal | date | datetime | None
Row: TypeAlias = tuple[Value, ...]
MILLIONTH = Decimal("0.000001")


class Kind(StrEnum):
    """What a column holds, so that it is written and labelled as such."""

    COUNT = "count"
    SHARE = "share"
    DAYS = "days"
    DAY = "day"
    MOMENT = "moment"
    TEXT = "text"
    FIELD = "field"
    PURPOSE = "purpose"
    CHANNEL = "channel"
    VERDICT = "verdict"
    CASE_KIND = "case_kind"
    REASON = "reason"
    MODE = "mode"
    STATE = "state"

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers."""
        return self in (Kind.COUNT, Kind.SHARE, Kind.DAYS)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key (which words are looked up by) and what it holds."""

    key: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Table:
    """One table of figures."""

    key: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]

    def as_json(self) -> list[dict[str, Any]]:
        """Its rows as objects."""
        keys = [column.key for column in self.columns]
        return [dict(zip(keys, map(plain, row), strict=True)) for row in self.rows]

    def column(self, key: str) -> list[Value]:
        """The values of one column."""
        at = [column.key for column in self.columns].index(key)
        return [row[at] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One figure by itself; ``None`` where there was nothing to count it from."""

    key: str
    kind: Kind
    value: Value


def plain(value: Value) -> str | int | float | None:
    """A value for JSON: shares and days as numbers, days and moments in ISO form."""
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


def table(key: str, columns: Sequence[tuple[str, Kind]], rows: Iterable[Sequence[Value]]) -> Table:
    """A table; each row has a value for each column."""
    made = Table(key, tuple(Column(*one) for one in columns), tuple(tuple(row) for row in rows))
    if any(len(row) != len(made.columns) for row in made.rows):
        raise ValueError(f"{key}: a row has another number of values than the head")
    return made


def share(part: int, whole: int) -> Decimal | None:
    """``part`` of ``whole``; ``None`` of nothing: no share, and not a perfect one."""
    return (Decimal(part) / whole).quantize(MILLIONTH, ROUND_HALF_UP) if whole else None


def middle(days: Sequence[int]) -> Decimal | None:
    """The median, the mean of the two middle ones if they are even; ``None`` of nothing."""
    return Decimal(median(days)).quantize(Decimal("0.1")) if days else None


def day_by_day(key: str, days: Iterable[date], words: Sequence[str], counts: Mapping[tuple[date, str], int]) -> Table:
    """A row for each day, also for one on which nothing was, with a column for each word and their sum."""
    rows: list[Row] = []
    for day in days:
        told = [counts.get((day, word), 0) for word in words]
        rows.append((day, *told, sum(told)))
    return table(key, [("day", Kind.DAY), *((word, Kind.COUNT) for word in words), ("total", Kind.COUNT)], rows)
