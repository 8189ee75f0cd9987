"""The ``sql`` driver: any SQLAlchemy address, a table, two joined tables or a query; only ever reads."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from sqlalchemy import URL, Connection, CursorResult, Engine, and_, column, create_engine, inspect, select, table
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchTableError, SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlalchemy.sql import FromClause, Select

from creditreport.catalog.manifest import SqlSource
from creditreport.sources.base import Deadline, Opened, Source, SourceIncomplete, SourceUnavailable

_CHUNK = 1000
_CONNECT_TIMEOUT = {"psycopg", "psycopg2", "pymysql", "mysqldb", "mysqlconnector"}


class SqlRows(Source):
    """Rows of a database."""

    name: ClassVar[str] = "sql"

    @contextmanager
    def open(self, deadline: Deadline) -> Iterator[Opened]:
        """Connect, read the watermark first (it can then only be too old, never too new), then stream the rows."""
        source = self.manifest.source
        assert isinstance(source, SqlSource)  # noqa: S101 - the registry pairs driver and form
        engine = self._engine(self.address(source.url), deadline)
        try:
            with engine.connect() as connection:
                _only_read(connection, deadline)
                watermark = _first_value(connection, source.as_of.query) if source.as_of.query else None
                sign = self.manifest.expect.success
                success = _is_true(_first_value(connection, sign)) if sign else None
                with closing(_result(connection, source)) as result:
                    columns = _columns(result)
                    rows = (dict(zip(columns, row, strict=True)) for row in result)
                    yield Opened(columns, rows, watermark, success=success)
        except NoSuchTableError as error:
            raise SourceUnavailable(f"没有表“{error}” / there is no such table") from error
        except DBAPIError as error:
            # The driver's own first line names the table or host; SQLAlchemy's text would repeat statement and values.
            raise SourceUnavailable(f"数据库不能读取：{_first_line(error.orig)} / cannot read the database") from error
        except SQLAlchemyError as error:
            raise SourceUnavailable(f"数据库不能读取（{type(error).__name__}） / cannot read the database") from error

    def _engine(self, address: str, deadline: Deadline) -> Engine:
        try:
            url = make_url(address)
            if url.get_backend_name() == "sqlite":
                return _sqlite_engine(_database_file(url, self.folder), deadline.seconds)
            return _server_engine(url, deadline.seconds)
        except ArgumentError as error:
            raise SourceUnavailable(f"{self.slug}：数据库地址不正确 / the database address is not right") from error
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
    timeout = {"connect_timeout": math.ceil(seconds)} if url.get_driver_name() in _CONNECT_TIMEOUT else {}
    return create_engine(url, poolclass=NullPool, connect_args=timeout)


def _only_read(connection: Connection, deadline: Deadline) -> None:
    if connection.dialect.name == "postgresql":
        milliseconds = math.ceil(deadline.seconds * 1000)
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {milliseconds}")
    elif connection.dialect.name in {"mysql", "mariadb"}:
        connection.exec_driver_sql("SET SESSION TRANSACTION READ ONLY")


def _result(connection: Connection, source: SqlSource) -> CursorResult[Any]:
    connection = connection.execution_options(yield_per=_CHUNK)
    if source.query is None:
        return connection.execute(_selection(connection, source))
    # Sent as it stands: no bind parameters, so ":" and "%" in it mean what the database says they mean.
    return connection.execution_options(no_parameters=True).exec_driver_sql(source.query)


def _columns(result: CursorResult[Any]) -> tuple[str, ...]:
    columns = tuple(result.keys())
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise SourceIncomplete(f"列名重复：{'、'.join(twice)} / a column's name occurs twice")
    return columns


def _selection(connection: Connection, source: SqlSource) -> Select[Any]:
    main = _table(connection, source.table or "")
    if source.join is None:
        return select(*main.columns)
    second = _table(connection, source.join.table).alias(source.join.alias)
    for name, names, where in (
        *((left, main.columns, source.table) for left in source.join.on),
        *((right, second.columns, source.join.table) for right in source.join.on.values()),
    ):
        if name not in names:
            raise SourceIncomplete(f"连接所用的列“{name}”不在表“{where}”中 / the column to join on is missing")
    on = and_(*(main.columns[left] == second.columns[right] for left, right in source.join.on.items()))
    joined = [each.label(f"{source.join.alias}.{each.name}") for each in second.columns]
    return select(*main.columns, *joined).select_from(main.outerjoin(second, on))


def _table(connection: Connection, name: str) -> FromClause:
    schema, _, bare = name.rpartition(".")
    names = [each["name"] for each in inspect(connection).get_columns(bare, schema=schema or None)]
    return table(bare, *(column(each) for each in names), schema=schema or None)


def _first_value(connection: Connection, query: str) -> Any:
    return connection.execution_options(no_parameters=True).exec_driver_sql(query).scalar()


def _is_true(value: Any) -> bool:
    """Whether a database says yes: its own true, or a number other than nought."""
    return isinstance(value, bool | int | Decimal) and bool(value)


def _first_line(error: BaseException | None) -> str:
    return (str(error).strip().splitlines() or [""])[0][:200]
