"""Bringing mirrored sources up to date: one use case, and one moment at which what was brought begins to count.

Rows are written under a run that nobody reads. The last transaction closes what the source no longer holds and makes
the run complete; before it, the last complete run is read as if nothing had begun. So a sync may be repeated, and
killed at any moment: the next one clears away what a killed one left.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from creditreport.audit.trail import add_entry
from creditreport.catalog.manifest import LocatedManifest
from creditreport.catalog.shared import shared_key, shared_words
from creditreport.errors import Problem
from creditreport.mirror.bring import Bringing, Brought, Plan, forget_run
from creditreport.mirror.closing import Closed, close_rows
from creditreport.mirror.digests import kept_by, mapped_by
from creditreport.mirror.garbage import seldom_collected
from creditreport.mirror.lock import one_sync
from creditreport.mirror.meant import Meant
from creditreport.mirror.models import MirrorRow, MirrorRun, RunState
from creditreport.mirror.newest import last_ids
from creditreport.mirror.reading import since
from creditreport.quarantine.keep import keep_found
from creditreport.sources.base import Asked
from creditreport.violations.answer import AnswerStatus
from creditreport.violations.fingerprint import row_text

if TYPE_CHECKING:
    from creditreport.service import Service

Say = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class SyncOutcome:
    """What one sync of one source did; ``status`` is ``complete``, or why nothing changed."""

    slug: str
    status: AnswerStatus
    added: int = 0
    changed: int = 0
    vanished: int = 0
    unchanged: int = 0
    quarantined: int = 0
    rows_read: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    data_as_of: datetime | None = None
    problem: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As ``domains sync --json`` prints it."""
        told = {name: getattr(self, name) for name in self.__slots__}
        as_of = self.data_as_of.isoformat() if self.data_as_of else None
        return told | {"status": self.status.value, "data_as_of": as_of}


def mirrored(service: Service, slug: str | None = None) -> list[LocatedManifest]:
    """The mirrored sources, or the one with ``slug``. Raises ``UNKNOWN_DOMAIN``, ``NOT_MIRRORED``."""
    if slug is None:
        return [one for one in service.catalog.all if one.manifest.mode == "mirrored"]
    located = service.catalog.find(slug)
    if located.manifest.mode != "mirrored":
        raise Problem("NOT_MIRRORED", value=slug)
    return [located]


def sync_sources(
    service: Service, now: datetime, slug: str | None = None, say: Say = lambda _slug, _rows: None
) -> list[SyncOutcome]:
    """Bring the mirrored sources (or the one with ``slug``) up to date as of ``now``, one after another.

    A source that cannot be read keeps what was last brought, and does not hold up the others. ``say`` is told the slug
    and the number of rows read so far. Raises ``UNKNOWN_DOMAIN``, ``NOT_MIRRORED``.
    """
    shared = shared_words(service.catalog.domains, service.collecting.environ)
    outcomes = []
    for located in mirrored(service, slug):
        take = located.manifest.source.take
        taken = shared.get(shared_key(located, service.collecting.environ), frozenset()) if take else frozenset()
        with one_sync(service.engine, located.manifest.slug):
            outcomes.append(_Syncing(service, located, taken, now, say).run())
    return outcomes


