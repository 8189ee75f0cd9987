"""Writing many rows quickly: COPY on PostgreSQL, one prepared statement on SQLite."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from creditreport.db import leave_to_next_commit, on_server
from creditreport.mirror.models import MirrorHandle, MirrorRow

# One new version: run, place in it, slug, fingerprint, key, code, content in UTF-8, when it was learnt.
NewRow = tuple[int, int, str, bytes, str | None, str | None, bytes, datetime]
NewHandle = tuple[str, str, int, int]
ROW_COLUMNS = ("from_run", "n", "slug", "fingerprint", "row_key", "uscc", "content", "learnt_at")
HANDLE_COLUMNS = ("slug", "handle", "from_run", "n")
# All rows of a run are learnt at a few moments: each is written out once.
_moment_text = lru_cache(maxsize=64)(str)
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def write_rows(session: Session, rows: Sequence[NewRow], handles: Sequence[NewHandle]) -> None:
    """Write new versions and their handles in the caller's transaction."""
    if not on_server(session):
        told = [(run, n, slug, mark.hex(), key, code, content.decode(), learnt_at)
                for run, n, slug, mark, key, code, content, learnt_at in rows]  # fmt: skip
        _insert(session, MirrorRow.__table__, ROW_COLUMNS, told)  # type: ignore[arg-type]
        _insert(session, MirrorHandle.__table__, HANDLE_COLUMNS, handles)  # type: ignore[arg-type]
        return
    # Nobody reads them before the run's last transaction, and that one waits for the disk for all before it.
    leave_to_next_commit(session)
    _copy(session, MirrorRow.__tablename__, ROW_COLUMNS, map(_row_line, rows))
    _copy(session, MirrorHandle.__tablename__, HANDLE_COLUMNS, map(_handle_line, handles))


def _insert(session: Session, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        session.execute(insert(table), [dict(zip(columns, row, strict=True)) for row in rows])


def _copy(session: Session, table: str, columns: Sequence[str], lines: Iterable[bytes]) -> None:
    block = b"".join(lines)
    if not block:
        return
    connection: Any = session.connection().connection.driver_connection
    # The encoding is the lines' own, whatever the connection speaks.
    order = f"COPY {table} ({', '.join(columns)}) FROM STDIN WITH (ENCODING 'UTF8')"
    with connection.cursor() as cursor, cursor.copy(order) as copy:
        copy.write(block)


def _row_line(row: NewRow) -> bytes:
    run, n, slug, mark, key, code, content, learnt_at = row
    if b"\\" in content:  # the only sign with a meaning that JSON leaves as it is
        content = content.replace(b"\\", b"\\\\")
    head = f"{run}\t{n}\t{slug}\t{mark.hex()}\t{_cell(key)}\t{_cell(code)}\t"
    return b"%b%b\t%b\n" % (head.encode(), content, _moment_text(learnt_at).encode())


def _handle_line(handle: NewHandle) -> bytes:
    slug, word, run, n = handle
    return f"{slug}\t{_cell(word)}\t{run}\t{n}\n".encode()


def _cell(cell: str | None) -> str:
    if cell is None:
        return "\\N"
    return cell if cell.isprintable() and "\\" not in cell else cell.translate(_ESCAPES)
