"""Workbook drops (XLSX): one sheet, every cell where it stands."""

from __future__ import annotations

import zipfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from creditreport.sources.base import SourceIncomplete

# A ZIP, which a workbook is; the second is a ZIP that holds nothing.
_ZIPS, _OLD_OR_ENCRYPTED = (b"PK\x03\x04", b"PK\x05\x06"), b"\xd0\xcf\x11\xe0"
_ERROR_CELL = b't="e"'
_BLOCK = 1024 * 1024


def is_workbook(path: Path) -> bool:
    """Whether it is a workbook or another ZIP. Raises :class:`SourceIncomplete` for an old or encrypted workbook."""
    with path.open("rb") as file:
        start = file.read(4)
    if start == _OLD_OR_ENCRYPTED:
        raise SourceIncomplete(f"{path.name} 是旧版 XLS 或加密文件，请另存为 XLSX / save it as plain XLSX")
    return start in _ZIPS


def workbook_rows(path: Path, sheet: str | None) -> Generator[tuple[int, list[Any]]]:
    """Row number and cells of each row of ``sheet``, or of the only sheet that holds anything."""
    try:
        with CalamineWorkbook.from_path(path) as book:
            chosen = _sheet(book, sheet, path.name)
            # Rows above and columns left of the data are kept, so that header_row counts as a person does.
            rows = _with_errors(path, chosen.name) if _has_errors(path) else chosen.to_python(skip_empty_area=False)
            yield from enumerate(rows, start=1)
    except (CalamineError, zipfile.BadZipFile, KeyError) as error:
        raise SourceIncomplete(f"{path.name} 不是能读取的工作簿 / is not a readable workbook") from error


def _sheet(book: CalamineWorkbook, name: str | None, file: str) -> CalamineSheet:
    if name is not None:
        if name not in book.sheet_names:
            raise SourceIncomplete(f"{file} 中没有工作表“{name}” / there is no such sheet")
        return book.get_sheet_by_name(name)
    shown = [
        each.name
        for each in book.sheets_metadata
        if each.typ == SheetTypeEnum.WorkSheet and each.visible == SheetVisibleEnum.Visible
    ]
    sheets = [book.get_sheet_by_name(each) for each in shown]
    filled = [each for each in sheets if each.start is not None]
    if len(filled) > 1:
        names = "、".join(each.name for each in filled)
        raise SourceIncomplete(f"{file} 有多个工作表（{names}），请在清单中用 sheet 指明 / several sheets, name one")
    if not filled:
        raise SourceIncomplete(f"{file} 没有内容 / the workbook is empty")
    return filled[0]


def _has_errors(path: Path) -> bool:
    """Whether any cell of any sheet holds a formula's error, which calamine would read as an empty cell."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and _occurs(archive, name):
                return True
    return False


def _occurs(archive: zipfile.ZipFile, name: str) -> bool:
    kept = b""
    with archive.open(name) as file:
        while block := file.read(_BLOCK):
            if _ERROR_CELL in kept + block:
                return True
            kept = block[-len(_ERROR_CELL) :]
    return False


def _with_errors(path: Path, sheet: str) -> Iterator[list[Any]]:
    """The rows with errors as their text (``#REF!``); slower, so only where there are some."""
    # Here alone is openpyxl needed for reading a source; it takes a third of a second to load.
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=True)
    try:
        for row in book[sheet].iter_rows(values_only=True):
            yield list(row)
    finally:
        book.close()
