"""All figures of a period, gathered in one reading of the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from creditreport.statistics.cases import cases
from creditreport.statistics.issued import issued, unissued
from creditreport.statistics.period import Period
from creditreport.statistics.publicity import codes, publicity
from creditreport.statistics.refused import refused
from creditreport.statistics.sources import sources
from creditreport.statistics.table import Indicator, Table, Value, plain
from creditreport.statistics.verified import verified

if TYPE_CHECKING:
    from creditreport.service import Service


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted, for which days, and when."""

    period: Period
    made_at: datetime
    indicators: tuple[Indicator, ...]
    tables: tuple[Table, ...]

    def table(self, key: str) -> Table:
        """The table that is called so."""
        return next(one for one in self.tables if one.key == key)

    def value(self, key: str) -> Value:
        """The indicator that is called so."""
        return next(one.value for one in self.indicators if one.key == key)

    @property
    def running(self) -> bool:
        """Whether the period was not over when this was counted: the figures will still grow."""
        return self.made_at < self.period.end

    def as_json(self) -> dict[str, Any]:
        """As ``statistics --json`` tells them."""
        return {
            "from": self.period.first.isoformat(),
            "to": self.period.last.isoformat(),
            "made_at": self.made_at.isoformat(),
            "indicators": {one.key: plain(one.value) for one in self.indicators},
            "tables": {one.key: one.as_json() for one in self.tables},
        }


def figures(service: Service, period: Period, now: datetime) -> Figures:
    """Count everything of ``period``; ``now`` is when. Nothing is changed, and nothing names a business or a person."""
    with service.reading() as session:
        parts = [
            issued(session, period),
            verified(session, period),
            refused(session, period),
            ([], [unissued(session, period)]),
            publicity(session, service.catalog, period),
            (codes(session, period), []),
            cases(session, service, period, now),
            sources(session, service, now),
        ]
    indicators = [one for told, _ in parts for one in told]
    return Figures(period, now, tuple(indicators), tuple(one for _, tables in parts for one in tables))
