"""Writing tables for spreadsheet programs: CSV and XLSX in which a text stays a text.

The one place for it in the project. A cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return is a
formula to Excel, LibreOffice and WPS when they open a CSV, whoever wrote it: such a text gets an apostrophe before it
(OWASP, CSV injection). In a workbook it is stored as text, which no program takes for a formula. Numbers are numbers.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any, TypeAlias

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

Cell: TypeAlias = str | int | float | Decimal | None
BOM = "\ufeff"
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
# What a workbook's tab may not hold, and how long its name may be.
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))
_LONGEST_NAME = 31


def escaped(cell: Cell) -> str:
    """A cell as CSV takes it: a number as it is, a text so that no program takes it for a formula."""
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return str(cell)
    # Spreadsheets look past leading spaces and line ends.
    return f"'{cell}" if cell.lstrip(" \n\u3000\xa0").startswith(FORMULA_SIGNS) else cell


def csv_lines(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """CSV text, a line at a time; a byte-order mark first, so that spreadsheets see that it is UTF-8."""
    mark = BOM
    for row in rows:
        line = StringIO()
        csv.writer(line, lineterminator="\r\n").writerow([escaped(cell) for cell in row])
        yield mark + line.getvalue()
        mark = ""
    if mark:
        yield mark


def workbook(sheets: Iterable[tuple[str, Iterable[Sequence[Cell]]]]) -> bytes:
    """An XLSX with a sheet for each name and its rows; names are shortened and told apart where they must be."""
    book, taken = Workbook(write_only=True), set[str]()
    for name, rows in sheets:
        sheet = book.create_sheet(_sheet_name(name, taken))
        for row in rows:
            sheet.append([text_cell(sheet, cell) if isinstance(cell, str) else cell for cell in row])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def add_texts(sheet: Any, rows: Iterable[Sequence[str]]) -> None:
    """Append rows of text to a write-only ``sheet``."""
    for row in rows:
        sheet.append([text_cell(sheet, text) for text in row])


def text_cell(sheet: Any, text: str) -> Any:
    """A cell that holds text and nothing else, whatever the text looks like."""
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub(" ", text))
    # Set after the value: openpyxl itself takes a text that begins with "=" for a formula.
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _sheet_name(name: str, taken: set[str]) -> str:
    base = name.translate(_NOT_IN_NAMES).strip("'")[:_LONGEST_NAME] or "-"
    found, n = base, 2
    while found.casefold() in taken:
        end = f" {n}"
        found, n = base[: _LONGEST_NAME - len(end)] + end, n + 1
    taken.add(found.casefold())
    return found
