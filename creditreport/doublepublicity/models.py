"""The log of imports as stored: which file brought what into which drop."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from creditreport.db import Base, Moment


class ImportState(StrEnum):
    """``writing`` stands before the drop is put in place, ``done`` after: an end in between is told apart by it."""

    WRITING = "writing"
    DONE = "done"


class ImportRow(Base):
    """One uploaded file and what came of it; a file is imported once for a domain."""

    __tablename__ = "double_publicity_import"
    __table_args__ = (UniqueConstraint("slug", "file_digest"),)

    id: Mapped[int] = mapped_column(primary_key=True, comment="order of import")
    slug: Mapped[str] = mapped_column(String(80), comment="the domain")
    file_digest: Mapped[str] = mapped_column(String(64), comment="SHA-256 of the uploaded file")
    file_name: Mapped[str] = mapped_column(Text, comment="the uploaded file's name, without its folder")
    actor: Mapped[str] = mapped_column(String(120), comment="who imported it")
    at: Mapped[datetime] = mapped_column(Moment, comment="the moment of the import, from which upload delays count")
    state: Mapped[str] = mapped_column(String(10), comment="a word of ImportState")
    rows_read: Mapped[int] = mapped_column(comment="rows of the file: accepted + rejected + skipped")
    accepted: Mapped[int] = mapped_column(comment="rows that went into the drop")
    rejected: Mapped[int] = mapped_column(comment="rows sent back, held in the drop until they are corrected")
    skipped: Mapped[int] = mapped_column(comment="rows left out by name: natural persons, rows that were there before")
    late: Mapped[int] = mapped_column(comment="accepted rows that came after the 7-day limit")
    previous_drop: Mapped[str | None] = mapped_column(Text, comment="name of the drop that this one continues")
    drop_name: Mapped[str] = mapped_column(Text, comment="name of the drop that was written")
    drop_digest: Mapped[str] = mapped_column(String(64), comment="SHA-256 of the drop that was written")
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, comment="counts by reason, delays, what was replaced")


class RejectionFile(Base):
    """The rows that an upload on the page sent back, as the department corrects them and sends them again."""

    __tablename__ = "double_publicity_rejection"

    import_id: Mapped[int] = mapped_column(
        ForeignKey("double_publicity_import.id"), primary_key=True, autoincrement=False, comment="the import"
    )
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, comment="the file, XLSX")
