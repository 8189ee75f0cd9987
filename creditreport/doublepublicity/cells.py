"""Checks of single cells of the form: day, money, penalty words; each finds the reasons, in the form's own terms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from creditreport.catalog.words import Table, comparable_word
from creditreport.doublepublicity.form import (
    CONFISCATED,
    CONTENT,
    DECIDED,
    FINE,
    PUBLIC_UNTIL,
    TYPES,
    VALID_UNTIL,
    Line,
    Reason,
    states,
)
from creditreport.violations.cells import UnreadableCell, folded, read_day, read_money
from creditreport.violations.exemption import is_exemption_word
from creditreport.violations.record import PenaltyType

_WAN = 4
_TOO_MUCH = Decimal(10) ** 12
_STEP = Decimal("0.000001")
_SEPARATORS = re.compile(r"[；;、,，\n]")
_FINED = re.compile(r"罚款(?:人民币|金额)?(\d[\d,]*(?:\.\d+)?)元")
_CONFISCATIONS = {PenaltyType.CONFISCATION_ILLEGAL_GAINS, PenaltyType.CONFISCATION_PROPERTY}


@dataclass(frozen=True, slots=True)
class Days:
    """The three dates of a row; ``None`` is not stated, or not readable (then a reason says so)."""

    decided: date | None
    valid_until: date | None
    public_until: date | None


def read_days(line: Line, today: date, reasons: list[Reason]) -> Days:
    """The dates, present and in order: the decision is made by today, and nothing ends before it."""
    found: dict[str, date | None] = {}
    for column in (DECIDED, VALID_UNTIL, PUBLIC_UNTIL):
        found[column] = None
        try:
            found[column] = read_day(line.cells[column])
        except UnreadableCell as error:
            reasons.append(Reason("date", column, str(error)))
            continue
        if column == DECIDED and found[column] is None and states(line.cells[column]):
            reasons.append(Reason("date", column, f"“{line.cells[column]}”不是一个日期，处罚决定日期必须填写"))
    days = Days(found[DECIDED], found[VALID_UNTIL], found[PUBLIC_UNTIL])
    reasons.extend(_order(days, today))
    return days


def _order(days: Days, today: date) -> Iterator[Reason]:
    if days.decided is None:
        return
    if days.decided > today:
        yield Reason("date_order", DECIDED, f"{days.decided} 晚于今天 {today}")
    for column, day in ((VALID_UNTIL, days.valid_until), (PUBLIC_UNTIL, days.public_until)):
        if day is not None and day < days.decided:
            yield Reason("date_order", column, f"{day} 早于处罚决定日期 {days.decided}")


def read_amounts(line: Line, reasons: list[Reason]) -> dict[str, Decimal | None]:
    """The amounts in 万元: not negative, at most six decimals, not yuan written into a column of 万元."""
    return {column: _amount(line, column, reasons) for column in (FINE, CONFISCATED)}


def _amount(line: Line, column: str, reasons: list[Reason]) -> Decimal | None:
    text = line.cells[column]
    if states(text) and folded(text).startswith(("-", "−", "(")):
        reasons.append(Reason("money", column, f"“{text}”不能是负数"))
        return None
    try:
        yuan = read_money(text, _WAN)
    except UnreadableCell as error:
        reasons.append(Reason("money", column, f"{error}（以万元为单位填写数字）"))
        return None
    if yuan is None:
        return None
    wan = yuan.scaleb(-_WAN)
    if wan >= _TOO_MUCH or wan != wan.quantize(_STEP):
        reasons.append(Reason("money", column, f"“{text}”超出 decimal(18,6)：以万元为单位，至多六位小数"))
        return None
    stated = _FINED.findall(folded(line.cells[CONTENT])) if column == FINE else []
    if wan and len(stated) == 1 and Decimal(stated[0].replace(",", "")) == wan:
        told = f"“{text}”应以万元填写：处罚内容写明罚款 {stated[0]} 元，即 {wan.scaleb(-_WAN).quantize(_STEP)} 万元"
        reasons.append(Reason("money_unit", column, told))
    return wan


def check_penalties(
    line: Line, table: Table, amounts: dict[str, Decimal | None], exempted: bool, reasons: list[Reason]
) -> None:
    """Every penalty word is known; what the words say and what the amounts say agree."""
    types, unknown = _types(line.cells[TYPES], table)
    reasons.extend(Reason("penalty_word", TYPES, f"不认识的处罚类别“{word}”") for word in unknown)
    if unknown or any(reason.column in amounts for reason in reasons):
        return
    fine, confiscated = amounts[FINE], amounts[CONFISCATED]
    if PenaltyType.FINE in types and not fine:
        reasons.append(Reason("fine_amount", FINE, "处罚类别有罚款，却没有罚款金额"))
    if fine and not exempted and PenaltyType.FINE not in types:
        reasons.append(Reason("fine_amount", TYPES, "有罚款金额，处罚类别却没有罚款"))
    if confiscated and not exempted and not _CONFISCATIONS & types:
        reasons.append(Reason("fine_amount", TYPES, "有没收金额，处罚类别却没有没收"))


def _types(text: str, table: Table) -> tuple[set[str | bool], list[str]]:
    """The types that the cell names (as a whole, else word by word), and the words that nobody knows."""
    if not states(text):
        return set(), []
    whole = comparable_word(text)
    words = [text] if whole in table else [word.strip() for word in _SEPARATORS.split(text) if word.strip()]
    types: set[str | bool] = set()
    unknown = []
    for word in words:
        known = comparable_word(word)
        if known in table:
            types.add(table[known])
        elif not is_exemption_word(word):
            unknown.append(word)
    return types, unknown
