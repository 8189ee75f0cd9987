"""Jobs as stored: a job commits with its cause, and whoever works it off takes it from here."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from creditreport.db import Base, Moment


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"
    STANDING = "standing"


class Job(Base):
    """One job, or one that comes again and again (``standing``: its key is the name in ``registry.PERIODIC``)."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'dead', 'standing')", name="state"),
        Index("ix_job_kind", "kind", "key", unique=True),
        Index("ix_job_state", "state", "next_try_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60), comment="what is to be done: a key of registry.HANDLERS")
    key: Mapped[str] = mapped_column(String(120), comment="of its kind this one and no other: asked twice is one job")
    payload: Mapped[dict[str, Any]] = mapped_column(
        JSON, comment="identifiers that the handler needs; no personal data"
    )
    state: Mapped[str] = mapped_column(String(10), comment="a word of JobState")
    made_at: Mapped[datetime] = mapped_column(Moment, comment="when its cause was")
    next_try_at: Mapped[datetime] = mapped_column(Moment, comment="not tried before")
    held_until: Mapped[datetime | None] = mapped_column(
        Moment, comment="somebody is at it until then, and moves this on meanwhile; null: nobody"
    )
    tries: Mapped[int] = mapped_column(
        Integer, comment="how often it was begun; of a standing one: since it last succeeded"
    )
    last_code: Mapped[str | None] = mapped_column(String(60), comment="error code of the last try that failed")
    settled_at: Mapped[datetime | None] = mapped_column(
        Moment, comment="when it was done or died; of a standing one: when it last succeeded"
    )
