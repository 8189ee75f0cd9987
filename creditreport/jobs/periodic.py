"""What comes again and again: one row for each name, taken like any job, so that two schedules at once do no harm."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import or_, select, update

from creditreport.clock import SHANGHAI
from creditreport.db import insert_into
from creditreport.jobs.hold import AHEAD, free, hold, kept, mine, pause_after
from creditreport.jobs.models import Job, JobState
from creditreport.jobs.registry import PERIODIC
from creditreport.jobs.run import Ran, code_of, function_of

if TYPE_CHECKING:
    from creditreport.service import Service

log = structlog.get_logger(__name__)

KIND = "periodic"
# Slots are counted from here: what comes once a day comes at night.
FIRST = datetime(2026, 1, 1, 2, 0, tzinfo=SHANGHAI)


def next_slot(now: datetime, every: timedelta) -> datetime:
    """The first moment after ``now`` at which something that comes ``every`` so often comes."""
    return FIRST + ((now - FIRST) // every + 1) * every


def run_periodic(
    service: Service, now: datetime, names: Collection[str] | None = None, *, early: bool = False
) -> list[Ran]:
    """Do what comes periodically and whose slot has come (``early``: also what is not due yet); all, or ``names``.

    One that fails is tried again after a pause, at its next slot at the latest; it never dies. A slot that nobody was
    there for is made up for once, however many were missed.
    """
    ran = []
    for name, function, every in PERIODIC:
        if names is None or name in names:
            job = _take(service, name, every, now, early)
            if job is not None:
                ran.append(_run(service, job, function, every, now))
    return ran


def _take(service: Service, name: str, every: timedelta, now: datetime, early: bool) -> Job | None:
    due = or_(Job.next_try_at <= now, Job.next_try_at > now + every + AHEAD)
    query = select(Job).where(Job.kind == KIND, Job.key == name)
    with service.sessions.begin() as session:
        if session.scalar(query) is None:
            session.execute(
                insert_into(session, Job)
                .values(kind=KIND, key=name, payload={}, state=JobState.STANDING.value, made_at=now, next_try_at=now,
                        tries=0)
                .on_conflict_do_nothing(index_elements=["kind", "key"])
            )  # fmt: skip
        open_ = query.where(free(now)) if early else query.where(free(now), due)
        row = session.scalar(open_.with_for_update(skip_locked=True, of=Job))
        return hold(service, row, now) if row is not None else None


def _run(service: Service, job: Job, function: str, every: timedelta, now: datetime) -> Ran:
    slot = next_slot(now, every)
    try:
        with kept(service, job):
            function_of(function)(service, now)
    except Exception as error:  # the others must not wait for this one
        code = code_of(error)
        log.warning("periodic job failed", name=job.key, tries=job.tries, code=code)
        again = min(now + pause_after(job.tries), slot)
        _settle(service, job, next_try_at=again, last_code=code)
        return Ran(job.id, KIND, job.key, JobState.STANDING, code)
    _settle(service, job, next_try_at=slot, last_code=None, tries=0, settled_at=now)
    return Ran(job.id, KIND, job.key, JobState.STANDING)


def _settle(service: Service, job: Job, **values: object) -> None:
    with service.sessions.begin() as session:
        session.execute(mine(job, update(Job)).values(held_until=None, **values))
