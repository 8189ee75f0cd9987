"""Writing many rows quickly: COPY on PostgreSQL, one prepared statement on SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Table, insert, text
from sqlalchemy.orm import Session

from creditreport.mirror.models import MirrorHandle, MirrorRow

ROW_COLUMNS = ("from_run", "n", "slug", "fingerprint", "row_key", "uscc", "content", "learnt_at")
# All rows of a run are learnt at a few moments: each is written out once.
_moment_text = lru_cache(maxsize=64)(str)
HANDLE_COLUMNS = ("slug", "handle", "from_run", "n")


def write_rows(session: Session, rows: Sequence[tuple[Any, ...]], handles: Sequence[tuple[Any, ...]]) -> None:
    """Write new versions (``ROW_COLUMNS``) and their handles (``HANDLE_COLUMNS``) in the caller's transaction."""
    if session.get_bind().dialect.name == "postgresql":
        # Nobody reads them before the run's last transaction, and that one waits for the disk for all before it.
        session.execute(text("SET LOCAL synchronous_commit = off"))
    _write(session, MirrorRow.__table__, ROW_COLUMNS, rows)  # type: ignore[arg-type]
    _write(session, MirrorHandle.__table__, HANDLE_COLUMNS, handles)  # type: ignore[arg-type]


def _write(session: Session, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    if session.get_bind().dialect.name != "postgresql":
        session.execute(insert(table), [dict(zip(columns, row, strict=True)) for row in rows])
        return
    connection: Any = session.connection().connection.driver_connection
    with connection.cursor() as cursor, cursor.copy(f"COPY {table.name} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([_moment_text(cell) if type(cell) is datetime else cell for cell in row])
