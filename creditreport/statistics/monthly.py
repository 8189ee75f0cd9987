"""The monthly report for the credit office: the indicators that city credit monitoring asks for, charts and tables.

In the look of the report itself and with its fonts; it is an internal paper and no document of proof: no seal, no code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from creditreport.clock import as_shanghai
from creditreport.reports.fonts import FontSet
from creditreport.reports.pages.document import finish_plain, new_document
from creditreport.reports.pages.edition import Said
from creditreport.reports.pages.flow import Cell, Flow, Type
from creditreport.reports.pages.paper import Paper, baseline
from creditreport.reports.pages.style import (
    ACCENT,
    FOOT,
    INK,
    LEFT,
    MEASURE,
    QUIET,
    RIGHT,
    RULE,
    TINT,
    TOP,
    Colour,
)
from creditreport.statistics import words
from creditreport.statistics.charts import Box, Chart
from creditreport.statistics.drawing import Size, charts
from creditreport.statistics.figures import Figures
from creditreport.statistics.sections import SECTIONS, Section
from creditreport.statistics.table import Table
from creditreport.statistics.words import said
from creditreport.statistics.written import Writer

VERSION = "monthly-1"
# A table with more columns of numbers gives each less room.
MANY, SPACE = 5, 6.0
# How much room words need beside each other.
WEIGHTS = {"unit": 1.4, "field": 1.4, "mode": 0.7, "state": 0.8, "data_as_of": 0.9}
TITLE, HEAD, BODY, SMALL = Type(21, 30), Type(7.5, 11), Type(8.5, 12), Type(8, 12.5)
FIGURE, NAME = Type(15, 20), Type(8, 11)
GAP = 18.0
HALF = (MEASURE - GAP) / 2
HALF_SIZE = Size(HALF, 8.5, 96)
COLOURS: dict[str, Colour] = {
    "bar": ACCENT, "track": RULE, "line": RULE, "name": INK, "value": INK, "axis": QUIET,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who makes the report, as printed at its head."""

    portal: str
    authority: str


def render_monthly(told: Figures, issuer: Issuer, fonts: FontSet, writer: Writer) -> bytes:
    """The report as a PDF in the writer's language; the same figures give the same bytes. Raises ``MISSING_GLYPH``."""
    document = new_document("zh-Hans-CN" if writer.language == "zh" else "en")
    paper = Paper(fonts, document)
    _Drawing(paper, told, issuer, writer).draw()
    return finish_plain(
        paper, document, title=title_of(told, writer.language), author=issuer.authority, creator=issuer.portal,
        moment=told.made_at, version=VERSION,
    )  # fmt: skip


def title_of(told: Figures, language: str) -> str:
    """What the report is called: by its month, or by its days if it is not a month's."""
    first, last = told.period.first, told.period.last
    named = said(words.MONTHLY, "title", language)
    if told.period.month is None:
        return f"{named} {first} – {last}"
    return f"{first.year} 年 {first.month} 月{named}" if language == "zh" else f"{named}, {first:%B %Y}"


