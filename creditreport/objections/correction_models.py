"""Corrections as stored: our own overlay over the sources, one for each case that was upheld."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

import creditreport.entities.models  # foreign keys name its tables
import creditreport.objections.models  # noqa: F401 - foreign keys name its tables
from creditreport.db import Base, Moment


class CorrectionState(StrEnum):
    """``active``: applied. ``retired``: the source says the same by now. ``lifted``: staff took it back."""

    ACTIVE = "active"
    RETIRED = "retired"
    LIFTED = "lifted"


class CorrectionEventKind(StrEnum):
    """What happened to a correction."""

    MADE = "made"
    RETIRED = "retired"
    BACK = "back"
    CHANGED = "changed"
    GONE = "gone"
    KEPT = "kept"
    LIFTED = "lifted"


class RecordCorrection(Base):
    """What an upheld case changed of a record. It stays until the source itself says the same."""

    __tablename__ = "record_correction"
    __table_args__ = (
        CheckConstraint("state IN ('active', 'retired', 'lifted')", name="state"),
        Index("ix_record_correction_register_id", "register_id", "state"),
        Index("ix_record_correction_next_look_at", "next_look_at"),
        Index("ix_record_correction_disagrees_since", "disagrees_since"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("objection_case.id"), unique=True, comment="the case behind it")
    register_id: Mapped[str] = mapped_column(ForeignKey("business_entity.register_id"), comment="the business")
    domain: Mapped[str] = mapped_column(String(60), comment="slug of the field")
    record_id: Mapped[str] = mapped_column(Text, comment="the record's lasting id within its field")
    outcome: Mapped[str] = mapped_column(String(20), comment="withdraw, amend or repaired")
    changes: Mapped[dict[str, Any]] = mapped_column(
        JSON, comment="canonical keys and their new values; null: not stated any more"
    )
    base: Mapped[dict[str, Any]] = mapped_column(
        JSON, comment="what the sources said of the record when it was corrected"
    )
    base_digest: Mapped[str] = mapped_column(String(64), comment="digest of base: it is known again if it comes back")
    seen_digest: Mapped[str | None] = mapped_column(
        String(64), comment="digest of what the sources were last seen to say; null: they held no such record"
    )
    state: Mapped[str] = mapped_column(String(10), comment="a word of CorrectionState")
    version: Mapped[int] = mapped_column(Integer, comment="steps with every change")
    made_at: Mapped[datetime] = mapped_column(Moment, comment="when the case was upheld")
    made_by: Mapped[str] = mapped_column(String(120), comment="who decided")
    disagrees_since: Mapped[datetime | None] = mapped_column(
        Moment, comment="since when the source says neither what it said nor what we say, for staff; null: it does not"
    )
    next_look_at: Mapped[datetime | None] = mapped_column(
        Moment, comment="when it is compared with the source next; null: not any more"
    )


class CorrectionEvent(Base):
    """One thing that happened to a correction. Only added to."""

    __tablename__ = "correction_event"
    __table_args__ = (Index("ix_correction_event_correction_id", "correction_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    correction_id: Mapped[int] = mapped_column(ForeignKey("record_correction.id"), comment="the correction")
    at: Mapped[datetime] = mapped_column(Moment, comment="when")
    by: Mapped[str] = mapped_column(String(120), comment="who: account or job")
    kind: Mapped[str] = mapped_column(String(10), comment="a word of CorrectionEventKind")
    why: Mapped[str | None] = mapped_column(Text, comment="the reason that was given")
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, comment="the keys that differ")
    version: Mapped[int] = mapped_column(Integer, comment="version after it")
