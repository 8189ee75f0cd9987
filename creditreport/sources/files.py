"""The ``files`` driver: the newest drop in a folder, CSV or XLSX, told apart by content."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, ClassVar

from creditreport.catalog.manifest import FilesSource
from creditreport.clock import SHANGHAI
from creditreport.sources.base import Deadline, Opened, Row, Source, SourceIncomplete, SourceUnavailable
from creditreport.sources.csvfile import csv_rows
from creditreport.sources.workbook import is_workbook, workbook_rows
from creditreport.violations.cells import UnreadableCell, clean_text

_DATE_IN_NAME = re.compile(r"(?<!\d)(20\d{2})(-?)(\d{2})\2(\d{2})(?:\d{4}|\d{6})?(?!\d)")
_UNFINISHED = (".tmp", ".part", ".crdownload", ".filepart")
Line = tuple[int, list[Any]]


class FileRows(Source):
    """Rows of the newest file."""

    name: ClassVar[str] = "files"

    @contextmanager
    def open(self, deadline: Deadline) -> Iterator[Opened]:
        """Find the newest drop, check its header, stream its rows."""
        source = self.manifest.source
        assert isinstance(source, FilesSource)  # noqa: S101 - the registry pairs driver and form
        folder = self.folder / self.address(source.folder)
        path = newest_drop(folder, source.pattern)
        try:
            digest, modified = _digest(path), datetime.fromtimestamp(path.stat().st_mtime, SHANGHAI)
            lines = workbook_rows(path, source.sheet) if is_workbook(path) else csv_rows(path, source)
            with closing(lines):
                columns = _header(lines, source.header_row, path.name)
                watermark = drop_date(path.name) or modified if source.as_of.file else None
                rows = _rows(lines, columns, path.name)
                yield Opened(columns, rows, watermark, f"{path.name} sha256:{digest}")
        except OSError as error:
            raise SourceUnavailable(f"不能读取文件 {path}：{error.strerror} / cannot read the file") from error


def newest_drop(folder: Path, pattern: str) -> Path:
    """The newest file of ``folder`` that fits ``pattern``: by the date in its name, then by its modification time.

    Raises :class:`SourceUnavailable` naming the folder when there is none.
    """
    try:
        found = [path for path in folder.iterdir() if _is_drop(path, pattern)]
        if not found:
            raise SourceUnavailable(f"文件夹 {folder} 中没有符合“{pattern}”的文件 / the folder has no such file")
        return max(found, key=lambda path: (drop_date(path.name) or date.min, path.stat().st_mtime_ns, path.name))
    except OSError as error:
        raise SourceUnavailable(f"文件夹 {folder} 不存在或不能读取 / the folder is missing or unreadable") from error


def _is_drop(path: Path, pattern: str) -> bool:
    hidden = path.name.startswith((".", "~$")) or path.name.lower().endswith(_UNFINISHED)
    return not hidden and fnmatchcase(path.name, pattern) and path.is_file()


def drop_date(name: str) -> date | None:
    """The latest date (``YYYYMMDD`` or ``YYYY-MM-DD``) in a file's name, if there is one."""
    days = []
    for match in _DATE_IN_NAME.finditer(name):
        try:
            days.append(date(int(match[1]), int(match[3]), int(match[4])))
        except ValueError:
            continue
    return max(days, default=None)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _header(lines: Iterator[Line], header_row: int, file: str) -> tuple[str, ...]:
    for _ in range(header_row - 1):
        next(lines, None)
    _number, cells = next(lines, (0, []))
    names = [clean_text(cell) or "" for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise SourceIncomplete(f"{file} 第 {header_row} 行没有表头 / there is no header")
    if "" in names:
        raise SourceIncomplete(f"{file} 表头第 {names.index('') + 1} 列没有名称 / a column has no name")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SourceIncomplete(f"{file} 列名重复：{'、'.join(twice)} / a column's name occurs twice")
    return tuple(names)


def _rows(lines: Iterator[Line], columns: Sequence[str], file: str) -> Iterator[Row]:
    width = len(columns)
    for number, cells in lines:
        if all(_blank(cell) for cell in cells):
            continue
        # Spreadsheets pad rows with empty cells; a filled cell beyond the header belongs to no column.
        surplus = cells[width:]
        if len(cells) < width or any(not _blank(cell) for cell in surplus):
            raise SourceIncomplete(
                f"{file} 第 {number} 行有 {len(cells)} 格，表头有 {width} 列 / cells and columns differ"
            )
        yield dict(zip(columns, cells, strict=False))


def _blank(cell: Any) -> bool:
    try:
        return clean_text(cell) is None
    except UnreadableCell:
        return False
