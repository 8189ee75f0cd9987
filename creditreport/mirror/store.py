"""Reading mirrored sources when a report is made: a few look-ups by index, however large the source is."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    and_,
    bindparam,
    cast,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, sessionmaker

from creditreport.catalog.manifest import LocatedManifest
from creditreport.entities.entity import BusinessEntity
from creditreport.mirror.digests import kept_by
from creditreport.mirror.models import MirrorHandle, MirrorRow, MirrorRun
from creditreport.mirror.newest import last_ids, slug_as_written
from creditreport.quarantine.settlements import load_settled
from creditreport.violations.fingerprint import row_of
from creditreport.violations.handles import entity_handles, led_elsewhere
from creditreport.violations.settled import Settled
from creditreport.violations.stored import Held, Wanted

_CHUNK = 500
Place = tuple[int, int]
Look = Select[str, int, int, int | None, str]
NEVER = "从未同步，请先运行 creditreport domains sync / never synchronised: run creditreport domains sync"
OTHER_MANIFEST = "清单在上次同步后有改动，请再次同步 / the manifest has changed since the last sync: synchronise again"


@dataclass(frozen=True, slots=True)
class _Run:
    """What a report needs to know of a complete run. A run that is complete never changes."""

    id: int
    slug: str
    kept_by: str
    columns: tuple[str, ...]
    skipped: Mapping[str, int]
    data_as_of: datetime | None
    version: str | None
    rows_read: int


class MirrorStore:
    """The store as it is read for reports."""

    def __init__(self, reading: sessionmaker[Session]) -> None:
        self._reading = reading
        self._runs: dict[str, _Run] = {}
        self._digests: dict[tuple[int, frozenset[str]], tuple[LocatedManifest, str]] = {}

    def settled(self) -> Mapping[str, Settled]:
        """What persons have decided about rows, by source."""
        with self._reading() as session:
            return load_settled(session)

    def held(self, located: LocatedManifest, entity: BusinessEntity, taken: frozenset[str], settled: Settled) -> Held:
        """The rows that may concern ``entity``, as of the last complete sync.

        Its ``problem`` is set when there was none, or when it kept its rows by another manifest than today's.
        """
        return self.held_all([Wanted(located, taken, settled)], entity)[0]

    def held_all(self, wanted: Sequence[Wanted], entity: BusinessEntity) -> list[Held]:
        """The same of several sources: the number of queries does not grow with theirs."""
        slugs = tuple(one.located.manifest.slug for one in wanted)
        codes, handles = entity_handles(entity)
        asked = {"codes": sorted(codes), "handles": sorted(handles), "earliest": self._earliest(slugs)}
        with self._reading() as session:
            # What the sources' last runs are and what stands there: seen at one moment.
            told = list(session.execute(_about(slugs), asked)) if slugs else []
            ids = {row.from_run for row in told if row.n == _A_RUN}
            if ids and min(ids) < asked["earliest"]:
                # The store is one that was restored: it knows nothing of what we knew.
                self._runs = {}
                return self.held_all(wanted, entity)
            runs = self._runs_of(session, slugs, ids)
            told += [row for query in _led_here(runs, wanted, codes) for row in session.execute(query, asked)]
        found: dict[str, dict[Place, str]] = {slug: {} for slug in runs}
        for slug, from_run, n, until_run, content in told:
            if n != _A_RUN and slug in runs and _counts(runs[slug], from_run, until_run):
                found[slug][from_run, n] = content
        return [self._told(one, runs, found) for one in wanted]

    def _earliest(self, slugs: Collection[str]) -> int:
        """The oldest run that may be read now: each source's was known before, or a later one has come."""
        known = self._runs
        return min((known[slug].id if slug in known else 0 for slug in slugs), default=0)

    def _runs_of(self, session: Session, slugs: Collection[str], ids: set[int]) -> dict[str, _Run]:
        """The runs with these ids, by slug; each is read from the store once."""
        # Never changed in place: another thread may be at it, and what it replaces is what this one goes by.
        known = self._runs
        if unknown := ids - {run.id for run in known.values()}:
            fetched = session.execute(_RUNS, {"ids": sorted(unknown)})
            self._runs = known = known | {row.slug: _run(row) for row in fetched}
        return {slug: run for slug in slugs if (run := known.get(slug)) is not None and run.id in ids}

    def _told(self, one: Wanted, runs: Mapping[str, _Run], found: Mapping[str, Mapping[Place, str]]) -> Held:
        slug = one.located.manifest.slug
        run = runs.get(slug)
        if run is None:
            return Held(problem=NEVER)
        if run.kept_by != self._kept_by(one.located, one.taken):
            return Held(problem=OTHER_MANIFEST)
        rows = [row_of(found[slug][place]) for place in sorted(found[slug])]
        return Held(run.columns, rows, run.data_as_of, run.version, run.rows_read, run.skipped)

    def _kept_by(self, located: LocatedManifest, taken: frozenset[str]) -> str:
        # The manifest is kept beside its digest, so that no other one can come to have its number.
        key = (id(located), taken)
        if key not in self._digests:
            self._digests[key] = (located, kept_by(located.manifest, taken))
        return self._digests[key][1]


