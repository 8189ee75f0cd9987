"""Connections to a department's database: they only read, they give up in time, and they can be cut from outside."""

from __future__ import annotations

import math
import os
import re
import socket
import sqlite3
import threading
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, CursorResult, Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from creditreport.sources.outcome import SourceUnavailable
from creditreport.sources.retry import TryAgain

_CONNECT_TIMEOUT = {"psycopg", "psycopg2", "pymysql", "mysqldb", "mysqlconnector"}
# These wait for ever on a server that has fallen silent unless they are told how long to read.
_READ_TIMEOUT = {"pymysql", "mysqldb"}
# What may be over a moment later; a wrong password is not, and trying it again could lock the account.
_PASSING = re.compile(r"refused|reset|timed? ?out|lost connection|too many connections|is locked|starting up", re.I)


class Held:
    """The connection that a source uses at this moment, so that whoever waits for it can cut it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: Any = None
        self._cut = False

    def take(self, connection: Any) -> None:
        """Remember the driver's own connection. Raises :class:`SourceUnavailable` if it was given up meanwhile."""
        with self._lock:
            self._connection = connection
            if self._cut:
                raise SourceUnavailable("已放弃等待 / given up")

    def release(self) -> None:
        """The connection is about to be closed in the ordinary way."""
        with self._lock:
            self._connection = None

    def cut(self) -> None:
        """Stop whatever the connection is waiting for, so that its thread ends too."""
        with self._lock, suppress(Exception):
            self._cut = True
            _cut(self._connection)


def _cut(connection: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.interrupt()
        return
    number = connection.fileno() if hasattr(connection, "fileno") else connection._sock.fileno()
    # A copy of the descriptor: the driver stays the owner of its own and closes it when it wakes up.
    with socket.socket(fileno=os.dup(number)) as copy:
        copy.shutdown(socket.SHUT_RDWR)


def close_result(connection: Connection, raw: Any, result: CursorResult[Any]) -> None:
    """Close a result, perhaps not read to its end; ``raw`` is the driver's own connection.

    PyMySQL would read what is left, however long that takes, before it lets go: there the connection goes instead.
    """
    unread = getattr(raw, "_result", None)
    streaming = getattr(unread, "unbuffered_active", False)
    if unread is not None and streaming:
        unread.unbuffered_active = False
    with suppress(Exception):
        result.close()
        if streaming:
            connection.invalidate()


def make_source_engine(address: str, folder: Path, seconds: float, slug: str) -> Engine:
    """The engine for a SQLAlchemy address; a relative SQLite path is relative to ``folder``.

    Raises :class:`SourceUnavailable` for a wrong address, a missing file or a driver that is not installed.
    """
    try:
        url = make_url(address)
        if url.get_backend_name() == "sqlite":
            return _sqlite_engine(_database_file(url, folder), seconds)
        return _server_engine(url, seconds)
    except ArgumentError as error:
        raise SourceUnavailable(f"{slug}：数据库地址不正确 / the database address is not right") from error
    except ImportError as error:
        raise SourceUnavailable(f"缺少数据库驱动 {error.name} / the database driver is not installed") from error


def _database_file(url: URL, folder: Path) -> Path:
    # SQLite would make a missing file; "silence" and "empty" must not look the same.
    path = folder / (url.database or "")
    if not path.is_file():
        raise SourceUnavailable(f"没有数据库文件 {path} / there is no database file")
    return path


# Engines hold no connection between two askings (NullPool), only what SQLAlchemy has compiled: they can be kept.
@lru_cache(maxsize=128)
def _sqlite_engine(path: Path, seconds: float) -> Engine:
    address = f"file:{quote(str(path))}?mode=ro"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(address, uri=True, timeout=seconds, check_same_thread=False)

    return create_engine("sqlite://", creator=connect, poolclass=NullPool)


@lru_cache(maxsize=128)
def _server_engine(url: URL, seconds: float) -> Engine:
    driver, arguments = url.get_driver_name(), {}
    if driver in _CONNECT_TIMEOUT:
        arguments["connect_timeout"] = math.ceil(seconds)
    if driver in _READ_TIMEOUT:
        arguments |= {"read_timeout": math.ceil(seconds), "write_timeout": math.ceil(seconds)}
    return create_engine(url, poolclass=NullPool, connect_args=arguments)


def only_read(connection: Connection, seconds: float) -> None:
    """Make the transaction read-only, one view of the data from first to last statement, each limited in time."""
    milliseconds = math.ceil(seconds * 1000)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {milliseconds}")
    elif connection.dialect.name in {"mysql", "mariadb"}:
        connection.exec_driver_sql("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        if getattr(connection.dialect, "is_mariadb", False):
            connection.exec_driver_sql(f"SET SESSION max_statement_time = {seconds}")
        else:
            connection.exec_driver_sql(f"SET SESSION max_execution_time = {milliseconds}")
    elif connection.dialect.name == "sqlite":
        # The file is opened read-only already; the transaction gives one view of it.
        connection.exec_driver_sql("BEGIN")


def unavailable(error: DBAPIError) -> SourceUnavailable:
    """The driver's own first line names the table or host; SQLAlchemy's text would repeat statement and values."""
    said = (str(error.orig).strip().splitlines() or [""])[0][:200]
    kind = TryAgain if _PASSING.search(said) else SourceUnavailable
    return kind(f"数据库不能读取：{said} / cannot read the database")
