"""Workbook drops (XLSX, and old XLS): one sheet, every cell where it stands."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from creditreport.sources.base import SourceIncomplete

_SIGNATURES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def is_workbook(path: Path) -> bool:
    """Whether the content (not the name) is a workbook's."""
    with path.open("rb") as file:
        return file.read(4) in _SIGNATURES


def workbook_rows(path: Path, sheet: str | None) -> Generator[tuple[int, list[Any]]]:
    """Row number and cells of each row of ``sheet``, or of the only sheet that holds anything."""
    try:
        with CalamineWorkbook.from_path(path) as book:
            chosen = _sheet(book, sheet, path.name)
            # Rows above and columns left of the data are kept, so that header_row counts as a person does.
            yield from enumerate(chosen.to_python(skip_empty_area=False), start=1)
    except CalamineError as error:
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
