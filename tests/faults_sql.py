"""Faults of departments whose database is read: dropped, locked, cut, renamed, half loaded, silent servers."""

from __future__ import annotations

import re
import socket

from tests.faults import SHORT, Cell, Domain, Fault, Faults, Must
from tests.faults_database import (
    address_as,
    changing,
    columns,
    copied,
    copied_rows,
    mine,
    mine_joined,
    opened,
    source_of,
)

# The one source that is a query: which column tells a row of each of its tables.
ROW_IDS = {
    "dw_nb_scjdgl_xzcfgsxx": "lic_id",
    "dw_zj_scjdgl_yzwfsx": "ill_comp_id",
    "dw_zj_scjdgl_jyycmlxx": "busexclist",
}
_SIGN = re.compile(r"SELECT (\w+) = .* FROM (\w+) WHERE (.*)")
_LOG = re.compile(r"SELECT (?:max\()?(\w+)\)? FROM (\w+)")


def refused(cell: Cell) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kind = "postgresql+psycopg" if (cell.manifest.number or 0) % 2 else "mysql+pymysql"
    address_as(cell, f"{kind}://reader:x@127.0.0.1:{port}/department")


def hang(cell: Cell) -> None:
    """A server that takes the connection and says nothing; every third time a database that somebody has locked."""
    turn = (cell.manifest.number or 0) % 3
    if turn == 0:
        database = cell.stack.enter_context(opened(copied(cell)))
        database.execute("BEGIN EXCLUSIVE")
        return
    listening = cell.stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    kind = "postgresql+psycopg" if turn == 1 else "mysql+pymysql"
    address_as(cell, f"{kind}://reader:x@127.0.0.1:{listening.getsockname()[1]}/department")


def second_half(cell: Cell, then: str) -> None:
    """Half of each table's rows come; before the others ``then`` is worked out, row by row."""
    with changing(cell) as (database, names):
        for name in names:
            half = database.execute(f"SELECT count(*) / 2 FROM {name}").fetchone()[0]
            database.execute(f"ALTER TABLE {name} RENAME TO real_{name}")
            database.execute(
                f"CREATE VIEW {name} AS SELECT * FROM real_{name} WHERE rowid <= {half} "
                f"UNION ALL SELECT * FROM real_{name} AS r WHERE r.rowid > {half} AND {then}"
            )


def slow(cell: Cell) -> None:
    endless = "WITH RECURSIVE c(x) AS (SELECT r.rowid UNION ALL SELECT x + 1 FROM c) SELECT sum(x) FROM c"
    second_half(cell, f"({endless}) > 0")


def fails_midway(cell: Cell) -> None:
    second_half(cell, "abs(-9223372036854775807 - 1 + 0 * r.rowid) > 0")


def each_table(*statements: str) -> Fault:
    def make(cell: Cell) -> None:
        with changing(cell) as (database, names):
            for name in names:
                for statement in statements:
                    database.execute(statement.format(table=name))

    return Fault(make)


def no_database(cell: Cell) -> None:
    copied(cell).write_text("<!DOCTYPE html><html><body>系统维护中</body></html>" * 100, encoding="utf-8")


def cut_short(cell: Cell) -> None:
    path = copied(cell)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def half(cell: Cell) -> None:
    """The department's loading broke off: half of the field's rows are there, none of the business's."""
    source = source_of(cell.domain)
    with changing(cell) as (database, names):
        for name in names:
            own = f"{source.take.column} IN ({', '.join(map(repr, source.take.values))})" if source.take else "1"
            count = database.execute(f"SELECT count(*) FROM {name} WHERE {own}").fetchone()[0]
            rows = f"SELECT rowid FROM {name} WHERE {own} ORDER BY ({mine(cell, database, name)}) DESC"
            database.execute(f"DELETE FROM {name} WHERE rowid IN ({rows} LIMIT {(count + 1) // 2})")


def lost_column(cell: Cell) -> None:
    with changing(cell) as (database, names):
        wanted = cell.domain.lost_column
        place = source_of(cell.domain).join
        for name in names:
            here = columns(database, name)
            if place and wanted.startswith(f"{place.alias}."):
                name, wanted = place.table, wanted.partition(".")[2]
            elif wanted not in here:
                wanted = next(one for one in here if one not in cell.domain.code_columns)
            database.execute(f"ALTER TABLE {name} DROP COLUMN {wanted}")
            wanted = cell.domain.lost_column


