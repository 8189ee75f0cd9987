"""What staff see of jobs, and having one tried again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from creditreport.audit.trail import add_entry
from creditreport.errors import Problem
from creditreport.jobs.models import Job, JobState

if TYPE_CHECKING:
    from creditreport.service import Service

# What is done is never counted: it is most of the table, and of no use to anybody.
OPEN = (JobState.WAITING.value, JobState.DEAD.value, JobState.STANDING.value)
_by_state = select(Job.state, func.count().label("many")).where(Job.state.in_(OPEN)).group_by(Job.state)
# What a list can be asked for: failing is waiting after a try that failed, or standing likewise.
SHOWN = ("failing", *JobState)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many jobs stand where; ``oldest`` is since when the first that is due waits for somebody to take it."""

    waiting: int
    failing: int
    dead: int
    oldest: datetime | None


def counts(session: Session, now: datetime) -> Counts:
    """The counts at ``now``."""
    states = {row.state: row.many for row in session.execute(_by_state)}
    failing = session.scalar(select(func.count()).where(_which("failing"))) or 0
    waiting, due = Job.state == JobState.WAITING.value, Job.next_try_at <= now
    free = Job.held_until.is_(None)
    oldest = session.scalar(select(Job.next_try_at).where(waiting, due, free).order_by(Job.next_try_at).limit(1))
    return Counts(states.get(JobState.WAITING, 0), failing, states.get(JobState.DEAD, 0), oldest)


def jobs_that(session: Session, shown: str | None, kind: str | None = None, limit: int = 100) -> Sequence[Job]:
    """The jobs in the state ``shown`` (a word of :data:`SHOWN`; ``None``: all that are not done), the newest first."""
    query = select(Job).where(_which(shown) if shown else Job.state.in_(OPEN))
    if kind is not None:
        query = query.where(Job.kind == kind)
    return session.scalars(query.order_by(Job.id.desc()).limit(limit)).all()


def job_with(session: Session, job_id: int) -> Job:
    """One job. Raises ``UNKNOWN_JOB``."""
    row = session.get(Job, job_id)
    if row is None:
        raise Problem("UNKNOWN_JOB", value=job_id)
    return row


def retry(service: Service, job_id: int, by: str, now: datetime) -> None:
    """Have a dead or failing job tried again from the beginning, at once; safe to repeat.

    Raises ``UNKNOWN_JOB``, ``JOB_DONE``.
    """
    with service.sessions.begin() as session:
        query = select(Job).where(Job.id == job_id).with_for_update()
        row = session.scalar(query)
        if row is None:
            raise Problem("UNKNOWN_JOB", value=job_id)
        if row.state == JobState.DONE:
            raise Problem("JOB_DONE", value=job_id)
        if row.last_code is None:
            return
        detail = {"kind": row.kind, "code": row.last_code}
        if row.state == JobState.DEAD:
            row.state, row.settled_at = JobState.WAITING.value, None
        row.tries, row.next_try_at, row.last_code = 0, now, None
        add_entry(session, at=now, actor=by, action="job.retried", subject=f"job:{job_id}", detail=detail)


def as_json(job: Job) -> dict[str, object]:
    """As ``jobs list --json`` tells it."""
    moments = {name: getattr(job, name) for name in ("made_at", "next_try_at", "held_until", "settled_at")}
    told = {name: value.isoformat() if value else None for name, value in moments.items()}
    return {"id": job.id, "kind": job.kind, "key": job.key, "state": job.state, "tries": job.tries,
            "code": job.last_code, **told}  # fmt: skip


def _which(shown: str) -> ColumnElement[bool]:
    if shown == "failing":
        open_ = Job.state.in_((JobState.WAITING.value, JobState.STANDING.value))
        return and_(open_, Job.last_code.is_not(None))
    return Job.state == shown
