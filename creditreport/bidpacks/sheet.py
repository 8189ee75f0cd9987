"""The sheet: the table of a pack in the look of a report, with a code and a seal of its own. Deterministic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from creditreport.bidpacks.judge import Word
from creditreport.bidpacks.result import Result, ResultRow
from creditreport.bidpacks.wording import SheetWords, digest_of
from creditreport.clock import as_shanghai
from creditreport.reports.content import grouped
from creditreport.reports.fonts import FontSet
from creditreport.reports.pages.document import finish_plain, new_document
from creditreport.reports.pages.edition import Edition, Said
from creditreport.reports.pages.first import BELOW_CODE, QR_SIDE
from creditreport.reports.pages.flow import Cell, Flow, Type
from creditreport.reports.pages.paper import Paper, baseline
from creditreport.reports.pages.qr import draw_qr
from creditreport.reports.pages.seal import DIAMETER, draw_seal
from creditreport.reports.pages.style import (
    ACCENT,
    FOOT,
    INK,
    LEFT,
    MEASURE,
    QUIET,
    RIGHT,
    RULE,
    SEAL,
    TINT,
    TOP,
    Colour,
)

VERSION = "sheet-1"
TITLE, BODY, SMALL = Type(21, 28, 12, 16), Type(9.5, 14, 7.5, 10), Type(8.5, 12.8, 7.2, 9.6)
HEAD, ROW, SENTENCE = Type(8, 12, 7, 9), Type(8.2, 11.8, 7.2, 10), Type(12, 20, 9, 13)
LABEL = 96.0
# Left edges and widths of the table's columns: number, file, business, last day, verdict.
COLUMNS = ((0.0, 20.0), (24.0, 128.0), (160.0, 118.0), (286.0, 50.0), (342.0, MEASURE - 342.0))
# Stands for a character of a file's name or of a business's that no font has.
UNPRINTABLE = "□"
Box = tuple[float, float, float, float]
Say = Callable[[SheetWords], str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the sheet says, and where its code leads."""

    result: Result
    code: str
    url: str
    portal: str
    authority: str
    domain: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class RenderedSheet:
    """The file before it is signed, and the seal's rectangle on its first page (points)."""

    pdf: bytes
    seal_box: Box
    version: str


def render_sheet(sheet: Sheet, fonts: FontSet, edition: Edition, words: Mapping[str, SheetWords]) -> RenderedSheet:
    """The pages in one edition. Raises ``MISSING_GLYPH`` only for the project's name or words of the operator's."""
    document = new_document(edition.first.language)
    paper = Paper(fonts, document)
    if edition.second is not None:
        paper.latin = edition.second.language
    seal_box = _Drawing(paper, sheet, edition, words).draw()
    version = f"{VERSION}-{digest_of(words)}-{edition.digest}-{fonts.digest}"
    title = f"{words[edition.first.language[:2]].title} {grouped(sheet.code)}"
    pdf = finish_plain(
        paper, document, title=title, author=sheet.authority, creator=sheet.portal, moment=sheet.signed_at,
        version=version,
    )  # fmt: skip
    return RenderedSheet(pdf, seal_box, version)


