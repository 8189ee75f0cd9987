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
from creditreport.statistics.table import Table
from creditreport.statistics.words import said
from creditreport.statistics.written import Writer

VERSION = "monthly-1"
TITLE, HEAD, BODY, SMALL = Type(21, 30), Type(7.5, 11), Type(8.5, 12), Type(8, 12.5)
FIGURE, NAME = Type(15, 20), Type(8, 11)
GAP = 18.0
HALF = (MEASURE - GAP) / 2
HALF_SIZE, FULL_SIZE = Size(HALF, 8.5, 96), Size(MEASURE, 8.5, 96)
COLOURS: dict[str, Colour] = {
    "bar": ACCENT, "track": RULE, "line": RULE, "name": INK, "value": INK, "axis": QUIET,
}  # fmt: skip
# The monitoring's own groups, each with its figures, its charts and its tables; a chart's place is half the width.
Section = tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]
SECTIONS: tuple[Section, ...] = (
    (
        "publicity",
        ("publicity_reporting", "publicity_compliance", "publicity_timeliness", "codes_found", "codes_cleaned"),
        ("publicity",),
        ("publicity",),
    ),
    (
        "rights",
        ("objections_filed", "objections_decided", "objections_in_time", "objections_median", "repairs_filed",
         "repairs_decided", "repairs_in_time", "repairs_median", "units_in_time"),
        ("letters_by_unit",),
        ("cases_by_kind", "letters_by_unit"),
    ),
    (
        "use",
        ("reports_issued", "businesses_served", "reports_clean", "verified", "verified_valid", "refused"),
        ("issued_by_day", "verified_by_day", "issued_by_purpose", "verified_by_verdict", "issued_by_field",
         "refused_by_reason"),
        ("issued_by_purpose", "issued_by_field", "refused_by_reason", "refused_by_source", "numbers_unissued"),
    ),
    ("data", ("fields_fresh",), (), ("sources",)),
)  # fmt: skip


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
        for at, (key, indicators, drawn, tables) in enumerate(SECTIONS):
            if at:
                flow.y += 14
            self._section(key, indicators, [self._half[one] for one in drawn if one in self._half], tables)
        self._foot()

    def _section(self, key: str, indicators: Sequence[str], drawn: Sequence[Chart], tables: Sequence[str]) -> None:
        flow = self._flow
        flow.heading(Said(self._word(key)), keep=120)
        self._indicators(indicators)
        for at in range(0, len(drawn), 2):
            self._charts(drawn[at : at + 2])
        for name in tables:
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
    """Left edge and width of each column: numbers as wide as a number, what is left to the words."""
    number, space = 52.0, 8.0
    wordy = [column for column in table.columns if not column.kind.is_number]
    numbers = len(table.columns) - len(wordy)
    word = (MEASURE - numbers * number) / max(len(wordy), 1)
    places, x = [], 0.0
    for column in table.columns:
        width = number if column.kind.is_number else word
        places.append((x, width - space if not column.kind.is_number else width))
        x += width
    return places
