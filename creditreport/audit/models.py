"""The audit trail as stored: an entry commits together with the change that it tells of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from creditreport.db import Base, Moment


class AuditEntry(Base):
    """Who did what to what, and when. Entries are only ever added."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True, comment="order of entry")
    at: Mapped[datetime] = mapped_column(Moment, comment="the moment of the deed, as its use case was given it")
    actor: Mapped[str] = mapped_column(String(120), comment="account, command line user or job")
    action: Mapped[str] = mapped_column(String(60), comment="dotted word, e.g. report.issued")
    subject: Mapped[str] = mapped_column(String(120), comment="what it was done to, e.g. report:NUMBER")
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, comment="what else is needed to understand it")
