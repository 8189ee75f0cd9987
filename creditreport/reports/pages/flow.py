"""A column of text that runs over as many pages as it needs; what runs over repeats its head."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar, cast

from creditreport.reports.pages.edition import Said
from creditreport.reports.pages.paper import Page, Paper, baseline
from creditreport.reports.pages.plates import Plate
from creditreport.reports.pages.style import ACCENT, BODY_BOTTOM, BODY_TOP, INK, LEFT, MEASURE, QUIET, RULE, Colour
from creditreport.reports.pages.typeset import wrap

T = TypeVar("T")

# What rounding may add up to on one page, in points.
SLACK = 0.01
# The most (in em) that is added between two characters to fill a line: more would look torn apart.
MOST_SPREAD = 0.09


class Type(NamedTuple):
    """Size and leading of a text, and of the second language below it; points."""

    size: float
    leading: float
    second_size: float = 0.0
    second_leading: float = 0.0


class Line(NamedTuple):
    """One line of a cell; ``spread`` is added between its characters to fill the column."""

    text: str
    size: float
    leading: float
    colour: Colour = INK
    bold: bool = False
    spread: float = 0.0


@dataclass(frozen=True, slots=True)
class Cell:
    """Lines in one column. ``x`` and ``width`` are measured from the left margin."""

    x: float
    width: float
    lines: tuple[Line, ...]
    align: str = "left"
    height: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "height", sum([line.leading for line in self.lines]))

    def draw(self, page: Page, top: float, first: int = 0, last: int | None = None) -> None:
        """The lines from ``first`` up to ``last`` one below the other, beginning at ``top``."""
        left = LEFT + self.x
        for text, size, leading, colour, bold, spread in self.lines[first:last]:
            y = baseline(top, leading, size)
            if self.align == "right":
                page.right(left + self.width, y, text, size, bold=bold, colour=colour)
            else:
                page.text(left, y, text, size, bold=bold, colour=colour, spread=spread)
            top += leading

    def fitting(self, first: int, room: float) -> int:
        """Up to which line the lines from ``first`` fit into ``room``."""
        at = first
        while at < len(self.lines) and self.lines[at].leading <= room + SLACK:
            room -= self.lines[at].leading
            at += 1
        return at


class Flow:
    """Fills pages from the top; begins a new page when the next thing has no room."""

    def __init__(self, paper: Paper, page: Page | None = None, y: float = BODY_TOP) -> None:
        self.paper = paper
        self.page = page or paper.new_page()
        self.y = y
        self.on_new_page: Callable[[], None] | None = None

    def lines(
        self, text: str, width: float, size: float, leading: float, *,
        colour: Colour = INK, bold: bool = False, filled: bool = False,
    ) -> list[Line]:  # fmt: skip
        """``text`` broken into lines no wider than ``width``; ``filled`` spreads those that are nearly as wide."""
        fonts = self.paper.fonts
        broken = wrap(text, width, lambda piece: fonts.width(piece, size))
        lines = [Line(line, size, leading, colour, bold) for line in broken]
        if filled:
            for at, line in enumerate(broken[:-1]):
                spread = (width - fonts.width(line, size)) / max(len(line) - 1, 1)
                if 0 < spread <= MOST_SPREAD * size:
                    lines[at] = lines[at]._replace(spread=spread)
        return lines

    def cell(
        self, x: float, width: float, said: Said | str, type_: Type, *,
        colour: Colour = INK, bold: bool = False, align: str = "left", filled: bool = False,
    ) -> Cell:  # fmt: skip
        """What is said, broken into a column ``width`` wide; a second language below the first, smaller and quiet.

        ``filled`` sets the first language flush on both sides, as Chinese text is set.
        """
        first, second = (said, "") if isinstance(said, str) else said
        lines: list[Line] = []
        if first or not second:
            lines = self.lines(first, width, type_.size, type_.leading, colour=colour, bold=bold, filled=filled)
        if second:
            quiet = colour if colour != INK else QUIET
            lines += self.lines(second, width, type_.second_size, type_.second_leading, colour=quiet)
        return Cell(x, width, tuple(lines), align)

    def label(
        self, x: float, width: float, said: Said, type_: Type, *, colour: Colour = QUIET, align: str = "left"
    ) -> Cell:
        """As :meth:`cell`, for words of the edition that nearly every report has: broken once per process."""
        key = ("label", said, x, width, type_, colour, align)
        kept: Cell | None = self.paper.plates.get(key)
        if kept is None:
            kept = self.cell(x, width, said, type_, colour=colour, align=align)
            self.paper.plates.keep(key, kept)
        return kept

    def plate(self, key: Hashable, draw: Callable[[], T]) -> T:
        """What ``draw`` draws from here on, from a plate if it is kept under ``key``; the result of ``draw``.

        ``key`` must tell everything that ``draw`` makes use of, and nothing of a business. What runs over to another
        page is not kept.
        """
        paper, page = self.paper, self.page
        place = (key, self.y)
        kept = paper.plates.get(place)
        if kept is not None:
            page.put(kept)
            self.y = kept.below
            return cast(T, kept.result)
        start = len(page.operators)
        page.forget_colour()
        with paper.pressing() as drawn:
            result = draw()
        if self.page is page and paper.complete:
            kept = Plate.of(page.operators[start:], drawn, self.y, result)
            page.operators[start:] = [kept]
            page.forget_colour()
            paper.plates.keep(place, kept)
        return result

    def new_page(self) -> None:
        """Go on at the top of a fresh page, under the running head if there is one."""
        self.page = self.paper.new_page()
        self.y = BODY_TOP
        if self.on_new_page is not None:
            self.on_new_page()

    def room(self) -> float:
        """The height that is left on this page."""
        return BODY_BOTTOM - self.y

    def need(self, height: float) -> None:
        """Begin a new page unless ``height`` fits on this one."""
        if height > self.room() + SLACK:
            self.new_page()

    def space(self, height: float) -> None:
        """Leave room, but none at the top of a page."""
        if self.y > BODY_TOP:
            self.y += height

    def row(self, cells: Sequence[Cell], pad: float, rule: Colour | None = RULE) -> None:
        """A row of cells side by side; one that is longer than what is left goes on overleaf, two lines at least.

        ``pad`` is the space above and below, ``rule`` the colour of the thin rule that closes the row.
        """
        height = max([cell.height for cell in cells])
        if height + 2 * pad <= self.room() + SLACK:
            for cell in cells:
                cell.draw(self.page, self.y + pad)
            self.y += height + 2 * pad
        else:
            self._broken_row(cells, pad)
        if rule is not None:
            self.page.rule(LEFT, self.y, MEASURE, 0.5, rule)

    def _broken_row(self, cells: Sequence[Cell], pad: float) -> None:
        tallest = max(cells, key=lambda cell: len(cell.lines))
        if len(tallest.lines) < 4 or tallest.fitting(0, self.room() - 2 * pad) < 2:
            self.new_page()
        done = [0] * len(cells)
        while True:
            room, used = self.room() - 2 * pad, 0.0
            for at, cell in enumerate(cells):
                upto = cell.fitting(done[at], room)
                if len(cell.lines) - upto == 1 and upto - done[at] > 2:
                    upto -= 1  # never one line alone overleaf
                cell.draw(self.page, self.y + pad, done[at], upto)
                used = max(used, sum(line.leading for line in cell.lines[done[at] : upto]))
                done[at] = upto
            self.y += used + 2 * pad
            if all(upto >= len(cell.lines) for upto, cell in zip(done, cells, strict=True)):
                return
            self.new_page()

    def heading(self, said: Said, size: float = 13, keep: float = 60) -> None:
        """A heading, together with at least ``keep`` points of what follows; a second language beside it."""
        self.need(size * 2 + keep)
        self.page.box(LEFT, self.y + 3.5, 3, size + 1, ACCENT)
        y = baseline(self.y, size + 8, size)
        self.page.text(LEFT + 10, y, said.first, size, bold=True, colour=ACCENT)
        if said.second:
            beside = LEFT + 18 + self.paper.fonts.width(said.first, size)
            self.page.text(beside, y, said.second, size * 0.72, colour=QUIET)
        self.y += size + 14
