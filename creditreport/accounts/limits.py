"""How often somebody may fail to sign in: for each account and for each address, over a quarter of an hour.

Counted in Redis when there is one (several workers then share the counts), else in this process.
"""

from __future__ import annotations

from functools import cached_property

from limits import RateLimitItemPerMinute
from limits.storage import Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from creditreport.config import Settings
from creditreport.errors import Problem

MINUTES = 15
PER_ACCOUNT = RateLimitItemPerMinute(5, MINUTES)
# Offices share an address.
PER_ADDRESS = RateLimitItemPerMinute(50, MINUTES)


class FailureLimits:
    """Failed sign-ins, counted."""

    def __init__(self, settings: Settings) -> None:
        broker = settings.broker_url
        self._url = broker if broker and broker.startswith(("redis://", "rediss://", "unix://")) else "memory://"

    @cached_property
    def _limiter(self) -> MovingWindowRateLimiter:
        storage = storage_from_string(self._url)
        assert isinstance(storage, Storage)  # noqa: S101 - the address asks for no asynchronous one
        return MovingWindowRateLimiter(storage)

    def check(self, name: str, address: str) -> None:
        """Raise ``TOO_MANY_ATTEMPTS``, when either has failed too often."""
        for limit, key in self._counted(name, address):
            if not self._limiter.test(limit, *key):
                raise Problem("TOO_MANY_ATTEMPTS", shown={"retry_after": MINUTES * 60}, minutes=MINUTES)

    def failed(self, name: str, address: str) -> None:
        """Count one more failure."""
        for limit, key in self._counted(name, address):
            self._limiter.hit(limit, *key)

    def forget(self, name: str) -> None:
        """The account signed in: its own failures no longer count."""
        self._limiter.clear(PER_ACCOUNT, "sign-in", "account", name)

    @staticmethod
    def _counted(name: str, address: str) -> tuple[tuple[RateLimitItemPerMinute, tuple[str, str, str]], ...]:
        return (
            (PER_ACCOUNT, ("sign-in", "account", name)),
            (PER_ADDRESS, ("sign-in", "address", address)),
        )
