"""What our own store can tell when a report is made; the store itself is passed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from creditreport.catalog.manifest import LocatedManifest
from creditreport.entities.entity import BusinessEntity
from creditreport.violations.settled import Settled


@dataclass(frozen=True, slots=True)
class Held:
    """The rows of a mirrored source that may concern a business, as the source had them at its last good sync.

    ``rows_read`` and ``skipped`` are those of that sync. ``problem`` says why nothing can be told.
    """

    columns: Sequence[str] = ()
    rows: Sequence[Mapping[str, Any]] = ()
    data_as_of: datetime | None = None
    version: str | None = None
    rows_read: int = 0
    skipped: Mapping[str, int] | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """One mirrored source that is to be looked into, and what decides which of its rows count."""

    located: LocatedManifest
    taken: frozenset[str]
    settled: Settled


class Store(Protocol):
    """Our own store, read."""

    def settled(self) -> Mapping[str, Settled]:
        """What persons have decided about rows, by source."""

    def held(self, located: LocatedManifest, entity: BusinessEntity, taken: frozenset[str], settled: Settled) -> Held:
        """The rows of a mirrored source that may concern ``entity``."""

    def held_all(self, wanted: Sequence[Wanted], entity: BusinessEntity) -> Sequence[Held]:
        """The same of several sources, in their order, by one look-up for all of them."""