class _Syncing:
    """One source, from the first transaction to the last."""

    def __init__(
        self, service: Service, located: LocatedManifest, taken: frozenset[str], now: datetime, say: Say
    ) -> None:
        self.manifest, self.located, self.now = located.manifest, located, now
        self.slug, self.service, self.taken, self.say = located.manifest.slug, service, taken, say
        self.sessions: sessionmaker[Session] = service.sessions
        self.vocabulary = service.catalog.vocabulary
        self.kept_by = kept_by(self.manifest, taken)
        self.mapped_by = mapped_by(self.manifest, self.vocabulary)

    def run(self) -> SyncOutcome:
        """Read the source and store what it said, or why it could not be read."""
        plan, after = self._begin()
        bringing = Bringing(
            self.sessions,
            self.manifest,
            self.vocabulary,
            self.taken,
            plan,
            lambda rows: self.say(self.slug, rows),
            Meant(self.manifest, self.service.reading).code,
        )
        source = since(self.located, self.service.collecting.environ, after)
        with seldom_collected():
            asked: Asked[Brought] = source.start(self.now, bringing).wait()
        if asked.result is None:
            return self._failed(plan, asked)
        with self.sessions.begin() as session:
            return self._complete(session, plan, asked, asked.result, after)

    def _begin(self) -> tuple[Plan, Any]:
        """Clear away what a killed run left, and number a new one."""
        with self.sessions.begin() as session:
            for left in session.scalars(
                select(MirrorRun).where(MirrorRun.slug == self.slug, MirrorRun.state == RunState.RUNNING)
            ):
                _give_up(session, left, self.now, "中断 / ended before it was done")
            last = last_complete(session, self.slug)
            whole = self._must_be_whole(session, last)
            run = MirrorRun(slug=self.slug, state=RunState.RUNNING, started_at=self.now, whole=whole)
            run.kept_by, run.mapped_by, run.columns, run.skipped = self.kept_by, self.mapped_by, "[]", "{}"
            run.rows_read = run.added = run.changed = run.vanished = run.unchanged = run.quarantined = 0
            session.add(run)
            session.flush()
            same = last is not None and last.kept_by == self.kept_by
            known = _open_rows(session, self.slug) if last else {}
            plan = Plan(
                run.id,
                self.now,
                whole,
                map_all=last is None or last.mapped_by != self.mapped_by,
                known=frozenset(known) if same else frozenset(),
                learnt={} if same else known,
            )
            return plan, None if whole or last is None else last.last_seen

    def _must_be_whole(self, session: Session, last: MirrorRun | None) -> bool:
        sync = self.manifest.sync
        if sync is None or sync.watermark is None or last is None or last.last_seen is None:
            return True
        if (last.kept_by, last.mapped_by) != (self.kept_by, self.mapped_by):
            return True
        whole = session.scalars(
            select(MirrorRun.started_at)
            .where(MirrorRun.slug == self.slug, MirrorRun.state == RunState.COMPLETE, MirrorRun.whole)
            .order_by(MirrorRun.id.desc())
            .limit(1)
        ).first()
        return whole is None or self.now - whole >= timedelta(days=sync.full_every)

    def _failed(self, plan: Plan, asked: Asked[Brought]) -> SyncOutcome:
        with self.sessions.begin() as session:
            _give_up(session, session.get_one(MirrorRun, plan.run), asked.answered_at, asked.problem)
        return SyncOutcome(self.slug, asked.status, rows_read=asked.rows_read, problem=asked.problem)

    def _complete(
        self, session: Session, plan: Plan, asked: Asked[Brought], brought: Brought, after: str | None
    ) -> SyncOutcome:
        closed = close_rows(session, self.slug, plan, brought, self.now)
        keep_found(session, self.slug, plan, brought, self.now)
        run = session.get_one(MirrorRun, plan.run)
        run.state, run.ended_at = RunState.COMPLETE, asked.answered_at
        run.data_as_of, run.source_version, run.rows_read = asked.data_as_of, asked.version, asked.rows_read
        run.columns = json.dumps(brought.columns, ensure_ascii=False)
        run.skipped = json.dumps(dict(brought.skipped))
        run.last_seen = after if brought.last_seen is None else row_text({"at": brought.last_seen})
        if not plan.whole:
            _carry_over(session, run, brought)
        told = _counts(brought, closed)
        for name, count in told.items():
            setattr(run, name, count)
        if any(told[name] for name in ("added", "changed", "vanished")):
            add_entry(
                session, at=self.now, actor="sync", action="source.synced", subject=f"source:{self.slug}", detail=told
            )
        return SyncOutcome(
            self.slug,
            asked.status,
            **told,
            rows_read=run.rows_read,
            skipped=json.loads(run.skipped),
            data_as_of=run.data_as_of,
        )


def _give_up(session: Session, run: MirrorRun, at: datetime, problem: str | None) -> None:
    # First the state, which a thread or process that is still writing must find "running" to go on; then its rows.
    run.state, run.ended_at, run.problem = RunState.FAILED, at, problem
    session.flush()
    forget_run(session, run.slug, run.id)


def _counts(brought: Brought, closed: Closed) -> dict[str, Any]:
    return {
        "added": brought.added - closed.superseded - closed.remade,
        "changed": closed.superseded,
        "vanished": closed.vanished,
        "unchanged": brought.unchanged + closed.remade,
        "quarantined": brought.quarantined,
    }


def _carry_over(session: Session, run: MirrorRun, brought: Brought) -> None:
    """What only a whole reading can count stays as the last one counted it."""
    last = last_complete(session, run.slug, before=run.id)
    if last is not None:
        run.rows_read = last.rows_read + brought.added
        run.skipped = last.skipped
        run.last_seen = run.last_seen or last.last_seen


def last_complete(session: Session, slug: str, before: int | None = None) -> MirrorRun | None:
    """The run that is read now: the last complete one of ``slug``."""
    query = select(MirrorRun).where(MirrorRun.slug == slug, MirrorRun.state == RunState.COMPLETE)
    if before is not None:
        query = query.where(MirrorRun.id < before)
    return session.scalars(query.order_by(MirrorRun.id.desc()).limit(1)).first()


def last_complete_runs(session: Session, slugs: Collection[str]) -> dict[str, MirrorRun]:
    """The runs that are read now, by slug, in one query: each by its own look-up, however many runs there were."""
    if not slugs:
        return {}
    return {run.slug: run for run in session.scalars(select(MirrorRun).where(MirrorRun.id.in_(last_ids(slugs))))}


def _open_rows(session: Session, slug: str) -> dict[bytes, datetime]:
    rows = session.execute(
        select(MirrorRow.fingerprint, MirrorRow.learnt_at).where(MirrorRow.slug == slug, MirrorRow.until_run.is_(None)),
        execution_options={"yield_per": 10_000},
    )
    return {bytes.fromhex(mark): learnt_at for mark, learnt_at in rows}
