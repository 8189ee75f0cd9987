"""Every table filled with rows as a city has them after years: most are settled, a few wait. For tests of query plans.

The rows are made by the server itself from the tables' description, so that a new table is filled without a word here;
rows with the same number refer to one another.
"""

from __future__ import annotations

import re

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    text,
)  # fmt: skip

from creditreport.db import Moment

# What nearly all rows of an old store say; one in a hundred has another of the allowed words.
USUAL = {
    "credit_report.status": "ISSUED",
    "job.state": "done",
    "mirror_run.state": "complete",
    "objection_case.state": "UPHELD",
    "quarantine_row.state": "open",
    "report_number.status": "issued",
    "revocation.state": "confirmed",
    "signing_key.state": "retired",
    "waiting_request.state": "issued",
    "account.kind": "business",
}
# Columns whose words are checked when they are read.
READ = {
    "business_entity.entity_type": "'company'",
    "business_entity.registration_status": "'active'",
    "mirror_run.columns": "'{}'",
    "mirror_run.skipped": "'{}'",
    "objection_case.kind": "'other'",
    "objection_event.move": "'answer'",
    "objection_event.state": "'ANSWERED'",
    "quarantine_row.cells": "'{}'",
    "quarantine_row.row": "'{}'",
}
# How many rows a small table has.
FEW = 5
# A column that may be empty: how rarely (one row in so many) it is. Others are empty in nine of ten.
SELDOM_EMPTY = re.compile(r"(settled_at|ended_at|until|revoked_at|position|digest|disabled_at|left_at|read_at)$")
# A column that is filled in one row of a hundred: a page shows all of them.
SELDOM_FILLED = {"record_correction.disagrees_since"}


def fill(engine: Engine, metadata: MetaData, rows: int, small: set[str]) -> None:
    """``rows`` rows in each table, a handful in ``small`` ones that others refer to; then ANALYZE."""
    with engine.begin() as connection:
        asked_for = {key.column.table.name for table in metadata.tables.values() for key in table.foreign_keys}
        for table in metadata.sorted_tables:
            if table.name in small - asked_for:
                continue
            count = FEW if table.name in small else rows
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            values = ", ".join(_value(table, column, small) for column in table.columns)
            connection.execute(
                text(
                    f'INSERT INTO "{table.name}" ({columns}) SELECT {values} FROM generate_series(1, {count}) AS g '
                    "ON CONFLICT DO NOTHING"
                )
            )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _value(table: Table, column: Column[object], small: set[str]) -> str:
    if column.foreign_keys:
        parent = next(iter(column.foreign_keys)).column
        value = _value(parent.table, parent, small)
        if parent.table.name in small:
            value = re.sub(r"\bg\b", f"(g % {FEW} + 1)", value)
        return f"CASE WHEN g % 10 = 0 THEN {value} END" if column.nullable else value
    value = _plain(table, column)
    if not column.nullable:
        return value
    seldom = SELDOM_EMPTY.search(column.name) or f"{table.name}.{column.name}" == "objection_case.number"
    filled = "g % 100 = 0" if f"{table.name}.{column.name}" in SELDOM_FILLED else "g % 10 = 0"
    condition = "g % 100 <> 0" if seldom else filled
    return f"CASE WHEN {condition} THEN {value} END"


def _plain(table: Table, column: Column[object]) -> str:
    kind = column.type
    if f"{table.name}.{column.name}" in READ:
        return READ[f"{table.name}.{column.name}"]
    words = _words(table, column)
    if words:
        usual = USUAL.get(f"{table.name}.{column.name}", words[0])
        choices = ", ".join(f"'{word}'" for word in words)
        return f"CASE WHEN g % 100 <> 0 THEN '{usual}' ELSE (ARRAY[{choices}])[1 + (g / 100) % {len(words)}] END"
    if isinstance(kind, Moment | DateTime):
        return "timestamptz '2026-11-01 00:00+08' - g * interval '1 hour'"
    if isinstance(kind, Date):
        return "date '2026-11-01' - (g / 24)::int"
    if isinstance(kind, Boolean):
        return "g % 2 = 0"
    if isinstance(kind, JSON):
        return "'{}'::json"
    if isinstance(kind, LargeBinary):
        return r"'\x00'::bytea"
    if isinstance(kind, Integer):
        # High: the use cases' own rows have the low numbers.
        return "g + 1000000" if column.primary_key else "g"
    length = kind.length if isinstance(kind, String) and kind.length else 80
    return f"left('{column.name[:1]}' || md5(g::text) || md5((-g)::text), {min(length, 64)})"


def _words(table: Table, column: Column[object]) -> list[str]:
    for constraint in table.constraints:
        if isinstance(constraint, CheckConstraint):
            found = re.fullmatch(rf'"?{column.name}"? IN \((.*)\)', str(constraint.sqltext))
            if found:
                return re.findall(r"'([^']*)'", found.group(1))
    return []
