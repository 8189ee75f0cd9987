"""Mirrored sync into PostgreSQL: rows a second checked, mapped and stored; and what a second run costs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
from sqlalchemy import Column, MetaData, Table, Text, create_engine, insert

from creditreport.demo.shapes.publicity import COLUMNS
from creditreport.mirror.sync import SyncOutcome, sync_sources
from creditreport.service import Service
from creditreport.violations.answer import AnswerStatus
from tests.bench.figures import Figure, per_second, timed
from tests.bench.publicity import TABLE, mirrored_domains, write_drop, write_table
from tests.bench.stage import NOON, Stage

TARGET = 20_000


def run(stage: Stage, rows: int) -> Iterator[Figure]:
    """The figures of mirrored sync."""
    folder = stage.folder / "sync"
    folder.mkdir()
    source = folder / "publicity.sqlite3"
    environ = {
        "CREDITREPORT_SOURCE_PUBLICITY": write_table(source, rows),
        "CREDITREPORT_SOURCE_DROPS": str(folder / "drops"),
    }
    write_drop(folder / "drops", rows)
    with stage.service("sync", mirrored_domains(folder), environ) as service:
        peers = f"bare COPY {per_second(rows, _bare_copy(stage, source))}, " + (
            f"SQLAlchemy insert {per_second(rows, _bare_insert(stage, source))}, neither checks anything"
        )
        for slug, what in (("science_technology", "a table"), ("health", "a CSV file")):
            yield _first(service, slug, what, rows, peers)
            yield _again(service, slug, what, rows)
        yield _changed(service, source, rows)


def _sync(service: Service, slug: str) -> SyncOutcome:
    (outcome,) = sync_sources(service, NOON, slug)
    assert outcome.status is AnswerStatus.COMPLETE, outcome.problem
    return outcome


def _first(service: Service, slug: str, what: str, rows: int, peers: str) -> Figure:
    outcomes: list[SyncOutcome] = []
    seconds = timed(lambda: outcomes.append(_sync(service, slug)))
    assert (outcomes[0].added, outcomes[0].quarantined) == (rows, 0), outcomes[0]
    name = f"mirrored sync of {what}, {rows:,} rows, first"
    return Figure(name, per_second(rows, seconds), f"≥ {TARGET:,}/s", rows / seconds >= TARGET, peers)


def _again(service: Service, slug: str, what: str, rows: int) -> Figure:
    outcomes: list[SyncOutcome] = []
    seconds = timed(lambda: outcomes.append(_sync(service, slug)))
    one = outcomes[0]
    nothing = (one.added, one.changed, one.vanished, one.unchanged) == (0, 0, 0, rows)
    name = f"mirrored sync of {what}, {rows:,} rows, again"
    return Figure(name, per_second(rows, seconds), "changes nothing", nothing, f"{one.unchanged:,} unchanged")


def _changed(service: Service, source: Path, rows: int) -> Figure:
    """One row in a hundred has another text since."""
    with sqlite3.connect(source) as connection:
        connection.execute(f"UPDATE {TABLE} SET CF_SY = CF_SY || '（更正）' WHERE rowid % 100 = 0")
    connection.close()
    outcomes: list[SyncOutcome] = []
    seconds = timed(lambda: outcomes.append(_sync(service, "science_technology")))
    one = outcomes[0]
    right = (one.added, one.changed, one.vanished) == (0, rows // 100, 0)
    name = "mirrored sync of a table, 1 % of its rows changed"
    return Figure(name, per_second(rows, seconds), f"{rows // 100:,} changed", right, f"{one.changed:,} changed")


def _bare_copy(stage: Stage, source: Path) -> float:
    """The same cells from table to table with nothing in between: the floor."""
    address = stage.database("bare_copy").replace("postgresql+psycopg", "postgresql")

    def copy() -> None:
        with psycopg.connect(address) as target:
            target.execute(f"CREATE TABLE bare ({', '.join(f'{name} text' for name in COLUMNS)})")
            with target.cursor() as cursor, cursor.copy("COPY bare FROM STDIN") as into:
                for row in sqlite3.connect(source).execute(f"SELECT * FROM {TABLE}"):
                    into.write_row(row)

    return timed(copy)


def _bare_insert(stage: Stage, source: Path) -> float:
    """The same by SQLAlchemy's bulk insert, a thousand rows at a time."""
    engine, metadata = create_engine(stage.database("bare_insert")), MetaData()
    table = Table("bare", metadata, *(Column(name, Text) for name in COLUMNS))
    metadata.create_all(engine)

    def copy() -> None:
        cursor = sqlite3.connect(source).execute(f"SELECT * FROM {TABLE}")
        with engine.begin() as connection:
            while part := cursor.fetchmany(1000):
                connection.execute(insert(table), [dict(zip(COLUMNS, row, strict=True)) for row in part])

    seconds = timed(copy)
    engine.dispose()
    return seconds
