"""Reading mirrored sources when a report is made: a few look-ups by index, however large the source is."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, sessionmaker

from creditreport.catalog.manifest import LocatedManifest
from creditreport.entities.entity import BusinessEntity
from creditreport.mirror.digests import kept_by
from creditreport.mirror.models import MirrorHandle, MirrorRow
from creditreport.mirror.sync import last_complete
from creditreport.quarantine.settlements import load_settled
from creditreport.violations.fingerprint import row_of
from creditreport.violations.handles import entity_handles
from creditreport.violations.settled import Settled
from creditreport.violations.stored import Held

_CHUNK = 500
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
        with self._reading() as session:
            run = last_complete(session, located.manifest.slug)
            if run is None:
                return Held(problem=NEVER)
            if run.kept_by != self._kept_by(located, taken):
                return Held(problem=OTHER_MANIFEST)
            found: dict[tuple[int, int], str] = {}
            for query in _queries(run.slug, run.id, entity, settled):
                for from_run, n, content in session.execute(query):
                    found[from_run, n] = content
            rows = [row_of(found[place]) for place in sorted(found)]
            skipped = json.loads(run.skipped)
            columns = json.loads(run.columns)
            return Held(columns, rows, run.data_as_of, run.source_version, run.rows_read, skipped)

    def _kept_by(self, located: LocatedManifest, taken: frozenset[str]) -> str:
        # The manifest is kept beside its digest, so that no other one can come to have its number.
        key = (id(located), taken)
        if key not in self._digests:
            self._digests[key] = (located, kept_by(located.manifest, taken))
        return self._digests[key][1]


def _queries(slug: str, run: int, entity: BusinessEntity, settled: Settled) -> Iterator[Select[int, int, str]]:
    codes, handles = entity_handles(entity)
    rows = select(MirrorRow.from_run, MirrorRow.n, MirrorRow.content)
    # One moment for all look-ups: a sync that completes meanwhile has a higher number.
    then = and_(
        MirrorRow.slug == slug,
        MirrorRow.from_run <= run,
        or_(MirrorRow.until_run.is_(None), MirrorRow.until_run > run),
    )
    yield rows.where(MirrorRow.uscc.in_(sorted(codes)), then)
    beside = and_(MirrorHandle.from_run == MirrorRow.from_run, MirrorHandle.n == MirrorRow.n)
    yield rows.join(MirrorHandle, beside).where(
        MirrorHandle.slug == slug, MirrorHandle.handle.in_(sorted(handles)), then
    )
    # A row that a person corrected or mapped may now be about a business that it did not name.
    yield from (rows.where(each, then) for each in _any_of(sorted(settled)))


def _any_of(marks: Collection[str]) -> Iterator[ColumnElement[bool]]:
    listed = list(marks)
    for at in range(0, len(listed), _CHUNK):
        yield MirrorRow.fingerprint.in_(listed[at : at + _CHUNK])
