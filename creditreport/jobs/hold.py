"""Taking a job so that nobody else does it meanwhile, and saying what came of it.

A job is taken in a short transaction: it is held for twenty seconds, and whoever is at it moves that on. A process that
is killed moves nothing on, so the job is free again soon. On PostgreSQL several take at once without waiting for one
another (``SKIP LOCKED``); on SQLite one writes at a time anyway.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import ColumnElement, Update, and_, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from creditreport.audit.trail import add_entry
from creditreport.jobs.models import Job, JobState

if TYPE_CHECKING:
    from creditreport.service import Service

log = structlog.get_logger(__name__)

ACTOR = "job:runner"
HELD = timedelta(seconds=20)
# What lies farther in the future than it ever should was set by a clock that was ahead. Clocks of machines differ by
# seconds, and a run is given its moment when it begins: so much is no sign of anything.
AHEAD = timedelta(hours=1)
BEAT_SECONDS = 5.0
PAUSES = (
    *(timedelta(seconds=seconds) for seconds in (30, 60, 120, 300, 600, 1800)),
    *(timedelta(hours=hours) for hours in (1, 2, 4, 6)),
)
# About a day and a half of trying: longer than a night, shorter than a weekend nobody notices.
MOST_TRIES = 14
WORKER_LOST = "WORKER_LOST"


def pause_after(tries: int) -> timedelta:
    """How long to wait after the given number of tries: half a minute at first, six hours in the end."""
    return PAUSES[min(max(tries, 1), len(PAUSES)) - 1]


def free(now: datetime) -> ColumnElement[bool]:
    """Nobody is at it. What is held for longer than anybody holds was held by a clock that was ahead."""
    return or_(Job.held_until.is_(None), Job.held_until <= now, Job.held_until > now + HELD + AHEAD)


def take_due(service: Service, now: datetime) -> Job | None:
    """Take the next job that is due at ``now``; ``None`` when there is none.

    A next try that is farther ahead than any pause was set by a clock that was ahead: it is due, too, unless the job
    was never tried (then it was meant to begin that late).
    """
    ahead = and_(Job.next_try_at > now + PAUSES[-1] + AHEAD, Job.tries > 0)
    with service.sessions.begin() as session:
        for due in (Job.next_try_at <= now, ahead):
            query = select(Job).where(Job.state == JobState.WAITING.value, due, free(now))
            row = session.scalar(
                query.order_by(Job.next_try_at, Job.id).limit(1).with_for_update(skip_locked=True, of=Job)
            )
            if row is not None:
                return hold(service, row, now)
    return None


def take_one(service: Service, which: ColumnElement[bool], now: datetime) -> Job | None:
    """Take the waiting job that is ``which``; ``None`` when it is held, settled or not there."""
    query = select(Job).where(which, Job.state == JobState.WAITING.value, free(now))
    with service.sessions.begin() as session:
        row = session.scalar(query.with_for_update(skip_locked=True, of=Job))
        return hold(service, row, now) if row is not None else None


def hold(service: Service, row: Job, now: datetime) -> Job:
    """Hold ``row``, which the caller has locked, for the beginning of a try."""
    # A run of many jobs is given one moment; that somebody is at this one counts from the present.
    row.held_until = max(now, service.clock.now()) + HELD
    row.tries += 1
    return row


@contextmanager
def kept(service: Service, job: Job) -> Iterator[None]:
    """Move the holding on while the body works, from a thread of its own."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(BEAT_SECONDS):
            try:
                with service.sessions.begin() as session:
                    session.execute(mine(job, update(Job)).values(held_until=service.clock.now() + HELD))
            except SQLAlchemyError as error:
                # The store is away; the job itself will find out.
                log.warning("job not kept", job=job.id, error=type(error).__name__)

    thread = threading.Thread(target=beat, name=f"job-{job.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def mine(job: Job, statement: Update) -> Update:
    """``statement`` on the job, unless somebody else has taken it since."""
    return statement.where(Job.id == job.id, Job.tries == job.tries, Job.state == job.state).execution_options(
        synchronize_session=False
    )


def done(service: Service, job: Job, now: datetime) -> None:
    """It is done, whoever else may be at it."""
    with service.sessions.begin() as session:
        session.execute(
            update(Job)
            .where(Job.id == job.id, Job.state != JobState.DONE.value)
            .values(state=JobState.DONE.value, settled_at=now, held_until=None, last_code=None)
        )


def failed(service: Service, job: Job, code: str, now: datetime, *, refused: bool = False) -> JobState:
    """It failed with ``code``: it waits for its next try, or is dead. Returns which."""
    with service.sessions.begin() as session:
        if not refused and job.tries < MOST_TRIES:
            session.execute(
                mine(job, update(Job)).values(held_until=None, next_try_at=now + pause_after(job.tries), last_code=code)
            )
            return JobState.WAITING
        die(session, job, code, now)
        return JobState.DEAD


def die(session: Session, job: Job, code: str, now: datetime) -> None:
    """Give it up, with an audit entry; staff see it and may have it tried again."""
    statement = mine(job, update(Job)).values(
        state=JobState.DEAD.value, settled_at=now, held_until=None, last_code=code
    )
    if session.execute(statement.returning(Job.id)).one_or_none() is not None:
        detail = {"kind": job.kind, "code": code, "tries": job.tries}
        add_entry(session, at=now, actor=ACTOR, action="job.dead", subject=f"job:{job.id}", detail=detail)
