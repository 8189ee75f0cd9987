"""Engine, sessions and the base of every stored model.

SQLite is the embedded default, PostgreSQL the production store; nothing outside this module knows which.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import lru_cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, Engine, MetaData, create_engine, event, func, text
from sqlalchemy.engine import URL, Dialect, make_url
from sqlalchemy.exc import InterfaceError, InternalError, InvalidatePoolError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from creditreport.clock import as_shanghai
from creditreport.config_store import StoreSettings
from creditreport.errors import Problem

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


# How long a caller waits for one of this process's own connections.
POOL_SECONDS = 10
# A connection that was used within this time is taken for alive.
FRESH_SECONDS = 1.0
RESTING_SINCE = "resting_since"
# PostgreSQL's word for a transaction that was ended because nobody used it.
IDLE_TOO_LONG = "25P03"
# A server that is gone is noticed in seconds, also behind a firewall that drops packets.
CONNECTION = {
    "application_name": "creditreport",
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}

_NO_WAIT = text("SET LOCAL synchronous_commit = off")


class Base(DeclarativeBase):
    """Base of every model; constraints are named so that migrations can speak of them."""

    metadata = MetaData(naming_convention=NAMING)


class Moment(TypeDecorator[datetime]):
    """An aware moment: stored in UTC, handed out in Asia/Shanghai; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments; SQLite keeps no zone, so it is given UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment must have a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read as UTC, tell in Shanghai time."""
        if value is None:
            return None
        return as_shanghai(value if value.tzinfo else value.replace(tzinfo=UTC))


def make_engine(url: str, bounds: StoreSettings | None = None) -> Engine:
    """An engine for ``url``; for SQLite with foreign keys on, WAL, and writers that queue instead of failing.

    ``bounds`` hold on PostgreSQL: connections of this process, and how long a statement, a wait for a lock and an idle
    transaction may take before the server ends them (``STORE_UNAVAILABLE``, with nothing changed).
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return _server_engine(parsed, bounds or StoreSettings().for_work())
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": 30})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _server_engine(url: URL, bounds: StoreSettings) -> Engine:
    """An engine on a server: a fixed number of connections; one that rested is asked whether it lives."""
    connect: dict[str, Any] = {}
    if url.get_backend_name() == "postgresql":
        limits = {
            "statement_timeout": bounds.statement_seconds,
            "lock_timeout": bounds.lock_seconds,
            "idle_in_transaction_session_timeout": bounds.idle_seconds,
        }
        options = "".join(f" -c {name}={seconds * 1000}" for name, seconds in limits.items())
        given = url.query.get("options", "")
        connect = {"options": (given if isinstance(given, str) else " ".join(given)) + options}
        connect |= {name: value for name, value in CONNECTION.items() if name not in url.query}
    engine = create_engine(url, pool_size=bounds.pool, max_overflow=0, pool_timeout=POOL_SECONDS, connect_args=connect)
    event.listen(engine, "checkin", _note_rest)
    event.listen(engine, "checkout", partial(_ask_if_rested, engine.dialect))
    return engine


def _note_rest(_connection: Any, record: Any) -> None:
    record.info[RESTING_SINCE] = time.monotonic()


def _ask_if_rested(dialect: Dialect, connection: Any, record: Any, _proxy: Any) -> None:
    """Ask a connection whether it lives. One that was used a moment ago is not asked: a report takes six of them."""
    if time.monotonic() - record.info.pop(RESTING_SINCE, 0.0) < FRESH_SECONDS:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        # It and all that rested with it are given up; the caller gets a new one.
        raise InvalidatePoolError from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own "begin only before DML" would let two readers both upgrade to writers and fail with
    # SQLITE_BUSY; we begin ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _begin_immediate(connection: Any) -> None:
    readonly = connection.get_execution_options().get("readonly", False)
    connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")


def for_single_reads(engine: Engine) -> Engine:
    """``engine`` for one reading statement at a time: a server is told of no transaction around it."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(readonly=True)
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """The session factory of ``engine``; objects stay usable after the commit."""
    return sessionmaker(engine, expire_on_commit=False)


def on_server(session: Session) -> bool:
    """Whether the store is PostgreSQL."""
    return session.get_bind().dialect.name == "postgresql"


def insert_into(session: Session, table: type[Base]) -> Any:
    """The store's own INSERT into ``table``, which knows what to do ``ON CONFLICT``."""
    return insert_on(on_server(session), table)


@lru_cache
def insert_on(server: bool, table: type[Base]) -> Any:
    """The same, for a statement that is made before there is a session."""
    # The dialect that the store's engine has loaded already; the other one costs every start a tenth of its time.
    dialect = import_module("sqlalchemy.dialects.postgresql" if server else "sqlalchemy.dialects.sqlite")
    return dialect.insert(table.__table__)


def leave_to_next_commit(session: Session) -> None:
    """Let the commit of the caller's transaction not wait for the disk, because one that follows will.

    The server writes commits in their order: whoever finds a later one kept finds this one. Only for what nobody may
    rely on before that later commit.
    """
    if on_server(session):
        session.execute(_NO_WAIT)


def add_or_step(
    session: Session, table: type[Base], key: dict[str, Any], column: str, *, left_to_next_commit: bool = False
) -> int:
    """Step the counter ``column`` of the row with ``key`` by one (a missing row starts at 1) and return it.

    One statement on either kind of store; the row stays locked until the caller's transaction ends, so that no two
    callers are ever given the same value. ``left_to_next_commit``: as :func:`leave_to_next_commit`, in the same breath.
    """
    stepping = _stepping(on_server(session), table, tuple(key), column, left_to_next_commit)
    return int(session.execute(stepping, {**key, column: 1}).first()[0])  # type: ignore[index]


@lru_cache
def _stepping(server: bool, table: type[Base], key: tuple[str, ...], column: str, unhurried: bool) -> Any:
    counter = table.__table__.c[column]
    stepped = insert_on(server, table).on_conflict_do_update(index_elements=list(key), set_={column: counter + 1})
    hurry = (func.set_config("synchronous_commit", "off", True),) if server and unhurried else ()
    return stepped.returning(counter, *hurry)


def one_writer(session: Session, table: type[Base]) -> None:
    """Let no other transaction write ``table`` until the caller's ends, for use cases that compare and then write.

    On SQLite a writing transaction is alone from its beginning; readers are never kept waiting on either store.
    """
    if on_server(session):
        name = session.get_bind().dialect.identifier_preparer.quote(table.__tablename__)
        session.execute(text(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE"))


def store_problem(error: Exception) -> Problem | None:
    """``STORE_UNAVAILABLE`` for an error that means that the store cannot be used, ``None`` for any other.

    Only the driver's own first line is told: SQLAlchemy's text would repeat the statement and its values.
    """
    if isinstance(error, NoFreeConnection):
        return Problem("STORE_UNAVAILABLE", detail="连接已占满 / all connections are busy")
    if not isinstance(error, OperationalError | ProgrammingError | InterfaceError | InternalError):
        return None
    if isinstance(error, InternalError) and getattr(error.orig, "sqlstate", None) != IDLE_TOO_LONG:
        return None
    lines = str(error.orig).strip().splitlines()
    return Problem("STORE_UNAVAILABLE", detail=lines[0] if lines else type(error.orig).__name__)
