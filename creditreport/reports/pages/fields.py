"""The table of all fields, in annex order, on a page of its own where it fits on one."""

from __future__ import annotations

from typing import NamedTuple

from creditreport.clock import as_shanghai
from creditreport.reports.content import DomainResult, ReportContent
from creditreport.reports.pages.edition import Edition, Language
from creditreport.reports.pages.flow import Cell, Flow, Type
from creditreport.reports.pages.paper import Page, baseline
from creditreport.reports.pages.plates import Drawn
from creditreport.reports.pages.style import ACCENT, INK, LEFT, MEASURE, QUIET, RULE, TINT

# number, field, unit, result, data as of: (x, width) from the left margin, in points
Columns = tuple[tuple[float, float], ...]
_CHINESE: Columns = ((2.0, 18.0), (30.0, 197.0), (229.0, 137.0), (369.0, 35.0), (408.0, MEASURE - 408.0 - 2))
_ENGLISH: Columns = ((2.0, 16.0), (26.0, 162.0), (194.0, 170.0), (366.0, 46.0), (416.0, MEASURE - 416.0 - 2))
_BOTH: Columns = ((2.0, 16.0), (26.0, 168.0), (200.0, 158.0), (358.0, 46.0), (410.0, MEASURE - 410.0 - 2))
COLUMNS = {Language.ZH: _CHINESE, Language.EN: _ENGLISH, Language.BOTH: _BOTH}
TYPES = {
    Language.ZH: Type(8.5, 11.4),
    Language.EN: Type(7.6, 9.4),
    Language.BOTH: Type(7.8, 9.6, 6.2, 7.2),
}
ALIGN = ("right", "left", "left", "right", "right")
PADS = {Language.ZH: 1.15, Language.EN: 1.8, Language.BOTH: 1.15}


class Row(NamedTuple):
    """What the table says of a field itself, drawn: on which page (counted from the heading's), from where on."""

    page: int
    top: float
    height: float
    operators: str


class Table(NamedTuple):
    """The table without results and times, as kept from report to report."""

    rows: tuple[Row, ...]
    drawn: Drawn
    below: float


def draw_fields(flow: Flow, content: ReportContent, edition: Edition) -> None:
    """The table; its head repeats at the top of each page that it runs over to.

    Row by row, so that it is copied and read aloud row by row; what is the same in every report is drawn only once.
    """
    table, paper = _kept(flow, content, edition), flow.paper
    paper.note(table.drawn)
    first = len(paper.pages) - 1
    for domain, row in zip(content.domains, table.rows, strict=True):
        if first + row.page == len(paper.pages):
            paper.new_page()
        page = paper.pages[-1]
        page.operators.append(row.operators)
        page.forget_colour()
        _result(flow, page, domain, row, edition)
    flow.page, flow.y = paper.pages[-1], table.below


def _kept(flow: Flow, content: ReportContent, edition: Edition) -> Table:
    names = tuple([(one.number, one.title, one.title_en, one.responsible_unit) for one in content.domains])
    key = ("fields", edition, names, flow.y)
    kept: Table | None = flow.paper.plates.get(key)
    if kept is None:
        paper = flow.paper.scratch()
        kept = _table(Flow(paper, y=flow.y), content, edition)
        if paper.complete:
            flow.paper.plates.keep(key, kept)
    return kept


def _table(flow: Flow, content: ReportContent, edition: Edition) -> Table:
    """Heading, heads, and for each field its number, title and unit."""
    flow.heading(edition.said(lambda words: words.fields.heading))
    _head(flow, edition)
    flow.on_new_page = lambda: _head(flow, edition)
    pad = PADS[edition.language]
    least = max(_nothing(flow, status, edition).height for status in ("complete", "not_implemented"))
    rows: list[Row] = []
    for domain in content.domains:
        cells = _names(flow, domain, edition)
        # A row of this table is never divided: it is shorter than a page by far.
        height = max(least, *(cell.height for cell in cells)) + 2 * pad
        flow.need(height)
        top = flow.y
        for cell in cells:
            cell.draw(flow.page, top + pad)
        flow.y += height
        flow.page.rule(LEFT, flow.y, MEASURE, 0.5, RULE)
        rows.append(Row(len(flow.paper.pages) - 1, top, height, "\n".join(flow.page.operators)))
        flow.page.operators.clear()
        flow.page.forget_colour()
    return Table(tuple(rows), flow.paper.drawn, flow.y)


def _result(flow: Flow, page: Page, domain: DomainResult, row: Row, edition: Edition) -> None:
    """What was seen in the field and how fresh the data were; a bar at the left where there are records."""
    top = row.top + PADS[edition.language]
    if domain.records:
        page.box(LEFT, row.top + 0.5, 2.5, row.height - 0.5, ACCENT)
        _count(flow, len(domain.records), edition).draw(page, top)
    else:
        _nothing(flow, domain.status, edition).draw(page, top)
    x, width = COLUMNS[edition.language][-1]
    type_ = TYPES[edition.language]
    time = f"{as_shanghai(domain.data_as_of):%Y-%m-%d %H:%M}" if domain.data_as_of else edition.first.fields.no_time
    page.right(LEFT + x + width, baseline(top, type_.leading, type_.size), time, type_.size, colour=QUIET)


def _count(flow: Flow, count: int, edition: Edition) -> Cell:
    x, width = COLUMNS[edition.language][3]
    said = edition.said(lambda words: words.fields.count.format(count=count))
    return flow.cell(x, width, said, TYPES[edition.language], colour=ACCENT, bold=True, align="right")


def _nothing(flow: Flow, status: str, edition: Edition) -> Cell:
    x, width = COLUMNS[edition.language][3]
    if status == "complete":
        said, colour = edition.said(lambda words: words.fields.none), INK
    else:
        said, colour = edition.said(lambda words: words.fields.not_implemented), QUIET
    return flow.label(x, width, said, TYPES[edition.language], colour=colour, align="right")


def _head(flow: Flow, edition: Edition) -> None:
    titles = (
        edition.said(lambda words: words.fields.number),
        edition.said(lambda words: words.fields.title),
        edition.said(lambda words: words.fields.unit),
        edition.said(lambda words: words.fields.result),
        edition.said(lambda words: words.fields.data_as_of),
    )
    size = TYPES[edition.language].size
    type_ = Type(size, size + 3, size - 1.6, size)
    cells = [
        flow.cell(x, width, title, type_, bold=True, colour=QUIET, align=align)
        for (x, width), title, align in zip(COLUMNS[edition.language], titles, ALIGN, strict=True)
    ]
    height = max(cell.height for cell in cells) + 7
    flow.page.box(LEFT, flow.y, MEASURE, height, TINT)
    flow.page.rule(LEFT, flow.y, MEASURE, 1, ACCENT)
    for cell in cells:
        cell.draw(flow.page, flow.y + 4)
    flow.y += height


def _names(flow: Flow, domain: DomainResult, edition: Edition) -> list[Cell]:
    number, title, unit, _, _ = COLUMNS[edition.language]
    type_ = TYPES[edition.language]
    return [
        flow.cell(*number, str(domain.number), type_, colour=QUIET, align="right"),
        flow.cell(*title, edition.said(lambda words: words.field(domain)), type_),
        flow.cell(*unit, edition.said(lambda words: words.name(domain.responsible_unit)), type_, colour=QUIET),
    ]
