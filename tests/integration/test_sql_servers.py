"""The sql driver on the three kinds of database that departments run: one contract, tried on real servers."""

from __future__ import annotations

import gc
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, make_url, text

from creditreport.catalog.manifest import LocatedManifest, Manifest
from creditreport.sources.base import Asked, Rows
from creditreport.sources.registry import make_source
from creditreport.violations.answer import AnswerStatus

ASKED_AT = datetime(2026, 11, 21, 4, tzinfo=UTC)
ROWS = 2500
# SQLAlchemy does not close the cursor of a connection that is lost, and psycopg says so when the cursor is forgotten.
pytestmark = pytest.mark.filterwarnings("ignore:<psycopg.ServerCursor:ResourceWarning")


@pytest.fixture(autouse=True)
def forgotten_cursors() -> Iterator[None]:
    """What a test leaves, and nothing that was there before, is collected with it, where the filter above holds."""
    gc.freeze()
    yield
    gc.collect()


def ask(url: str, work: Any = None, deadline: float = 30, expect: Any = None, **source: Any) -> Asked[Any]:
    manifest = Manifest.model_validate({
        "slug": "a", "title": "a", "title_en": "a", "responsible_unit": "a", "number": 1, "batch": 1,
        "effective_from": "2024-09-01", "key": ["id"], "fields": {"uscc": "code"}, "deadline_seconds": deadline,
        "source": {"driver": "sql", "url": url, "as_of": {"live": True}} | source, "expect": expect or {},
    })  # fmt: skip

    def every(rows: Rows) -> list[dict[str, Any]]:
        return [dict(row) for row in rows]

    located = LocatedManifest(path=Path("/nowhere/01_a.toml"), manifest=manifest)
    return make_source(located, {}).start(ASKED_AT, work or every).wait()


