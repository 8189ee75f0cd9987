"""How far the trail is sealed, signed, exported and checked: what its page and staff's warnings tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from creditreport.audit.check import SEALED_WITHIN, last_check
from creditreport.audit.models import AuditCheck, AuditEntry, AuditHead
from creditreport.audit.sealing import last_head
from creditreport.rules.notices import Notice

if TYPE_CHECKING:
    from creditreport.service import Service


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


def trail_notices(service: Service, now: datetime) -> tuple[Notice, ...]:
    """What staff should know about the trail at ``now``: a check that found something, entries that nobody seals."""
    with service.reading() as session:
        state = state_of(session, now)
    told = []
    if state.check is not None and state.check.found:
        told.append(
            Notice(
                "AUDIT_FINDINGS",
                f"最近一次审计链核查发现 {state.check.found} 处问题，请审计人员查看审计记录页。",
                f"The last check of the audit trail found {state.check.found} problems; auditors see them on its page.",
            )
        )
    if state.late:
        told.append(
            Notice(
                "AUDIT_UNSEALED",
                "有审计记录等候封存超过一小时，请运维人员检查定时任务和签名密钥。",
                "Entries of the audit trail have waited for the sealer for over an hour; the operator must check the "
                "jobs and the signing key.",
            )
        )
    return tuple(told)
