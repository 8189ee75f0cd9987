"""The ``files`` driver: the newest drop in a folder, CSV or XLSX, told apart by content, as it is or in a ZIP."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from creditreport.catalog.manifest import FilesSource
from creditreport.clock import SHANGHAI
from creditreport.sources.archive import is_archive, unpacked
from creditreport.sources.base import Deadline, Opened, Row, Source, SourceIncomplete, SourceUnavailable
from creditreport.sources.csvfile import csv_rows
from creditreport.sources.drops import Snapshot, check_sum, choose_drop, digest_of
from creditreport.sources.drops import drop_date as drop_date
from creditreport.sources.drops import newest_drop as newest_drop
from creditreport.sources.workbook import is_workbook, workbook_rows
from creditreport.violations.cells import UnreadableCell, clean_text

Line = tuple[int, list[Any]]


class FileRows(Source):
    """Rows of the newest file."""

    name: ClassVar[str] = "files"

    @contextmanager
    def open(self, deadline: Deadline) -> Iterator[Opened]:
        """Find the newest drop that is whole, compare its checksum, check its header, stream its rows."""
        source = self.manifest.source
        assert isinstance(source, FilesSource)  # noqa: S101 - the registry pairs driver and form
        path = choose_drop(self.folder / self.address(source.folder), source)
        try:
            seen = Snapshot.of(path)
            if source.checksum is not None:
                check_sum(path, source.checksum)
            digest = digest_of(path)
            with ExitStack() as stack:
                table = _table(path, source, stack)
                lines = workbook_rows(table, source.sheet) if is_workbook(table) else csv_rows(table, source)
                stack.enter_context(closing(lines))
                columns = _header(lines, source.header_row, path.name)
                rows = _unchanged(_rows(lines, columns, path.name), path, seen)
                yield Opened(columns, rows, self._watermark(path, source, seen), f"{path.name} sha256:{digest}")
        except OSError as error:
            raise SourceUnavailable(f"不能读取文件 {path}：{error.strerror} / cannot read the file") from error

    def _watermark(self, path: Path, source: FilesSource, seen: Snapshot) -> Any:
        if not source.as_of.file:
            return None
        return drop_date(path.name) or datetime.fromtimestamp(seen.changed_ns / 1e9, SHANGHAI)


def _table(path: Path, source: FilesSource, stack: ExitStack) -> Path:
    """The file that holds the rows: the drop itself, or what a ZIP holds."""
    if not is_workbook(path) or not is_archive(path):
        return path
    table = stack.enter_context(unpacked(path, source.member))
    if is_workbook(table) and is_archive(table):
        raise SourceIncomplete(f"{path.name} 内又是 ZIP / holds a ZIP again")
    return table


def _unchanged(rows: Iterator[Row], path: Path, seen: Snapshot) -> Iterator[Row]:
    yield from rows
    # Whoever reads while the department still writes reads half a feed.
    seen.check(path)


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
