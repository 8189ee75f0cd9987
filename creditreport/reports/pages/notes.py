"""The notes, and what stands at the head and the foot of every page."""

from __future__ import annotations

from itertools import zip_longest

from creditreport.reports.content import ReportContent, grouped
from creditreport.reports.pages.edition import Edition, Language, Said
from creditreport.reports.pages.flow import Cell, Flow, Type
from creditreport.reports.pages.paper import Page, Paper
from creditreport.reports.pages.style import (
    ACCENT,
    BODY_BOTTOM,
    BODY_TOP,
    FOOT,
    INK,
    LEFT,
    MEASURE,
    QUIET,
    RIGHT,
    RULE,
    TOP,
)
from creditreport.reports.pages.typeset import one_line
from creditreport.reports.pages.wording import Wording

TYPES = {
    Language.ZH: Type(8.5, 12.8),
    Language.EN: Type(7.4, 9.8),
    Language.BOTH: Type(8.0, 11.6, 6.6, 8.6),
}
PADS = {Language.ZH: 2.2, Language.EN: 1.8, Language.BOTH: 1.4}
# Size of what stands at head and foot.
MARGIN = 7.5
HEADING = 11.0
GAP = 12.0

Note = tuple[Said, Said]


def measured_notes(flow: Flow, content: ReportContent, edition: Edition) -> Notes:
    """The notes of a report; measured once for all reports with the same."""
    key = _key(content, edition)
    kept: Notes | None = flow.paper.plates.get(key)
    if kept is None:
        kept = Notes(flow, content, edition)
        flow.paper.plates.keep(key, kept)
    return kept


def _key(content: ReportContent, edition: Edition) -> tuple[object, ...]:
    said = (content.issuing_authority, content.official_domain, content.ruleset_title, content.valid_until)
    return ("notes", edition, *said)


class Notes:
    """The notes of one report, measured before it is known where they stand."""

    def __init__(self, flow: Flow, content: ReportContent, edition: Edition) -> None:
        self._name = _key(content, edition)
        self._heading = edition.said(lambda words: words.notes.heading)
        type_, self._pad = TYPES[edition.language], PADS[edition.language]
        notes = list(_notes(content, edition))
        fonts = flow.paper.fonts
        lead = 10 + max(
            max(fonts.width(said.first, type_.size), fonts.width(said.second, type_.second_size)) for said, _ in notes
        )
        self._rows: list[tuple[Cell, Cell]] = [
            (
                flow.cell(0, lead, said, type_, bold=True, colour=ACCENT),
                flow.cell(lead, MEASURE - lead, text, type_, colour=INK, filled=edition.first.chinese),
            )
            for said, text in notes
        ]
        self.height = HEADING + 14 + sum(max(cell.height for cell in row) + 2 * self._pad for row in self._rows)

    def fit(self, flow: Flow) -> bool:
        """Whether all of them have room on the page that ``flow`` is at."""
        return GAP + self.height <= flow.room()

    def draw(self, flow: Flow) -> None:
        """All on one page where they fit on one: a single note overleaf is easily missed."""
        flow.plate(self._name, lambda: self._draw(flow))

    def _draw(self, flow: Flow) -> None:
        flow.space(GAP)
        flow.heading(self._heading, HEADING, keep=min(self.height - 2 * HEADING, BODY_BOTTOM - BODY_TOP - 40))
        for row in self._rows:
            flow.row(row, self._pad, rule=None)


def _notes(content: ReportContent, edition: Edition) -> list[Note]:
    languages = [edition.first] if edition.second is None else [edition.first, edition.second]
    said = [[(note.lead, _filled(note.text, content, words)) for note in words.notes.notes] for words in languages]
    if len(said) == 1:
        return [(Said(lead), Said(text)) for lead, text in said[0]]
    # A note that only one language has stands alone.
    pairs = zip_longest(*said, fillvalue=("", ""))
    return [(_beside(one[0], other[0]), _beside(one[1], other[1])) for one, other in pairs]


def _beside(first: str, second: str) -> Said:
    return Said(first, second)


def _filled(text: str, content: ReportContent, words: Wording) -> str:
    return text.format(
        authority=words.name(content.issuing_authority),
        official_domain=content.official_domain,
        ruleset_title=words.name(content.ruleset_title),
        valid_until=words.last_day(content.valid_until),
    )


def draw_margins(paper: Paper, content: ReportContent, edition: Edition) -> None:
    """Foot of every page, and from the second on the name and code of whom the report is about."""
    number = f"{edition.one_line(lambda words: words.number)} {content.number}"
    code = f"{edition.one_line(lambda words: words.code)} {grouped(content.verification_code)}"
    pages = len(paper.pages)
    for at, page in enumerate(paper.pages, start=1):
        place = edition.one_line(lambda words, at=at: words.page.format(page=at, pages=pages))  # type: ignore[misc]
        _foot(page, number, code, place)
        if at > 1:
            _running_head(page, content)


def _foot(page: Page, *said: str) -> None:
    """Left, middle and right; in two languages as small as they need."""
    widths = [page.paper.fonts.width(text, 1) for text in said]
    size = min(MARGIN, (MEASURE - 2 * 12) / sum(widths))
    gap = (MEASURE - size * sum(widths)) / 2
    page.rule(LEFT, FOOT - 12, MEASURE, 0.5, RULE)
    page.text(LEFT, FOOT, said[0], size, colour=QUIET)
    page.text(LEFT + size * widths[0] + gap, FOOT, said[1], size, colour=QUIET)
    page.right(RIGHT, FOOT, said[2], size, colour=QUIET)


def _running_head(page: Page, content: ReportContent) -> None:
    fonts, uscc = page.paper.fonts, content.subject.uscc
    name = one_line(content.subject.name)
    room = MEASURE - fonts.width(uscc, MARGIN) - 16
    if fonts.width(name, MARGIN) > room:
        while fonts.width(name + "…", MARGIN) > room:
            name = name[:-1]
        name += "…"
    page.text(LEFT, TOP - 4, name, MARGIN, colour=QUIET)
    page.right(RIGHT, TOP - 4, uscc, MARGIN, colour=QUIET)
    page.rule(LEFT, TOP + 2, MEASURE, 0.5, RULE)
