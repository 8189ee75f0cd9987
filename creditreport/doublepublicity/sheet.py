"""Writing text into workbooks so that it stays text: nothing is ever taken for a formula or a number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE


def add_texts(sheet: Any, rows: Iterable[Sequence[str]]) -> None:
    """Append rows of text to a write-only ``sheet``."""
    for row in rows:
        sheet.append([_cell(sheet, text) for text in row])


def _cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub(" ", text))
    # Set after the value: openpyxl itself takes a text that begins with "=" for a formula.
    cell.data_type = "s"
    cell.number_format = "@"
    return cell
