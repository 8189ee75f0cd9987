"""The ``sql`` driver: any SQLAlchemy address, a table, two joined tables or a query; only ever reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, NoSuchTableError, SQLAlchemyError

from creditreport.catalog.manifest import LocatedManifest, SqlSource
from creditreport.sources.base import Deadline, Opened, Source, SourceUnavailable
from creditreport.sources.since import Since
from creditreport.sources.sql_connection import Held, close_result, make_source_engine, only_read, unavailable
from creditreport.sources.sql_select import column_names, first_value, pages, stream


class SqlRows(Source):
    """Rows of a database."""

    name: ClassVar[str] = "sql"

    def __init__(self, located: LocatedManifest, environ: Mapping[str, str], codes: tuple[str, ...] = ()) -> None:
        super().__init__(located, environ, codes)
        self._held = Held()

    def abandon(self) -> None:
        """Cut the connection: a thread that waits on a silent server would wait for ever."""
        self._held.cut()

    @contextmanager
    def open(self, deadline: Deadline) -> Iterator[Opened]:
        """Connect, read the watermark first (it can then only be too old, never too new), then stream the rows."""
        source = self.manifest.source
        assert isinstance(source, SqlSource)  # noqa: S101 - the registry pairs driver and form
        engine = make_source_engine(self.address(source.url), self.folder, deadline.seconds, self.slug)
        try:
            with engine.connect() as connection:
                raw = connection.connection.dbapi_connection
                self._held.take(raw)
                try:
                    only_read(connection, deadline.seconds)
                    watermark = first_value(connection, source.as_of.query) if source.as_of.query else None
                    sign = self.manifest.expect.success
                    success = _is_true(first_value(connection, sign)) if sign else None
                    with _reading(connection, source, raw, self.since) as (columns, lines):
                        rows = (dict(zip(columns, line, strict=True)) for line in lines)
                        yield Opened(columns, rows, watermark, success=success)
                finally:
                    self._held.release()
        except NoSuchTableError as error:
            raise SourceUnavailable(f"没有表“{error}” / there is no such table") from error
        except DBAPIError as error:
            raise unavailable(error) from error
        except SQLAlchemyError as error:
            raise SourceUnavailable(f"数据库不能读取（{type(error).__name__}） / cannot read the database") from error


@contextmanager
def _reading(
    connection: Connection, source: SqlSource, raw: Any, since: Since | None
) -> Iterator[tuple[tuple[str, ...], Iterator[Sequence[Any]]]]:
    if source.page_size is not None and since is None:
        yield pages(connection, source)
        return
    result = stream(connection, source, since)
    try:
        yield column_names(result), iter(result)
    finally:
        close_result(connection, raw, result)


def _is_true(value: Any) -> bool:
    """Whether a database says yes: its own true, or a number other than nought."""
    return isinstance(value, bool | int | Decimal) and bool(value)
