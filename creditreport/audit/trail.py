"""Writing to the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from creditreport.audit.models import AuditEntry

_ENTRY = insert(AuditEntry.__table__)  # type: ignore[arg-type]


def add_entry(
    session: Session, *, at: datetime, actor: str, action: str, subject: str, detail: dict[str, Any] | None = None
) -> None:
    """Add one entry to the caller's transaction, so that deed and entry are kept or lost together.

    ``detail`` holds codes, counts and identifiers, never facts of a record or personal data.
    """
    entry = {"at": at, "actor": actor, "action": action, "subject": subject, "detail": detail or {}}
    session.execute(_ENTRY, entry)
