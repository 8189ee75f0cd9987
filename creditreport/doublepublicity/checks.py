"""The checks of one row: it is accepted, sent back with every reason, or left out by name. Pure rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from creditreport.catalog.manifest import LocatedManifest
from creditreport.catalog.words import Table, Vocabulary, find_table
from creditreport.doublepublicity import form
from creditreport.doublepublicity.cells import Days, check_penalties, read_amounts, read_days
from creditreport.doublepublicity.form import Line, Reason, Returned, states
from creditreport.entities.uscc import read_uscc
from creditreport.errors import Problem
from creditreport.violations.build import build_record
from creditreport.violations.concern import is_valid_code
from creditreport.violations.exemption import speaks_of_exemption
from creditreport.violations.mapping import Mapper, Unmappable
from creditreport.violations.masking import mask_personal
from creditreport.violations.record import comparable_code, comparable_name, comparable_number
from creditreport.violations.rows import RowFilter

_STEP = Decimal("0.000001")
NATURAL_PERSON = "natural_person"
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A row that goes into the drop: its cells as they are written there, and when it was decided."""

    line: Line
    cells: Mapping[str, str]
    decided: date

    @property
    def key(self) -> Key:
        """Document number, business and authority, as they are compared."""
        return row_key(self.cells)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row left out by name of the reason; counted, never silent."""

    line: Line
    word: str


Outcome = Accepted | Returned | Skipped


def row_key(cells: Mapping[str, str]) -> Key:
    """What makes a decision the same decision: document number, business, authority."""
    number, code, authority = cells[form.NUMBER], cells[form.CODE], cells[form.AUTHORITY]
    return comparable_number(number), comparable_code(code), comparable_name(authority)


class Checks:
    """The checks for one domain on one day."""

    def __init__(self, located: LocatedManifest, vocabulary: Vocabulary, today: date) -> None:
        manifest = located.manifest
        self._manifest, self._today = manifest, today
        self._mapper, self._filter = Mapper(manifest, vocabulary), RowFilter(manifest, frozenset())
        declared = manifest.double_publicity
        self._units = {comparable_name(unit) for unit in declared.units} if declared else set()
        self._types = _types_table(located, vocabulary)

    def check(self, line: Line) -> Outcome:
        """What becomes of ``line``."""
        if not line.fits:
            told = f"第 {line.number} 行的格数与表头不符（内容中的逗号、换行须加引号）"
            return Returned(line, (Reason("cells", "", told),))
        if line.cells[form.KIND] == form.PERSON and not states(line.cells[form.CODE]):
            return Skipped(line, NATURAL_PERSON)
        reasons: list[Reason] = []
        code = self._who(line, reasons)
        self._texts(line, reasons)
        self._unit(line, reasons)
        days = read_days(line, self._today, reasons)
        amounts = read_amounts(line, reasons)
        check_penalties(line, self._types, amounts, _exempted(line), reasons)
        if reasons or days.decided is None:
            return Returned(line, tuple(reasons))
        cells = _normal(line, code, days, amounts)
        return self._as_read(line, cells, days.decided)

    def _as_read(self, line: Line, cells: Mapping[str, str], decided: date) -> Outcome:
        """The last net: a row that issuing would set aside or pass over is not accepted."""
        reason = self._filter.skipped(cells)
        if reason is not None:
            return Skipped(line, reason)
        if not self._filter.belongs(cells):
            return Returned(line, (Reason("unit", form.AUTHORITY, "本领域的清单不取用该机关的行"),))
        try:
            build_record(self._manifest, self._mapper, cells, cells[form.CODE])
        except Unmappable as error:
            return Returned(line, (Reason("content", error.column or "", error.problem),))
        return Accepted(line, cells, decided)

    def _who(self, line: Line, reasons: list[Reason]) -> str:
        kind, text = line.cells[form.KIND], line.cells[form.CODE]
        if kind and kind not in form.KINDS:
            reasons.append(Reason("kind", form.KIND, f"“{kind}”应为{'、'.join(form.KINDS)}之一"))
        if not states(text):
            reasons.append(Reason("missing", form.CODE, "法人及非法人组织、个体工商户必须填写"))
            return ""
        try:
            code = read_uscc(text)
        except Problem as problem:
            # A person's identity number that was typed here is not passed on.
            reasons.append(Reason("code", form.CODE, f"“{mask_personal(text)}”{problem.details['detail_zh']}"))
            return ""
        individual = code.startswith(form.INDIVIDUAL_CODE)
        if kind == form.PERSON and not individual:
            reasons.append(Reason("kind_code", form.KIND, f"自然人没有统一社会信用代码；{code} 是单位的代码"))
        if kind == form.INDIVIDUAL and not individual:
            reasons.append(Reason("kind_code", form.KIND, f"个体工商户的代码以 92 开头，{code} 不是"))
        if kind == form.COMPANY and individual:
            reasons.append(Reason("kind_code", form.KIND, f"{code} 是个体工商户的代码"))
        return code

    def _texts(self, line: Line, reasons: list[Reason]) -> None:
        for column in form.REQUIRED:
            # An exemption has no type of penalty.
            if not states(line.cells[column]) and not (column == form.TYPES and _exempted(line)):
                reasons.append(Reason("missing", column, "必须填写"))
        for column, text in line.cells.items():
            title_length = form.FORM[column][1]
            if len(text) > title_length and column != form.CODE:
                reasons.append(Reason("too_long", column, f"有 {len(text)} 个字符，至多 {title_length} 个"))
            if text.startswith("#") and text.rstrip("!?").isupper() and text.endswith(("!", "?", "/A")):
                reasons.append(Reason("formula", column, f"“{text}”是表格公式的错误值"))

    def _unit(self, line: Line, reasons: list[Reason]) -> None:
        for column in (form.AUTHORITY, form.SOURCE_UNIT):
            text = line.cells[column]
            if states(text) and comparable_name(text) not in self._units:
                reasons.append(Reason("unit", column, f"“{text}”不是本领域登记的单位"))
        for column in (form.AUTHORITY_CODE, form.SOURCE_CODE):
            text = line.cells[column]
            if states(text) and not is_valid_code(comparable_code(text)):
                reasons.append(Reason("unit_code", column, f"“{text}”不是正确的统一社会信用代码"))


def _types_table(located: LocatedManifest, vocabulary: Vocabulary) -> Table:
    manifest = located.manifest
    (rule,) = manifest.fields["penalty_types"]
    table = find_table(rule.lookup, manifest.lookups, vocabulary) if rule.lookup else None
    return table or {}


def _exempted(line: Line) -> bool:
    return speaks_of_exemption(line.cells[column] for column in (form.NUMBER, form.VIOLATION, form.TYPES, form.CONTENT))


def _normal(line: Line, code: str, days: Days, amounts: Mapping[str, Decimal | None]) -> Mapping[str, str]:
    """The cells as the drop has them: nothing where nothing is said, ISO dates, six decimals, no identity numbers."""
    cells = {column: text if states(text) else "" for column, text in line.cells.items()}
    cells |= dict.fromkeys(form.IDENTITY, "")
    cells |= {form.CODE: code, form.DECIDED: days.decided.isoformat() if days.decided else ""}
    for column, day in ((form.VALID_UNTIL, days.valid_until), (form.PUBLIC_UNTIL, days.public_until)):
        cells[column] = day.isoformat() if day else ""
    for column, amount in amounts.items():
        cells[column] = "" if amount is None else f"{amount.quantize(_STEP):f}"
    return cells


def normal_or_none(checks: Checks, cells: Mapping[str, str]) -> Mapping[str, str] | None:
    """A row of an earlier drop in the form that the import writes; ``None`` if it would not be accepted today."""
    outcome = checks.check(Line(0, cells))
    return outcome.cells if isinstance(outcome, Accepted) else None
