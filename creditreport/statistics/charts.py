"""Charts as plain marks with places: boxes and labels. Drawn as SVG on the page and as vectors on paper.

No chart says anything that its table does not; it is there to be seen at a glance. Colours are the medium's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

# A character of Chinese is as wide as it is high, one of English about half; only to shorten labels that have no room.
_LATIN_WIDTH = 0.55
_LINES = 4


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle; ``part`` is bar, track or line."""

    x: float
    y: float
    width: float
    height: float
    part: str


@dataclass(frozen=True, slots=True)
class Label:
    """A text whose baseline is at ``y``; ``anchor`` is start, middle or end; ``part`` is name, value or axis."""

    x: float
    y: float
    text: str
    anchor: str
    part: str


Mark: TypeAlias = Box | Label


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing ``width`` by ``height``, text of size ``size``; title and description are for who cannot see it."""

    key: str
    title: str
    description: str
    width: float
    height: float
    size: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, how long it is (``None``: nothing to measure), and what is written at its end."""

    name: str
    value: int | Decimal | None
    text: str


def bars(key: str, title: str, rows: Sequence[Bar], *, width: float, size: float, full: Decimal | None = None) -> Chart:
    """Bars below one another, each under its name, as long as its value; ``full`` is the longest (else the greatest).

    With ``full`` a track shows what is missing to it.
    """
    greatest = full or max((Decimal(one.value) for one in rows if one.value is not None), default=Decimal(0))
    step, thick = size * 2.6, size * 0.62
    marks: list[Mark] = []
    for at, row in enumerate(rows):
        top = at * step
        room = width - _width(row.text, size) - size
        marks.append(Label(0, top + size, shortened(row.name, room, size), "start", "name"))
        marks.append(Label(width, top + size, row.text, "end", "value"))
        if full is not None:
            marks.append(Box(0, top + size * 1.35, width, thick, "track"))
        if row.value is not None and greatest:
            long = round(float(width) * float(Decimal(row.value) / greatest), 2)
            # What is not nothing is to be seen.
            marks.append(Box(0, top + size * 1.35, max(long, 1.0) if row.value else 0.0, thick, "bar"))
    described = "；".join(f"{row.name} {row.text}" for row in rows)
    return Chart(key, title, described, width, len(rows) * step, size, tuple(marks))


def columns(
    key: str, title: str, values: Sequence[tuple[str, int]], described: str, *, width: float, height: float, size: float
) -> Chart:
    """A column for each value, left to right, over lines at round numbers; some of the names below."""
    top, line = nice_top(max((value for _, value in values), default=0))
    left, bottom = _width(f"{top:,}", size) + size * 0.6, height - size * 1.6
    plot_top = size * 0.8
    scale = (bottom - plot_top) / top
    marks: list[Mark] = []
    for at in range(0, top + 1, line):
        y = bottom - at * scale
        marks.append(Box(left, round(y, 2), width - left, 0.5 if at else 1.0, "line"))
        marks.append(Label(left - size * 0.5, round(y + size * 0.35, 2), f"{at:,}", "end", "axis"))
    each = (width - left) / max(len(values), 1)
    for at, (_, value) in enumerate(values):
        tall = value * scale
        x = left + at * each + each * 0.14
        marks.append(Box(round(x, 2), round(bottom - tall, 2), round(each * 0.72, 2), round(tall, 2), "bar"))
    for at in _named(values, width - left, size):
        half = _width(values[at][0], size) / 2
        x = min(left + (at + 0.5) * each, width - half)
        marks.append(Label(round(x, 2), height - size * 0.3, values[at][0], "middle", "axis"))
    return Chart(key, title, described, width, height, size, tuple(marks))


def nice_top(greatest: int) -> tuple[int, int]:
    """A round number not below ``greatest`` and the step of the lines up to it."""
    step = 1
    while step * _LINES < greatest:
        digit = int(str(step)[0])
        step = step * 2 if digit == 1 else step // 2 * 5 if digit == 2 else step * 2
    lines = max(-(-greatest // step), 1)
    return lines * step, step


def shortened(text: str, room: float, size: float) -> str:
    """``text`` if it has room, else its beginning and an ellipsis."""
    if _width(text, size) <= room:
        return text
    while text and _width(text + "…", size) > room:
        text = text[:-1]
    return text + "…"


def _width(text: str, size: float) -> float:
    return sum(size if ord(one) > 0x2E7F else size * _LATIN_WIDTH for one in text)


def _named(values: Sequence[tuple[str, int]], width: float, size: float) -> range:
    """Which columns are named so that the names do not touch: each, or every second, fifth, seventh, ..."""
    if not values:
        return range(0)
    widest = max(_width(name, size) for name, _ in values) + size
    for every in (1, 2, 5, 7, 14, 30, 61, 91, 183):
        if widest <= width / len(values) * every:
            return range(0, len(values), every)
    return range(1)
