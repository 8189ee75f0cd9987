"""Mirrored sources as stored: the runs that brought them, and every version of every row with when we learnt it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from creditreport.db import Base, Moment


class RunState(StrEnum):
    """What became of a run; only what ``complete`` runs brought is ever read."""

    RUNNING = "running"
    COMPLETE = "complete"
    FAILED = "failed"


class MirrorRun(Base):
    """One reading of a mirrored source. A run that was killed stays ``running`` until the next one clears it away."""

    __tablename__ = "mirror_run"
    __table_args__ = (
        CheckConstraint("state IN ('running', 'complete', 'failed')", name="state"),
        Index("ix_mirror_run_slug", "slug", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment="order of the runs")
    slug: Mapped[str] = mapped_column(String(80), comment="the domain or overlay")
    state: Mapped[str] = mapped_column(String(10), comment="a word of RunState")
    started_at: Mapped[datetime] = mapped_column(Moment, comment="when the source was asked")
    ended_at: Mapped[datetime | None] = mapped_column(Moment, comment="when the source had answered")
    whole: Mapped[bool] = mapped_column(comment="compared with the whole source, so that vanished rows were seen")
    data_as_of: Mapped[datetime | None] = mapped_column(Moment, comment="how fresh the source said its data are")
    source_version: Mapped[str | None] = mapped_column(Text, comment="file, digest or watermark that was read")
    last_seen: Mapped[str | None] = mapped_column(Text, comment="highest cell of the watermark column: JSON")
    kept_by: Mapped[str] = mapped_column(String(32), comment="digest of what decides which rows are kept and found")
    mapped_by: Mapped[str] = mapped_column(String(32), comment="digest of the manifest and the words that map a row")
    columns: Mapped[str] = mapped_column(Text, comment="the source's columns: JSON")
    rows_read: Mapped[int] = mapped_column(Integer, comment="rows of the source, of whatever business")
    skipped: Mapped[str] = mapped_column(Text, comment="rows left out by declared reason, counted: JSON")
    added: Mapped[int] = mapped_column(Integer, comment="rows with a key that was not there before")
    changed: Mapped[int] = mapped_column(Integer, comment="rows that took the place of another version")
    vanished: Mapped[int] = mapped_column(Integer, comment="rows that the source no longer held, closed")
    unchanged: Mapped[int] = mapped_column(Integer, comment="rows that were there before")
    quarantined: Mapped[int] = mapped_column(Integer, comment="rows that could not be mapped with certainty")
    problem: Mapped[str | None] = mapped_column(Text, comment="why the run failed")


class MirrorRow(Base):
    """One version of one row, as the source had it. Closed when the source has it no longer, never deleted."""

    __tablename__ = "mirror_row"
    __table_args__ = (
        CheckConstraint("ended IN ('superseded', 'vanished', 'remade')", name="ended"),
        Index("ix_mirror_row_uscc", "uscc", "slug"),
        Index("ix_mirror_row_fingerprint", "slug", "fingerprint"),
    )

    from_run: Mapped[int] = mapped_column(
        Integer, primary_key=True, autoincrement=False, comment="the run that brought it"
    )
    n: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False, comment="its place in that run")
    slug: Mapped[str] = mapped_column(String(80), comment="the domain or overlay")
    fingerprint: Mapped[str] = mapped_column(String(32), comment="digest of the row, what is ignored left out")
    row_key: Mapped[str | None] = mapped_column(Text, comment="the row's lasting name; null if it has none")
    uscc: Mapped[str | None] = mapped_column(String(18), comment="the right code that the row states first")
    content: Mapped[str] = mapped_column(Text, comment="the row as it came, its cells by column: JSON")
    learnt_at: Mapped[datetime] = mapped_column(Moment, comment="when we learnt this version")
    until_run: Mapped[int | None] = mapped_column(Integer, comment="the run that no longer met it")
    until: Mapped[datetime | None] = mapped_column(Moment, comment="when we learnt that it is no longer so")
    ended: Mapped[str | None] = mapped_column(
        String(12), comment="superseded by another version, vanished, or remade because the manifest changed"
    )


class MirrorHandle(Base):
    """How a row without a certain code is found: digests of codes, organisation codes and names."""

    __tablename__ = "mirror_handle"

    slug: Mapped[str] = mapped_column(String(80), primary_key=True, comment="the domain or overlay")
    handle: Mapped[str] = mapped_column(String(40), primary_key=True, comment="as violations/handles.py makes it")
    from_run: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False, comment="the row's run")
    n: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False, comment="its place in that run")
