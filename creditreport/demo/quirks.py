"""The ways in which departments really write days, amounts, codes and nothing at all.

Each writer draws the next way in turn, so that every way comes up, the same each time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import cycle

NOTHING = ("", "暂无", "无", "\\n", "-", "null", "\n")
NO_END = ("1900-1-1", "9999-9-9", "2099-12-31", "无处罚期限")

_DAYS: tuple[Callable[[date], str], ...] = (
    lambda day: f"{day.year}-{day.month}-{day.day}",
    lambda day: f"{day.year}-{day.month}-{day.day} 0:00:00",
    lambda day: f"{day:%Y%m%d}",
    lambda day: day.isoformat(),
    lambda day: f"{day.year}-{day.month}-{day.day} 19:00:06",
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"{day:%Y-%m-%d} 00:00:00",
)
_YUAN: tuple[Callable[[Decimal], str], ...] = (
    lambda amount: f"{amount:f}",
    lambda amount: f"{amount:,.2f}",
    lambda amount: f"罚款{amount:f}元",
    lambda amount: f"{amount:.2f}",
    lambda amount: f"{amount / 10000:f}万元",
)
_CODES: tuple[Callable[[str], str], ...] = (
    lambda code: code,
    lambda code: code.lower(),
    lambda code: code,
    lambda code: "".join(chr(ord(letter) + 0xFEE0) for letter in code),
    lambda code: f" {code} ",
)
_BRACKETS: tuple[Callable[[str], str], ...] = (
    lambda number: number,
    lambda number: number.replace("〔", "(").replace("〕", ")"),
    lambda number: number.replace("〔", "【").replace("〕", "】"),
    lambda number: number.replace("〔", "[").replace("〕", "]"),
    lambda number: number.replace("〔", "（").replace("〕", "） "),
)


class Quirks:
    """One writer's habits, each drawn in turn."""

    def __init__(self) -> None:
        self._days = cycle(_DAYS)
        self._yuan = cycle(_YUAN)
        self._codes = cycle(_CODES)
        self._brackets = cycle(_BRACKETS)
        self._nothing = cycle(NOTHING)
        self._no_end = cycle(NO_END)

    def day(self, day: object) -> str:
        """A day in the next form; nothing when there is none."""
        return next(self._days)(day) if isinstance(day, date) else self.nothing()

    def end(self, day: object) -> str:
        """The last day of something; a sentinel when it has no end."""
        return next(self._days)(day) if isinstance(day, date) else next(self._no_end)

    def yuan(self, amount: Decimal | None) -> str:
        """An amount as text in the next form."""
        return self.nothing() if amount is None else next(self._yuan)(amount)

    def code(self, code: str) -> str:
        """A unified code in the next form: lower case and full width among them."""
        return next(self._codes)(code)

    def number(self, number: str) -> str:
        """A document number with the next kind of brackets."""
        return next(self._brackets)(number)

    def nothing(self) -> str:
        """The next word for nothing."""
        return next(self._nothing)


def wan_yuan(amount: Decimal | None) -> str:
    """An amount in 万元 with six decimals, as the double-publicity form has it; empty when there is none."""
    return "" if amount is None else f"{amount / 10000:.6f}"
