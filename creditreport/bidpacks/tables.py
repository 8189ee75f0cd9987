"""Tables that strangers hand in: a workbook or a CSV read to plain cells, within bounds on size, rows and columns.

A workbook is unpacked once with a count before it is read: what it says of its own size is not believed, and the sheet
is read row by row, so that one cell at the far end of a sheet costs nothing.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator
from io import BytesIO, StringIO

from openpyxl import load_workbook

from creditreport.errors import Problem

MOST_ROWS = 5000
# The last row of the format; what claims to lie beyond would be counted up to for ever.
LAST_ROW = 1_048_576
MOST_COLUMNS = 60
MOST_TEXT_BYTES = 2 * 1024 * 1024
# Of a workbook of five thousand rows, unpacked, with room to spare.
MOST_UNPACKED_BYTES = 24 * 1024 * 1024
_BLOCK = 256 * 1024
_ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

# Where a row stands, as a person would look for it, and its cells as text.
Row = tuple[str, list[str]]


def is_workbook(archive: zipfile.ZipFile) -> bool:
    """Whether a ZIP is a workbook (XLSX)."""
    names = set(archive.namelist())
    return "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names)


def table_rows(name: str, data: bytes) -> list[Row]:
    """The rows of a workbook, or of a CSV or list, told by the content. Raises ``TABLE_UNREADABLE``."""
    return workbook_rows(name, data) if data.startswith(b"PK") else text_rows(name, data)


def workbook_rows(name: str, data: bytes) -> list[Row]:
    """The rows of all visible sheets. Raises ``TABLE_UNREADABLE`` naming the file."""
    try:
        _check_unpacked(name, data)
        book = load_workbook(BytesIO(data), read_only=True, data_only=True)
        try:
            shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            rows: list[Row] = []
            for sheet in shown:
                title = f"{sheet.title} " if len(shown) > 1 else ""
                # Empty rows, of which a sheet may have a million, come for next to nothing.
                given = sheet.iter_rows(max_row=LAST_ROW, max_col=MOST_COLUMNS, values_only=True)
                for number, cells in enumerate(given, start=1):
                    if cells.count(None) < len(cells):
                        texts = ["" if cell is None else str(cell).strip() for cell in cells]
                        _add(name, rows, (f"{title}{number}", texts))
        finally:
            book.close()
    except Problem:
        raise
    # Whatever a strange workbook does to its reader, it is a workbook that cannot be read.
    except Exception as error:
        raise _unreadable(name, "不是能读取的工作簿", "it is not a readable workbook") from error
    return rows


def _check_unpacked(name: str, data: bytes) -> None:
    left = MOST_UNPACKED_BYTES
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for info in archive.infolist():
            if info.compress_type not in _ZIP_METHODS or info.flag_bits & 1:
                raise _unreadable(name, "工作簿已加密或压缩方式不常见", "it is encrypted or packed in an unusual way")
            with archive.open(info) as member:
                while block := member.read(_BLOCK):
                    left -= len(block)
                    if left < 0:
                        raise _unreadable(name, "工作簿过大", "the workbook is too large")


def text_rows(name: str, data: bytes) -> list[Row]:
    """The rows of a CSV or of a plain list (UTF-8, UTF-16 with its mark, GB18030). Raises ``TABLE_UNREADABLE``."""
    if len(data) > MOST_TEXT_BYTES:
        raise _unreadable(name, "表格过大", "the table is too large")
    text = _decoded(data)
    if text is None or "\0" in text:
        raise _unreadable(name, "不是 UTF-8 或 GB18030 文本", "it is neither UTF-8 nor GB18030 text")
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max("\t;,", key=first.count)
    rows: list[Row] = []
    try:
        for number, cells in enumerate(csv.reader(StringIO(text), delimiter=delimiter), start=1):
            _add(name, rows, (str(number), [cell.strip() for cell in cells]))
    except csv.Error as error:
        raise _unreadable(name, "不是正确的 CSV", "it is not a right CSV") from error
    return rows


def _decoded(data: bytes) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _add(name: str, rows: list[Row], row: Row) -> None:
    """Keep a row that is not empty; too many of them are refused, never cut off."""
    if any(row[1]):
        rows.append(row)
    if len(rows) > MOST_ROWS:
        raise _unreadable(name, f"超过 {MOST_ROWS} 行", f"it has more than {MOST_ROWS} rows")


def column(rows: list[Row], place: int) -> Iterator[tuple[str, str]]:
    """The filled cells of one column: where, and what."""
    for where, cells in rows:
        if place < len(cells) and cells[place]:
            yield where, cells[place]


def _unreadable(name: str, zh: str, en: str) -> Problem:
    return Problem("TABLE_UNREADABLE", file=name, detail_zh=zh, detail_en=en)
