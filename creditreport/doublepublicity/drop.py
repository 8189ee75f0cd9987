"""The drop that an import writes: found, read and put in place, so that whoever reads meets a whole file."""

from __future__ import annotations

import csv
import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from creditreport.catalog.manifest import FilesSource, LocatedManifest
from creditreport.doublepublicity.form import COLUMNS, IDENTITY
from creditreport.doublepublicity.upload import text_of
from creditreport.errors import Problem
from creditreport.sources.base import Deadline, Source, SourceIncomplete, SourceUnavailable
from creditreport.sources.drops import CHECKSUMS, DONE, digest_of, drop_date
from creditreport.sources.registry import make_source
from creditreport.spreadsheets import add_texts
from creditreport.violations.rows import ColumnMismatch, check_columns

# An import is no report: it may wait for a large file.
_SECONDS = 120
_UNFINISHED = ".importing"
Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Drop:
    """A drop that was read: its rows as text by the form's columns; no name when the folder has none yet."""

    name: str | None
    rows: tuple[Cells, ...]


class Drops:
    """The folder of one domain's drops."""

    def __init__(self, located: LocatedManifest, environ: Mapping[str, str]) -> None:
        source = located.manifest.source
        if located.manifest.double_publicity is None or not isinstance(source, FilesSource):
            raise Problem("UPLOAD_NOT_DECLARED", slug=located.manifest.slug, file=located.path.name)
        self.manifest, self.form = located.manifest, source
        self._reader: Source = make_source(located, environ)
        try:
            self.folder = located.path.parent / self._reader.address(source.folder)
        except SourceUnavailable as error:
            raise self._unreadable(str(error)) from error
        if not self.folder.is_dir():
            raise self._unreadable(f"文件夹 {self.folder} 不存在 / the folder is missing")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One import at a time for a folder; the lock ends with the process, however that ends."""
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def read(self) -> Drop:
        """The drop that counts now, read as issuing reads it. Raises ``DROP_UNREADABLE``."""
        names = [path.name for path in self.folder.iterdir() if not path.name.startswith(".")]
        if not any(fnmatchcase(name, self.form.pattern) for name in names):
            return Drop(None, ())
        try:
            with self._reader.open(Deadline(_SECONDS)) as opened:
                check_columns(self.manifest, opened.columns)
                rows = tuple(map(_texts, opened.rows))
                version = opened.version() if callable(opened.version) else opened.version
                return Drop((version or "").rsplit(" sha256:", 1)[0], rows)
        except (SourceUnavailable, SourceIncomplete, ColumnMismatch) as error:
            raise self._unreadable(str(error)) from error

    def next_name(self, now: datetime, last: str | None) -> str:
        """A name that makes the next drop the newest. Raises ``DROP_UNREADABLE`` where none can."""
        if last is not None and (drop_date(last) or date.min) > now.date():
            raise self._unreadable(f"现有文件 {last} 的日期晚于今天 / the newest file is dated later than today")
        moment = now
        while (self.folder / (name := self.form.pattern.replace("*", f"{moment:%Y%m%d%H%M%S}"))).exists():
            moment += timedelta(seconds=1)
        if drop_date(name) != now.date():
            raise self._unreadable(f"按“{self.form.pattern}”不能写出带日期的文件名 / no name with a date can be made")
        return name

    def prepare(self, name: str, rows: Sequence[Cells]) -> str:
        """Write the drop under a hidden name beside its place; its digest. Nobody reads it yet."""
        part = self._part(name)
        if name.lower().endswith(".xlsx"):
            self._workbook(part, rows)
        else:
            self._csv(part, rows)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        return digest_of(part)

    def publish(self, name: str, digest: str, last: str | None) -> None:
        """Put the prepared drop in its place with its checksum; from then on it is the one that counts."""
        part, place = self._part(name), self.folder / name
        sums = {"sha256": digest} | ({"md5": digest_of(part, "md5")} if self.form.checksum == "md5" else {})
        for kind, told in sums.items():
            hidden = self._part(f"{name}.{kind}")
            hidden.write_text(f"{told}  {name}\n", encoding="utf-8")
            hidden.replace(self.folder / f"{name}.{kind}")
        if last is not None:
            # Of two drops of one day the later one counts, even where the clocks of two machines differ.
            newest = max(part.stat().st_mtime_ns, (self.folder / last).stat().st_mtime_ns + 1)
            os.utime(part, ns=(newest, newest))
        part.replace(place)
        self.mark(name)
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def mark(self, name: str) -> None:
        """Say that the drop is there as a whole, where the manifest waits for that; repeating it does no harm."""
        if self.form.done_marker:
            marker = self.folder / f"{name}{DONE}"
            marker.touch()
            written = (self.folder / name).stat().st_mtime_ns
            os.utime(marker, ns=(written, written))

    def holds(self, name: str, digest: str) -> bool:
        """Whether the drop is in its place, as it was written."""
        try:
            return digest_of(self.folder / name) == digest
        except FileNotFoundError:
            return False

    def discard(self, name: str) -> None:
        """Remove what an import that never put its drop in place left behind."""
        self._part(name).unlink(missing_ok=True)
        for kind in CHECKSUMS:
            self._part(f"{name}.{kind}").unlink(missing_ok=True)
            (self.folder / f"{name}.{kind}").unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove the hidden files of imports that ended before their log was written; only under the lock."""
        for left in self.folder.glob(f".*{_UNFINISHED}"):
            left.unlink(missing_ok=True)

    def _part(self, name: str) -> Path:
        return self.folder / f".{name}{_UNFINISHED}"

    def _csv(self, path: Path, rows: Sequence[Cells]) -> None:
        encoding = "gb18030" if self.form.encoding == "gb18030" else "utf-8"
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file, delimiter=self.form.delimiter)
            writer.writerows([[""] * len(COLUMNS)] * (self.form.header_row - 1))
            writer.writerows([COLUMNS, *([row[column] for column in COLUMNS] for row in rows)])

    def _workbook(self, path: Path, rows: Sequence[Cells]) -> None:
        book = Workbook(write_only=True)
        sheet = book.create_sheet(self.form.sheet or "行政处罚")
        for _ in range(self.form.header_row - 1):
            sheet.append([])
        add_texts(sheet, [COLUMNS, *([row[column] for column in COLUMNS] for row in rows)])
        with path.open("wb") as file:
            book.save(file)

    def _unreadable(self, detail: str) -> Problem:
        return Problem("DROP_UNREADABLE", slug=self.manifest.slug, detail=detail)


def _texts(row: Mapping[str, Any]) -> Cells:
    return {column: "" if column in IDENTITY else text_of(row.get(column)) for column in COLUMNS}
