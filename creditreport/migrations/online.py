"""What a migration does to tables that may hold millions of rows while the service goes on.

``deploy/README.md`` (upgrade) tells operators what follows from it; tests/unit/test_migrations_online.py holds every
migration after the first release to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from alembic import op
from sqlalchemy import Connection

# A change of a table needs it alone for a moment, and whoever comes meanwhile waits behind it: rather than keep
# everybody waiting behind one long query, the upgrade gives up, with nothing changed, and is run again.
LOCK_SECONDS = 5


@contextmanager
def short_waits(connection: Connection) -> Iterator[None]:
    """On PostgreSQL wait a few seconds for a lock and no longer, and let no statement be cut short meanwhile."""
    if connection.dialect.name != "postgresql":
        yield
        return
    connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_SECONDS}s'")
    connection.exec_driver_sql("SET statement_timeout = 0")
    connection.exec_driver_sql("SET idle_in_transaction_session_timeout = 0")
    connection.commit()
    try:
        yield
    finally:
        # The connection may serve others afterwards.
        connection.rollback()
        for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
            connection.exec_driver_sql(f"RESET {name}")
        connection.commit()


def build_index(name: str, table: str, columns: Sequence[str], *, unique: bool = False) -> None:
    """Build an index beside the writers; on PostgreSQL outside the migration's transaction, so it is safe to repeat."""
    context = op.get_context()
    if context.dialect.name != "postgresql":
        op.create_index(name, table, list(columns), unique=unique)
        return
    with context.autocommit_block():
        # It waits for transactions that began before it, and blocks nobody while it does.
        op.execute("SET lock_timeout = 0")
        # What an upgrade that was stopped half-way left: the server keeps such an index up and never uses it.
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.create_index(name, table, list(columns), unique=unique, postgresql_concurrently=True)
        op.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")


def drop_index(name: str, table: str) -> None:
    """The way back of :func:`build_index`."""
    context = op.get_context()
    if context.dialect.name != "postgresql":
        op.drop_index(name, table_name=table)
        return
    with context.autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
