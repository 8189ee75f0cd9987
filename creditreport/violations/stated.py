"""What a row states of whom it concerns: codes, older numbers and names, by the columns that its manifest declares."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from creditreport.catalog.manifest import Manifest
from creditreport.entities.numbers import (
    KeptNumber,
    NumberKind,
    read_organisation_code,
    read_registration_number,
    read_tax_number,
)
from creditreport.violations.cells import UnreadableCell, clean_text, says_nothing
from creditreport.violations.record import comparable_code, comparable_name

Row = Mapping[str, Any]
CodeColumns = tuple[tuple[str, tuple[str, ...]], ...]
OlderColumns = tuple[tuple[str, NumberKind], ...]
_MASK_SIGNS = str.maketrans(dict.fromkeys("×✱∗﹡●?", "*"))
_BETWEEN_NAMES = re.compile(r"[、;,/|]")


def code_columns(manifest: Manifest) -> CodeColumns:
    """The columns that the unified code is read from, in order, each with its own words for nothing."""
    return tuple((rule.column, rule.sentinels) for rule in manifest.fields.get("uscc", ()) if rule.column)


def identity_columns(manifest: Manifest) -> CodeColumns:
    """The columns that may state a unified code: those that it is read from, and those of tax numbers, which may be."""
    read = code_columns(manifest)
    known = {column for column, _marks in read}
    return (*read, *((column, ()) for column in manifest.concerns.tax_numbers if column not in known))


def older_columns(manifest: Manifest) -> OlderColumns:
    """The columns that are declared to hold an older number."""
    concerns = manifest.concerns
    return (
        *((column, NumberKind.REGISTRATION) for column in concerns.registration_numbers),
        *((column, NumberKind.ORGANISATION) for column in concerns.organisation_codes),
        *((column, NumberKind.TAX) for column in concerns.tax_numbers),
    )


def older_numbers(row: Row, columns: OlderColumns) -> list[tuple[str, KeptNumber]]:
    """Column and number of every older number whose check character is right, as the register's are kept."""
    found = []
    for column, kind in columns:
        number = _READ_OLDER[kind](cell_code(row[column], ()))
        if number is not None:
            kept = NumberKind.REGISTRATION if kind is NumberKind.REGISTRATION else NumberKind.ORGANISATION
            found.append((column, KeptNumber(kept, number)))
    return found


_READ_OLDER = {
    NumberKind.REGISTRATION: read_registration_number,
    NumberKind.ORGANISATION: read_organisation_code,
    NumberKind.TAX: read_tax_number,
}


def name_columns(manifest: Manifest) -> tuple[str, ...]:
    """The columns that hold the business's name."""
    names = [rule.column for rule in manifest.fields.get("entity_name", ()) if rule.column]
    return tuple(dict.fromkeys([*names, *manifest.concerns.names]))


def read_code(row: Row, columns: CodeColumns) -> tuple[str | None, str]:
    """Column and code (in comparable form, perhaps wrong) of the first column that states one; ``""`` if none does."""
    return next(iter(stated_codes(row, columns)), (None, ""))


def stated_codes(row: Row, columns: CodeColumns) -> list[tuple[str, str]]:
    """Column and code, in comparable form, of every column that states one."""
    return [(column, code) for column, marks in columns if (code := cell_code(row[column], marks))]


def cell_code(cell: Any, sentinels: tuple[str, ...]) -> str:
    """The code of a cell in comparable form, "" if it states none; lost digits of a number count as masked."""
    try:
        text = clean_text(cell)
    except UnreadableCell:
        return f"{int(cell)}"[:15] + "***" if isinstance(cell, float) else ""
    return "" if text is None else _plain_code(text, sentinels)


@lru_cache(maxsize=4096)
def _plain_code(text: str, sentinels: tuple[str, ...]) -> str:
    """A business's rows follow one another in most tables: its code is made comparable once."""
    return "" if says_nothing(text, sentinels) else comparable_code(text).translate(_MASK_SIGNS)


def cell_name(cell: Any) -> str | None:
    """The name that a cell states, if it states one."""
    try:
        text = clean_text(cell)
    except UnreadableCell:
        return None
    return None if says_nothing(text) else text


def names_in(cell: str) -> list[str]:
    """The names of a cell in comparable form: the whole, and the parts where somebody wrote several."""
    name = comparable_name(cell)
    parts = [part for part in _BETWEEN_NAMES.split(name) if part]
    return [name, *parts] if len(parts) > 1 else [name]
