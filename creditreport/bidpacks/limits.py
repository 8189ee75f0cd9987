"""What one pack may hold, and how many packs somebody may have checked.

No account is needed, so an address has a number of packs an hour. Codes that are typed into a table and are not there
count as misses like codes typed on the page, but at most :data:`MISSES_PER_PACK` of them for a pack: an agency that
was handed two hundred wrong ones is not locked out, and whoever guesses has a few thousand guesses an hour at 95
random bits.
A file that leads nowhere is no miss here: what it costs is counted as a pack.
"""

from __future__ import annotations

from limits import RateLimitItemPerHour

from creditreport.errors import Problem
from creditreport.web.limits import Counter

MEGABYTE = 1024 * 1024
MOST_ITEMS = 200
MOST_BYTES = 64 * MEGABYTE
MOST_EXPECTED = 1000
MISSES_PER_PACK = 5
# Strangers' files of packs that are not checked yet, all together: what a store can be made to hold.
MOST_WAITING_BYTES = 1024 * MEGABYTE


class PackLimits:
    """Packs that were taken on, counted for an hour."""

    def __init__(self, counter: Counter, per_hour: int) -> None:
        self._counter, self._limit = counter, RateLimitItemPerHour(per_hour)

    def check(self, who: str) -> None:
        """Raise ``TOO_MANY_PACKS`` with the time to wait."""
        if self._counter.used(self._limit, "pack", who) == 0:
            return
        wait = self._counter.wait(self._limit, "pack", who)
        if wait:
            raise Problem("TOO_MANY_PACKS", shown={"retry_after": wait}, minutes=max(1, round(wait / 60)))

    def took(self, who: str) -> None:
        """Count one more."""
        self._counter.hit(self._limit, "pack", who)