class _Drawing:
    """One report being drawn."""

    def __init__(self, paper: Paper, told: Figures, issuer: Issuer, writer: Writer) -> None:
        self._paper, self._told, self._issuer, self._writer = paper, told, issuer, writer
        self._flow = Flow(paper, y=TOP)
        self._half = charts(told, writer, HALF_SIZE)
        self._values = {one.key: one for one in told.indicators}

    def _word(self, key: str) -> str:
        return said(words.MONTHLY, key, self._writer.language)

    def draw(self) -> None:
        """Head, the groups of the monitoring, the notes; page numbers last."""
        flow, told = self._flow, self._told
        flow.page.text(LEFT, TOP + 11, self._issuer.portal, 13, bold=True, colour=ACCENT)
        flow.page.text(LEFT, TOP + 27, self._issuer.authority, 9.5, colour=QUIET)
        flow.y = TOP + 48
        flow.row([flow.cell(0, MEASURE, title_of(told, self._writer.language), TITLE, bold=True)], 0, None)
        made = self._word("made").format(
            first=told.period.first, last=told.period.last, at=f"{as_shanghai(told.made_at):%Y-%m-%d %H:%M}"
        )
        flow.row([flow.cell(0, MEASURE, made, SMALL, colour=QUIET)], 1, None)
        if told.running:
            flow.row([flow.cell(0, MEASURE, self._word("running"), SMALL, colour=ACCENT)], 1, None)
        flow.y += 10
        for at, section in enumerate(SECTIONS):
            if at:
                flow.y += 14
            self._section(section)
        self._foot()

    def _section(self, section: Section) -> None:
        self._flow.heading(Said(self._word(section.key)), keep=120)
        self._indicators(section.indicators)
        drawn = [self._half[one] for one in section.charts if one in self._half]
        for at in range(0, len(drawn), 2):
            self._charts(drawn[at : at + 2])
        for name in section.tables:
            self._table(self._told.table(name))

    def _indicators(self, keys: Sequence[str]) -> None:
        """Figures in a panel, three in a row."""
        flow, each = self._flow, MEASURE / 3
        for at in range(0, len(keys), 3):
            row = [self._values[key] for key in keys[at : at + 3]]
            names = [flow.cell(0, each - 20, self._writer.indicator(one.key), NAME, colour=QUIET) for one in row]
            height = 12 + FIGURE.leading + max(cell.height for cell in names)
            flow.need(height)
            flow.page.box(LEFT, flow.y, MEASURE, height, TINT)
            for place, (one, name) in enumerate(zip(row, names, strict=True)):
                x = place * each + 10
                value = self._writer.text(one.kind, one.value)
                flow.cell(x, each - 20, value, FIGURE, bold=True).draw(flow.page, flow.y + 5)
                Cell(x, name.width, name.lines).draw(flow.page, flow.y + 5 + FIGURE.leading)
            flow.y += height + 4
        flow.y += 6

    def _charts(self, pair: Sequence[Chart]) -> None:
        """One or two charts side by side, each under its title."""
        flow = self._flow
        flow.need(18 + max(chart.height for chart in pair))
        for at, chart in enumerate(pair):
            x = LEFT + at * (HALF + GAP)
            flow.page.text(x, baseline(flow.y, 14, 9), chart.title, 9, bold=True)
            self._marks(chart, x, flow.y + 18)
        flow.y += 18 + max(chart.height for chart in pair) + 12

    def _marks(self, chart: Chart, left: float, top: float) -> None:
        page = self._flow.page
        for mark in chart.marks:
            x, y, colour = left + mark.x, top + mark.y, COLOURS[mark.part]
            if isinstance(mark, Box):
                page.box(x, y, mark.width, mark.height, colour)
            elif mark.anchor == "start":
                page.text(x, y, mark.text, chart.size, colour=colour)
            elif mark.anchor == "end":
                page.right(x, y, mark.text, chart.size, colour=colour)
            else:
                page.centre(x, y, mark.text, chart.size, colour=colour)

    def _table(self, table: Table) -> None:
        """A table under its name, its head again on every page; what has no rows is said to have none."""
        flow, writer = self._flow, self._writer
        flow.need(60)
        flow.page.text(LEFT, baseline(flow.y, 16, 9.5), writer.title(table), 9.5, bold=True)
        flow.y += 18
        if not table.rows:
            flow.row([flow.cell(0, MEASURE, self._word("none"), SMALL, colour=QUIET)], 2, RULE)
        else:
            self._rows(table)
        if note := writer.note(table):
            flow.row([flow.cell(0, MEASURE, note, HEAD, colour=QUIET)], 3, None)
        flow.y += 10

    def _rows(self, table: Table) -> None:
        flow, writer = self._flow, self._writer
        places = column_places(table)
        texts = [[writer.text(column.kind, value) for column, value in zip(table.columns, row, strict=True)]
                 for row in table.rows]  # fmt: skip
        heads = [writer.head(table, column) for column in table.columns]

        def head() -> None:
            flow.row(self._cells(table, places, heads, HEAD, QUIET), 2, ACCENT)

        head()
        flow.on_new_page = head
        for row in texts:
            flow.row(self._cells(table, places, row, BODY, INK), 2, RULE)
        flow.on_new_page = None

    def _cells(
        self, table: Table, places: Sequence[tuple[float, float]], texts: Sequence[str], type_: Type, colour: Colour
    ) -> list[Cell]:
        return [
            self._flow.cell(x, width, text, type_, colour=colour, align="right" if column.kind.is_number else "left")
            for (x, width), text, column in zip(places, texts, table.columns, strict=True)
        ]

    def _foot(self) -> None:
        pages, made = self._paper.pages, title_of(self._told, self._writer.language)
        for at, page in enumerate(pages, start=1):
            page.text(LEFT, FOOT, made, 7.5, colour=QUIET)
            page.right(RIGHT, FOOT, self._word("page").format(page=at, pages=len(pages)), 7.5, colour=QUIET)


def column_places(table: Table) -> list[tuple[float, float]]:
    """Left edge and width of each column: numbers as wide as a number, what is left shared out among the words."""
    numbers = sum(column.kind.is_number for column in table.columns)
    number = 40.0 if numbers > MANY else 54.0
    weights = [0.0 if column.kind.is_number else WEIGHTS.get(column.key, 1.0) for column in table.columns]
    word = (MEASURE - numbers * number) / max(sum(weights), 1)
    places, x, after_number = [], 0.0, False
    for column, weight in zip(table.columns, weights, strict=True):
        width = word * weight if weight else number
        # Numbers end at their right edge, words begin at their left: both keep away from what stands before them.
        before = SPACE if after_number or column.kind.is_number else 0.0
        places.append((x + before, width - before - (0.0 if column.kind.is_number else SPACE)))
        x, after_number = x + width, column.kind.is_number
    return places
