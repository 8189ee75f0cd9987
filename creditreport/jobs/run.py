"""Working jobs off: each its own taking, its own doing, its own commit. Safe to run by as many as like, to be killed
anywhere, and to repeat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import and_

from creditreport.errors import Problem
from creditreport.jobs.hold import MOST_TRIES, WORKER_LOST, done, failed, kept, take_due, take_one
from creditreport.jobs.models import Job, JobState
from creditreport.jobs.outbox import FailedError, RefusedError
from creditreport.jobs.registry import HANDLERS

if TYPE_CHECKING:
    from creditreport.service import Service

log = structlog.get_logger(__name__)

# After so many the moment is read anew: what a job does is dated when it is done, not when a long run began.
AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of one job: ``done``, ``waiting`` (for its next try) or ``dead``, and why."""

    id: int
    kind: str
    key: str
    state: JobState
    code: str | None = None

    def as_json(self) -> dict[str, object]:
        """As ``work --json`` tells it."""
        return {"id": self.id, "kind": self.kind, "key": self.key, "state": self.state.value, "code": self.code}


def run_due(service: Service, now: datetime, most: int = AT_ONCE) -> list[Ran]:
    """Do the jobs that are due at ``now``, ``most`` of them. A store that is away raises its SQLAlchemy error."""
    ran: list[Ran] = []
    while len(ran) < most and (job := take_due(service, now)) is not None:
        ran.append(_run(service, job, now))
    return ran


def run_all(service: Service) -> list[Ran]:
    """Do all that are due, a handful at a time, each handful at the moment at which it is done."""
    ran: list[Ran] = []
    while some := run_due(service, service.clock.now()):
        ran += some
    return ran


def run_one(service: Service, kind: str, key: str, now: datetime) -> Ran | None:
    """Do this job in place, due or not, for somebody who waits; ``None`` when another is at it or it is settled.

    Never raises what the handler raised: the job is then tried again like any other.
    """
    job = take_one(service, and_(Job.kind == kind, Job.key == key), now)
    return _run(service, job, now) if job is not None else None


def run_id(service: Service, job_id: int, now: datetime) -> Ran | None:
    """Do the job with this id if it is due; ``None`` when another is at it, it is settled or not due."""
    job = take_one(service, and_(Job.id == job_id, Job.next_try_at <= now), now)
    return _run(service, job, now) if job is not None else None


def function_of(name: str) -> Callable[..., Any]:
    """The function that ``module:function`` names."""
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found


def code_of(error: Exception) -> str:
    """What is kept of an error: its code, or the kind of it; never its words, which may name people."""
    return error.code if isinstance(error, Problem | FailedError) else type(error).__name__


def _run(service: Service, job: Job, now: datetime) -> Ran:
    if job.tries > MOST_TRIES:
        # Each of its tries ended with the process: one that is killed cannot say that it failed.
        return _told(job, failed(service, job, job.last_code or WORKER_LOST, now, refused=True), WORKER_LOST)
    try:
        with kept(service, job):
            if job.kind not in HANDLERS:
                raise LookupError("no such kind in this version")
            function_of(HANDLERS[job.kind])(service, job.payload, now)
    except Exception as error:  # one job must not keep the others waiting
        code = code_of(error)
        log.warning("job failed", job=job.id, kind=job.kind, tries=job.tries, code=code)
        return _told(job, failed(service, job, code, now, refused=isinstance(error, RefusedError)), code)
    done(service, job, now)
    return _told(job, JobState.DONE)


def _told(job: Job, state: JobState, code: str | None = None) -> Ran:
    return Ran(job.id, job.kind, job.key, state, code)
