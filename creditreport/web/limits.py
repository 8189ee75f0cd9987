"""How often somebody may fail: counted in moving windows, shared by all workers through Redis where there is one.

Without Redis, or while it does not answer, each process counts for itself: the service goes on (a guess at a code is
hopeless anyway: 95 random bits), the limits are then as many times wider as there are workers, and the log warns.
A wait is asked for (``Retry-After``) and never slept: a worker that sleeps is one fewer for everybody else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cached_property
from ipaddress import IPv6Address, ip_address
from math import ceil
from typing import TypeVar

import structlog
from limits import RateLimitItem
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.backoff import NoBackoff
from redis.connection import ConnectionPool
from redis.retry import Retry

T = TypeVar("T")
log = structlog.get_logger(__name__)
SCHEMES = ("redis://", "rediss://", "unix://")
# A page must not wait for a counter: a Redis on the same network answers in a millisecond.
PATIENCE_SECONDS = 0.25
# How long a Redis that failed is left alone.
LEFT_ALONE_SECONDS = 15.0


class Counter:
    """Counts in Redis, else in this process."""

    def __init__(self, broker_url: str | None) -> None:
        self._url = broker_url if broker_url and broker_url.startswith(SCHEMES) else None
        self._again = 0.0

    @cached_property
    def _own(self) -> MovingWindowRateLimiter:
        return MovingWindowRateLimiter(MemoryStorage())

    @cached_property
    def _shared(self) -> MovingWindowRateLimiter | None:
        if self._url is None:
            return None
        pool = ConnectionPool.from_url(
            self._url, socket_connect_timeout=PATIENCE_SECONDS, socket_timeout=PATIENCE_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )  # fmt: skip
        return MovingWindowRateLimiter(RedisStorage(self._url, connection_pool=pool, wrap_exceptions=True))

    def hit(self, limit: RateLimitItem, *key: str) -> bool:
        """Count one more; False when the window was full already."""
        return self._do(lambda limiter: limiter.hit(limit, *key))

    def used(self, limit: RateLimitItem, *key: str) -> int:
        """How many are in the window now."""
        return limit.amount - self._do(lambda limiter: limiter.get_window_stats(limit, *key)).remaining

    def wait(self, limit: RateLimitItem, *key: str) -> int:
        """Seconds until one more is allowed; 0 when it is now."""
        stats = self._do(lambda limiter: limiter.get_window_stats(limit, *key))
        return 0 if stats.remaining > 0 else max(1, ceil(stats.reset_time - time.time()))

    def clear(self, limit: RateLimitItem, *key: str) -> None:
        """Forget what was counted."""
        self._do(lambda limiter: limiter.clear(limit, *key))

    def add(self, name: str, seconds: int) -> int:
        """Add one to a plain count that is forgotten ``seconds`` after its first; returns it."""
        return self._do(lambda limiter: _plain(limiter).incr(name, seconds))

    def read(self, names: Sequence[str]) -> list[int]:
        """The plain counts with these names; 0 for one that was never begun or is forgotten."""
        return self._do(lambda limiter: [_plain(limiter).get(name) for name in names])

    def shared(self) -> bool:
        """Whether all workers count together now."""
        return self._shared is not None and time.monotonic() >= self._again

    def _do(self, deed: Callable[[MovingWindowRateLimiter], T]) -> T:
        if self._shared is not None and time.monotonic() >= self._again:
            try:
                return deed(self._shared)
            except StorageError as error:
                self._again = time.monotonic() + LEFT_ALONE_SECONDS
                log.warning("limits_counted_alone", error=type(error.storage_error).__name__)
        return deed(self._own)


def _plain(limiter: MovingWindowRateLimiter) -> MemoryStorage | RedisStorage:
    return limiter.storage  # type: ignore[return-value]


def of_address(address: str | None) -> str:
    """Whom an address counts for: an IPv6 network of a household or office (/64) is one, it has 2^64 addresses."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return "?"
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))
    return str(found)
