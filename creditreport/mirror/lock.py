"""One sync of a source at a time: the second waits, and then finds that nothing has changed.

The lock goes with the process that holds it, however that ends.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

from sqlalchemy import Engine, text


@contextmanager
def one_sync(engine: Engine, slug: str) -> Iterator[None]:
    """Hold the lock of ``slug`` in the store of ``engine``."""
    if engine.dialect.name == "postgresql":
        number = int.from_bytes(blake2b(f"creditreport.sync.{slug}".encode(), digest_size=8).digest(), signed=True)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": number})
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": number})
        return
    database = engine.url.database
    if not database or database == ":memory:":
        yield
        return
    with Path(f"{database}.sync-lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
