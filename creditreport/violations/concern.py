"""Whom a row concerns: this business, perhaps this business, or another.

A valid unified code means that code's business only. A masked, short or wrong code, or none, means whoever fits the
mask, or has the code that a short one was cut from, or has the name now or had it before: perhaps this business, so
that a person must settle the row before a report is issued. A mask that shows fewer than eight characters would fit
half the city and counts as no code; so does a short code that shows fewer than four of the organisation's own. Then
the name decides alone, so that one bad row never stops everybody. Several codes or names in one cell mean each of them.

An older number (registration number, organisation code, tax number) in a column that is declared to hold it means the
one business whose number it is, if its check character is right, no other entry of the register has or had it, and
nothing else in the row speaks against it; else it means perhaps.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from stdnum.cn import uscc

from creditreport.catalog.manifest import Manifest
from creditreport.entities.entity import BusinessEntity
from creditreport.entities.numbers import ORGANISATION, KeptNumber, NumberKind
from creditreport.violations.record import comparable_code, comparable_name
from creditreport.violations.stated import (
    Row,
    cell_code,
    cell_name,
    identity_columns,
    name_columns,
    names_in,
    older_columns,
    older_numbers,
    stated_codes,
)

_LEAST_SHOWN = 8
_LEAST_LEFT = 10
_LEAST_OF_ORGANISATION = 4
_BETWEEN_NAMES = re.compile(r"[、;,/|]")


class Concern(Enum):
    """How a row and a business belong together."""

    MINE = "mine"
    MAYBE = "maybe"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found; for MINE the row's code, for MAYBE the column and the reason."""

    concern: Concern
    code: str = ""
    column: str | None = None
    problem: str = ""


_NOT = Finding(Concern.NOT)


@lru_cache(maxsize=65536)
def is_valid_code(code: str) -> bool:
    """Whether a code in comparable form is a right unified code, check character included."""
    return len(code) == 18 and uscc.is_valid(code)


