"""What is asked of a database: a table, two joined tables or a query, as one stream or page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, CursorResult, and_, column, func, inspect, literal, or_, select, table, tuple_
from sqlalchemy.sql import ColumnElement, FromClause, Select

from creditreport.catalog.manifest import SqlSource
from creditreport.sources.outcome import SourceIncomplete
from creditreport.sources.since import Since

_CHUNK = 1000


def stream(connection: Connection, source: SqlSource, since: Since | None = None) -> CursorResult[Any]:
    """The rows as one result, fetched in chunks through a cursor on the server where the database has such.

    Of a table only those ``since`` a watermark, if one is given.
    """
    connection = connection.execution_options(yield_per=_CHUNK)
    if source.query is None:
        return connection.execute(_from(_selection(connection, source), since))
    # Sent as it stands: no bind parameters, so ":" and "%" in it mean what the database says they mean.
    return connection.execution_options(no_parameters=True).exec_driver_sql(source.query)


def _from(selection: Select[Any], since: Since | None) -> Select[Any]:
    if since is None:
        return selection
    if since.column not in selection.selected_columns:
        raise SourceIncomplete(f"缺少水位列“{since.column}” / the watermark column is missing")
    at = selection.selected_columns[since.column]
    return selection.where(or_(at >= literal(since.at), at.is_(None)))


def pages(connection: Connection, source: SqlSource) -> tuple[tuple[str, ...], Iterator[Sequence[Any]]]:
    """Column names and rows of a table that is read ``page_size`` rows at a time, in the order of ``page_by``.

    At the end the rows are counted by the database in the same transaction: columns that do not tell every row from
    every other, hold nothing, or compare otherwise than they sort would make rows fall between two pages.
    Raises :class:`SourceIncomplete` then, and when a column to page by is missing.
    """
    main = _table(connection, source.table or "")
    for name in source.page_by:
        if name not in main.columns:
            raise SourceIncomplete(f"分页所用的列“{name}”不在表“{source.table}”中 / the column to page by is missing")
    return tuple(main.columns.keys()), _page_by_page(connection, source, main)


def _page_by_page(connection: Connection, source: SqlSource, main: FromClause) -> Iterator[Sequence[Any]]:
    by = [main.columns[name] for name in source.page_by]
    places = [list(main.columns.keys()).index(name) for name in source.page_by]
    base = select(*main.columns).order_by(*by).limit(source.page_size)
    statement, read, last = base, 0, False
    while not last:
        rows = connection.execute(statement).all()
        last = len(rows) < (source.page_size or 0)
        read += len(rows)
        yield from rows
        if not last:
            statement = base.where(_after(by, [rows[-1][place] for place in places]))
    total = connection.execute(select(func.count()).select_from(main)).scalar()
    if total != read:
        raise SourceIncomplete(
            f"分页读到 {read} 行，表中有 {total} 行，列“{'、'.join(source.page_by)}”不能唯一排序 / "
            "the columns to page by do not tell every row apart"
        )


def _after(by: Sequence[ColumnElement[Any]], values: Sequence[Any]) -> ColumnElement[bool]:
    if len(by) == 1:
        return by[0] > literal(values[0])
    return tuple_(*by) > tuple_(*(literal(value) for value in values))


def column_names(result: CursorResult[Any]) -> tuple[str, ...]:
    """The result's columns. Raises :class:`SourceIncomplete` when one name occurs twice."""
    columns = tuple(result.keys())
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise SourceIncomplete(f"列名重复：{'、'.join(twice)} / a column's name occurs twice")
    return columns


def first_value(connection: Connection, query: str) -> Any:
    """The first column of a query's first row, ``None`` if there is no row."""
    return connection.execution_options(no_parameters=True).exec_driver_sql(query).scalar()


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
