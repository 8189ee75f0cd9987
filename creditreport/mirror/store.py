"""Reading mirrored sources when a report is made: a few look-ups by index, however large the source is."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, sessionmaker

from creditreport.catalog.manifest import LocatedManifest
from creditreport.entities.entity import BusinessEntity
from creditreport.mirror.digests import kept_by
from creditreport.mirror.models import MirrorHandle, MirrorRow, MirrorRun
from creditreport.mirror.sync import last_complete_runs
from creditreport.quarantine.settlements import load_settled
from creditreport.violations.fingerprint import row_of
from creditreport.violations.handles import entity_handles
from creditreport.violations.settled import Settled
from creditreport.violations.stored import Held, Wanted

_CHUNK = 500
Place = tuple[int, int]
NEVER = "从未同步，请先运行 creditreport domains sync / never synchronised: run creditreport domains sync"
OTHER_MANIFEST = "清单在上次同步后有改动，请再次同步 / the manifest has changed since the last sync: synchronise again"


class MirrorStore:
    """The store as it is read for reports."""

    def __init__(self, reading: sessionmaker[Session]) -> None:
        self._reading = reading
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
        with self._reading() as session:
            runs = last_complete_runs(session, [one.located.manifest.slug for one in wanted])
            found: dict[str, dict[tuple[int, int], str]] = {slug: {} for slug in runs}
            for query in _queries(runs, entity, wanted):
                for slug, from_run, n, until_run, content in session.execute(query):
                    if _counts(runs[slug], from_run, until_run):
                        found[slug][from_run, n] = content
            return [self._told(one, runs, found) for one in wanted]

    def _told(self, one: Wanted, runs: Mapping[str, MirrorRun], found: Mapping[str, Mapping[Place, str]]) -> Held:
        slug = one.located.manifest.slug
        run = runs.get(slug)
        if run is None:
            return Held(problem=NEVER)
        if run.kept_by != self._kept_by(one.located, one.taken):
            return Held(problem=OTHER_MANIFEST)
        rows = [row_of(found[slug][place]) for place in sorted(found[slug])]
        skipped, columns = json.loads(run.skipped), json.loads(run.columns)
        return Held(columns, rows, run.data_as_of, run.source_version, run.rows_read, skipped)

    def _kept_by(self, located: LocatedManifest, taken: frozenset[str]) -> str:
        # The manifest is kept beside its digest, so that no other one can come to have its number.
        key = (id(located), taken)
        if key not in self._digests:
            self._digests[key] = (located, kept_by(located.manifest, taken))
        return self._digests[key][1]


def _counts(run: MirrorRun, from_run: int, until_run: int | None) -> bool:
    """Whether a version stood at ``run``: one moment for all look-ups, a sync that completes meanwhile comes later."""
    return from_run <= run.id and (until_run is None or until_run > run.id)


def _queries(
    runs: Mapping[str, MirrorRun], entity: BusinessEntity, wanted: Sequence[Wanted]
) -> Iterator[Select[str, int, int, int | None, str]]:
    if not runs:
        return
    codes, handles = entity_handles(entity)
    row = (MirrorRow.slug, MirrorRow.from_run, MirrorRow.n, MirrorRow.until_run, MirrorRow.content)
    # A little more than stood then, since every source has a run of its own: each version is judged by its own.
    earliest = min(run.id for run in runs.values())
    rows = select(*row).where(or_(MirrorRow.until_run.is_(None), MirrorRow.until_run > earliest))
    yield rows.where(MirrorRow.uscc.in_(sorted(codes)), MirrorRow.slug.in_(sorted(runs)))
    beside = and_(MirrorHandle.from_run == MirrorRow.from_run, MirrorHandle.n == MirrorRow.n)
    yield rows.join(MirrorHandle, beside).where(
        MirrorHandle.slug.in_(sorted(runs)),
        MirrorHandle.handle.in_(sorted(handles)),
        MirrorRow.slug == MirrorHandle.slug,
    )
    # A row that a person corrected or mapped may now be about a business that it did not name.
    for one in wanted:
        slug = one.located.manifest.slug
        if slug in runs:
            yield from (rows.where(MirrorRow.slug == slug, each) for each in _any_of(sorted(one.settled)))


def _any_of(marks: Collection[str]) -> Iterator[ColumnElement[bool]]:
    listed = list(marks)
    for at in range(0, len(listed), _CHUNK):
        yield MirrorRow.fingerprint.in_(listed[at : at + _CHUNK])