def unknown_word(cell: Cell) -> None:
    assert cell.domain.spoilable
    column, word = cell.domain.spoilable
    join = source_of(cell.domain).join
    with changing(cell) as (database, names):
        if join and column.startswith(f"{join.alias}."):
            codes = ", ".join(f"'{code}'" for code in cell.domain.entity.codes)
            where, names, column = mine_joined(cell, codes), [join.table], column.partition(".")[2]
            database.execute(f"UPDATE {names[0]} SET {column} = ? WHERE {where}", [word])
            return
        changed = 0
        for name in names:
            if column in columns(database, name):
                where = mine(cell, database, name)
                changed += database.execute(f"UPDATE {name} SET {column} = ? WHERE {where}", [word]).rowcount
        assert changed


def mixed_in(cell: Cell) -> None:
    """All the business's rows once more, as another business's: its code and name, keys of their own."""
    source, domain = source_of(cell.domain), cell.domain
    other = dict.fromkeys(domain.code_columns, f"'{domain.other.uscc}'")
    other[domain.name_column or ""] = f"'{domain.other.name}'"
    with changing(cell) as (database, names):
        for name in names:
            keys = (ROW_IDS[name],) if source.query else domain.manifest.key
            changes = {key: f"{key} || 'X'" for key in keys if key not in domain.code_columns} | other
            where = mine(cell, database, name)
            if source.join:
                left, right = next(iter(source.join.on.items()))
                codes = ", ".join(f"'{code}'" for code in domain.entity.codes)
                inner = {column.partition(".")[2]: value for column, value in other.items()}
                copied_rows(cell, database, name, where, changes | {left: f"{left} || 'X'"})
                copied_rows(
                    cell, database, source.join.table, mine_joined(cell, codes), inner | {right: f"{right} || 'X'"}
                )
                continue
            copied_rows(cell, database, name, where, changes)


def too_old(cell: Cell) -> None:
    query = source_of(cell.domain).as_of.query
    found = _LOG.match(query or "")
    assert found
    with changing(cell) as (database, _names):
        day = cell.demo.too_old(cell.manifest)
        assert database.execute(f"UPDATE {found[2]} SET {found[1]} = '{day} 23:00:00'").rowcount


def empty(cell: Cell) -> None:
    """No rows; where that is possible, without the sign that the source's loading went well."""
    expect = cell.manifest.expect
    with changing(cell) as (database, names):
        for name in names:
            database.execute(f"DELETE FROM {name}")
        if expect.empty:
            found = _SIGN.match(expect.success or "")
            assert found
            assert database.execute(f"UPDATE {found[2]} SET {found[1]} = '装载中' WHERE {found[3]}").rowcount


def closed_account(cell: Cell) -> None:
    """A real server that knows us and lets us in no longer."""
    address_as(cell, cell.demo.closed_account)


def has_rows(domain: Domain) -> bool:
    return not domain.manifest.expect.empty


def reads_all_columns(domain: Domain) -> bool:
    return source_of(domain).query is None


def has_watermark(domain: Domain) -> bool:
    return source_of(domain).as_of.query is not None


def has_a_minimum(domain: Domain) -> bool:
    return domain.manifest.expect.min_rows > 1


SQL: Faults = {
    "refused connection": Fault(refused),
    "hang": Fault(hang, seconds=SHORT),
    "slow drip": Fault(slow, seconds=SHORT, applies=has_rows),
    "500": each_table("DROP TABLE {table}"),
    "error page": Fault(no_database),
    "truncated": Fault(cut_short),
    "empty": Fault(empty),
    "half the rows": Fault(half, applies=has_a_minimum),
    # A query names its columns: what the table has beside them changes nothing.
    "new column": Fault(each_table("ALTER TABLE {table} ADD COLUMN brand_new TEXT").make, applies=reads_all_columns),
    "lost column": Fault(lost_column),
    "unknown word": Fault(unknown_word, applies=lambda domain: domain.has_rows and domain.spoilable is not None),
    "another's rows": Fault(mixed_in, must=Must.RIGHT),
    "page 2 fails": Fault(fails_midway, applies=has_rows),
    "duplicate page": Fault(each_table("INSERT INTO {table} SELECT * FROM {table}").make, must=Must.RIGHT),
    "too old": Fault(too_old, applies=has_watermark),
    "credentials": Fault(closed_account),
}
