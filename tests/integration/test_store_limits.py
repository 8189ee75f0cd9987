"""On PostgreSQL a page may not keep the store busy; work outside pages may, but must not leave a transaction open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from creditreport.config_store import StoreSettings
from creditreport.db import make_engine, store_problem

BOUNDS = StoreSettings(pool=2, statement_seconds=1, lock_seconds=1, idle_seconds=1)


@pytest.fixture
def engine(postgres_server: str) -> Iterator[Engine]:
    engine = make_engine(postgres_server, BOUNDS)
    yield engine
    engine.dispose()


def refused(engine: Engine, statement: str) -> str:
    with pytest.raises(SQLAlchemyError) as error, engine.connect() as connection:
        connection.execute(text(statement))
    problem = store_problem(error.value)
    assert problem is not None
    assert problem.code == "STORE_UNAVAILABLE"
    return problem.en


def test_a_long_statement_is_ended(engine: Engine) -> None:
    assert "statement timeout" in refused(engine, "SELECT pg_sleep(60)")


def test_a_long_wait_for_a_lock_is_ended(postgres_server: str) -> None:
    patient, waiting = make_engine(postgres_server), make_engine(postgres_server, replace(BOUNDS, statement_seconds=0))
    with patient.connect() as other:
        other.execute(text("SELECT pg_advisory_xact_lock(4711)"))
        assert "lock timeout" in refused(waiting, "SELECT pg_advisory_xact_lock(4711)")
    patient.dispose()
    waiting.dispose()


def test_a_transaction_that_nobody_uses_is_ended(engine: Engine) -> None:
    with engine.connect() as idle:
        pid = idle.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with engine.connect() as other:
            gone = text("SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = :pid")
            for _ in range(100_000):
                if other.execute(gone, {"pid": pid}).scalar_one():
                    break
                other.rollback()
        with pytest.raises(SQLAlchemyError) as error:
            idle.execute(text("SELECT 1"))
        assert store_problem(error.value) is not None
        idle.invalidate()


def test_a_process_has_no_more_connections_than_it_is_given(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.pool, "_timeout", 0)
    with engine.connect(), engine.connect(), pytest.raises(NoFreeConnection) as error:
        engine.connect()
    problem = store_problem(error.value)
    assert problem is not None
    assert problem.kind.http_status == 503


def test_work_may_take_its_time(postgres_server: str) -> None:
    engine = make_engine(postgres_server, BOUNDS.for_work())
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    with engine.connect() as connection:
        assert [connection.execute(text(f"SHOW {name}")).scalar_one() for name in names] == ["0", "0", "10s"]
    engine.dispose()


def test_connections_that_ended_while_they_rested_are_noticed_before_their_use(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("creditreport.db.FRESH_SECONDS", 0)
    own = text("SELECT pg_backend_pid()")
    with engine.connect() as first, engine.connect() as second:
        pids = [one.execute(own).scalar_one() for one in (first, second)]
    other = make_engine(engine.url.render_as_string(hide_password=False))
    with other.connect() as killer:
        # The second argument: until they have really ended.
        killer.execute(text("SELECT pg_terminate_backend(pid, 10000) FROM unnest(:pids) AS pid"), {"pids": pids})
    other.dispose()
    with engine.connect() as again, engine.connect() as once_more:
        assert {again.execute(own).scalar_one(), once_more.execute(own).scalar_one()}.isdisjoint(pids)
