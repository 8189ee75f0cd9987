"""The data desk: how each source stands, told from our own store; no source is asked for it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from creditreport.audit.models import AuditEntry
from creditreport.catalog.manifest import Manifest, Role
from creditreport.clock import as_shanghai
from creditreport.doublepublicity.models import ImportRow, ImportState
from creditreport.mirror.models import MirrorRun, RunState
from creditreport.mirror.sync import last_complete_runs
from creditreport.quarantine.models import QuarantineRow, RowState, SourceTrouble
from creditreport.reports.models import SourceAnswer

if TYPE_CHECKING:
    from creditreport.service import Service


@dataclass(frozen=True, slots=True)
class Heard:
    """The last good word of a source: when it was asked and had answered, and how fresh it said its data were."""

    asked_at: datetime | None = None
    at: datetime | None = None
    data_as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """The last time that a source could not be relied on; ``open`` while nothing good was heard since."""

    status: str
    problem: str | None
    at: datetime
    times: int
    open: bool


@dataclass(frozen=True, slots=True)
class Delay:
    """The last upload of the double-publicity form: working days since the decisions, against the limit."""

    at: datetime
    longest: int | None
    median: int | None
    limit: int
    late: int
    rejected: int


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source as staff see it. ``behind`` is how many working days its data lag, beyond ``allowed`` it is stale."""

    slug: str
    number: int | None
    title: str
    title_en: str
    unit: str
    role: str
    driver: str
    mode: str
    uploads: bool
    heard: Heard
    behind: int | None
    allowed: int
    waiting: int
    trouble: Trouble | None
    delay: Delay | None

    def named(self, language: str) -> str:
        """Its title in ``language``."""
        return self.title_en if language == "en" else self.title

    @property
    def stale(self) -> bool:
        """Whether its data are older than its manifest allows."""
        return self.behind is not None and self.behind > self.allowed

    @property
    def state(self) -> str:
        """TROUBLE, STALE, WAITING (rows to be settled), UNKNOWN (never heard of), or GOOD; the gravest first."""
        if self.trouble is not None and self.trouble.open and self.trouble.status != "incomplete":
            return "TROUBLE"
        if self.stale:
            return "STALE"
        if self.waiting:
            return "WAITING"
        return "UNKNOWN" if self.heard.at is None else "GOOD"


def source_states(
    session: Session, service: Service, now: datetime, only: Collection[str] | None = None
) -> list[SourceState]:
    """The 45 fields by number, the register and the overlays as they stand at ``now``; a handful of queries.

    ``only`` limits them to these slugs: an officer of a unit sees the fields that the unit answers for.
    """
    found = _Found(session, service, now)
    manifests = [one.manifest for one in service.catalog.all]
    return [found.state(one) for one in manifests if only is None or one.slug in only]


class _Found:
    """What the store knows of all sources, each kind of knowledge by one query."""

    def __init__(self, session: Session, service: Service, now: datetime) -> None:
        slugs = [one.manifest.slug for one in service.catalog.all if one.manifest.mode == "mirrored"]
        self._window_end = service.calendar.previous_working_day(as_shanghai(now).date())
        self._calendar = service.calendar
        self._synced = last_complete_runs(session, slugs)
        self._failed = _failed_runs(session)
        self._answered = _answered(session)
        self._register = _register(session)
        self._waiting = dict(
            session.execute(
                select(QuarantineRow.slug, func.count())
                .where(QuarantineRow.state == RowState.OPEN, QuarantineRow.left_at.is_(None))
                .group_by(QuarantineRow.slug)
            ).all()
        )
        self._troubles = {row.slug: row for row in session.scalars(select(SourceTrouble))}
        self._uploads = _last_uploads(session)

    def state(self, manifest: Manifest) -> SourceState:
        heard = self._heard(manifest)
        behind = None
        if heard.data_as_of is not None:
            behind = self._calendar.working_days_between(as_shanghai(heard.data_as_of).date(), self._window_end)
        return SourceState(
            manifest.slug, manifest.number, manifest.title, manifest.title_en, manifest.responsible_unit,
            manifest.role.value, manifest.source.driver, manifest.mode, manifest.double_publicity is not None, heard,
            behind, manifest.freshness, self._waiting.get(manifest.slug, 0), self._trouble(manifest.slug, heard),
            self._uploads.get(manifest.slug),
        )  # fmt: skip

    def _heard(self, manifest: Manifest) -> Heard:
        if manifest.role is Role.REGISTER:
            return self._register
        if manifest.mode == "mirrored":
            run = self._synced.get(manifest.slug)
            return Heard(run.started_at, run.ended_at, run.data_as_of) if run else Heard()
        return self._answered.get(manifest.slug, Heard())

    def _trouble(self, slug: str, heard: Heard) -> Trouble | None:
        """What a report met last, or the last sync that failed, whichever is newer."""
        row, run = self._troubles.get(slug), self._failed.get(slug)
        told: list[tuple[str, str | None, datetime, int]] = []
        if row is not None:
            told.append((row.status, row.problem, row.at, row.times))
        if run is not None:
            told.append(("unavailable", run.problem, run.started_at, 1))
        if not told:
            return None
        newest = max(told, key=lambda one: one[2])
        return Trouble(*newest, open=heard.asked_at is None or newest[2] >= heard.asked_at)


def _failed_runs(session: Session) -> dict[str, MirrorRun]:
    """The newest failed run of each mirrored source."""
    newest = select(func.max(MirrorRun.id)).where(MirrorRun.state == RunState.FAILED).group_by(MirrorRun.slug)
    return {run.slug: run for run in session.scalars(select(MirrorRun).where(MirrorRun.id.in_(newest)))}


def _answered(session: Session) -> dict[str, Heard]:
    """What each source told for the report with the highest number: the city's newest."""
    newest = select(func.max(SourceAnswer.number)).scalar_subquery()
    rows = session.execute(
        select(SourceAnswer.slug, SourceAnswer.asked_at, SourceAnswer.answered_at, SourceAnswer.data_as_of).where(
            SourceAnswer.number == newest, SourceAnswer.status == "complete"
        )
    )
    return {slug: Heard(asked, answered, as_of) for slug, asked, answered, as_of in rows}


def _register(session: Session) -> Heard:
    """When the register was last synchronised; it states no freshness of its own."""
    query = select(AuditEntry.at).where(AuditEntry.action == "register.synced").order_by(AuditEntry.at.desc())
    at = session.scalar(query.limit(1))
    return Heard(at, at)


def _last_uploads(session: Session) -> dict[str, Delay]:
    newest = select(func.max(ImportRow.id)).where(ImportRow.state == ImportState.DONE).group_by(ImportRow.slug)
    rows = session.scalars(select(ImportRow).where(ImportRow.id.in_(newest)))
    return {row.slug: _delay(row) for row in rows}


def _delay(row: ImportRow) -> Delay:
    told: dict[str, Any] = row.detail["delay"]
    return Delay(row.at, told["longest"], told["median"], told["limit"], row.late, row.rejected)
