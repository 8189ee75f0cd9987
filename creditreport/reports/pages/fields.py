"""The table of all fields, in annex order, on a page of its own where it fits on one."""

from __future__ import annotations

from creditreport.clock import as_shanghai
from creditreport.reports.content import DomainResult, ReportContent
from creditreport.reports.pages.edition import Edition, Language
from creditreport.reports.pages.flow import Cell, Flow, Type
from creditreport.reports.pages.paper import baseline
from creditreport.reports.pages.style import ACCENT, INK, LEFT, MEASURE, QUIET, TINT

# number, field, unit, result, data as of: (x, width) from the left margin, in points
Columns = tuple[tuple[float, float], ...]
_CHINESE: Columns = ((2.0, 18.0), (30.0, 197.0), (231.0, 137.0), (368.0, 36.0), (408.0, MEASURE - 408.0 - 2))
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


def draw_fields(flow: Flow, content: ReportContent, edition: Edition) -> None:
    """The table; its head repeats at the top of each page that it runs over to."""
    first = len(flow.paper.pages) - 1
    if content.listed:  # where a business has records is its own
        places = _table(flow, content, edition)
    else:
        rows = tuple([_told(domain) for domain in content.domains])
        places = flow.plate(("fields", edition, rows), lambda: _table(flow, content, edition))
    # The times are each report's own.
    x, width = COLUMNS[edition.language][-1]
    type_ = TYPES[edition.language]
    for domain, (page, top) in zip(content.domains, places, strict=True):
        time = f"{as_shanghai(domain.data_as_of):%Y-%m-%d %H:%M}" if domain.data_as_of else edition.first.fields.no_time
        y = baseline(top, type_.leading, type_.size)
        flow.paper.pages[first + page].right(LEFT + x + width, y, time, type_.size, colour=QUIET)


def _told(domain: DomainResult) -> tuple[object, ...]:
    """What the table says of a field without records, its time apart."""
    return (domain.number, domain.title, domain.title_en, domain.responsible_unit, domain.status)


def _table(flow: Flow, content: ReportContent, edition: Edition) -> list[tuple[int, float]]:
    """Everything but the times; gives for each row its page (from that of the heading) and the top of its text."""
    first = len(flow.paper.pages)
    flow.heading(edition.said(lambda words: words.fields.heading))
    _head(flow, edition)
    flow.on_new_page = lambda: _head(flow, edition)
    pad = PADS[edition.language]
    places = []
    for domain in content.domains:
        cells = _cells(flow, domain, edition)
        # A row of this table is never divided: it is shorter than a page by far.
        flow.need(max(cell.height for cell in cells) + 2 * pad)
        places.append((len(flow.paper.pages) - first, flow.y + pad))
        flow.row(cells, pad)
    flow.on_new_page = None
    return places


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


def _cells(flow: Flow, domain: DomainResult, edition: Edition) -> list[Cell]:
    number, title, unit, result, _ = COLUMNS[edition.language]
    type_ = TYPES[edition.language]
    colour, bold = (INK, False) if domain.status == "complete" else (QUIET, False)
    if domain.records:
        said = edition.said(lambda words: words.fields.count.format(count=len(domain.records)))
        colour, bold = ACCENT, True
    elif domain.status == "complete":
        said = edition.said(lambda words: words.fields.none)
    else:
        said = edition.said(lambda words: words.fields.not_implemented)
    return [
        flow.cell(*number, str(domain.number), type_, colour=QUIET, align="right"),
        flow.cell(*title, edition.said(lambda words: words.field(domain)), type_, bold=bool(domain.records)),
        flow.cell(*unit, edition.said(lambda words: words.name(domain.responsible_unit)), type_, colour=QUIET),
        flow.cell(*result, said, type_, colour=colour, bold=bold, align="right"),
    ]
