"""Asking for a job, in the transaction of its cause: both are kept or both are lost."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from creditreport.db import insert_into
from creditreport.jobs.models import Job, JobState

# Under this name a session of the program says to whom a new job is to be shown at once.
SHOWN_TO = "jobs.shown_to"


class FailedError(Exception):
    """Raised by a handler that has a code and no sentence to tell; the job is tried again."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RefusedError(FailedError):
    """Raised by a handler: trying again would change nothing. The job is dead at once, with ``code``."""


def enqueue(
    session: Session, kind: str, key: str, payload: dict[str, Any], *, now: datetime, not_before: datetime | None = None
) -> int:
    """Ask for the job ``key`` of ``kind``; returns its id. It begins after the caller's commit and ``not_before``.

    Asked twice is one job, also when it was done or died since (staff try a dead one again). ``payload`` holds
    identifiers only: what is true is read when the job runs. With a broker a worker hears of it as soon as the caller
    has committed; if it does not, it finds the job by itself within seconds.
    """
    statement = (
        insert_into(session, Job)
        .values(
            kind=kind, key=key, payload=payload, state=JobState.WAITING.value, made_at=now,
            next_try_at=not_before or now, tries=0,
        )
        .on_conflict_do_nothing(index_elements=["kind", "key"])
        .returning(Job.id)
    )  # fmt: skip
    made: int | None = session.execute(statement).scalar_one_or_none()
    if made is None:
        return session.scalars(select(Job.id).where(Job.kind == kind, Job.key == key)).one()
    show = session.info.get(SHOWN_TO)
    if show is not None and (not_before is None or not_before <= now):
        event.listen(session, "after_commit", lambda _session: show(made), once=True)
    return made
