"""The co-handling letter (协查函) to a responsible unit: a PDF in the look of the report, sealed like it.

It is written in Chinese, to units of this city. What people typed may hold characters that no font has; they are drawn
as a mark that the letter explains, because a letter that cannot be sent would leave the case with nobody.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from creditreport.errors import Problem
from creditreport.reports.content import ListedRecord
from creditreport.reports.fonts import FontSet
from creditreport.reports.pages.details import record_cells, record_lines
from creditreport.reports.pages.document import finish_plain, new_document
from creditreport.reports.pages.edition import Edition
from creditreport.reports.pages.flow import Cell, Flow, Type
from creditreport.reports.pages.paper import Paper
from creditreport.reports.pages.seal import DIAMETER, draw_seal
from creditreport.reports.pages.style import ACCENT, FOOT, INK, LEFT, MEASURE, QUIET, RIGHT, RULE, TOP

FILE = Path("report") / "letter.toml"
VERSION = "letter-1"
TITLE, BODY, SMALL = Type(22, 32), Type(10.5, 18), Type(8.5, 13)
LABEL, VALUE = Type(9, 15), Type(9.5, 15)
# The room of the seal, and the air above it.
SEALED = DIAMETER + 6
DIGEST = 16
WIDE = 84.0


class _Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Wording(_Words):
    """The words of one kind of letter."""

    title: str
    opening: str
    opening_general: str
    asked: str


class Labels(_Words):
    """The words that both kinds have."""

    number: str
    addressee: str
    record: str
    field: str
    statement: str
    wish: str
    completed: str
    evidence: str
    evidence_one: str
    no_evidence: str
    question: str
    basis: str
    no_glyph: str
    note: str


class LetterWords(_Words):
    """All words of the file."""

    objection: Wording
    repair: Wording
    labels: Labels


@dataclass(frozen=True, slots=True)
class Attached:
    """One file that lies with the case."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says. ``record`` is ``None`` for a field in general."""

    number: str
    repair: bool
    kind: str
    unit: str
    name: str
    uscc: str
    field: str
    filed_at: datetime
    made_at: datetime
    answer_by: datetime
    basis: str
    record: ListedRecord | None
    statement: str
    wish: str
    completed: str
    question: str
    evidence: Sequence[Attached]
    portal: str
    authority: str


@dataclass(frozen=True, slots=True)
class RenderedLetter:
    """A letter before it is signed: the file, the seal's page (from 0) and rectangle."""

    pdf: bytes
    seal_page: int
    seal_box: tuple[float, float, float, float]


def load_letter_words(templates_dir: Path) -> LetterWords:
    """The words of the letters. Raises ``INVALID_WORDING`` naming file, key and problem."""
    path = templates_dir / FILE
    try:
        words = LetterWords.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        for one in (words.objection, words.repair):
            for text in (one.opening, one.opening_general, one.asked):
                text.format(name="", uscc="", filed_on="", kind="", field="", answer_by="")
        words.labels.addressee.format(unit="")
        words.labels.evidence_one.format(name="", size=1, digest="")
    except (OSError, ValueError, KeyError, IndexError) as error:
        first = error.errors()[0] if isinstance(error, ValidationError) else None
        told = f"{'.'.join(map(str, first['loc']))}: {first['msg']}" if first else f"{type(error).__name__} {error}"
        raise Problem("INVALID_WORDING", path=str(path), detail=told) from error
    return words


def render_letter(letter: Letter, fonts: FontSet, edition: Edition, words: LetterWords) -> RenderedLetter:
    """The letter's pages; the same bytes for the same letter."""
    document = new_document(edition.first.language)
    paper = Paper(fonts, document)
    drawing = _Drawing(paper, letter, edition, words)
    page, box = drawing.draw()
    wording = words.repair if letter.repair else words.objection
    pdf = finish_plain(
        paper, document, title=f"{wording.title} {letter.number}", author=letter.authority, creator=letter.portal,
        moment=letter.made_at, version=VERSION,
    )  # fmt: skip
    return RenderedLetter(pdf, page, box)


