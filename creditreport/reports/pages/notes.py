"""The notes at the end, and what stands at the head and the foot of every page."""

from __future__ import annotations

from creditreport.reports.content import ReportContent, grouped
from creditreport.reports.pages.flow import Flow
from creditreport.reports.pages.paper import Page, Paper
from creditreport.reports.pages.style import (
    ACCENT,
    BODY_BOTTOM,
    BODY_TOP,
    FOOT,
    LEFT,
    MEASURE,
    QUIET,
    RIGHT,
    RULE,
    TOP,
    WIDTH,
)
from creditreport.reports.pages.typeset import one_line
from creditreport.reports.pages.wording import Wording

SIZE = 9.0
LEADING = 15.5
LEAD = 84.0
PAD = 3.0


def draw_notes(flow: Flow, content: ReportContent, wording: Wording) -> None:
    """The notes: where the data come from, what is not listed, how to verify and to object."""
    valid_until = wording.valid_until.format(date=wording.day(content.valid_until))
    rows = []
    for note in wording.notes.notes:
        said = note.text.format(
            authority=content.issuing_authority,
            official_domain=content.official_domain,
            ruleset_title=content.ruleset_title,
            valid_until=valid_until,
        )
        lead = flow.cell(0, LEAD - 8, note.lead, SIZE, bold=True, colour=ACCENT)
        rows.append((lead, flow.cell(LEAD, MEASURE - LEAD, said, SIZE)))
    flow.space(24)
    # All on one page where they fit on one: a single note overleaf is easily missed.
    height = sum(max(len(cell.lines) for cell in row) * LEADING + 2 * PAD for row in rows)
    flow.heading(wording.notes.heading, keep=min(height, BODY_BOTTOM - BODY_TOP - 40))
    for row in rows:
        flow.row(row, LEADING, PAD, rule=None)


def draw_margins(paper: Paper, content: ReportContent, wording: Wording) -> None:
    """Foot of every page, and from the second on the name and code of whom the report is about."""
    for at, page in enumerate(paper.pages, start=1):
        page.rule(LEFT, FOOT - 12, MEASURE, 0.5, RULE)
        page.text(LEFT, FOOT, f"{wording.number} {content.number}", 7.5, colour=QUIET)
        code = f"{wording.code} {grouped(content.verification_code)}"
        page.centre(WIDTH / 2, FOOT, code, 7.5, colour=QUIET)
        page.right(RIGHT, FOOT, wording.page.format(page=at, pages=len(paper.pages)), 7.5, colour=QUIET)
        if at > 1:
            _running_head(page, content)


def _running_head(page: Page, content: ReportContent) -> None:
    fonts, uscc = page.paper.fonts, content.subject.uscc
    name = one_line(content.subject.name)
    room = MEASURE - fonts.width(uscc, 7.5) - 16
    if fonts.width(name, 7.5) > room:
        while fonts.width(name + "…", 7.5) > room:
            name = name[:-1]
        name += "…"
    page.text(LEFT, TOP - 4, name, 7.5, colour=QUIET)
    page.right(RIGHT, TOP - 4, uscc, 7.5, colour=QUIET)
    page.rule(LEFT, TOP + 2, MEASURE, 0.5, RULE)
