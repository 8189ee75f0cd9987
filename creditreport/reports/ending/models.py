"""Revocations as they are proposed and settled: who, when, why, and what came of it. Rows are never deleted."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

import creditreport.reports.models  # noqa: F401 - foreign keys name its tables
from creditreport.db import Base, Moment


class Ground(StrEnum):
    """Who does not stand by the report any more; a verifier is told this word and never a person's name."""

    AUTHORITY = "authority"
    BUSINESS = "business"


class RevocationState(StrEnum):
    """What came of a proposal."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"


OPEN_ONLY = text("state = 'open'")


class Revocation(Base):
    """One proposal to revoke a report. Only another person's confirmation ends the report."""

    __tablename__ = "revocation"
    __table_args__ = (
        CheckConstraint("ground IN ('authority', 'business')", name="ground"),
        CheckConstraint("state IN ('open', 'confirmed', 'refused', 'taken_back')", name="state"),
        # Two proposals for one report at once would be two half-known reasons.
        Index("ix_revocation_open", "number", unique=True, sqlite_where=OPEN_ONLY, postgresql_where=OPEN_ONLY),
        Index("ix_revocation_number", "number", "proposed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(ForeignKey("credit_report.number"), comment="the report")
    ground: Mapped[str] = mapped_column(String(10), comment="a word of Ground")
    reason: Mapped[str] = mapped_column(Text, comment="why, in the proposer's words; not told to verifiers")
    proposed_by: Mapped[str] = mapped_column(String(120), comment="the account that proposes")
    proposed_at: Mapped[datetime] = mapped_column(Moment, comment="when it was proposed")
    state: Mapped[str] = mapped_column(String(10), comment="a word of RevocationState")
    settled_by: Mapped[str | None] = mapped_column(String(120), comment="the account that settled it")
    settled_at: Mapped[datetime | None] = mapped_column(Moment, comment="when it was settled")
    note: Mapped[str | None] = mapped_column(Text, comment="what the other person said to it")