class ConcernRule:
    """The columns of one manifest that say whom a row concerns, for one business."""

    def __init__(self, manifest: Manifest, entity: BusinessEntity) -> None:
        self._names = name_columns(manifest)
        self._codes = identity_columns(manifest)
        self._registrations = manifest.concerns.registration_numbers
        self._older = older_columns(manifest)
        self._entity = entity
        self._organisations = manifest.concerns.organisation_codes
        self._own_codes = frozenset(comparable_code(code) for code in entity.codes)
        self._own_organisations = frozenset(code[ORGANISATION] for code in self._own_codes if len(code) == 18)
        self._own_names = frozenset(comparable_name(name) for name in entity.names if name)
        self._own_registration = comparable_code(entity.registration_number or "")

    def of(self, row: Row) -> Finding:
        """Whom ``row`` concerns."""
        stated = stated_codes(row, self._codes)
        valid = {code for _column, code in stated if is_valid_code(code) or code in self._own_codes}
        if valid:
            return self._by_code(valid, stated)
        found = self._by_older_number(row, stated) if self._older else None
        if found is not None:
            return found
        for column, code in stated:
            if self._fits(code):
                return Finding(Concern.MAYBE, column=column, problem=f"代码“{code}”不完整，可能是本主体")
        for column in self._organisations:
            organisation = cell_code(row[column], ()).replace("-", "")
            if organisation in self._own_organisations:
                return Finding(Concern.MAYBE, column=column, problem="只有组织机构代码，与本主体相同")
        for column in self._registrations:
            if self._own_registration and cell_code(row[column], ()) == self._own_registration:
                return Finding(Concern.MAYBE, column=column, problem="只有注册号，与本主体相同")
        return self._by_name(row, stated)

    def of_code(self, code: str) -> Finding:
        """Whom a row concerns that a person has said to be of the business with ``code``."""
        return Finding(Concern.MINE, code) if code in self._own_codes else _NOT

    def _by_code(self, valid: set[str], stated: list[tuple[str, str]]) -> Finding:
        if not valid & self._own_codes:
            return _NOT
        if valid <= self._own_codes:
            return Finding(Concern.MINE, next(code for _column, code in stated if code in valid))
        column = next(column for column, code in stated if code in self._own_codes)
        return Finding(Concern.MAYBE, column=column, problem="同一行有两个不同的统一社会信用代码")

    def _by_older_number(self, row: Row, stated: list[tuple[str, str]]) -> Finding | None:
        """``None`` unless the row has an older number that is this business's alone."""
        older = older_numbers(row, self._older)
        own = next((one for one in older if one[1] in self._entity.sole_numbers), None)
        if own is None:
            return None
        column, number = own
        against = self._against(row, stated, older)
        if against is not None:
            problem = f"号码“{number.number}”是本主体的，但同一行的“{against}”不是"
            return Finding(Concern.MAYBE, column=column, problem=problem)
        return Finding(Concern.MINE, comparable_code(self._entity.uscc))

    def _against(self, row: Row, stated: list[tuple[str, str]], older: list[tuple[str, KeptNumber]]) -> str | None:
        """What else the row states that is not this business's: a code, another number, a name."""
        for _column, code in stated:
            if not self._fits(code) and ("*" not in code or shows_enough(code)):
                return code
        for _column, number in older:
            known = number.kind is not NumberKind.REGISTRATION or self._own_registration
            if known and number not in self._entity.numbers:
                return number.number
        names = [name for column in self._names if (name := cell_name(row[column])) is not None]
        if not names or any(not self._own_names.isdisjoint(names_in(name)) for name in names):
            return None
        return names[0]

    def _by_name(self, row: Row, stated: list[tuple[str, str]]) -> Finding:
        for column in self._names:
            name = cell_name(row[column])
            if name is not None and not self._own_names.isdisjoint(names_in(name)):
                why = f"代码“{stated[0][1]}”不正确" if stated else "没有统一社会信用代码"
                return Finding(Concern.MAYBE, column=column, problem=f"{why}，名称与本主体的现用名或曾用名相同")
        return _NOT

    def _fits(self, code: str) -> bool:
        """Whether a code that is not valid may be one of this business's, told by what it shows of it."""
        if "*" in code:
            return shows_enough(code) and any(_mask(code).fullmatch(own) for own in self._own_codes)
        plain = code.replace("-", "")
        if could_be_damaged(plain) and any(_damaged(plain, own) for own in self._own_codes):
            return True
        if plain in self._own_organisations:
            return True
        # The old tax number: six digits of the region and the organisation code.
        if len(plain) == 15 and plain[6:] in self._own_organisations:
            return True
        return bool(self._own_registration) and plain == self._own_registration


def could_be_damaged(plain: str) -> bool:
    """Whether a code without signs of masking is long enough to be a unified code cut short, or to have one in it.

    Fifteen digits are an old tax or registration number, of which a table may be full; they are told apart otherwise.
    """
    return len(plain) >= _LEAST_LEFT and not (len(plain) == 15 and plain.isdecimal())


def _damaged(plain: str, own: str) -> bool:
    """Whether ``plain`` is a part of ``own`` (cut short), or has ``own`` in it (several codes, words around)."""
    at = own.find(plain)
    if at < 0:
        return len(own) == 18 and own in plain
    # The first eight characters are those of half a district: some of the organisation's own must be there.
    return min(at + len(plain), ORGANISATION.stop) - max(at, ORGANISATION.start) >= _LEAST_OF_ORGANISATION


def shows_enough(code: str) -> bool:
    """Whether a masked code shows enough of itself to mean anybody."""
    return len(code) - code.count("*") >= _LEAST_SHOWN


@lru_cache(maxsize=4096)
def _mask(code: str) -> re.Pattern[str]:
    """In a code of full length each sign hides one character; else a run of signs hides one or more."""
    parts = [re.escape(part) for part in re.split(r"\*" if len(code) == 18 else r"\*+", code)]
    return re.compile(("." if len(code) == 18 else ".+").join(parts))
