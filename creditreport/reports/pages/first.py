"""The first page: who issued it, the verification code, the title, whom it is about."""

from __future__ import annotations

from creditreport.entities.entity import EntityType, RegistrationStatus
from creditreport.qr import QUIET_ZONE
from creditreport.reports.content import ReportContent, grouped
from creditreport.reports.pages.edition import Edition, Language, Said
from creditreport.reports.pages.flow import Flow, Type
from creditreport.reports.pages.paper import Page, baseline
from creditreport.reports.pages.qr import draw_qr
from creditreport.reports.pages.style import ACCENT, LEFT, MEASURE, MM, QUIET, RIGHT, RULE, TOP

QR_SIDE = 28 * MM
# An address with a verification code in it needs 29 modules a side at least: room for the quiet zone of the widest.
BELOW_CODE = TOP + QR_SIDE * (1 + QUIET_ZONE / 29) + 2
COLUMN = MEASURE / 2
ROOM_FOR_TITLE = MEASURE - QR_SIDE - 40
LABEL_TYPE = Type(9, 15, 7, 9)
VALUE_TYPE = Type(9.5, 15, 7.5, 9)
NAME_TYPE = Type(11.5, 16, 8, 10)
PAD = 3.4

Row = list[tuple[Said, Said | str]]


def draw_head(flow: Flow, content: ReportContent, edition: Edition) -> None:
    """Issuing body, title, and at the right the code; leaves the flow below them."""
    page = flow.page
    key = ("head", edition, content.issuer_portal, content.issuing_authority, content.official_domain)
    below = flow.plate(key, lambda: _fixed(page, content, edition))
    flow.y = max(below, _code(page, content)) + 12


def _fixed(page: Page, content: ReportContent, edition: Edition) -> float:
    """What stands at the head of every report."""
    _issuer(page, content, edition)
    said = f"{edition.one_line(lambda words: words.scan)}　{content.official_domain}"
    page.right(RIGHT, baseline(BELOW_CODE + 13, 12, 8), said, 8, colour=QUIET)
    return _title(page, edition)


def _issuer(page: Page, content: ReportContent, edition: Edition) -> None:
    portal = edition.said(lambda words: words.name(content.issuer_portal))
    page.text(LEFT, TOP + 11, portal.first, 13, bold=True, colour=ACCENT)
    # The body's own name stands in every edition: the English one is a translation.
    organ = content.issuing_authority
    translated = edition.one_line(lambda words: words.name(organ)) if edition.language is Language.BOTH else ""
    if edition.language is Language.EN and edition.first.name(organ) != organ:
        translated = f"{edition.first.name(organ)}　{organ}"
    said = translated or organ
    size = min(9.5, ROOM_FOR_TITLE / page.paper.fonts.width(said, 1))
    page.text(LEFT, TOP + 27, said, size, colour=QUIET)
    if portal.second:
        after = LEFT + page.paper.fonts.width(portal.first, 13) + 10
        page.text(after, TOP + 11, portal.second, 8.5, colour=QUIET)


def _code(page: Page, content: ReportContent) -> float:
    draw_qr(page, RIGHT, TOP, QR_SIDE, content.verification_url)
    page.right(RIGHT, baseline(BELOW_CODE, 12, 8.5), grouped(content.verification_code), 8.5, bold=True)
    return BELOW_CODE + 24


def _title(page: Page, edition: Edition) -> float:
    title = edition.said(lambda words: words.title)
    subtitle = edition.said(lambda words: words.subtitle)
    y = TOP + QR_SIDE - 9
    if title.second:
        y -= 9
    size = min(25, ROOM_FOR_TITLE / page.paper.fonts.width(title.first, 1))
    page.text(LEFT - 1, y, title.first, size, bold=True)
    y += 21
    if title.second:
        page.text(LEFT, y - 1, title.second, 13, bold=True, colour=QUIET)
        y += 18
    # A full-width bracket has half its width empty before it.
    page.text(LEFT - (6 if subtitle.first.startswith("（") else 0), y, subtitle.first, 11, colour=QUIET)
    if subtitle.second:
        page.text(LEFT, y + 12, subtitle.second, 7.5, colour=QUIET)
        y += 8
    return y + 6


def draw_subject(flow: Flow, content: ReportContent, edition: Edition) -> None:
    """Whom the report is about, for which period and purpose, and how long it is valid."""
    fonts = flow.paper.fonts
    rows = _rows(content, edition)
    labels = [label for row in rows for label, _ in row]
    label = 10 + max(
        max(fonts.width(said.first, LABEL_TYPE.size), fonts.width(said.second, LABEL_TYPE.second_size))
        for said in labels
    )
    flow.page.rule(LEFT, flow.y, MEASURE, 1.2, ACCENT)
    flow.y += 1.2
    for at, row in enumerate(rows):
        type_ = NAME_TYPE if at == 0 else VALUE_TYPE
        width = (MEASURE if len(row) == 1 else COLUMN) - label - 6
        cells = []
        for place, (said, value) in enumerate(row):
            cells.append(flow.label(place * COLUMN, label - 6, said, LABEL_TYPE))
            cells.append(flow.cell(place * COLUMN + label, width, value, type_, bold=at == 0))
        flow.row(cells, PAD, RULE)


def _rows(content: ReportContent, edition: Edition) -> list[Row]:
    subject, said = content.subject, edition.said
    kind, status = EntityType(subject.entity_type), RegistrationStatus(subject.registration_status)
    return [
        [(said(lambda words: words.subject_labels.name), subject.name)],
        [
            (said(lambda words: words.subject_labels.uscc), subject.uscc),
            (said(lambda words: words.number), content.number),
        ],
        [
            (said(lambda words: words.subject_labels.entity_type), said(lambda words: words.entity_types[kind])),
            (
                said(lambda words: words.subject_labels.registration_status),
                said(lambda words: words.registration_statuses[status]),
            ),
        ],
        [
            (
                said(lambda words: words.subject_labels.window),
                said(lambda words: words.period(content.years, content.window.start, content.window.end)),
            )
        ],
        [(said(lambda words: words.subject_labels.purpose), said(lambda words: words.purposes[content.purpose]))],
        [
            (said(lambda words: words.subject_labels.issued_at), said(lambda words: words.time(content.issued_at))),
            (
                said(lambda words: words.subject_labels.valid_until),
                said(lambda words: words.last_day(content.valid_until)),
            ),
        ],
        [(said(lambda words: words.subject_labels.ruleset), said(lambda words: words.name(content.ruleset_title)))],
    ]
