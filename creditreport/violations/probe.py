"""Asking every source how it is: reachable, fresh, how fast, with the columns and the rows that were declared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from creditreport.catalog.load import Catalog
from creditreport.catalog.manifest import LocatedManifest
from creditreport.catalog.shared import shared_key, shared_words
from creditreport.entities.entity import BusinessEntity, EntityType, RegistrationStatus
from creditreport.sources.base import ExpectationMissed, Pending, Rows, SourceIncomplete
from creditreport.sources.registry import make_source
from creditreport.violations.answer import AnswerStatus
from creditreport.violations.question import Collecting
from creditreport.violations.rows import ColumnMismatch, check_columns
from creditreport.violations.settled import NOTHING_SETTLED
from creditreport.violations.stored import Held


@dataclass(frozen=True, slots=True)
class Probed:
    """How one source is; ``None`` where that could not be told because something before it failed."""

    slug: str
    role: str
    driver: str
    mode: str
    reachable: bool
    fresh: bool | None
    columns: bool | None
    expectations: bool | None
    seconds: float
    rows: int
    data_as_of: datetime | None
    problem: str | None

    @property
    def good(self) -> bool:
        """Whether a report could rest on it now, as far as can be told without a business."""
        return self.reachable and bool(self.fresh and self.columns and self.expectations) and self.problem is None

    def as_json(self) -> dict[str, Any]:
        """As in ``domains probe``."""
        return {
            "slug": self.slug,
            "role": self.role,
            "driver": self.driver,
            "mode": self.mode,
            "good": self.good,
            "reachable": self.reachable,
            "fresh": self.fresh,
            "columns": self.columns,
            "expectations": self.expectations,
            "seconds": self.seconds,
            "rows": self.rows,
            "data_as_of": self.data_as_of.isoformat() if self.data_as_of else None,
            "problem": self.problem,
        }


class _Probing:
    """One source being asked; what was found so far is kept even if it stops half-way."""

    def __init__(
        self, located: LocatedManifest, codes: tuple[str, ...], asked_at: datetime, ctx: Collecting, held: Held | None
    ) -> None:
        self._manifest, self._asked_at, self._ctx = located.manifest, asked_at, ctx
        self._columns: bool | None = None
        self._expectations: bool | None = None
        self._rows, self._held = 0, held
        self._pending: Pending[None] = make_source(located, ctx.environ, codes).start(asked_at, self._read)

    def _read(self, rows: Rows) -> None:
        try:
            check_columns(self._manifest, rows.columns)
            self._columns = True
        except ColumnMismatch as error:
            self._columns = False
            raise SourceIncomplete(str(error)) from error
        try:
            for _row in rows:
                self._rows += 1
            self._expectations = True
        except ExpectationMissed:
            self._expectations = False
            raise

    def result(self, window_end: date) -> Probed:
        """Wait for the source, and say how it is."""
        asked, manifest = self._pending.wait(), self._manifest
        as_of, problem = asked.data_as_of, asked.problem
        if self._held is not None:
            # A report rests on what was brought here, however fresh the source itself may be.
            as_of, problem = self._held.data_as_of, problem or self._held.problem
        fresh = False if self._held is not None and as_of is None else None
        if as_of is not None and (asked.status is AnswerStatus.COMPLETE or self._held is not None):
            behind = self._ctx.calendar.working_days_between(as_of.date(), window_end)
            fresh = behind <= manifest.freshness
            if not fresh and problem is None:
                problem = f"数据落后 {behind} 个工作日，允许 {manifest.freshness} 个 / {behind} working days behind"
        return Probed(
            manifest.slug,
            manifest.role.value,
            manifest.source.driver,
            manifest.mode,
            asked.status is not AnswerStatus.UNAVAILABLE,
            fresh,
            self._columns,
            self._expectations,
            round((asked.answered_at - self._asked_at).total_seconds(), 3),
            self._rows,
            as_of,
            problem,
        )


def probe(
    manifests: Iterable[LocatedManifest], catalog: Catalog, code: str, window_end: date, asked_at: datetime,
    ctx: Collecting,
) -> tuple[Probed, ...]:  # fmt: skip
    """Ask all sources themselves, mirrored ones too, at the same time.

    A mirrored source is as fresh as what its last good sync brought. ``code`` is that of a business, for the sources
    that answer about one business at a time.
    """
    shared = shared_words(catalog.domains, ctx.environ)
    started = [_Probing(located, (code,), asked_at, ctx, _held(located, code, shared, ctx)) for located in manifests]
    return tuple(one.result(window_end) for one in started)


def _held(located: LocatedManifest, code: str, shared: Mapping[str, frozenset[str]], ctx: Collecting) -> Held | None:
    if ctx.store is None or located.manifest.mode != "mirrored":
        return None
    taken = shared.get(shared_key(located, ctx.environ), frozenset()) if located.manifest.source.take else frozenset()
    entity = BusinessEntity("", code, "", EntityType.OTHER_BUSINESS, RegistrationStatus.ACTIVE)
    return ctx.store.held(located, entity, taken, NOTHING_SETTLED)
