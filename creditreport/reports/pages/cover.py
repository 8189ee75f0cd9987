"""The cover page of a bundle: which reports are in it, with their codes, and who has none.

It is a list and no document of proof: it bears no seal and is not signed. Whatever our key has signed and our books do
not know counts as tampered when somebody checks it, and so it must stay. It tells no result of any report, and of a
gap no more than a stranger may know: which source had a record to settle is the business's own affair.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from creditreport.errors import Problem
from creditreport.reports.content import Purpose, grouped
from creditreport.reports.fonts import FontSet
from creditreport.reports.pages.document import finish_plain, new_document
from creditreport.reports.pages.edition import Edition, Said
from creditreport.reports.pages.flow import Cell, Flow, Type
from creditreport.reports.pages.paper import Paper
from creditreport.reports.pages.style import ACCENT, FOOT, LEFT, MEASURE, QUIET, RIGHT, RULE, TOP

FILE = Path("report") / "cover.toml"
VERSION = "cover-1"
TITLE, HEAD, BODY, SMALL = Type(22, 30, 12, 16), Type(8.5, 13, 7, 9), Type(9.5, 14, 7.5, 10), Type(8.5, 13, 7.5, 10)
NUMBERED = Type(9.5, 14, 8.5, 12)
LABEL = 92.0
# Left edges and widths of the table's columns.
COLUMNS = ((0.0, 26.0), (30.0, 212.0), (250.0, 150.0), (408.0, MEASURE - 408.0))


class GapReason(StrEnum):
    """Why a branch has no report, as far as a stranger may know."""

    NOT_ELIGIBLE = "not_eligible"
    REGISTER = "register"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class CoverReport:
    """One report of the bundle."""

    name: str
    uscc: str
    number: str
    verification_code: str
    valid_until: date


@dataclass(frozen=True, slots=True)
class CoverGap:
    """One business of the bundle that has no report in it."""

    name: str
    uscc: str
    reason: GapReason


@dataclass(frozen=True, slots=True)
class Cover:
    """What the page says."""

    name: str
    uscc: str
    made_at: datetime
    purpose: Purpose
    years: int
    portal: str
    authority: str
    domain: str
    reports: tuple[CoverReport, ...]
    gaps: tuple[CoverGap, ...]


class CoverWords(BaseModel):
    """The words of one language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    subtitle: str
    parent: str
    uscc: str
    made_at: str
    purpose: str
    years: str
    count: str
    count_value: str
    number: str
    business: str
    report: str
    valid_until: str
    gaps: str
    reason: str
    unprintable: str
    notes: tuple[str, ...]
    gap_reasons: Mapping[GapReason, str]


def load_cover_words(templates_dir: Path) -> Mapping[str, CoverWords]:
    """The words by language. Raises ``INVALID_WORDING`` naming file, key and problem."""
    path = templates_dir / FILE
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        words = {language: CoverWords.model_validate(tables[language]) for language in ("zh", "en")}
        for one in words.values():
            one.count_value.format(issued=1, members=1)
            for note in one.notes:
                note.format(domain="")
    except (OSError, ValueError, KeyError, IndexError) as error:
        first = error.errors()[0] if isinstance(error, ValidationError) else None
        told = f"{'.'.join(map(str, first['loc']))}: {first['msg']}" if first else f"{type(error).__name__} {error}"
        raise Problem("INVALID_WORDING", path=str(path), detail=told) from error
    for language, one in words.items():
        if missing := sorted(set(GapReason) - set(one.gap_reasons)):
            raise Problem("INVALID_WORDING", path=str(path), detail=f"{language}.gap_reasons.{missing[0]} missing")
    return words


def render_cover(cover: Cover, fonts: FontSet, edition: Edition, words: Mapping[str, CoverWords]) -> bytes:
    """The page, or pages, in one edition. Deterministic. A name that no font can draw is said to be such."""
    document = new_document(edition.first.language)
    paper = Paper(fonts, document)
    _Drawing(paper, cover, edition, words).draw()
    version = f"{VERSION}-{hashlib.sha256(repr(sorted(words.items())).encode()).hexdigest()[:8]}"
    title = f"{words[edition.first.language[:2]].title} {cover.uscc}"
    return finish_plain(
        paper, document, title=title, author=cover.authority, creator=cover.portal, moment=cover.made_at,
        version=version,
    )  # fmt: skip


