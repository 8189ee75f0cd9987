"""Rows that a person must settle, and how they were settled; and the sources for which reports were refused."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from creditreport.db import Base, Moment


class RowState(StrEnum):
    """What was decided about a row; an ``open`` one stops the reports of whoever it may concern."""

    OPEN = "open"
    CORRECTED = "corrected"
    MAPPED = "mapped"
    DISMISSED = "dismissed"


class QuarantineRow(Base):
    """One row of one source. The same row is kept once, however often it comes: its fingerprint tells."""

    __tablename__ = "quarantine_row"
    __table_args__ = (
        UniqueConstraint("slug", "fingerprint"),
        CheckConstraint("state IN ('open', 'corrected', 'mapped', 'dismissed')", name="state"),
        Index("ix_quarantine_row_state", "state", "slug"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment="what staff call it by")
    slug: Mapped[str] = mapped_column(String(80), comment="the domain or overlay")
    fingerprint: Mapped[str] = mapped_column(String(32), comment="digest of the row, what is ignored left out")
    run: Mapped[int | None] = mapped_column(comment="the run that found it; null: found when a report was refused")
    row: Mapped[str] = mapped_column(Text, comment="the row as it came, cells as text by column: JSON")
    column: Mapped[str | None] = mapped_column(Text, comment="the column that is to blame, if one is")
    problem: Mapped[str] = mapped_column(Text, comment="why it could not be mapped, for staff")
    found_at: Mapped[datetime] = mapped_column(Moment, comment="when it was first found")
    left_at: Mapped[datetime | None] = mapped_column(
        Moment, comment="when the source no longer held it so, or it could be mapped after all"
    )
    state: Mapped[str] = mapped_column(String(10), comment="a word of RowState")
    cells: Mapped[str] = mapped_column(Text, comment="corrected: the cells that replace those of the row: JSON")
    uscc: Mapped[str | None] = mapped_column(String(18), comment="mapped: the code of the business that it is about")
    reason: Mapped[str | None] = mapped_column(Text, comment="why it is to be, or was, dismissed")
    proposed_by: Mapped[str | None] = mapped_column(String(120), comment="who proposed to dismiss it")
    proposed_at: Mapped[datetime | None] = mapped_column(Moment, comment="when that was proposed")
    settled_by: Mapped[str | None] = mapped_column(
        String(120), comment="who settled it; not who proposed to dismiss it"
    )
    settled_at: Mapped[datetime | None] = mapped_column(Moment, comment="when it was settled")


class SourceTrouble(Base):
    """The last time that a report or pre-check met a source that could not be relied on, so that staff see it."""

    __tablename__ = "source_trouble"

    slug: Mapped[str] = mapped_column(String(80), primary_key=True, comment="the domain or overlay")
    status: Mapped[str] = mapped_column(String(20), comment="a word of AnswerStatus: unavailable, stale or incomplete")
    problem: Mapped[str | None] = mapped_column(Text, comment="what it was, for staff")
    at: Mapped[datetime] = mapped_column(Moment, comment="when it was met last")
    day: Mapped[date] = mapped_column(Date, comment="the day of that, Asia/Shanghai")
    times: Mapped[int] = mapped_column(Integer, comment="how often it was met on that day")
