"""Figures of a benchmark: how they are taken, and the one table that they are printed in."""

from __future__ import annotations

import os
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median, quantiles

HEADS = ("figure", "measured", "target", "", "beside it")


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table; ``met`` is ``None`` where no target is set, ``peers`` stand beside it for comparison."""

    name: str
    measured: str
    target: str = ""
    met: bool | None = None
    peers: str = ""

    def cells(self) -> tuple[str, ...]:
        """As printed."""
        return self.name, self.measured, self.target, {True: "met", False: "MISSED", None: ""}[self.met], self.peers


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds that the same work took, several times."""

    seconds: Sequence[float] = field(repr=False)

    @property
    def least(self) -> float:
        """The fastest: what the work itself takes."""
        return min(self.seconds)

    @property
    def p50(self) -> float:
        """The median."""
        return median(self.seconds)

    @property
    def p95(self) -> float:
        """What 95 of 100 do not exceed."""
        return quantiles(self.seconds, n=20, method="inclusive")[-1]

    def shown(self) -> str:
        """Both, in milliseconds."""
        return f"p50 {milliseconds(self.p50)}, p95 {milliseconds(self.p95)}"


def timed(work: Callable[[], object]) -> float:
    """Seconds that ``work`` took."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def times(work: Callable[[], object], count: int, warm: int = 2) -> Times:
    """``work`` done ``count`` times after ``warm`` times that do not count."""
    for _ in range(warm):
        work()
    return Times([timed(work) for _ in range(count)])


@contextmanager
def one_processor() -> Iterator[None]:
    """The body, and every thread that it begins, keeps to one processor."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def milliseconds(seconds: float) -> str:
    """For the table."""
    value = seconds * 1000
    return f"{value:.0f} ms" if value >= 20 else f"{value:.2g} ms" if value < 1 else f"{value:.1f} ms"


def per_second(count: int, seconds: float) -> str:
    """For the table."""
    return f"{count / seconds:,.0f}/s"


def table(figures: Iterable[Figure]) -> str:
    """All figures as one table."""
    rows = [HEADS, *(figure.cells() for figure in figures)]
    widths = [max(_width(row[place]) for row in rows) for place in range(len(HEADS))]
    lines = ["  ".join(_filled(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _filled(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
