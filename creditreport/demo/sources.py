"""The rows that the invented departments hold, gathered, then written as databases and file drops.

Every file is written under a temporary name and renamed, so that a source that is read at the same time, or an end
half-way, meets a whole file.
"""

from __future__ import annotations

import csv
import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import mkstemp
from typing import Literal

from openpyxl import Workbook

from creditreport.demo.environment import SYSTEMS, database_file, drops_folder

Cell = str | int | float | date | None
Row = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a department's database; ``numeric`` columns are not text."""

    system: str
    name: str
    columns: tuple[str, ...]
    numeric: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drop:
    """A folder of files, one for each day of sending."""

    folder: str
    stem: str
    columns: tuple[str, ...]
    kind: Literal["csv", "xlsx"] = "csv"
    encoding: str = "utf-8"
    delimiter: str = ","
    checksum: bool = False
    marker: bool = False

    def file_name(self, day: date) -> str:
        """The name of the file sent on ``day``."""
        return f"{self.stem}_{day:%Y%m%d}.{self.kind}"


@dataclass
class Sources:
    """All rows, by where they lie."""

    tables: dict[Table, list[Row]] = field(default_factory=dict)
    drops: dict[Drop, list[Row]] = field(default_factory=dict)
    statements: dict[str, list[str]] = field(default_factory=dict)

    def declare(self, place: Table | Drop) -> None:
        """Make a place known, so that it is there even when it is empty today."""
        self._rows(place)

    def add(self, place: Table | Drop, row: Row) -> None:
        """Add a row; a column that the place does not have is an error of the generator."""
        unknown = set(row) - set(place.columns)
        if unknown:
            raise ValueError(f"{place} has no {sorted(unknown)}")
        self._rows(place).append(row)

    def _rows(self, place: Table | Drop) -> list[Row]:
        if isinstance(place, Table):
            return self.tables.setdefault(place, [])
        return self.drops.setdefault(place, [])

    def run(self, system: str, statement: str) -> None:
        """A further statement of a system's database, such as a view."""
        self.statements.setdefault(system, []).append(statement)

    @property
    def rows(self) -> dict[str, int]:
        """How many rows each place holds."""
        counts = {f"{table.system.lower()}.{table.name}": len(rows) for table, rows in self.tables.items()}
        return {**counts, **{f"drops/{drop.folder}": len(rows) for drop, rows in self.drops.items()}}

    def write(self, folder: Path, day: date) -> None:
        """Write all databases and drops into ``folder``; what an earlier filling left in their place goes."""
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.rglob("*.part"):
            left.unlink()
        for system in SYSTEMS:
            _whole(database_file(folder, system), partial(self._database, system))
        for drop, rows in self.drops.items():
            self._send(drop, rows, drops_folder(folder) / drop.folder, day)

    def _send(self, drop: Drop, rows: Sequence[Row], place: Path, day: date) -> None:
        # The last drop before this one stays beside it, with half of the rows: the newest one counts.
        place.mkdir(parents=True, exist_ok=True)
        sent = {drop.file_name(day - timedelta(days=7)): rows[: len(rows) // 2], drop.file_name(day): rows}
        kept = set(sent)
        for name, held in sent.items():
            _whole(place / name, partial(_drop, drop, held))
            kept |= set(_beside(drop, place / name))
        for old in place.iterdir():
            if old.name not in kept:
                old.unlink()

    def _database(self, system: str, path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection, connection:
            for table, rows in self.tables.items():
                if table.system == system:
                    _fill_table(connection, table, rows)
            for statement in self.statements.get(system, ()):
                connection.execute(statement)


def _fill_table(connection: sqlite3.Connection, table: Table, rows: Iterable[Row]) -> None:
    kinds = {column: "REAL" if column in table.numeric else "TEXT" for column in table.columns}
    connection.execute(f"CREATE TABLE {table.name} ({', '.join(f'{name} {kind}' for name, kind in kinds.items())})")
    marks = ", ".join("?" for _ in table.columns)
    values = [[row.get(column) for column in table.columns] for row in rows]
    connection.executemany(f"INSERT INTO {table.name} VALUES ({marks})", values)  # noqa: S608 - names are our own


def _beside(drop: Drop, path: Path) -> Iterator[str]:
    """Write what the department sends after a drop, its checksum and its marker; gives their names."""
    texts = {}
    if drop.checksum:
        texts[f"{path.name}.sha256"] = f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
    if drop.marker:
        texts[f"{path.name}.done"] = ""
    for name, text in texts.items():
        _whole(path.with_name(name), partial(_text, text))
        yield name


def _text(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")


def _drop(drop: Drop, rows: Sequence[Row], path: Path) -> None:
    cells = [[row.get(column) for column in drop.columns] for row in rows]
    if drop.kind == "csv":
        with path.open("w", encoding=drop.encoding, newline="") as file:
            csv.writer(file, delimiter=drop.delimiter).writerows([drop.columns, *cells])
        return
    book = Workbook()
    book.properties.created = book.properties.modified = datetime(2024, 9, 1)  # noqa: DTZ001 - the form has no zone
    sheet = book.create_sheet("行政处罚", 0)
    for line in [drop.columns, *cells]:
        sheet.append(list(line))
    with path.open("wb") as target:
        book.save(target)


def _whole(path: Path, write: Callable[[Path], None]) -> None:
    handle, name = mkstemp(dir=path.parent, prefix=path.stem, suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        write(part)
        part.chmod(0o644)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
