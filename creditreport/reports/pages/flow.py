"""A column of text that runs over as many pages as it needs; what runs over repeats its head."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from creditreport.reports.pages.paper import Page, Paper, baseline
from creditreport.reports.pages.style import ACCENT, BODY_BOTTOM, BODY_TOP, INK, LEFT, MEASURE, RULE, Colour
from creditreport.reports.pages.typeset import wrap


@dataclass(frozen=True, slots=True)
class Cell:
    """Lines of one size in one column, ready to be drawn. ``x`` and ``width`` are measured from the left margin."""

    x: float
    lines: tuple[str, ...]
    size: float
    colour: Colour = INK
    bold: bool = False
    width: float = 0.0
    align: str = "left"

    def draw(self, page: Page, line: int, y: float) -> None:
        """Line number ``line`` with its baseline at ``y``; nothing when the cell is shorter."""
        if line < len(self.lines):
            left = LEFT + self.x
            if self.align == "right":
                page.right(left + self.width, y, self.lines[line], self.size, bold=self.bold, colour=self.colour)
            elif self.align == "centre":
                page.centre(left + self.width / 2, y, self.lines[line], self.size, bold=self.bold, colour=self.colour)
            else:
                page.text(left, y, self.lines[line], self.size, bold=self.bold, colour=self.colour)


class Flow:
    """Fills pages from the top; begins a new page when the next thing has no room."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.page = paper.new_page()
        self.y = BODY_TOP
        self.on_new_page: Callable[[], None] | None = None

    def cell(
        self, x: float, width: float, text: str, size: float, *,
        colour: Colour = INK, bold: bool = False, align: str = "left",
    ) -> Cell:  # fmt: skip
        """``text`` broken into a column ``width`` wide."""
        fonts = self.paper.fonts
        lines = wrap(text, width, lambda piece: fonts.width(piece, size, bold))
        return Cell(x, tuple(lines), size, colour, bold, width, align)

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
        if height > self.room() + 0.01:
            self.new_page()

    def space(self, height: float) -> None:
        """Leave room, but none at the top of a page."""
        if self.y > BODY_TOP:
            self.y += height

    def row(self, cells: Sequence[Cell], leading: float, pad: float, rule: Colour | None = RULE) -> None:
        """A row of cells side by side; one that is longer than what is left goes on overleaf, two lines at least.

        ``pad`` is the space above and below, ``rule`` the colour of the thin rule that closes the row.
        """
        height = max(len(cell.lines) for cell in cells)
        if height * leading + 2 * pad > self.room() and (height < 4 or self._lines_left(leading, pad) < 2):
            self.new_page()
        done = 0
        while True:
            part = min(height - done, max(self._lines_left(leading, pad), 1))
            if height - done - part == 1 and part > 2:
                part -= 1
            self._lines(cells, done, part, leading, pad)
            done += part
            if done >= height:
                break
            self.new_page()
        if rule is not None:
            self.page.rule(LEFT, self.y, MEASURE, 0.5, rule)

    def _lines_left(self, leading: float, pad: float) -> int:
        return int((self.room() - 2 * pad + 0.01) // leading)

    def _lines(self, cells: Sequence[Cell], first: int, count: int, leading: float, pad: float) -> None:
        top = self.y + pad
        for cell in cells:
            for at in range(count):
                cell.draw(self.page, first + at, baseline(top + at * leading, leading, cell.size))
        self.y += count * leading + 2 * pad

    def heading(self, text: str, size: float = 13, keep: float = 60) -> None:
        """A heading, together with at least ``keep`` points of what follows."""
        self.need(size * 2 + keep)
        self.page.box(LEFT, self.y + 3.5, 3, size + 1, ACCENT)
        self.page.text(LEFT + 10, baseline(self.y, size + 8, size), text, size, bold=True, colour=ACCENT)
        self.y += size + 14
