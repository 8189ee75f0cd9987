"""Reading an uploaded form: the whole of it or nothing; a row whose cells do not fit stays a row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from creditreport.catalog.manifest import FilesSource
from creditreport.doublepublicity.form import COLUMNS, REASON_COLUMN, Line, plain, ticket_of
from creditreport.errors import Problem
from creditreport.sources.archive import is_archive
from creditreport.sources.base import SourceIncomplete
from creditreport.sources.csvfile import csv_rows
from creditreport.sources.workbook import is_workbook, workbook_rows
from creditreport.violations.cells import UnreadableCell, cell_text, clean_text

LIMIT_BYTES = 64 * 1024 * 1024
# The form as it is sent: comma-separated or a workbook with one filled sheet; the encoding is told by the content.
_AS_SENT = FilesSource(driver="files", folder=".")


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file, read to its end."""

    name: str
    digest: str
    is_workbook: bool
    lines: tuple[Line, ...]


def read_upload(path: Path) -> Upload:
    """The rows of the form in ``path`` (XLSX, or CSV in UTF-8 or GB18030).

    Raises ``UPLOAD_UNREADABLE`` for a file that is not read to its end, ``UPLOAD_COLUMNS`` for columns that are not
    the form's, ``UPLOAD_EMPTY`` for a form without rows.
    """
    try:
        if path.stat().st_size > LIMIT_BYTES:
            raise _unreadable(path, f"文件超过 {LIMIT_BYTES // 1024 // 1024} MB / the file is too large")
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        workbook = is_workbook(path)
        if workbook and is_archive(path):
            raise _unreadable(path, "是 ZIP 压缩包，请解压后上传其中的表 / it is a ZIP, send the form inside")
        rows = workbook_rows(path, None) if workbook else csv_rows(path, _AS_SENT)
        with closing(rows):
            lines = tuple(_lines(rows, path, padded=workbook))
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    except SourceIncomplete as error:
        raise _unreadable(path, str(error)) from error
    if not lines:
        raise Problem("UPLOAD_EMPTY", file=path.name)
    return Upload(path.name, digest, workbook, lines)


def _lines(rows: Iterator[tuple[int, list[Any]]], path: Path, *, padded: bool) -> Iterator[Line]:
    header = next(rows, (0, []))[1]
    columns = _columns(header, path)
    for number, cells in rows:
        texts = [plain(text_of(cell)) for cell in cells]
        if not any(text.strip() for text in texts):
            continue
        surplus = any(text.strip() for text in texts[len(columns) :])
        # A workbook pads its rows. In a CSV one cell too many is a comma that nobody quoted, even if it is empty.
        fits = len(texts) >= len(columns) and not surplus if padded else len(texts) == len(header)
        known = dict(zip(columns, [*texts, *[""] * len(columns)], strict=False))
        reason = known.pop(REASON_COLUMN, "")
        yield Line(number, known, fits, ticket_of(reason))


def _columns(cells: Sequence[Any], path: Path) -> list[str]:
    names = [text_of(cell).strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    unknown = [name or "（空）" for name in names if name not in {*COLUMNS, REASON_COLUMN}]
    twice = sorted({name for name in names if names.count(name) > 1 and name})
    missing = [name for name in COLUMNS if name not in names]
    told = (
        ("不是双公示表的列 / not of the form", unknown),
        ("重复的列 / twice", twice),
        ("缺少的列 / missing", missing),
    )
    wrong = [f"{what}：{'、'.join(found)}" for what, found in told if found]
    if wrong:
        raise Problem("UPLOAD_COLUMNS", file=path.name, detail="；".join(wrong))
    return names


def text_of(cell: Any) -> str:
    """A cell as text, without control characters; what cannot be read with certainty stays visible, to be corrected."""
    try:
        text = cell_text(cell)
    except UnreadableCell:
        # A code kept as a number has lost its last digits: those that are certain, the others masked.
        lost = isinstance(cell, float) and isfinite(cell)
        text = f"{int(cell)}"[:15] + "***" if lost else str(cell)
    try:
        return clean_text(text) or ""
    except UnreadableCell:
        return (text or "").strip()  # a spreadsheet's error, such as #REF!


def _unreadable(path: Path, detail: str) -> Problem:
    return Problem("UPLOAD_UNREADABLE", file=path.name, detail=detail)
