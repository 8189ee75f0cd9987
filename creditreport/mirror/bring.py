"""Bringing one source's rows into the store, in the source's own thread while its deadline runs.

Rows are written as they come, a few thousand at a time, under the number of a run that nobody reads yet: a run that is
killed leaves nothing that counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, sessionmaker

from creditreport.catalog.manifest import Manifest
from creditreport.catalog.words import Vocabulary
from creditreport.mirror.bulk import write_rows
from creditreport.mirror.checking import Checking, Found, Known
from creditreport.mirror.models import MirrorHandle, MirrorRow, MirrorRun, RunState
from creditreport.sources.base import Row, Rows, SourceIncomplete
from creditreport.violations.answer import Quarantined
from creditreport.violations.fingerprint import bytes_digest, row_bytes
from creditreport.violations.handles import HandleRule, Handles
from creditreport.violations.mapping import Mapper, Unmappable
from creditreport.violations.reading import check_source
from creditreport.violations.rows import RowFilter, shown, used_columns

BATCH = 5000
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
        self._vocabulary, self._meant = vocabulary, meant
        self._mapper, self._filter = Mapper(manifest, vocabulary), RowFilter(manifest, taken)
        self._handles = HandleRule(manifest)
        self._ignored = frozenset(manifest.ignore)
        self._kept_ignored = self._ignored & used_columns(manifest)
        self._watermark = manifest.sync.watermark if manifest.sync else None
        self._n = 0
        self._rows: list[tuple[Any, ...]] = []
        self._others: list[tuple[Any, ...]] = []
        self._unchecked: list[Known] = []
        self._writing: Future[None] | None = None

    def __call__(self, rows: Rows) -> Brought:
        """Bring all rows. Raises :class:`SourceIncomplete` when the columns are not the manifest's."""
        check_source(self._manifest, rows.columns)
        brought = Brought(tuple(rows.columns))
        visible = tuple(sorted(column for column in rows.columns if column not in self._ignored))
        self._kept = tuple(sorted({*visible, *self._kept_ignored}))
        # Left only when nothing is being written any more, whatever happened.
        with (
            Checking(self._manifest, self._vocabulary, self._mapper) as checking,
            ThreadPoolExecutor(max_workers=1, thread_name_prefix="mirror-store") as self._writer,
        ):
            for row in rows:
                if self._watermark is not None:
                    self._keep_highest(brought, row[self._watermark])
                self._take(row, visible, brought)
                if len(self._unchecked) >= BATCH:
                    self._check(checking, brought)
                    self._flush()
                    self._say(rows.read)
            self._check(checking, brought)
            self._flush()
            self._set_aside(checking.rest(), brought)
            self._written()
        self._say(rows.read)
        return brought

    def _take(self, row: Row, visible: tuple[str, ...], brought: Brought) -> None:
        belongs = self._filter.belongs(row)
        reason = None if belongs is False else self._filter.skipped(row)
        if reason is not None:
            brought.skipped[reason] += 1
        if reason is not None or belongs is False:
            self._note_key(row, brought)
            return
        text = row_bytes(row, visible)
        mark = bytes_digest(text)
        if mark in brought.seen:
            return
        brought.seen.add(mark)
        known = mark in self._plan.known
        if known and not self._plan.map_all:
            brought.unchanged += 1
            return
        handles = self._handles.of(row)
        key = self._key(row)
        if self._kept_ignored:
            text = row_bytes(row, self._kept)
        self._unchecked.append(Known(row, text, key, handles.code or self._meant(row), belongs, mark))
        if known:
            brought.unchanged += 1
        else:
            self._write(key, text.decode(), mark, handles, brought)

    def _write(self, key: str | None, text: str, mark: bytes, handles: Handles, brought: Brought) -> None:
        plan = self._plan
        if not plan.first:
            brought.keys.add((key, handles.code))
        self._n += 1
        slug, learnt_at = self._manifest.slug, plan.learnt.get(mark, plan.now)
        self._rows.append((plan.run, self._n, slug, mark.hex(), key, handles.code, text, learnt_at))
        self._others.extend((slug, handle, plan.run, self._n) for handle in handles.others)
        brought.added += 1

    def _note_key(self, row: Row, brought: Brought) -> None:
        # Read by watermark, a row that is left out from now on still takes the place of its older version.
        if not self._plan.whole:
            brought.keys.add((self._key(row), self._handles.of(row).code))

    def _key(self, row: Row) -> str | None:
        try:
            return self._mapper.row_id(row)
        except Unmappable:
            return None

    def _check(self, checking: Checking, brought: Brought) -> None:
        self._set_aside(checking.put(self._unchecked), brought)
        self._unchecked = []

    def _set_aside(self, found: Found, brought: Brought) -> None:
        brought.quarantined += len(found)
        for known, column, problem in found[: max(0, MOST_SHOWN - len(brought.found))]:
            cells = {name: known.row[name] for name in brought.columns if name not in self._ignored}
            brought.found.append(Quarantined(shown(cells), column, problem, known.mark.hex()))

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

    def _store(self, rows: list[tuple[Any, ...]], others: list[tuple[Any, ...]]) -> None:
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
