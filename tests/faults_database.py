"""Copies of a department's database for a fault to be made in, and the business's rows in it."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from creditreport.catalog.manifest import SqlSource
from creditreport.violations.record import comparable_code
from tests.faults import Cell, Domain


def source_of(domain: Domain) -> SqlSource:
    source = domain.manifest.source
    assert isinstance(source, SqlSource)
    return source


def tables(source: SqlSource) -> list[str]:
    return [source.table] if source.table else re.findall(r"FROM (\w+)", source.query or "")


def address_as(cell: Cell, address: str) -> None:
    cell.environ[source_of(cell.domain).url.removeprefix("env:")] = address


def copied(cell: Cell) -> Path:
    """The department's database, copied for this cell, with tables in place of the views that the manifest reads."""
    source = source_of(cell.domain)
    original = cell.environ[source.url.removeprefix("env:")].removeprefix("sqlite:///")
    path = cell.folder / "department.sqlite3"
    shutil.copy(original, path)
    with opened(path) as database:
        for name in tables(source):
            kind = database.execute("SELECT type FROM sqlite_master WHERE name = ?", [name]).fetchone()[0]
            if kind == "view":
                database.execute(f"CREATE TABLE made AS SELECT * FROM {name}")
                database.execute(f"DROP VIEW {name}")
                database.execute(f"ALTER TABLE made RENAME TO {name}")
    address_as(cell, f"sqlite:///{path}")
    return path


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA synchronous=OFF")
        database.create_function("code", 1, lambda cell: comparable_code(str(cell or "")))
        yield database


@contextmanager
def changing(cell: Cell) -> Iterator[tuple[sqlite3.Connection, list[str]]]:
    with opened(copied(cell)) as database:
        yield database, tables(source_of(cell.domain))


def columns(database: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in database.execute(f"PRAGMA table_info({table})")]


def mine(cell: Cell, database: sqlite3.Connection, table: str) -> str:
    """The condition for the rows of ``table`` that are the business's, its codes written in."""
    source, codes = source_of(cell.domain), ", ".join(f"'{code}'" for code in cell.domain.entity.codes)
    here = columns(database, table)
    parts = [f"code({column}) IN ({codes})" for column in cell.domain.code_columns if column in here]
    if source.join and not parts:
        left, right = next(iter(source.join.on.items()))
        inner = mine_joined(cell, codes)
        parts = [f"{left} IN (SELECT {right} FROM {source.join.table} WHERE {inner})"]
    return " OR ".join(parts)


def mine_joined(cell: Cell, codes: str) -> str:
    return " OR ".join(f"code({one.partition('.')[2]}) IN ({codes})" for one in cell.domain.code_columns)


def copied_rows(cell: Cell, database: sqlite3.Connection, table: str, where: str, changes: dict[str, str]) -> None:
    """Insert the rows once more with ``changes``: SQL expressions by column."""
    here = columns(database, table)
    values = ", ".join(changes.get(column, column) for column in here)
    database.execute(f"INSERT INTO {table} SELECT {values} FROM {table} WHERE {where}")
