"""The details: per field, per record, what the source stated."""

from __future__ import annotations

from decimal import Decimal

from creditreport.reports.content import DomainResult, ListedRecord, ReportContent
from creditreport.reports.pages.flow import Cell, Flow
from creditreport.reports.pages.paper import baseline
from creditreport.reports.pages.style import ACCENT, LEFT, MEASURE, QUIET, RIGHT, RULE, TINT
from creditreport.reports.pages.wording import Wording

SIZE = 9.0
LEADING = 14.0
PAD = 2.0
LABEL = 66.0
HALF = MEASURE / 2

Line = list[tuple[str, str]]


def draw_details(flow: Flow, content: ReportContent, wording: Wording) -> None:
    """Every listed record of every field; nothing when none is listed."""
    found = [domain for domain in content.domains if domain.records]
    if not found:
        return
    flow.space(22)
    flow.heading(wording.details.heading, keep=130)
    for domain in found:
        _domain(flow, domain, wording)
    flow.on_new_page = None


def _domain(flow: Flow, domain: DomainResult, wording: Wording) -> None:
    flow.on_new_page = None
    flow.need(120)
    _band(flow, domain, wording, again=False)
    flow.on_new_page = lambda: _band(flow, domain, wording, again=True)
    for at, record in enumerate(domain.records, start=1):
        _record(flow, record, wording.details.record.format(at=at, count=len(domain.records)), wording)
    flow.space(12)


def _band(flow: Flow, domain: DomainResult, wording: Wording, *, again: bool) -> None:
    words = wording.details
    said = words.domain.format(number=domain.number, title=domain.title) + (wording.continued if again else "")
    unit = words.unit.format(unit=domain.responsible_unit, count=len(domain.records))
    fonts = flow.paper.fonts
    # Side by side where both fit, else one below the other.
    both = fonts.width(said, 10, True) + fonts.width(unit, 8.5) + 36 <= MEASURE
    titles = flow.cell(8, MEASURE - 16, said, 10, bold=True, colour=ACCENT)
    units = flow.cell(8, MEASURE - 16, unit, 8.5, colour=QUIET)
    height = 22.0 if both else len(titles.lines) * 16 + len(units.lines) * 13 + 8
    flow.page.box(LEFT, flow.y, MEASURE, height, TINT)
    flow.page.rule(LEFT, flow.y, MEASURE, 1, ACCENT)
    if both:
        flow.page.text(LEFT + 8, baseline(flow.y + 1, 21, 10), said, 10, bold=True, colour=ACCENT)
        flow.page.right(RIGHT - 8, baseline(flow.y + 1, 21, 8.5), unit, 8.5, colour=QUIET)
    else:
        top = flow.y + 4
        for cell, leading in ((titles, 16), (units, 13)):
            for line in range(len(cell.lines)):
                cell.draw(flow.page, line, baseline(top, leading, cell.size))
                top += leading
    flow.y += height


def _record(flow: Flow, record: ListedRecord, title: str, wording: Wording) -> None:
    flow.need(5 * (LEADING + 2 * PAD))
    flow.y += 5
    y = baseline(flow.y, LEADING, SIZE)
    flow.page.text(LEFT, y, title, SIZE, bold=True, colour=ACCENT)
    if record.disputed:
        _mark(flow, LEFT + flow.paper.fonts.width(title, SIZE, True) + 10, y, wording.disputed)
    flow.y += LEADING + PAD
    for line in _lines(record, wording):
        flow.row(_cells(flow, line), LEADING, PAD, rule=None)
    flow.y += 4
    flow.page.rule(LEFT, flow.y, MEASURE, 0.5, RULE)


def _mark(flow: Flow, x: float, y: float, said: str) -> None:
    width = flow.paper.fonts.width(said, 8, True) + 10
    flow.page.box(x, y - 9.2, width, 12.4, ACCENT)
    flow.page.text(x + 5, y - 0.3, said, 8, bold=True, colour=(1, 1, 1))


def _lines(record: ListedRecord, wording: Wording) -> list[Line]:
    """The record's lines: short values two to a line, long ones alone; only what the source stated."""
    labels, unknown = wording.record_labels, wording.not_stated
    day = record.listed_on if record.kind.continuing else record.decided_on
    day_label = labels.listed_on if record.kind.continuing else labels.decided_on
    lines: list[Line] = [
        [(labels.document_number, record.document_number or unknown), (labels.kind, wording.kinds[record.kind])],
        [(labels.authority, record.authority or unknown), (day_label, wording.day(day) if day else unknown)],
    ]
    if record.violation_type:
        lines.append([(labels.violation_type, record.violation_type)])
    if record.penalty_types:
        lines.append([(labels.penalty_types, "、".join(wording.penalty_types[kind] for kind in record.penalty_types))])
    amounts = [
        (label, money(amount, wording))
        for label, amount in ((labels.fine_yuan, record.fine_yuan), (labels.confiscated_yuan, record.confiscated_yuan))
        if amount is not None
    ]
    if amounts:
        lines.append(amounts)
    for label, text in (
        (labels.facts, record.facts),
        (labels.legal_basis, record.legal_basis),
        (labels.penalty_content, record.penalty_content),
    ):
        if text:
            lines.append([(label, text)])
    return lines


def _cells(flow: Flow, line: Line) -> list[Cell]:
    cells = []
    width = (MEASURE if len(line) == 1 else HALF) - LABEL - (0 if len(line) == 1 else 10)
    for at, (label, value) in enumerate(line):
        cells.append(flow.cell(at * HALF, LABEL, label, SIZE, colour=QUIET))
        cells.append(flow.cell(at * HALF + LABEL, width, value, SIZE))
    return cells


def money(amount: Decimal, wording: Wording) -> str:
    """An amount in yuan with two decimals, or with all that it has when it has more."""
    exponent = amount.as_tuple().exponent
    places = max(2, -exponent) if isinstance(exponent, int) else 2
    return wording.amount.format(amount=f"{amount:,.{places}f}")
