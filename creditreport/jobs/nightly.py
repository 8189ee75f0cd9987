"""What the night brings: the register, the mirrored sources, and the removal of what was kept for its time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete

from creditreport.entities.register import sync_register
from creditreport.jobs.models import Job, JobState
from creditreport.jobs.outbox import FailedError, enqueue
from creditreport.mirror.sync import mirrored, sync_sources
from creditreport.privacy.kinds import KINDS
from creditreport.privacy.retention import Applied, apply_retention
from creditreport.violations.answer import AnswerStatus
from creditreport.violations.collect import read_register

if TYPE_CHECKING:
    from creditreport.entities.sync import SyncResult
    from creditreport.service import Service

ACTOR = "job:nightly"
# Until then staff can see what was done and when; what a job did is in the audit trail.
DONE_KEPT = timedelta(days=30)


def sync_entities(service: Service, now: datetime) -> SyncResult:
    """Bring the stored register in step with the source. Raises ``REGISTER_UNREADABLE``; the next try asks again."""
    return sync_register(service.sessions, read_register(service.catalog.register, service.collecting, now), now)


def ask_for_syncs(service: Service, now: datetime) -> int:
    """One job for each mirrored source, so that one that is down is tried again alone; returns how many there are."""
    slugs = [one.manifest.slug for one in mirrored(service)]
    with service.sessions.begin() as session:
        for slug in slugs:
            enqueue(session, "source.sync", f"{slug}:{now.date()}", {"slug": slug}, now=now)
    return len(slugs)


def sync_source(service: Service, payload: dict[str, Any], now: datetime) -> None:
    """The job of one source. Raises ``FailedError`` with why it could not be read."""
    for outcome in sync_sources(service, now, payload["slug"]):
        if outcome.status is not AnswerStatus.COMPLETE:
            raise FailedError(f"SOURCE_{outcome.status.value.upper()}")


def forget(service: Service, now: datetime) -> list[Applied]:
    """Remove what was kept of persons for its time, and jobs that were done long ago."""
    applied = apply_retention(service.sessions, KINDS, ACTOR, now)
    with service.sessions.begin() as session:
        session.execute(delete(Job).where(Job.state == JobState.DONE.value, Job.settled_at < now - DONE_KEPT))
    return applied
