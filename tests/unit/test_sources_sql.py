"""The sql driver on real databases, SQLite and PostgreSQL: tables, joins, queries, watermarks; it only reads."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from creditreport.catalog.manifest import LocatedManifest, Manifest
from creditreport.sources.base import Asked, Rows
from creditreport.sources.registry import make_source
from creditreport.violations.answer import AnswerStatus

ASKED_AT = datetime(2026, 11, 21, 4, tzinfo=UTC)
LIVE = {"live": True}


def ask(path: Path, url: str, work: Any = None, deadline: float = 20, **source: Any) -> Asked[Any]:
    manifest = Manifest.model_validate({
        "slug": "a", "title": "a", "title_en": "a", "responsible_unit": "a", "number": 1, "batch": 1,
        "effective_from": "2024-09-01", "key": ["id"], "fields": {"uscc": "code"}, "deadline_seconds": deadline,
        "source": {"driver": "sql", "url": url, "as_of": LIVE} | source,
        "expect": {"empty": True},
    })  # fmt: skip

    def every(rows: Rows) -> list[dict[str, Any]]:
        return [dict(row) for row in rows]

    located = LocatedManifest(path=path / "01_a.toml", manifest=manifest)
    return make_source(located, {}).start(ASKED_AT, work or every).wait()


@pytest.fixture
def filled(database_url: str) -> str:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        for statement in (
            "CREATE TABLE decision (id varchar(10), case_no varchar(10), amount decimal(10,2))",
            "CREATE TABLE cases (case_no varchar(10), code varchar(30))",
            "CREATE TABLE log (name varchar(10), at varchar(30))",
            "INSERT INTO decision VALUES ('1', 'A', 10.50), ('2', 'A', NULL), ('3', 'B', 0)",
            "INSERT INTO cases VALUES ('A', 'X')",
            "INSERT INTO log VALUES ('decision', '2026-11-20 23:00:00')",
            "CREATE VIEW shown AS SELECT id, case_no FROM decision WHERE id <> '3'",
        ):
            connection.execute(text(statement))
    engine.dispose()
    return database_url


def test_a_table_and_a_view(filled: str, tmp_path: Path) -> None:
    asked = ask(tmp_path, filled, table="decision")
    assert asked.status is AnswerStatus.COMPLETE, asked.problem
    assert [(row["id"], row["case_no"]) for row in asked.result] == [("1", "A"), ("2", "A"), ("3", "B")]
    assert asked.data_as_of == ASKED_AT
    assert len(ask(tmp_path, filled, table="shown").result) == 2


def test_a_join_keeps_rows_without_a_partner(filled: str, tmp_path: Path) -> None:
    join = {"table": "cases", "alias": "c", "on": {"case_no": "case_no"}}
    asked = ask(tmp_path, filled, table="decision", join=join)
    assert asked.status is AnswerStatus.COMPLETE, asked.problem
    assert [(row["id"], row["c.code"]) for row in asked.result] == [("1", "X"), ("2", "X"), ("3", None)]
    assert set(asked.result[0]) == {"id", "case_no", "amount", "c.case_no", "c.code"}
    wrong = ask(tmp_path, filled, table="decision", join=join | {"on": {"nr": "case_no"}})
    assert wrong.status is AnswerStatus.INCOMPLETE
    assert "nr" in (wrong.problem or "")


def test_a_query_is_sent_as_it_stands(filled: str, tmp_path: Path) -> None:
    query = "SELECT id, '12:30 :x 100%' AS note FROM decision WHERE case_no LIKE '%A%'"
    asked = ask(tmp_path, filled, query=query)
    assert asked.result == [{"id": "1", "note": "12:30 :x 100%"}, {"id": "2", "note": "12:30 :x 100%"}]
    twice = ask(tmp_path, filled, query="SELECT id, case_no AS id FROM decision")
    assert twice.status is AnswerStatus.INCOMPLETE


def test_the_watermark_of_a_query(filled: str, tmp_path: Path) -> None:
    query = "SELECT at FROM log WHERE name = 'decision'"
    asked = ask(tmp_path, filled, table="decision", as_of={"query": query})
    assert asked.data_as_of is not None
    assert asked.data_as_of.isoformat() == "2026-11-20T23:00:00+08:00"
    for nothing in ("SELECT at FROM log WHERE name = 'x'", "SELECT NULL", "SELECT 'gestern'"):
        unknown = ask(tmp_path, filled, table="decision", as_of={"query": nothing})
        assert unknown.status is AnswerStatus.INCOMPLETE, nothing


@pytest.mark.parametrize("statement", ["DELETE FROM decision", "UPDATE decision SET id = '9' RETURNING id"])
def test_it_only_reads(filled: str, tmp_path: Path, statement: str) -> None:
    assert ask(tmp_path, filled, query=statement).status is AnswerStatus.UNAVAILABLE
    assert [row["id"] for row in ask(tmp_path, filled, table="decision").result] == ["1", "2", "3"]


def test_it_has_no_lasting_effect_even_through_functions(filled: str, tmp_path: Path) -> None:
    """A sequence moves on even in a transaction that is rolled back; in a read-only one it may not be moved at all."""
    if filled.startswith("sqlite"):
        statement = "INSERT INTO log VALUES ('x', 'y') RETURNING name"
    else:
        engine = create_engine(filled)
        with engine.begin() as connection:
            connection.execute(text("CREATE SEQUENCE counter"))
        engine.dispose()
        statement = "SELECT nextval('counter')"
    asked = ask(tmp_path, filled, query=statement)
    assert asked.status is AnswerStatus.UNAVAILABLE


def test_a_missing_table_is_unavailable_by_name(filled: str, tmp_path: Path) -> None:
    for source in ({"table": "nowhere"}, {"query": "SELECT * FROM nowhere"}):
        asked = ask(tmp_path, filled, **source)
        assert asked.status is AnswerStatus.UNAVAILABLE
        assert "nowhere" in (asked.problem or "")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:///missing.sqlite3", "missing.sqlite3"),
        ("sqlite://", "没有数据库文件"),
        ("postgresql+psycopg://nobody@127.0.0.1:1/x", "数据库不能读取"),
        ("nosuchdb://x/y", "数据库地址不正确"),
        ("not an address", "数据库地址不正确"),
        ("mysql+pymysql://127.0.0.1:1/x", "数据库不能读取"),
        ("mssql+pyodbc://127.0.0.1:1/x", "缺少数据库驱动 pyodbc"),
    ],
)
def test_a_database_that_cannot_be_reached_is_unavailable(tmp_path: Path, url: str, words: str) -> None:
    asked = ask(tmp_path, url, table="t")
    assert asked.status is AnswerStatus.UNAVAILABLE
    assert words in (asked.problem or "")
    assert not list(tmp_path.iterdir())  # reading must not make a database


def small_database(folder: Path) -> None:
    engine = create_engine(f"sqlite:///{folder / 'x.sqlite3'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (id integer)"))
    engine.dispose()


def test_a_relative_database_is_relative_to_the_manifest(tmp_path: Path) -> None:
    small_database(tmp_path)
    assert ask(tmp_path, "sqlite:///x.sqlite3", table="t").result == []


def test_a_secret_file_holds_the_address(tmp_path: Path) -> None:
    (tmp_path / "address").write_text("sqlite:///y.sqlite3\n")
    asked = ask(tmp_path, "file:address", table="t")
    assert "y.sqlite3" in (asked.problem or "")
    assert "nothing_there" in (ask(tmp_path, "file:nothing_there", table="t").problem or "")


def test_a_source_that_hangs_costs_its_own_deadline_only(tmp_path: Path) -> None:
    small_database(tmp_path)
    let_go, gone = threading.Event(), threading.Event()

    def hang(rows: Rows) -> None:
        let_go.wait(60)
        gone.set()

    asked = ask(tmp_path, "sqlite:///x.sqlite3", work=hang, deadline=0.2, table="t")
    assert asked.status is AnswerStatus.UNAVAILABLE
    assert "0.2" in (asked.problem or "")
    assert not gone.is_set()
    let_go.set()
    assert gone.wait(60)


def test_an_unexpected_error_is_unavailable_and_tells_no_cell(filled: str, tmp_path: Path) -> None:
    def stumble(rows: Rows) -> None:
        raise KeyError("张某 320902199001011234")

    asked = ask(tmp_path, filled, work=stumble, table="decision")
    assert asked.status is AnswerStatus.UNAVAILABLE
    assert "KeyError" in (asked.problem or "")
    assert "张某" not in (asked.problem or "")


def test_the_deadline_counts_between_rows(tmp_path: Path) -> None:
    small_database(tmp_path)
    endless = "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT id FROM n"

    def count(rows: Rows) -> int:
        return sum(1 for _ in rows)

    asked = ask(tmp_path, "sqlite:///x.sqlite3", work=count, deadline=0.2, query=endless)
    assert asked.status is AnswerStatus.UNAVAILABLE
    # The thread itself stops too, instead of reading on for ever.
    for thread in threading.enumerate():
        if thread.name == "source-a":
            thread.join(60)
            assert not thread.is_alive()
