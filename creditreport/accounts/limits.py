"""How often somebody may fail to sign in: for each account and for each address, over a quarter of an hour."""

from __future__ import annotations

from limits import RateLimitItemPerMinute

from creditreport.errors import Problem
from creditreport.web.limits import Counter, of_address

MINUTES = 15
PER_ACCOUNT = RateLimitItemPerMinute(5, MINUTES)
# Offices share an address.
PER_ADDRESS = RateLimitItemPerMinute(50, MINUTES)


class FailureLimits:
    """Failed sign-ins, counted."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    def check(self, name: str, address: str) -> None:
        """Raise ``TOO_MANY_ATTEMPTS``, when either has failed too often."""
        for limit, key in self._counted(name, address):
            wait = self._counter.wait(limit, *key)
            if wait:
                raise Problem("TOO_MANY_ATTEMPTS", shown={"retry_after": wait}, minutes=-(-wait // 60))

    def failed(self, name: str, address: str) -> None:
        """Count one more failure."""
        for limit, key in self._counted(name, address):
            self._counter.hit(limit, *key)

    def forget(self, name: str) -> None:
        """The account signed in: its own failures no longer count."""
        self._counter.clear(PER_ACCOUNT, "sign-in", "account", name)

    @staticmethod
    def _counted(name: str, address: str) -> tuple[tuple[RateLimitItemPerMinute, tuple[str, str, str]], ...]:
        return (
            (PER_ACCOUNT, ("sign-in", "account", name)),
            (PER_ADDRESS, ("sign-in", "address", of_address(address))),
        )
