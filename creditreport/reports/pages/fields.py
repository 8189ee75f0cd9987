"""The table of all fields, in annex order."""

from __future__ import annotations

from creditreport.clock import as_shanghai
from creditreport.reports.content import DomainResult, ReportContent
from creditreport.reports.pages.flow import Cell, Flow
from creditreport.reports.pages.paper import baseline
from creditreport.reports.pages.style import ACCENT, INK, LEFT, MEASURE, QUIET, TINT
from creditreport.reports.pages.wording import Wording

# number, field, unit, result, data as of: (x, width) from the left margin, in points
COLUMNS = ((2.0, 18.0), (30.0, 180.0), (215.0, 137.0), (352.0, 38.0), (396.0, MEASURE - 396.0 - 4))
SIZE = 8.5
LEADING = 11.4
PAD = 1.15


def draw_fields(flow: Flow, content: ReportContent, wording: Wording) -> None:
    """The table; its head repeats at the top of each page that it runs over to."""
    flow.heading(wording.fields.heading)
    _head(flow, wording)
    flow.on_new_page = lambda: _head(flow, wording)
    for domain in content.domains:
        flow.row(_cells(flow, domain, wording), LEADING, PAD)
    flow.on_new_page = None


def _head(flow: Flow, wording: Wording) -> None:
    words = wording.fields
    flow.page.box(LEFT, flow.y, MEASURE, 19, TINT)
    flow.page.rule(LEFT, flow.y, MEASURE, 1, ACCENT)
    titles = (words.number, words.title, words.unit, words.result, words.data_as_of)
    for at, ((x, width), title) in enumerate(zip(COLUMNS, titles, strict=True)):
        align = ("right", "left", "left", "right", "right")[at]
        cell = Cell(x, (title,), SIZE, QUIET, True, width, align)
        cell.draw(flow.page, 0, baseline(flow.y + 1, 18, SIZE))
    flow.y += 19


def _cells(flow: Flow, domain: DomainResult, wording: Wording) -> list[Cell]:
    words = wording.fields
    number, title, unit, result, as_of = COLUMNS
    colour, bold = (INK, False) if domain.status == "complete" else (QUIET, False)
    if domain.records:
        said, colour, bold = words.count.format(count=len(domain.records)), ACCENT, True
    else:
        said = words.none if domain.status == "complete" else words.not_implemented
    time = f"{as_shanghai(domain.data_as_of):%Y-%m-%d %H:%M}" if domain.data_as_of else words.no_time
    return [
        flow.cell(*number, str(domain.number), SIZE, colour=QUIET, align="right"),
        flow.cell(*title, domain.title, SIZE, bold=bool(domain.records)),
        flow.cell(*unit, domain.responsible_unit, SIZE, colour=QUIET),
        flow.cell(*result, said, SIZE, colour=colour, bold=bold, align="right"),
        flow.cell(*as_of, time, SIZE, colour=QUIET, align="right"),
    ]
