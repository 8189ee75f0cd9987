"""The first page: who issued it, the verification code, whom it is about, the conclusion, the seal."""

from __future__ import annotations

from creditreport.clock import as_shanghai
from creditreport.entities.entity import EntityType, RegistrationStatus
from creditreport.reports.content import ReportContent, grouped
from creditreport.reports.pages.paper import Page, Paper, baseline
from creditreport.reports.pages.qr import QUIET_ZONE, draw_qr
from creditreport.reports.pages.seal import DIAMETER, draw_seal
from creditreport.reports.pages.style import (
    ACCENT,
    BODY_BOTTOM,
    FAINT,
    INK,
    LEFT,
    MEASURE,
    MM,
    QUIET,
    RIGHT,
    RULE,
    TINT,
    TOP,
)  # fmt: skip
from creditreport.reports.pages.typeset import wrap
from creditreport.reports.pages.wording import Wording

QR_SIDE = 28 * MM
LABEL = 84.0
COLUMN = MEASURE / 2
ROW = 19.0

Rectangle = tuple[float, float, float, float]


def draw_first_page(paper: Paper, content: ReportContent, wording: Wording) -> Rectangle:
    """Draws page one; gives the seal's rectangle in PDF coordinates."""
    page = paper.new_page()
    _issuer(page, content)
    y = max(_code(page, content, wording), _title(page, content, wording))
    y = _subject(page, y + 14, content, wording)
    y = _conclusion(page, y + 18, content, wording)
    seal = _sealed(page, content, wording)
    _hints(page, content, wording)
    return seal


def _issuer(page: Page, content: ReportContent) -> None:
    page.text(LEFT, TOP + 11, content.issuer_portal, 13, bold=True, colour=ACCENT)
    page.text(LEFT, TOP + 28, content.issuing_authority, 9.5, colour=QUIET)


def _code(page: Page, content: ReportContent, wording: Wording) -> float:
    module = draw_qr(page, RIGHT, TOP, QR_SIDE, content.verification_url)
    y = TOP + QR_SIDE + QUIET_ZONE * module
    page.right(RIGHT, baseline(y, 12, 8.5), grouped(content.verification_code), 8.5, bold=True)
    said = f"{wording.scan}　{content.official_domain}"
    page.right(RIGHT, baseline(y + 13, 12, 8), said, 8, colour=QUIET)
    return y + 26


def _title(page: Page, content: ReportContent, wording: Wording) -> float:
    y = TOP + QR_SIDE - 8
    page.text(LEFT - 1, y, wording.title, 25, bold=True)
    page.text(LEFT - 6, y + 22, wording.subtitle, 11.5, colour=QUIET)
    return y + 28


def _subject(page: Page, y: float, content: ReportContent, wording: Wording) -> float:
    labels, subject = wording.subject_labels, content.subject
    window = wording.window.format(start=wording.day(content.window.start), end=wording.day(content.window.end))
    valid = wording.valid_until.format(date=wording.day(content.valid_until))
    rows: list[list[tuple[str, str]]] = [
        [(wording.number, content.number)],
        [(labels.name, subject.name)],
        [(labels.uscc, subject.uscc), (labels.entity_type, wording.entity_types[EntityType(subject.entity_type)])],
        [
            (
                labels.registration_status,
                wording.registration_statuses[RegistrationStatus(subject.registration_status)],
            ),
            (labels.years, wording.years[content.years]),
        ],
        [(labels.window, window)],
        [(labels.purpose, wording.purposes[content.purpose])],
        [(labels.issued_at, wording.time(content.issued_at)), (labels.valid_until, valid)],
        [(labels.ruleset, content.ruleset_title)],
    ]
    page.rule(LEFT, y, MEASURE, 1.2, ACCENT)
    y += 1.2
    for row in rows:
        y = _row(page, y, row, name=row[0][0] == labels.name)
    return y