class _Drawing:
    """One letter being drawn."""

    def __init__(self, paper: Paper, letter: Letter, edition: Edition, words: LetterWords) -> None:
        self._paper, self._letter, self._edition = paper, letter, edition
        self._labels, self._wording = words.labels, words.repair if letter.repair else words.objection
        self._flow = Flow(paper, y=TOP)

    def draw(self) -> tuple[int, tuple[float, float, float, float]]:
        """Head, opening, the record, what the business says, what is asked; the seal at the end."""
        flow, letter, labels = self._flow, self._letter, self._labels
        self._head()
        self._text(labels.addressee.format(unit=letter.unit), bold=True)
        self._text(self._filled(self._wording.opening if letter.record else self._wording.opening_general))
        flow.y += 6
        self._table()
        flow.y += 8
        asked = [self._cell(self._filled(self._wording.asked))]
        if letter.question:
            asked.append(self._cell(f"{labels.question}：{letter.question}"))
        asked += [self._cell(f"{labels.basis}：{letter.basis}", SMALL), self._cell(labels.note, SMALL)]
        # What is asked stands with the seal under it: a seal alone overleaf says nothing.
        flow.need(sum(cell.height + 6 for cell in asked) + SEALED)
        for cell in asked:
            flow.row([cell], 3, None)
        box = self._seal()
        at = len(self._paper.pages) - 1
        self._page_numbers()
        return at, box

    def _head(self) -> None:
        flow, letter = self._flow, self._letter
        flow.page.text(LEFT, TOP + 11, letter.portal, 13, bold=True, colour=ACCENT)
        flow.page.right(RIGHT, TOP + 11, f"{self._labels.number} {letter.number}", 9.5, colour=QUIET)
        flow.y = TOP + 36
        title = flow.cell(0, MEASURE, self._wording.title, TITLE, bold=True)
        flow.row([title], 0, None)
        flow.y += 4
        flow.page.rule(LEFT, flow.y, MEASURE, 1.2, ACCENT)
        flow.y += 12

    def _table(self) -> None:
        letter, labels = self._letter, self._labels
        self._line(labels.field, letter.field)
        if letter.record is not None:
            self._record(letter.record)
        self._line(labels.statement, letter.statement)
        self._line(labels.wish, letter.wish)
        if letter.completed:
            self._line(labels.completed, letter.completed)
        files = [
            labels.evidence_one.format(name=one.name, size=-(-one.size // 1024), digest=one.sha256[:DIGEST])
            for one in letter.evidence
        ]
        self._line(labels.evidence, "\n".join(files) or labels.no_evidence)

    def _record(self, record: ListedRecord) -> None:
        flow = self._flow
        flow.need(80)
        flow.row([flow.cell(0, MEASURE, self._labels.record, LABEL, colour=ACCENT, bold=True)], 3, None)
        shown = record.model_copy(update={"disputed": False})
        for line in record_lines(shown, self._edition):
            told = [(label, self._drawn(value) if isinstance(value, str) else value) for label, value in line]
            flow.row(record_cells(flow, told, WIDE), 2, None)
        flow.y += 3
        flow.page.rule(LEFT, flow.y, MEASURE, 0.5, RULE)

    def _line(self, label: str, value: str) -> None:
        flow = self._flow
        cells = [
            flow.cell(0, WIDE - 6, label, LABEL, colour=QUIET),
            flow.cell(WIDE, MEASURE - WIDE, self._drawn(value), VALUE),
        ]
        flow.row(cells, 3, RULE)

    def _text(self, text: str, *, bold: bool = False) -> None:
        self._flow.row([self._cell(text, bold=bold)], 3, None)

    def _cell(self, text: str, type_: Type = BODY, *, bold: bool = False) -> Cell:
        colour, filled = (QUIET, False) if type_ is SMALL else (INK, True)
        return self._flow.cell(0, MEASURE, self._drawn(text), type_, colour=colour, bold=bold, filled=filled)

    def _filled(self, text: str) -> str:
        letter, words = self._letter, self._edition.first
        values: Mapping[str, Any] = {
            "name": letter.name,
            "uscc": letter.uscc,
            "kind": letter.kind,
            "field": letter.field,
            "filed_on": words.day(letter.filed_at.date()),
            "answer_by": words.last_day(letter.answer_by.date()).removesuffix("止"),
        }
        return text.format(**values)

    def _drawn(self, text: str) -> str:
        """``text`` with a mark in the place of each character that no font has."""
        absent = self._paper.fonts.missing((text.replace("\n", ""),))
        return text.translate({ord(one): self._labels.no_glyph for one in absent}) if absent else text

    def _seal(self) -> tuple[float, float, float, float]:
        flow, letter, words = self._flow, self._letter, self._edition.first
        flow.need(SEALED)
        flow.y += SEALED - DIAMETER
        radius = DIAMETER / 2
        x, y = RIGHT - radius - 14, flow.y + radius
        box = draw_seal(flow.page, x, y, letter.authority, self._paper.fonts)
        fitting = (DIAMETER + 14) / self._paper.fonts.width(letter.authority, 1)
        flow.page.centre(x, y + 29, letter.authority, min(11, fitting), bold=True)
        flow.page.centre(x, y + 44, words.day(letter.made_at.date()), 10.5)
        return box

    def _page_numbers(self) -> None:
        pages = self._paper.pages
        for at, page in enumerate(pages, start=1):
            told = self._edition.one_line(lambda words, at=at: words.page.format(page=at, pages=len(pages)))  # type: ignore[misc]
            page.right(RIGHT, FOOT, told, 7.5, colour=QUIET)
