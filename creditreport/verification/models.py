"""What verifying leaves behind: that somebody looked at a report, and suspicions that verifiers report.

Nothing here tells who a verifier is: no address, no name, no account.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

import creditreport.reports.models  # noqa: F401 - foreign keys name its tables
from creditreport.db import Base, Moment


class Channel(StrEnum):
    """By which way a report was looked at."""

    PAGE = "page"
    API = "api"
    FILE = "file"
    BID_PACK = "bid_pack"


class Look(Base):
    """One verification that led to a report; kept for 24 months."""

    __tablename__ = "report_look"
    __table_args__ = (
        CheckConstraint("channel IN ('page', 'api', 'file', 'bid_pack')", name="channel"),
        # One business's page asks for one report, newest first; the nightly job asks by age alone.
        Index("ix_report_look_number", "number", "at"),
        Index("ix_report_look_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(ForeignKey("credit_report.number"), comment="the report")
    at: Mapped[datetime] = mapped_column(Moment, comment="when it was verified")
    day: Mapped[date] = mapped_column(comment="that day in Asia/Shanghai, to count by")
    channel: Mapped[str] = mapped_column(String(10), comment="a word of Channel")
    client: Mapped[str] = mapped_column(String(80), comment="kind of browser and system, or the program's title")
    verdict: Mapped[str] = mapped_column(String(16), comment="the verdict that was told: a word of VerdictStatus")


class SuspicionKind(StrEnum):
    """What somebody finds suspicious."""

    DIFFERS = "differs"
    OTHER_SITE = "other_site"
    FORGED = "forged"
    MISUSED = "misused"
    OTHER = "other"


class Suspicion(Base):
    """One suspicion that somebody reported from a verdict's page; staff settle it with a note."""

    __tablename__ = "suspicion"
    __table_args__ = (
        CheckConstraint("kind IN ('differs', 'other_site', 'forged', 'misused', 'other')", name="kind"),
        Index("ix_suspicion_settled_at", "settled_at", "at"),
        Index("ix_suspicion_number", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, comment="when it was reported")
    kind: Mapped[str] = mapped_column(String(12), comment="a word of SuspicionKind")
    said: Mapped[str] = mapped_column(Text, comment="what was observed, at most 500 characters")
    number: Mapped[str | None] = mapped_column(
        ForeignKey("credit_report.number"), comment="the report whose code it was; null: the code leads to none"
    )
    code: Mapped[str | None] = mapped_column(String(20), comment="a well-formed code that leads to no report")
    settled_at: Mapped[datetime | None] = mapped_column(Moment, comment="when staff settled it")
    settled_by: Mapped[str | None] = mapped_column(String(120), comment="who settled it")
    note: Mapped[str | None] = mapped_column(Text, comment="what came of it")