def _row(page: Page, y: float, row: list[tuple[str, str]], *, name: bool) -> float:
    size = 11.5 if name else 9.5
    fonts = page.paper.fonts
    width = (MEASURE if len(row) == 1 else COLUMN) - LABEL - 8
    values = [wrap(value, width, lambda piece: fonts.width(piece, size, name)) for _, value in row]
    height = max(len(lines) for lines in values) * ROW + 6
    for at, ((label, _), lines) in enumerate(zip(row, values, strict=True)):
        x = LEFT + at * COLUMN
        page.text(x, baseline(y + 3, ROW, 9), label, 9, colour=QUIET)
        for down, line in enumerate(lines):
            page.text(x + LABEL, baseline(y + 3 + down * ROW, ROW, size), line, size, bold=name)
    page.rule(LEFT, y + height, MEASURE, 0.5, RULE)
    return y + height + 0.5


def listed_summary(content: ReportContent, wording: Wording, titles: int) -> str:
    """Where the listed records are, naming at most ``titles`` fields; empty when none is listed."""
    words = wording.conclusion
    found = [(domain.title, len(domain.records)) for domain in content.domains if domain.records]
    if not found:
        return ""
    said = words.where_join.join(words.where_one.format(title=title, count=count) for title, count in found[:titles])
    if len(found) > titles:
        said = words.where_more.format(fields=said, count=len(found))
    return words.where.format(fields=said)


def conclusion(content: ReportContent, wording: Wording) -> str:
    """The one sentence of the report, worded as what was seen."""
    words = wording.conclusion
    implemented, listed = len(content.implemented), content.listed
    if not listed:
        return words.none.format(implemented=implemented)
    fields = sum(1 for domain in content.domains if domain.records)
    return words.some.format(implemented=implemented, listed=listed, fields=fields)


def _conclusion(page: Page, y: float, content: ReportContent, wording: Wording) -> float:
    fonts = page.paper.fonts
    inner, size, leading = MEASURE - 36, 12.5, 22.0
    lines = wrap(conclusion(content, wording), inner, lambda piece: fonts.width(piece, size, True))
    more = listed_summary(content, wording, titles=6)
    small = wrap(more, inner, lambda piece: fonts.width(piece, 9.5)) if more else []
    height = 34 + len(lines) * leading + (len(small) * 15 + 4 if small else 0) + 10
    page.box(LEFT, y, MEASURE, height, TINT)
    page.box(LEFT, y, 3, height, ACCENT)
    page.text(LEFT + 18, baseline(y + 10, 18, 10), wording.conclusion.heading, 10, bold=True, colour=ACCENT)
    top = y + 31
    for line in lines:
        page.text(LEFT + 18, baseline(top, leading, size), line, size, bold=True)
        top += leading
    for line in small:
        page.text(LEFT + 18, baseline(top + 4, 15, 9.5), line, 9.5, colour=INK)
        top += 15
    return y + height


def _sealed(page: Page, content: ReportContent, wording: Wording) -> Rectangle:
    x, y = RIGHT - DIAMETER / 2 - 14, BODY_BOTTOM - DIAMETER / 2 - 4
    seal = draw_seal(page, x, y, content.issuing_authority, page.paper.fonts)
    organ = content.issuing_authority
    fitting = (DIAMETER + 26) / page.paper.fonts.width(organ, 1, True)  # a long name in smaller type, on one line
    page.centre(x, y + 31, organ, min(11, fitting), bold=True)
    page.centre(x, y + 47, wording.day(as_shanghai(content.issued_at).date()), 10.5)
    return seal


def _hints(page: Page, content: ReportContent, wording: Wording) -> None:
    fonts = page.paper.fonts
    width, size, leading = MEASURE - DIAMETER - 70, 8.5, 14.0
    hints = [hint.format(official_domain=content.official_domain) for hint in wording.first_page.hints]
    broken = [wrap(hint, width - 12, lambda piece: fonts.width(piece, size)) for hint in hints]
    height = sum(len(lines) * leading + 4 for lines in broken) + 20
    y = BODY_BOTTOM - height
    page.text(LEFT, baseline(y, 16, 9.5), wording.first_page.hints_heading, 9.5, bold=True, colour=ACCENT)
    y += 20
    for lines in broken:
        page.box(LEFT + 1, y + leading / 2 - 1.2, 2.4, 2.4, FAINT)
        for line in lines:
            page.text(LEFT + 12, baseline(y, leading, size), line, size, colour=QUIET)
            y += leading
        y += 4