_RUNS = select(
    MirrorRun.id,
    MirrorRun.slug,
    MirrorRun.kept_by,
    MirrorRun.columns,
    MirrorRun.skipped,
    MirrorRun.data_as_of,
    MirrorRun.source_version,
    MirrorRun.rows_read,
).where(MirrorRun.id.in_(bindparam("ids", expanding=True)))


def _run(row: Any) -> _Run:
    columns, skipped = tuple(json.loads(row.columns)), json.loads(row.skipped)
    return _Run(row.id, row.slug, row.kept_by, columns, skipped, row.data_as_of, row.source_version, row.rows_read)


def _counts(run: _Run, from_run: int, until_run: int | None) -> bool:
    """Whether a version stood at ``run``: one moment for all look-ups, a sync that completes meanwhile comes later."""
    return from_run <= run.id and (until_run is None or until_run > run.id)


def _led_here(runs: Collection[str], wanted: Sequence[Wanted], codes: frozenset[str]) -> Iterator[Look]:
    """A row that a person corrected or mapped may now be about a business that it did not name."""
    for one in wanted:
        slug = one.located.manifest.slug
        if slug in runs:
            marks = sorted(led_elsewhere(one.located.manifest, one.settled, codes))
            yield from (_ROWS.where(MirrorRow.slug == slug, each) for each in _any_of(marks))


# A little more than stands now, since every source has a run of its own: each version is judged by its own.
_ROWS = select(MirrorRow.slug, MirrorRow.from_run, MirrorRow.n, MirrorRow.until_run, MirrorRow.content).where(
    or_(MirrorRow.until_run.is_(None), MirrorRow.until_run > bindparam("earliest"))
)
# Of whatever source: a business has few rows, and those of a source that is not asked are passed over.
_BY_CODE = _ROWS.where(MirrorRow.uscc.in_(bindparam("codes", expanding=True)))
# In place of a row's number: this is no row, but the id of a source's last run.
_A_RUN = -1


# Made once for the slugs of a catalogue: every report asks it.
@lru_cache(maxsize=64)
def _about(slugs: tuple[str, ...]) -> CompoundSelect[str, int, int, int | None, str]:
    """The last complete runs of these sources, and the rows that a business's codes or handles lead to."""
    runs = last_ids(slugs).subquery("runs")
    (newest,) = runs.c
    beside = and_(MirrorHandle.from_run == MirrorRow.from_run, MirrorHandle.n == MirrorRow.n)
    by_handle = _ROWS.join(MirrorHandle, beside).where(
        MirrorHandle.slug.in_([slug_as_written(slug) for slug in slugs]),
        MirrorHandle.handle.in_(bindparam("handles", expanding=True)),
        MirrorRow.slug == MirrorHandle.slug,
    )
    ids = select(literal(""), newest, literal(_A_RUN), cast(null(), Integer), literal("")).where(newest.is_not(None))
    return union_all(_BY_CODE, by_handle, ids)


def _any_of(marks: Collection[str]) -> Iterator[ColumnElement[bool]]:
    listed = list(marks)
    for at in range(0, len(listed), _CHUNK):
        yield MirrorRow.fingerprint.in_(listed[at : at + _CHUNK])