class _Drawing:
    """One sheet being drawn."""

    def __init__(self, paper: Paper, sheet: Sheet, edition: Edition, words: Mapping[str, SheetWords]) -> None:
        self._paper, self._sheet, self._edition = paper, sheet, edition
        self._first = words[edition.first.language[:2]]
        self._second = words[edition.second.language[:2]] if edition.second is not None else None
        self._flow = Flow(paper, y=TOP)

    def _said(self, say: Say) -> Said:
        return Said(say(self._first), say(self._second) if self._second is not None else "")

    def draw(self) -> Box:
        """Head, terms, conclusion with the seal; the table, who is missing, the notes; the foot of each page last."""
        flow, result = self._flow, self._sheet.result
        self._head()
        self._terms()
        flow.y += 12
        seal = self._conclusion()
        flow.y += 16
        self._table_head()
        flow.on_new_page = self._table_head
        for row in result.items:
            self._row(row)
        flow.on_new_page = None
        if result.missing:
            self._missing()
        self._notes()
        self._feet()
        return seal

    def _head(self) -> None:
        flow, sheet = self._flow, self._sheet
        page = flow.page
        name, organ = self._edition.first.name, sheet.authority
        page.text(LEFT, TOP + 11, name(sheet.portal), 13, bold=True, colour=ACCENT)
        # The body's own name stands in every edition: the English one is a translation.
        told = organ if name(organ) == organ else f"{name(organ)}　{organ}"
        page.text(LEFT, TOP + 27, told, 9.5, colour=QUIET)
        draw_qr(page, RIGHT, TOP, QR_SIDE, sheet.url)
        page.right(RIGHT, baseline(BELOW_CODE, 12, 8.5), grouped(sheet.code), 8.5, bold=True)
        scan = "　".join(filter(None, self._said(lambda words: words.scan)))
        page.right(RIGHT, baseline(BELOW_CODE + 13, 12, 8), f"{scan}　{sheet.domain}", 8, colour=QUIET)
        flow.y = TOP + 44
        room = MEASURE - QR_SIDE - 40
        flow.row([flow.cell(0, room, self._said(lambda words: words.title), TITLE, bold=True)], 0, None)
        flow.row([flow.cell(0, room, self._said(lambda words: words.subtitle), BODY, colour=QUIET)], 1, None)
        flow.y = max(flow.y, BELOW_CODE + 24) + 10

    def _terms(self) -> None:
        flow, result, said, edition = self._flow, self._sheet.result, self._said, self._edition
        flow.page.rule(LEFT, flow.y, MEASURE, 1.2, ACCENT)
        flow.y += 1.2
        unstated = said(lambda words: words.not_stated)
        years, expected = result.years, result.expected
        for label, value in (
            (said(lambda words: words.project), Said(result.project) if result.project else unstated),
            (said(lambda words: words.opening), edition.said(lambda words: words.day(result.opening))),
            (said(lambda words: words.checked_at), edition.said(lambda words: words.time(result.checked_at))),
            (
                said(lambda words: words.years),
                said(lambda words: words.years_value.format(years=years)) if years else unstated,
            ),
            (
                said(lambda words: words.expected),
                said(lambda words: words.expected_value.format(count=expected)) if expected else unstated,
            ),
        ):
            cells = [flow.cell(0, LABEL - 6, label, HEAD, colour=QUIET), flow.cell(LABEL, MEASURE - LABEL, value, BODY)]
            flow.row(cells, 3, RULE)

    def _conclusion(self) -> Box:
        """The panel: what came of the pack at the left, who says so at the right; gives the seal's rectangle."""
        flow, sheet = self._flow, self._sheet
        result, page, pad = sheet.result, self._flow.page, 18.0
        text = self._said(lambda words: words.conclusions(result.counts, result.expected))
        sentence = flow.cell(pad, MEASURE - 2 * pad - DIAMETER - 24, text, SENTENCE, bold=True)
        height = 22 + max(DIAMETER, 22 + sentence.height)
        page.box(LEFT, flow.y, MEASURE, height, TINT)
        page.box(LEFT, flow.y, 3, height, ACCENT)
        top = flow.y + 11
        heading = "　".join(filter(None, self._said(lambda words: words.conclusion)))
        page.text(LEFT + pad, baseline(top, 18, 10), heading, 10, bold=True, colour=ACCENT)
        sentence.draw(page, top + 22)
        x, y = RIGHT - pad - DIAMETER / 2 - 8, flow.y + height / 2
        seal = draw_seal(page, x, y, sheet.authority, self._paper.fonts)
        organ = self._edition.first.name(sheet.authority)
        fitting = (DIAMETER + 14) / self._paper.fonts.width(organ, 1)
        page.centre(x, y + 29, organ, min(11, fitting), bold=True)
        page.centre(x, y + 44, self._edition.first.day(as_shanghai(sheet.signed_at).date()), 10.5)
        flow.y += height
        return seal

    def _table_head(self) -> None:
        says: tuple[Say, ...] = (
            lambda words: words.number, lambda words: words.item, lambda words: words.business,
            lambda words: words.valid_until, lambda words: words.verdict,
        )  # fmt: skip
        flow = self._flow
        cells = [
            flow.cell(*place, self._said(say), HEAD, colour=QUIET) for place, say in zip(COLUMNS, says, strict=True)
        ]
        flow.row(cells, 3, ACCENT)

    def _row(self, row: ResultRow) -> None:
        flow = self._flow
        word = self._said(lambda words: words.words[row.word])
        told = Said(row.sentence.zh, row.sentence.en) if self._second is not None else self._one(row)
        verdict = flow.cell(*COLUMNS[4], Said(word.first), ROW, bold=True, colour=_colour(row.word))
        said = flow.cell(*COLUMNS[4], told, ROW, colour=INK)
        cells = [
            flow.cell(*COLUMNS[0], str(row.position), ROW),
            flow.cell(*COLUMNS[1], Said(self._printable(row.label), row.number or ""), ROW),
            flow.cell(*COLUMNS[2], Said(self._printable(row.entity_name or "–"), row.uscc or ""), ROW),
            flow.cell(*COLUMNS[3], row.valid_until.isoformat() if row.valid_until else "–", ROW),
            Cell(verdict.x, verdict.width, verdict.lines + said.lines),
        ]
        # A verdict is read in one piece.
        flow.need(max(cell.height for cell in cells) + 6)
        flow.row(cells, 3, RULE)

    def _one(self, row: ResultRow) -> Said:
        return Said(row.sentence.zh if self._edition.first.chinese else row.sentence.en)

    def _missing(self) -> None:
        flow = self._flow
        flow.y += 14
        flow.need(60)
        flow.row([flow.cell(0, MEASURE, self._said(lambda words: words.missing), BODY, bold=True)], 3, ACCENT)
        codes = self._sheet.result.missing
        for at in range(0, len(codes), 4):
            cells = [
                flow.cell(place * MEASURE / 4, MEASURE / 4 - 6, code, ROW)
                for place, code in enumerate(codes[at : at + 4])
            ]
            flow.row(cells, 3, RULE)

    def _notes(self) -> None:
        flow = self._flow
        flow.y += 12
        for at, note in enumerate(self._first.notes):
            second = self._second.notes[at] if self._second is not None and at < len(self._second.notes) else ""
            said = Said(note.format(domain=self._sheet.domain), second.format(domain=self._sheet.domain))
            flow.row([flow.cell(0, MEASURE, said, SMALL, colour=QUIET)], 2, None)

    def _feet(self) -> None:
        pages = self._paper.pages
        for at, page in enumerate(pages, start=1):
            told = self._first.page.format(code=grouped(self._sheet.code), page=at, pages=len(pages))
            page.right(RIGHT, FOOT, told, 7.5, colour=QUIET)

    def _printable(self, text: str) -> str:
        absent = set(self._paper.fonts.missing((text,)))
        return "".join(UNPRINTABLE if char in absent else char for char in text)


def _colour(word: Word) -> Colour:
    """Never by colour alone: the word stands there."""
    return {Word.USABLE: ACCENT, Word.CHECK: INK, Word.UNUSABLE: SEAL}[word]