@pytest.fixture(scope="module", params=["sqlite", "postgresql", "mariadb"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of a database with a large table, one whose pages cannot be told apart, and a log of loads."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('sql') / 'x.sqlite3'}"
    elif request.param == "postgresql":
        url = request.getfixturevalue("postgres_server")
    else:
        base: str = request.getfixturevalue("mariadb_server")
        admin = create_engine(base)
        with admin.begin() as connection:
            connection.execute(text("CREATE DATABASE department"))
        admin.dispose()
        url = base + "/department"
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in (
            "CREATE TABLE big (id integer PRIMARY KEY, part varchar(5) NOT NULL, fine decimal(12,2), name varchar(60))",
            "CREATE TABLE twice (id varchar(10), name varchar(10))",
            "CREATE TABLE growing (id integer PRIMARY KEY)",
            "INSERT INTO growing VALUES (1), (2), (3), (4)",
            "CREATE TABLE loads (name varchar(20), state varchar(10))",
            "INSERT INTO loads VALUES ('good', 'OK'), ('bad', 'RUNNING')",
        ):
            connection.execute(text(statement))
        connection.execute(
            text("INSERT INTO big VALUES (:id, :part, :fine, :name)"),
            [{"id": n, "part": f"p{n % 3}", "fine": str(Decimal(n) / 4), "name": f"盐城𠮷{n}"} for n in range(ROWS)],
        )
        same = [{"id": value} for value in ("1", "2", "2", "2", "3", None, "4")]
        connection.execute(text("INSERT INTO twice VALUES (:id, 'x')"), same)
    engine.dispose()
    return url


def test_a_table_is_read_to_its_end_with_its_kinds_of_values(server: str) -> None:
    asked = ask(server, table="big")
    assert asked.status is AnswerStatus.COMPLETE, asked.problem
    assert sorted(row["id"] for row in asked.result) == list(range(ROWS))
    assert {row["id"]: row["name"] for row in asked.result}[7] == "盐城𠮷7"
    assert Decimal(str({row["id"]: row["fine"] for row in asked.result}[7])) == Decimal("1.75")


@pytest.mark.parametrize(("by", "size"), [(["id"], 1000), (["id"], 500), (["part", "id"], 333)])
def test_pages_give_the_same_rows_as_one_stream(server: str, by: list[str], size: int) -> None:
    paged = ask(server, table="big", page_size=size, page_by=by)
    assert paged.status is AnswerStatus.COMPLETE, paged.problem
    whole = {row["id"]: row for row in ask(server, table="big").result}
    assert len(paged.result) == ROWS
    assert {row["id"]: row for row in paged.result} == whole


@pytest.mark.parametrize("size", [2, 3, 4])
def test_rows_that_would_fall_between_two_pages_are_missed_by_name(server: str, size: int) -> None:
    asked = ask(server, table="twice", page_size=size, page_by=["id"])
    assert (asked.status, asked.result) == (AnswerStatus.INCOMPLETE, None)
    assert "不能唯一排序" in (asked.problem or "")


@pytest.mark.parametrize("server", ["postgresql", "mariadb"], indirect=True)
def test_all_pages_are_of_one_state_of_the_data(server: str) -> None:
    engine = create_engine(server)

    def meanwhile(rows: Rows) -> list[int]:
        read = []
        for row in rows:
            read.append(row["id"])
            if row["id"] == 1:
                with engine.begin() as connection:
                    connection.execute(text("DELETE FROM growing WHERE id = 2"))
                    connection.execute(text("INSERT INTO growing VALUES (5)"))
        return read

    asked = ask(server, work=meanwhile, table="growing", page_size=1, page_by=["id"])
    engine.dispose()
    assert (asked.status, asked.result) == (AnswerStatus.COMPLETE, [1, 2, 3, 4]), asked.problem


def test_a_column_to_page_by_that_is_gone(server: str) -> None:
    asked = ask(server, table="big", page_size=10, page_by=["nr"])
    assert asked.status is AnswerStatus.INCOMPLETE
    assert "nr" in (asked.problem or "")


def test_the_sign_of_success(server: str) -> None:
    def signed(name: str, state: str = "OK") -> Asked[Any]:
        query = f"SELECT state = '{state}' FROM loads WHERE name = '{name}'"
        return ask(server, query="SELECT * FROM twice WHERE id = '9'", expect={"empty": True, "success": query})

    assert (signed("good").status, signed("good").result) == (AnswerStatus.COMPLETE, [])
    for other in (signed("bad"), signed("not in the log")):
        assert (other.status, other.result) == (AnswerStatus.INCOMPLETE, None)
        assert "成功标志" in (other.problem or "")
    missing = ask(server, table="big", expect={"success": "SELECT ok FROM no_such_log"})
    assert missing.status is AnswerStatus.UNAVAILABLE


@pytest.mark.parametrize("statement", ["DELETE FROM twice", "INSERT INTO twice VALUES ('9', 'x')", "DROP TABLE twice"])
def test_it_only_reads(server: str, statement: str) -> None:
    assert ask(server, query=statement).status is AnswerStatus.UNAVAILABLE
    assert len(ask(server, query="SELECT * FROM twice").result) == 7


def ended() -> bool:
    """Whether the threads of the sources end; a thread that waits for ever fails here."""
    threads = [thread for thread in threading.enumerate() if thread.name == "source-a"]
    for thread in threads:
        thread.join(30)
    return not any(thread.is_alive() for thread in threads)


SLOW = {
    "sqlite": "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT count(*) AS id FROM n",
    "postgresql": "SELECT count(*) AS id FROM generate_series(1, 100000000000) AS n",
    "mysql": "SELECT sleep(3600) AS id",
}


def test_a_statement_that_takes_too_long_costs_its_deadline_and_ends_on_the_server(server: str) -> None:
    kind = server.split(":")[0].split("+")[0]
    asked = ask(server, query=SLOW[kind], deadline=0.3)
    assert asked.status is AnswerStatus.UNAVAILABLE
    assert ended()
    if kind == "sqlite":
        return
    engine = create_engine(server)
    running = {
        "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%100000000000)%'"
        " AND pid <> pg_backend_pid()",
        "mysql": "SELECT count(*) FROM information_schema.processlist WHERE info LIKE '%sleep(3600)%'"
        " AND id <> connection_id()",
    }[kind]
    with engine.connect() as connection:
        # The server notices on its own, at the latest when its time-out for statements is over.
        assert any(connection.execute(text(running)).scalar() == 0 for _ in range(100_000))
    engine.dispose()


ENDLESS = {
    "sqlite": "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT id FROM n",
    "postgresql": "SELECT generate_series(1, 100000000000) AS id",
    "mysql": "SELECT seq AS id FROM seq_1_to_100000000000",
}


def test_a_result_that_is_not_wanted_any_more_is_let_go_at_once(server: str) -> None:
    """It is streamed to begin with; and what is left of it is not read, which would take for ever."""

    def first(rows: Rows) -> Any:
        return next(iter(rows))["id"]

    def stumble(rows: Rows) -> Any:
        raise KeyError(first(rows))

    query = ENDLESS[server.split(":")[0].split("+")[0]]
    assert ask(server, work=first, query=query, deadline=15).result == 1
    stumbled = ask(server, work=stumble, query=query, deadline=15)
    assert "KeyError" in (stumbled.problem or "")
    assert ended()


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.mark.parametrize("driver", ["postgresql+psycopg", "mysql+pymysql"])
def test_a_server_that_never_answers_costs_its_own_deadline_only(silent: int, driver: str) -> None:
    asked = ask(f"{driver}://u@127.0.0.1:{silent}/x", table="big", deadline=0.3)
    assert asked.status is AnswerStatus.UNAVAILABLE
    assert (asked.answered_at - ASKED_AT).total_seconds() < 2
    assert ended()


@contextmanager
def falling_silent(address: URL, at: bytes) -> Iterator[URL]:
    """A way to the server at ``address`` that passes everything on until the client says ``at``, and then nothing."""
    folder = address.query.get("host")

    def upstream() -> socket.socket:
        if folder is None:
            return socket.create_connection((address.host, address.port))
        local = socket.socket(socket.AF_UNIX)
        local.connect(f"{folder}/.s.PGSQL.5432")
        return local

    def pump(source: socket.socket, target: socket.socket, until: bytes | None) -> None:
        with suppress(OSError):
            while (data := source.recv(65536)) and not (until and until in data):
                target.sendall(data)

    with socket.create_server(("127.0.0.1", 0)) as listening, ExitStack() as stack:

        def serve() -> None:
            client, server = stack.enter_context(listening.accept()[0]), stack.enter_context(upstream())
            back = threading.Thread(target=pump, args=(server, client, None), daemon=True)
            back.start()
            pump(client, server, at)

        threading.Thread(target=serve, daemon=True).start()
        yield address.set(host="127.0.0.1", port=listening.getsockname()[1], query={})


@pytest.mark.parametrize("server", ["postgresql", "mariadb"], indirect=True)
def test_a_server_that_falls_silent_costs_its_own_deadline_only(server: str) -> None:
    with falling_silent(make_url(server), b"FROM big") as address:
        asked = ask(address.render_as_string(hide_password=False), query="SELECT id FROM big", deadline=0.5)
        assert asked.status is AnswerStatus.UNAVAILABLE
        assert ended()
