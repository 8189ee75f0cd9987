"""The details: per field, per record, what the source stated."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from creditreport.reports.content import DomainResult, ListedRecord, ReportContent
from creditreport.reports.pages.edition import Edition, Said
from creditreport.reports.pages.flow import Cell, Flow, Type
from creditreport.reports.pages.paper import baseline
from creditreport.reports.pages.style import ACCENT, LEFT, MEASURE, QUIET, RULE, TINT
from creditreport.reports.pages.wording import Wording

TYPE = Type(9.0, 14.0, 7.0, 8.4)
TITLE = Type(10.0, 15.0, 7.5, 9.6)
UNIT = Type(8.5, 15.0, 7.0, 9.6)
PAD = 2.0
# A field's band (of two languages, one below the other) is not left alone at the foot of a page, nor a record's title.
BAND = 57.0
KEPT_WITH_TITLE = 5 * (TYPE.leading + 2 * PAD)
TITLE_HEIGHT = 5 + TYPE.leading + PAD
# A record up to this height, a good quarter of a page, is never divided.
KEPT_WHOLE = 190.0
HALF = MEASURE / 2

Line = list[tuple[Said, Said | str]]
Rows = list[list[Cell]]


def draw_details(flow: Flow, content: ReportContent, edition: Edition) -> None:
    """Every listed record of every field; nothing when none is listed."""
    found = [domain for domain in content.domains if domain.records]
    if not found:
        return
    label = _label_width(flow, edition)
    broken = [[_rows(flow, record, edition, label) for record in domain.records] for domain in found]
    flow.space(22)
    flow.heading(edition.said(lambda words: words.details.heading), keep=_opening(broken[0]))
    for domain, records in zip(found, broken, strict=True):
        _domain(flow, domain, edition, records)
    flow.on_new_page = None


def _opening(records: list[Rows]) -> float:
    """The height of a field's band with what is kept with it of the first record."""
    return BAND + _kept(_height(records[0]))


def _label_width(flow: Flow, edition: Edition) -> float:
    """What the widest label of a record needs."""
    fonts = flow.paper.fonts
    first = [fonts.width(label, TYPE.size) for _, label in edition.first.record_labels]
    second = edition.second.record_labels if edition.second else ()
    return 10 + max([*first, *(fonts.width(label, TYPE.second_size) for _, label in second)])


def _domain(flow: Flow, domain: DomainResult, edition: Edition, records: list[Rows]) -> None:
    flow.on_new_page = None
    flow.need(_opening(records))
    _band(flow, domain, edition, again=False)
    flow.on_new_page = lambda: _band(flow, domain, edition, again=True)
    count = len(domain.records)
    for at, (record, rows) in enumerate(zip(domain.records, records, strict=True), start=1):
        title = edition.one_line(lambda words, at=at: words.details.record.format(at=at, count=count))  # type: ignore[misc]
        _record(flow, record, title, edition, rows)
    flow.space(12)


def _band(flow: Flow, domain: DomainResult, edition: Edition, *, again: bool) -> None:
    def title(words: Wording) -> str:
        said = words.details.domain.format(number=domain.number, title=words.field(domain))
        return said + (words.continued if again else "")

    def unit(words: Wording) -> str:
        return words.details.unit.format(unit=words.name(domain.responsible_unit), count=len(domain.records))

    width = MEASURE - 16
    left = flow.cell(8, width, edition.said(title), TITLE, bold=True, colour=ACCENT)
    right = flow.cell(8, width, edition.said(unit), UNIT, colour=QUIET, align="right")
    # Side by side where both fit, else one below the other.
    if _beside(flow, left, right, width):
        below, height = 0.0, max(left.height, right.height) + 7
    else:
        right = flow.cell(8, width, edition.said(unit), UNIT, colour=QUIET)
        below, height = left.height, left.height + right.height + 7
    flow.page.box(LEFT, flow.y, MEASURE, height, TINT)
    flow.page.rule(LEFT, flow.y, MEASURE, 1, ACCENT)
    left.draw(flow.page, flow.y + 4)
    right.draw(flow.page, flow.y + 4 + below)
    flow.y += height


def _beside(flow: Flow, left: Cell, right: Cell, width: float) -> bool:
    """Whether each line of the one has room beside that of the other."""
    if len(left.lines) != len(right.lines):
        return False
    measured = [
        sum(flow.paper.fonts.width(line.text, line.size) for line in lines)
        for lines in zip(left.lines, right.lines, strict=True)
    ]
    return max(measured) + 20 <= width


