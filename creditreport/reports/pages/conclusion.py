"""The conclusion, with the issuing body's name, date and seal below it.

As GB/T 9704-2012, 7.3.5 has it: the date stands under the body's name, both centred, and the seal is set upright over
them, so that name and date lie a little below its middle.
"""

from __future__ import annotations

from creditreport.clock import as_shanghai
from creditreport.reports.content import ReportContent
from creditreport.reports.pages.edition import Edition
from creditreport.reports.pages.flow import Cell, Flow, Type
from creditreport.reports.pages.paper import baseline
from creditreport.reports.pages.seal import DIAMETER, draw_seal
from creditreport.reports.pages.style import ACCENT, INK, LEFT, MEASURE, RIGHT, TINT
from creditreport.reports.pages.wording import Wording

Rectangle = tuple[float, float, float, float]

SENTENCE = Type(12.5, 21, 9, 13)
WHERE = Type(9.5, 15, 7.5, 11)
PAD = 18.0
EDGE = 11.0
GAP = 24.0
HEADING = 22.0
# How many fields are named before the rest is only counted.
NAMED = 6


def conclusion(content: ReportContent, wording: Wording) -> str:
    """The one sentence of the report, worded as what was seen."""
    words = wording.conclusion
    implemented, listed = len(content.implemented), content.listed
    if not listed:
        return words.none.format(implemented=implemented)
    fields = sum(1 for domain in content.domains if domain.records)
    return words.some.format(implemented=implemented, listed=listed, fields=fields)


def listed_summary(content: ReportContent, wording: Wording, titles: int) -> str:
    """Where the listed records are, naming at most ``titles`` fields; empty when none is listed."""
    words = wording.conclusion
    found = [(wording.field(domain), len(domain.records)) for domain in content.domains if domain.records]
    if not found:
        return ""
    said = words.where_join.join(words.where_one.format(title=title, count=count) for title, count in found[:titles])
    if len(found) > titles:
        said = words.where_more.format(fields=said, count=len(found))
    return words.where.format(fields=said)


def draw_conclusion(flow: Flow, content: ReportContent, edition: Edition) -> Rectangle:
    """The panel: what was seen at the left, who says so at the right; gives the seal's rectangle in PDF coordinates."""
    if content.listed:
        return _panel(flow, content, edition)
    day = as_shanghai(content.issued_at).date()
    key = ("conclusion", edition, len(content.implemented), content.issuing_authority, day)
    return flow.plate(key, lambda: _panel(flow, content, edition))


def _panel(flow: Flow, content: ReportContent, edition: Edition) -> Rectangle:
    page, width = flow.page, MEASURE - 2 * PAD - DIAMETER - GAP
    heading = edition.one_line(lambda words: words.conclusion.heading)
    sentence = flow.cell(PAD, width, edition.said(lambda words: conclusion(content, words)), SENTENCE, bold=True)
    where = edition.said(lambda words: listed_summary(content, words, NAMED))
    more = flow.cell(PAD, width, where, WHERE, colour=INK) if where.first else Cell(0, 0, ())
    text = HEADING + sentence.height + (6 + more.height if more.lines else 0)
    height = 2 * EDGE + max(DIAMETER, text)
    page.box(LEFT, flow.y, MEASURE, height, TINT)
    page.box(LEFT, flow.y, 3, height, ACCENT)
    top = flow.y + EDGE
    page.text(LEFT + PAD, baseline(top, 18, 10), heading, 10, bold=True, colour=ACCENT)
    sentence.draw(page, top + HEADING)
    more.draw(page, top + HEADING + sentence.height + 6)
    seal = _sealed(flow, flow.y + height / 2 - DIAMETER / 2, content, edition)
    flow.y += height
    return seal


def _sealed(flow: Flow, top: float, content: ReportContent, edition: Edition) -> Rectangle:
    page, fonts = flow.page, flow.paper.fonts
    radius = DIAMETER / 2
    x, y = RIGHT - PAD - radius - 8, top + radius
    seal = draw_seal(page, x, y, content.issuing_authority, fonts)
    organ = edition.first.name(content.issuing_authority)
    fitting = (DIAMETER + 14) / fonts.width(organ, 1)  # a long name in smaller type, on one line
    page.centre(x, y + 29, organ, min(11, fitting), bold=True)
    page.centre(x, y + 44, edition.first.day(as_shanghai(content.issued_at).date()), 10.5)
    return seal
