"""What is read from the store at the moment of asking: queues, keys, clocks, how fresh the mirrored sources are.

Each is one look by index; a store that is away leaves them out and ``creditreport_up`` at 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import and_, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from creditreport.audit.models import AuditCheck, AuditEntry
from creditreport.errors import Problem
from creditreport.jobs.models import Job, JobState
from creditreport.mirror.models import MirrorRun
from creditreport.operations.backup import last_backup
from creditreport.quarantine.models import QuarantineRow, RowState
from creditreport.requests.models import RequestState, WaitingRequest
from creditreport.signing.models import KeyState, SigningKeyRow

if TYPE_CHECKING:
    from creditreport.service import Service


# Never those that are done: they are many, and of no interest.
JOBS = {
    "waiting": Job.state == JobState.WAITING.value,
    "failing": and_(Job.state.in_([JobState.WAITING.value, JobState.STANDING.value]), Job.last_code.is_not(None)),
    "dead": Job.state == JobState.DEAD.value,
}


class Gauges(Collector):
    """The store's state at ``now``."""

    def __init__(self, service: Service, now: datetime) -> None:
        self._service, self._now = service, now

    def collect(self) -> Iterable[Metric]:
        """All of them, or ``creditreport_up 0`` alone."""
        found: list[Metric] = []
        try:
            with self._service.reading() as session:
                found = [*self._queue(session), *self._waiting(session), *_keys(session, self._now)]
                found += [_clock(session, self._service.clock.now()), *_freshness(session, self._now)]
                found += _backup(session, self._now)
        except (SQLAlchemyError, Problem):
            found = []
        yield _gauge("creditreport_up", "Whether the store answers", 1 if found else 0)
        yield from found

    def _queue(self, session: Session) -> Iterator[Metric]:
        many = GaugeMetricFamily("creditreport_jobs", "Jobs, by where they stand", labels=["state"])
        for state, which in JOBS.items():
            many.add_metric([state], session.scalar(select(func.count()).where(which)) or 0)
        yield many
        due = (Job.state == JobState.WAITING.value, Job.next_try_at <= self._now, Job.held_until.is_(None))
        oldest = session.scalar(select(Job.next_try_at).where(*due).order_by(Job.next_try_at).limit(1))
        late = (self._now - oldest).total_seconds() if oldest else 0
        yield _gauge("creditreport_job_delay_seconds", "How long the oldest job that is due waits for a worker", late)
        yield from _trail(session, self._now)

    def _waiting(self, session: Session) -> Iterator[Metric]:
        waiting = select(func.count()).where(WaitingRequest.state == RequestState.WAITING.value)
        yield _gauge("creditreport_waiting_requests", "Requests that wait for their sources", session.scalar(waiting))
        rows = select(func.count()).where(QuarantineRow.state == RowState.OPEN.value, QuarantineRow.left_at.is_(None))
        yield _gauge("creditreport_quarantine_open", "Rows that a person must settle", session.scalar(rows))


def _gauge(name: str, words: str, value: float | None) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value or 0)


def _trail(session: Session, now: datetime) -> Iterator[Metric]:
    """Entries come all day and are sealed every few minutes: it is their age that tells whether somebody seals."""
    unsealed = select(func.count(), func.min(AuditEntry.at)).where(AuditEntry.position.is_(None))
    many, oldest = session.execute(unsealed).one()
    yield _gauge("creditreport_audit_unsealed", "Entries of the audit trail that no chain holds yet", many)
    age = (now - oldest).total_seconds() if oldest else 0
    yield _gauge("creditreport_audit_unsealed_seconds", "How long the oldest of them waits", age)
    found = session.scalar(select(AuditCheck.found).order_by(AuditCheck.id.desc()).limit(1))
    yield _gauge("creditreport_audit_findings", "What the last check of the audit trail found", found)


def _keys(session: Session, now: datetime) -> Iterator[Metric]:
    ends = select(func.max(SigningKeyRow.valid_until)).where(SigningKeyRow.state == KeyState.ACTIVE.value)
    until = session.scalar(ends)
    if until is not None:
        left = (until - now).total_seconds()
        yield _gauge("creditreport_signing_certificate_seconds", "How long the signing certificate is valid yet", left)


def _clock(session: Session, now: datetime) -> Metric:
    """On a server the two machines' clocks are compared; SQLite has ours."""
    apart = 0.0
    if session.get_bind().dialect.name == "postgresql":
        theirs = session.execute(text("SELECT clock_timestamp()")).scalar_one()
        apart = (theirs - now).total_seconds()
    return _gauge("creditreport_clock_offset_seconds", "The store's clock less ours", apart)


def _backup(session: Session, now: datetime) -> Iterator[Metric]:
    """Nothing while there is none: the alert asks for that, too."""
    last = last_backup(session)
    if last is not None:
        yield _gauge("creditreport_backup_age_seconds", "Since the last backup was begun", (now - last).total_seconds())


def _freshness(session: Session, now: datetime) -> Iterator[Metric]:
    last = select(MirrorRun.slug, func.max(MirrorRun.ended_at)).where(MirrorRun.state == "complete")
    age = GaugeMetricFamily(
        "creditreport_sync_age_seconds", "Since the source was last synchronised", labels=["source"]
    )
    for slug, ended in session.execute(last.group_by(MirrorRun.slug)):
        if ended is not None:
            age.add_metric([slug], (now - ended).total_seconds())
    yield age
