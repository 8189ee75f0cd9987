"""Bringing one source's rows into the store, in the source's own thread while its deadline runs.

Rows are written as they come, a few thousand at a time, under the number of a run that nobody reads yet: a run that is
killed leaves nothing that counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, sessionmaker

from creditreport.catalog.manifest import Manifest
from creditreport.catalog.words import Vocabulary
from creditreport.mirror.bulk import NewHandle, NewRow, write_rows
from creditreport.mirror.checking import Checking, Lot, Told
from creditreport.mirror.models import MirrorHandle, MirrorRow, MirrorRun, RunState
from creditreport.mirror.working import Kept, Left, Why
from creditreport.sources.base import Row, Rows, SourceIncomplete
from creditreport.violations.answer import Quarantined
from creditreport.violations.reading import check_source
from creditreport.violations.rows import shown

# Rows that are written in one transaction, and rows that one process works at a time.
BATCH = 5000
LOT = 1000
# What staff are shown of one run. Rows beyond are held against their businesses all the same, and shown when asked for.
MOST_SHOWN = 10_000


class StoreFailed(Exception):
    """Our own store could not be written."""


@dataclass
class Brought:
    """What one reading brought, and what it met."""

    columns: tuple[str, ...] = ()
    seen: set[bytes] = field(default_factory=set)
    added: int = 0
    unchanged: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    keys: set[tuple[str | None, str | None]] = field(default_factory=set)
    quarantined: int = 0
    found: list[Quarantined] = field(default_factory=list)
    last_seen: Any = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run knows before it reads: ``known`` rows are there already, ``learnt`` are to be written again."""

    run: int
    now: datetime
    whole: bool
    map_all: bool
    known: frozenset[bytes] = frozenset()
    learnt: Mapping[bytes, datetime] = field(default_factory=dict)

    @property
    def first(self) -> bool:
        """Whether there was nothing before."""
        return not self.known and not self.learnt


class Bringing:
    """The rows of one source on their way into the store."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        manifest: Manifest,
        vocabulary: Vocabulary,
        taken: frozenset[str],
        plan: Plan,
        say: Callable[[int], None],
        meant: Callable[[Row], str | None],
    ) -> None:
        self._sessions, self._manifest, self._plan, self._say = sessions, manifest, plan, say
        self._vocabulary, self._taken, self._meant = vocabulary, taken, meant
        self._ignored = frozenset(manifest.ignore)
        self._watermark = manifest.sync.watermark if manifest.sync else None
        # Of most rows nothing is wanted but that they are there still: they are told apart before they are shared out.
        self._sifts = bool(plan.known) and not plan.map_all
        self._n = 0
        self._rows: list[NewRow] = []
        self._others: list[NewHandle] = []
        self._writing: Future[None] | None = None

    def __call__(self, rows: Rows) -> Brought:
        """Bring all rows. Raises :class:`SourceIncomplete` when the columns are not the manifest's."""
        check_source(self._manifest, rows.columns)
        brought = Brought(tuple(rows.columns))
        size = min(LOT, BATCH)
        # Left only when nothing is being written any more, whatever happened.
        with (
            Checking(self._manifest, self._vocabulary, self._taken, rows.columns, self._plan.whole) as checking,
            ThreadPoolExecutor(max_workers=1, thread_name_prefix="mirror-store") as self._writer,
        ):
            self._work = checking.here
            lot: list[Row] = []
            for row in rows:
                if self._watermark is not None:
                    self._keep_highest(brought, row[self._watermark])
                if self._sifts and self._is_known(row, brought):
                    continue
                lot.append(row)
                if len(lot) >= size:
                    self._take(checking.put(lot), rows, brought)
                    lot = []
            self._take(chain(checking.put(lot), checking.rest()), rows, brought)
            self._flush()
            self._written()
        self._say(rows.read)
        return brought

    def _is_known(self, row: Row, brought: Brought) -> bool:
        mark = self._work.mark(row)
        if mark is None or mark not in self._plan.known:
            return False
        if mark not in brought.seen:
            brought.seen.add(mark)
            brought.unchanged += 1
        return True

    def _take(self, lots: Iterable[tuple[Lot, Told]], rows: Rows, brought: Brought) -> None:
        for lot, told in lots:
            for row, one in zip(lot, told, strict=True):
                if len(one) == 3:
                    self._leave(one, brought)
                else:
                    self._keep(row, one, brought)
            if len(self._rows) >= BATCH:
                self._flush()
                self._say(rows.read)

    def _leave(self, left: Left, brought: Brought) -> None:
        reason, key, code = left
        if reason is not None:
            brought.skipped[reason] += 1
        if not self._plan.whole:
            brought.keys.add((key, code))

    def _keep(self, row: Row, kept: Kept, brought: Brought) -> None:
        plan = self._plan
        mark, key, code, others, text, belongs, why = kept
        if mark in brought.seen:
            return
        brought.seen.add(mark)
        if code is None:
            why = self._work.why(row, key, self._meant(row), belongs)
        if why is not None:
            self._set_aside(row, mark, why, brought)
        if mark in plan.known:
            brought.unchanged += 1
            return
        if not plan.first:
            brought.keys.add((key, code))
        self._n += 1
        slug, learnt_at = self._manifest.slug, plan.learnt.get(mark, plan.now)
        self._rows.append((plan.run, self._n, slug, mark, key, code, text, learnt_at))
        for handle in others:
            self._others.append((slug, handle, plan.run, self._n))
        brought.added += 1

    def _set_aside(self, row: Row, mark: bytes, why: Why, brought: Brought) -> None:
        brought.quarantined += 1
        if len(brought.found) < MOST_SHOWN:
            cells = {name: row[name] for name in brought.columns if name not in self._ignored}
            brought.found.append(Quarantined(shown(cells), *why, mark.hex()))

    def _keep_highest(self, brought: Brought, cell: Any) -> None:
        if cell is None:
            return
        try:
            if brought.last_seen is None or cell > brought.last_seen:
                brought.last_seen = cell
        except TypeError as error:
            problem = f"水位列“{self._watermark}”的值不能比较 / the watermark's values cannot be compared"
            raise SourceIncomplete(problem) from error

    def _flush(self) -> None:
        """Have the rows written while the next ones are read and mapped; never more than one lot ahead."""
        self._written()
        if self._rows:
            self._writing = self._writer.submit(self._store, self._rows, self._others)
        self._rows, self._others = [], []

    def _written(self) -> None:
        """Wait for what is being written. Raises :class:`StoreFailed` if it could not be."""
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.result()

    def _store(self, rows: list[NewRow], others: list[NewHandle]) -> None:
        try:
            with self._sessions.begin() as session:
                self._refuse_given_up(session)
                write_rows(session, rows, others)
        except DatabaseError as error:
            # Not the source's fault, so it must not be told as a source that cannot be read.
            raise StoreFailed(type(error).__name__) from error

    def _refuse_given_up(self, session: Session) -> None:
        """Write nothing for a run that was given up meanwhile, because its time was over."""
        query = select(MirrorRun.state).where(MirrorRun.id == self._plan.run).with_for_update(read=True)
        if session.scalar(query) != RunState.RUNNING:
            raise StoreFailed("given up")


def forget_run(session: Session, slug: str, run: int) -> None:
    """Delete whatever ``run`` wrote; nobody has ever read it."""
    session.execute(delete(MirrorRow).where(MirrorRow.from_run == run))
    session.execute(delete(MirrorHandle).where(MirrorHandle.slug == slug, MirrorHandle.from_run == run))
