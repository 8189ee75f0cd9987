"""The settings of the store: how many connections, how long a page may keep it busy, a replica for verification."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from creditreport.errors import Problem

PREFIX = "CREDITREPORT_"
NAMES = (
    "DATABASE_POOL",
    "DATABASE_STATEMENT_SECONDS",
    "DATABASE_LOCK_SECONDS",
    "DATABASE_IDLE_SECONDS",
    "READ_DATABASE_URL",
    "READ_DELAY_SECONDS",
)


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Bounds of a PostgreSQL store; seconds, where 0 means no bound."""

    pool: int = 15
    statement_seconds: int = 30
    lock_seconds: int = 10
    idle_seconds: int = 60
    read_database_url: str | None = None
    read_delay_seconds: int = 1

    def for_work(self) -> StoreSettings:
        """The bounds outside requests: a sync may take an hour and wait for another; a dead one must not hold rows."""
        return StoreSettings(self.pool, 0, 0, self.idle_seconds * 10, self.read_database_url, self.read_delay_seconds)


class Reading(Protocol):
    """What reading these settings needs of the reader of all settings."""

    given: Mapping[str, str]

    def number(self, name: str, default: int, *, least: int = 0) -> int:
        """A whole number."""


def read_store(reader: Reading) -> StoreSettings:
    """The bounds. Raises ``INVALID_SETTING`` naming the variable."""
    usual = StoreSettings()
    replica = reader.given.get(f"{PREFIX}READ_DATABASE_URL") or None
    if replica is not None and not replica.startswith("postgresql"):
        raise Problem("INVALID_SETTING", name=f"{PREFIX}READ_DATABASE_URL", detail="postgresql+psycopg://…")
    return StoreSettings(
        pool=reader.number("DATABASE_POOL", usual.pool, least=2),
        statement_seconds=reader.number("DATABASE_STATEMENT_SECONDS", usual.statement_seconds),
        lock_seconds=reader.number("DATABASE_LOCK_SECONDS", usual.lock_seconds),
        idle_seconds=reader.number("DATABASE_IDLE_SECONDS", usual.idle_seconds),
        read_database_url=replica,
        read_delay_seconds=reader.number("READ_DELAY_SECONDS", usual.read_delay_seconds, least=1),
    )
