"""How far the trail is sealed, signed, exported and checked: what its page and staff's warnings tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from creditreport.audit.check import SEALED_WITHIN, last_check
from creditreport.audit.models import AuditCheck, AuditEntry, AuditHead
from creditreport.audit.sealing import last_head


@dataclass(frozen=True, slots=True)
class TrailState:
    """The chain at a moment. ``late``: an entry has waited for the sealer for more than an hour."""

    sealed: int
    unsealed: int
    late: bool
    head: AuditHead | None
    waiting_heads: int
    check: AuditCheck | None


def state_of(session: Session, now: datetime) -> TrailState:
    """The state at ``now``; a few look-ups by index, however long the trail is."""
    unsealed, oldest = session.execute(
        select(func.count(), func.min(AuditEntry.at)).where(AuditEntry.position.is_(None))
    ).one()
    waiting = select(func.count()).select_from(AuditHead).where(AuditHead.exported_at.is_(None))
    return TrailState(
        sealed=session.scalar(select(func.max(AuditEntry.position))) or 0,
        unsealed=unsealed,
        late=oldest is not None and oldest < now - SEALED_WITHIN,
        head=last_head(session),
        waiting_heads=session.scalar(waiting) or 0,
        check=last_check(session),
    )