class _Drawing:
    """One cover being drawn."""

    def __init__(self, paper: Paper, cover: Cover, edition: Edition, words: Mapping[str, CoverWords]) -> None:
        self._paper, self._cover, self._edition = paper, cover, edition
        self._first = words[edition.first.language[:2]]
        self._second = words[edition.second.language[:2]] if edition.second is not None else None
        self._flow = Flow(paper, y=TOP)

    def _said(self, say: Callable[[CoverWords], str]) -> Said:
        return Said(say(self._first), say(self._second) if self._second is not None else "")

    def draw(self) -> None:
        """Head, whom it is about, the reports, the gaps, the notes; page numbers last."""
        flow, cover = self._flow, self._cover
        flow.page.text(LEFT, TOP + 11, cover.portal, 13, bold=True, colour=ACCENT)
        flow.page.text(LEFT, TOP + 27, cover.authority, 9.5, colour=QUIET)
        flow.y = TOP + 52
        flow.row([flow.cell(0, MEASURE, self._said(lambda words: words.title), TITLE, bold=True)], 0, None)
        flow.row([flow.cell(0, MEASURE, self._said(lambda words: words.subtitle), BODY, colour=QUIET)], 2, None)
        flow.y += 8
        self._facts()
        flow.y += 12
        self._reports()
        if cover.gaps:
            flow.y += 14
            self._gaps()
        flow.y += 12
        for at, note in enumerate(self._first.notes):
            second = self._second.notes[at] if self._second is not None and at < len(self._second.notes) else ""
            said = Said(note.format(domain=cover.domain), second.format(domain=cover.domain))
            flow.row([flow.cell(0, MEASURE, said, SMALL, colour=QUIET)], 2, None)
        self._page_numbers()

    def _facts(self) -> None:
        flow, cover, said = self._flow, self._cover, self._said
        members = len(cover.reports) + len(cover.gaps)
        edition = self._edition
        flow.page.rule(LEFT, flow.y, MEASURE, 1.2, ACCENT)
        flow.y += 1.2
        for label, value in (
            (said(lambda words: words.parent), Said(self._name(cover.name))),
            (said(lambda words: words.uscc), Said(cover.uscc)),
            (said(lambda words: words.made_at), edition.said(lambda words: words.time(cover.made_at))),
            (said(lambda words: words.purpose), edition.said(lambda words: words.purposes[cover.purpose])),
            (said(lambda words: words.years), edition.said(lambda words: words.years[cover.years])),
            (
                said(lambda words: words.count),
                said(lambda words: words.count_value.format(issued=len(cover.reports), members=members)),
            ),
        ):
            flow.row(
                [flow.cell(0, LABEL - 6, label, HEAD, colour=QUIET), flow.cell(LABEL, MEASURE - LABEL, value, BODY)],
                3,
                RULE,
            )

    def _reports(self) -> None:
        flow, cover = self._flow, self._cover
        self._head([lambda words: words.number, lambda words: words.business, lambda words: words.report,
                    lambda words: words.valid_until])  # fmt: skip
        for at, report in enumerate(cover.reports, start=1):
            cells = [
                flow.cell(*COLUMNS[0], str(at), BODY),
                self._business(report.name, report.uscc),
                flow.cell(*COLUMNS[2], Said(report.number, grouped(report.verification_code)), NUMBERED),
                flow.cell(*COLUMNS[3], report.valid_until.isoformat(), BODY),
            ]  # fmt: skip
            flow.row(cells, 3, RULE)

    def _gaps(self) -> None:
        flow = self._flow
        self._head([lambda words: words.number, lambda words: words.gaps, lambda words: words.reason])
        wide = (COLUMNS[2][0], MEASURE - COLUMNS[2][0])
        for at, gap in enumerate(self._cover.gaps, start=1):
            reason = self._said(lambda words, gap=gap: words.gap_reasons[gap.reason])  # type: ignore[misc]
            flow.row(
                [
                    flow.cell(*COLUMNS[0], str(at), BODY),
                    self._business(gap.name, gap.uscc),
                    flow.cell(*wide, reason, BODY),
                ],
                3,
                RULE,
            )

    def _head(self, labels: list[Callable[[CoverWords], str]]) -> None:
        flow = self._flow
        cells = [
            flow.cell(*column, self._said(say), HEAD, colour=QUIET)
            for column, say in zip(COLUMNS, labels, strict=False)
        ]
        flow.row(cells, 3, ACCENT)

    def _business(self, name: str, uscc: str) -> Cell:
        said = Said(self._name(name), uscc)
        return self._flow.cell(*COLUMNS[1], said, NUMBERED)

    def _name(self, name: str) -> str:
        return self._first.unprintable if self._paper.fonts.missing((name,)) else name

    def _page_numbers(self) -> None:
        pages = self._paper.pages
        for at, page in enumerate(pages, start=1):
            told = self._edition.first.page.format(page=at, pages=len(pages))
            page.right(RIGHT, FOOT, told, 7.5, colour=QUIET)