def _record(flow: Flow, record: ListedRecord, title: str, edition: Edition, rows: Rows) -> None:
    flow.need(_kept(_height(rows)))
    _title(flow, record, title, edition)
    band = flow.on_new_page
    flow.on_new_page = lambda: _again(flow, band, title, edition)
    for row in rows:
        flow.row(row, PAD, rule=None)
    flow.on_new_page = band
    flow.y += 4
    flow.page.rule(LEFT, flow.y, MEASURE, 0.5, RULE)


def _rows(flow: Flow, record: ListedRecord, edition: Edition, label: float) -> Rows:
    """The record broken into lines, wherever it will stand."""
    return [record_cells(flow, line, label) for line in record_lines(record, edition)]


def _height(rows: Rows) -> float:
    return TITLE_HEIGHT + sum(max(cell.height for cell in row) + 2 * PAD for row in rows) + 4


def _kept(height: float) -> float:
    """How much of a record of this height stands together."""
    return height if height <= KEPT_WHOLE else KEPT_WITH_TITLE


def _title(flow: Flow, record: ListedRecord, title: str, edition: Edition) -> None:
    y = baseline(flow.y + 5, TYPE.leading, TYPE.size)
    flow.page.text(LEFT, y, title, TYPE.size, bold=True, colour=ACCENT)
    if record.disputed:
        said = edition.one_line(lambda words: words.disputed)
        _mark(flow, LEFT + flow.paper.fonts.width(title, TYPE.size) + 10, y, said)
    flow.y += TITLE_HEIGHT


def _again(flow: Flow, band: Callable[[], None] | None, title: str, edition: Edition) -> None:
    """The heads of a record that goes on overleaf."""
    if band is not None:
        band()
    y = baseline(flow.y + 5, TYPE.leading, TYPE.size)
    flow.page.text(LEFT, y, title + edition.first.continued, TYPE.size, bold=True, colour=ACCENT)
    flow.y += TITLE_HEIGHT


def _mark(flow: Flow, x: float, y: float, said: str) -> None:
    width = flow.paper.fonts.width(said, 8) + 10
    flow.page.box(x, y - 9.2, width, 12.4, ACCENT)
    flow.page.text(x + 5, y - 0.3, said, 8, bold=True, colour=(1, 1, 1))


def record_lines(record: ListedRecord, edition: Edition) -> list[Line]:
    """The record's lines: short values two to a line, long ones alone; only what the source stated."""
    said = edition.said
    unknown = said(lambda words: words.not_stated)
    day = record.listed_on if record.kind.continuing else record.decided_on
    day_key = "listed_on" if record.kind.continuing else "decided_on"
    lines: list[Line] = [
        [
            (_label(edition, "document_number"), record.document_number or unknown),
            (_label(edition, "kind"), said(lambda words: words.kinds[record.kind])),
        ],
        [
            (_label(edition, "authority"), record.authority or unknown),
            (_label(edition, day_key), said(lambda words: words.day(day)) if day else unknown),
        ],
    ]
    if record.violation_type:
        lines.append([(_label(edition, "violation_type"), record.violation_type)])
    if record.penalty_types:
        lines.append([(_label(edition, "penalty_types"), said(lambda words: _penalties(record, words)))])
    amounts: Line = [
        (_label(edition, key), said(lambda words, amount=amount: money(amount, words)))  # type: ignore[misc]
        for key, amount in (("fine_yuan", record.fine_yuan), ("confiscated_yuan", record.confiscated_yuan))
        if amount is not None
    ]
    if amounts:
        lines.append(amounts)
    for key in ("facts", "legal_basis", "penalty_content"):
        text = getattr(record, key)
        if text:
            lines.append([(_label(edition, key), text)])
    return lines


def _label(edition: Edition, key: str) -> Said:
    return edition.said(lambda words: str(getattr(words.record_labels, key)))


def _penalties(record: ListedRecord, words: Wording) -> str:
    return words.details.separator.join(words.penalty_types[kind] for kind in record.penalty_types or ())


def record_cells(flow: Flow, line: Line, label: float) -> list[Cell]:
    """One line as cells: each label, ``label`` points wide, and its value."""
    cells = []
    width = (MEASURE if len(line) == 1 else HALF) - label - (0 if len(line) == 1 else 10)
    for at, (said, value) in enumerate(line):
        cells.append(flow.label(at * HALF, label, said, TYPE))
        # What the source stated is Chinese, whatever the edition.
        cells.append(flow.cell(at * HALF + label, width, value, TYPE, filled=isinstance(value, str)))
    return cells


def money(amount: Decimal, wording: Wording) -> str:
    """An amount in yuan with two decimals, or with all that it has when it has more."""
    exponent = amount.as_tuple().exponent
    places = max(2, -exponent) if isinstance(exponent, int) else 2
    return wording.amount.format(amount=f"{amount:,.{places}f}")
