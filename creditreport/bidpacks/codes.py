"""Codes in a table: the column found by its heading, else by what stands in it; nothing below it is passed over."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from creditreport.bidpacks.limits import MOST_EXPECTED
from creditreport.bidpacks.tables import MOST_COLUMNS, Row, column
from creditreport.entities.uscc import is_uscc, read_uscc
from creditreport.errors import Problem
from creditreport.verification.codes import Code, read_code
from creditreport.violations.record import comparable_code

# A heading stands near the top.
_HEAD_ROWS = 20
_BETWEEN = re.compile(r"[\s,，;；、|]+")
_LIKE_A_CODE = re.compile(r"[0-9A-Za-z]{8,}")


def verification_codes(name: str, rows: Sequence[Row]) -> list[tuple[str, str]]:
    """Where each verification code stands, and what was typed there. Raises ``TABLE_WITHOUT_CODES``."""
    found = _column(list(rows), _is_code_heading, lambda text: isinstance(read_code(text), Code))
    if not found:
        raise Problem("TABLE_WITHOUT_CODES", file=name, what_zh="核验码", what_en="verification codes")
    return found


def expected_codes(name: str, rows: Sequence[Row]) -> tuple[str, ...]:
    """The unified codes of the expected businesses, each once.

    Raises ``TABLE_WITHOUT_CODES``; ``EXPECTED_WRONG`` naming the row of a cell that is no unified code: nobody can tell
    whom it was to mean.
    """
    found = _column(list(rows), _is_uscc_heading, lambda text: is_uscc(comparable_code(text)))
    if not found:
        raise Problem(
            "TABLE_WITHOUT_CODES", file=name, what_zh="统一社会信用代码", what_en="unified social credit codes"
        )
    return _uscc(found)


def typed_codes(text: str) -> tuple[str, ...]:
    """The unified codes in a text area, one or more on a line, a name beside each or not.

    Raises ``EXPECTED_WRONG`` naming the line that has none, or a wrong one.
    """
    found: list[tuple[str, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        folded = unicodedata.normalize("NFKC", line).strip()
        if not folded:
            continue
        parts = [part for part in _BETWEEN.split(folded) if _LIKE_A_CODE.fullmatch(part)]
        found += [(str(number), part) for part in parts or [folded]]
    return _uscc(found)


def _uscc(found: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    codes: dict[str, None] = {}
    for where, text in found:
        try:
            codes[read_uscc(text)] = None
        except Problem as problem:
            shown = text if len(text) <= 24 else f"{text[:24]}…"
            raise Problem(
                "EXPECTED_WRONG", where=where, value=shown, detail_zh=problem.zh, detail_en=problem.en
            ) from problem
    if len(codes) > MOST_EXPECTED:
        raise Problem("TOO_MANY_EXPECTED", count=len(codes), most=MOST_EXPECTED)
    return tuple(codes)


def _column(
    rows: list[Row], is_heading: Callable[[str], bool], is_value: Callable[[str], bool]
) -> list[tuple[str, str]]:
    for at, (_where, cells) in enumerate(rows[:_HEAD_ROWS]):
        for place, cell in enumerate(cells):
            if is_heading(cell) and (below := list(column(rows[at + 1 :], place))):
                return below
    # No heading: the column that has most of them, from the first one down.
    counts = [sum(1 for _where, cell in column(rows, place) if is_value(cell)) for place in range(MOST_COLUMNS)]
    most = max(counts)
    if not most:
        return []
    cells_of = list(column(rows, counts.index(most)))
    first = next(at for at, (_where, cell) in enumerate(cells_of) if is_value(cell))
    return cells_of[first:]


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def _is_code_heading(text: str) -> bool:
    plain = _plain(text)
    return len(plain) <= 30 and ("核验码" in plain or "verificationcode" in plain)


def _is_uscc_heading(text: str) -> bool:
    plain = _plain(text)
    return len(plain) <= 40 and ("信用代码" in plain or "creditcode" in plain or plain in ("uscc", "统一代码"))
