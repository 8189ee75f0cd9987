"""The use cases around a check: over everything or from where the last one ended, its outcome kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from creditreport.audit.checking import Checked, check_chain
from creditreport.audit.models import AuditCheck, AuditHead
from creditreport.audit.trail import add_entry
from creditreport.audit.trusted import gather_heads
from creditreport.errors import Problem

if TYPE_CHECKING:
    from creditreport.service import Service

log = structlog.get_logger(__name__)
JOB = "job:audit"
# How many findings are kept of a check; their number always is.
KEPT = 100
# Entries are sealed within minutes: one that has waited so long says that the sealer stands still.
SEALED_WITHIN = timedelta(hours=1)


def check(service: Service, by: str, now: datetime, folder: Path | None = None, *, new_only: bool = False) -> Checked:
    """Check the chain against the heads of the store and of ``folder`` (else ``AUDIT_EXPORT_DIR``); keep the outcome.

    With ``new_only`` it begins at the last head up to which a check found nothing: quick, for every night; what was
    changed before that only a whole check finds. Raises ``AUDIT_HEADS_UNREADABLE``.
    """
    if folder is not None and not folder.is_dir():
        raise Problem("AUDIT_HEADS_UNREADABLE", path=str(folder), detail="没有这个目录 / there is no such folder")
    with service.reading() as session:
        start = checked_before(session) if new_only else 0
        heads = gather_heads(session, service.trust, folder or service.settings.audit_export_dir, start)
        found = check_chain(session, heads, start)
    _keep(service, found, by, now)
    log.log(30 if found.findings else 20, "audit trail checked", last=found.last, found=found.found)
    return found


def check_new(service: Service, now: datetime) -> Checked:
    """The job of every night: what came since the last check that found nothing."""
    return check(service, JOB, now, new_only=True)


def check_all(service: Service, now: datetime) -> Checked:
    """The job of every week: everything."""
    return check(service, JOB, now)


def checked_before(session: Session) -> int:
    """The place of the last head within what the last check covered; 0 if there is none, or if it found something."""
    last = last_check(session)
    if last is None or last.found:
        return 0
    covered = select(func.max(AuditHead.position)).where(AuditHead.position <= last.to_position)
    return session.scalar(covered) or 0


def last_check(session: Session) -> AuditCheck | None:
    """The newest check."""
    return session.scalar(select(AuditCheck).order_by(AuditCheck.id.desc()).limit(1))


def _keep(service: Service, found: Checked, by: str, now: datetime) -> None:
    with service.sessions.begin() as session:
        row = AuditCheck(
            at=now, by=by, from_position=found.first, to_position=found.last, heads=found.heads,
            found=found.found, findings=[one.as_json() for one in found.findings[:KEPT]],
        )  # fmt: skip
        session.add(row)
        session.flush()
        add_entry(
            session, at=now, actor=by, action="audit.checked", subject=f"audit_check:{row.id}",
            detail={"from": found.first, "to": found.last, "found": found.found},
        )  # fmt: skip
