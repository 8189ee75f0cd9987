"""Against fishing for codes: who misses (no such code, or none that could be one) has to wait longer and longer.

Three windows stand behind each other, so that the wait grows from seconds to minutes to hours. An address counts for
itself, a program that showed its secret for itself. When everybody together misses more than a city ever does, an
address is given only a few misses; one that has not missed is answered as always: nobody closes it to others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute

from creditreport.errors import Problem
from creditreport.web.limits import Counter

log = structlog.get_logger(__name__)
# How many times an address's own misses a minute everybody together may have before it is an attack.
EVERYBODY = 50
# What an address may miss in a quarter of an hour during one.
FEW = RateLimitItemPerMinute(3, 15)
KEPT_SECONDS = 2 * 24 * 3600
HOURS = 24


@dataclass(frozen=True, slots=True)
class Hour:
    """What staff see of one hour."""

    begins: datetime
    misses: int
    refused: int


class MissLimits:
    """Misses, counted; ``per_minute`` is what one address may have in a minute."""

    def __init__(self, counter: Counter, per_minute: int) -> None:
        self._counter = counter
        self.ladder: tuple[RateLimitItem, ...] = (
            RateLimitItemPerHour(10 * per_minute, 24),
            RateLimitItemPerMinute(3 * per_minute, 15),
            RateLimitItemPerMinute(per_minute),
        )
        self.everybody = RateLimitItemPerMinute(EVERYBODY * per_minute)

    def check(self, who: str, now: datetime) -> None:
        """Raise ``TOO_MANY_MISSES`` with the time to wait, whatever is asked: right codes are then refused too."""
        if self.clean(who):
            return
        limits = [*self.ladder, FEW] if self.attacked() else list(self.ladder)
        wait = max(self._counter.wait(limit, "miss", who) for limit in limits)
        if wait:
            self._counter.add(_name("refused", now), KEPT_SECONDS)
            raise Problem("TOO_MANY_MISSES", shown={"retry_after": wait}, seconds=wait)

    def clean(self, who: str) -> bool:
        """Whether ``who`` has missed nothing in a day: nearly everybody, at the cost of one look."""
        return self._counter.used(self.ladder[0], "miss", who) == 0

    def missed(self, who: str, now: datetime) -> None:
        """Count one more miss."""
        for limit in (*self.ladder, FEW):
            self._counter.hit(limit, "miss", who)
        self._counter.add(_name("misses", now), KEPT_SECONDS)
        full = not self._counter.hit(self.everybody, "miss", "everybody")
        if full and self._counter.add(f"verify:attack:{now:%Y%m%d%H%M}", KEPT_SECONDS) == 1:
            log.warning("misses_everywhere", limit=self.everybody.amount)

    def attacked(self) -> bool:
        """Whether everybody together misses too much now."""
        return self._counter.wait(self.everybody, "miss", "everybody") > 0

    def shared(self) -> bool:
        """Whether all workers count together."""
        return self._counter.shared()

    def hours(self, now: datetime) -> list[Hour]:
        """The last hours, the present one first."""
        begins = [now.replace(minute=0, second=0) - timedelta(hours=back) for back in range(HOURS)]
        misses = self._counter.read([_name("misses", at) for at in begins])
        refused = self._counter.read([_name("refused", at) for at in begins])
        return [Hour(*row) for row in zip(begins, misses, refused, strict=True)]


def _name(what: str, at: datetime) -> str:
    return f"verify:{what}:{at:%Y%m%d%H}"
