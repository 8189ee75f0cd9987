"""Packs as stored: terms, the items until they are checked, the result for thirty days, a sheet's proof for good."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from creditreport.db import Base, Moment


class BidSheet(Base):
    """A signed sheet of verdicts. The row stays, so that the sheet can be verified; the file goes with its pack."""

    __tablename__ = "bid_sheet"
    __table_args__ = (Index("ix_bid_sheet_signer_fingerprint", "signer_fingerprint"),)

    code: Mapped[str] = mapped_column(String(20), primary_key=True, comment="its verification code, ungrouped")
    project: Mapped[str] = mapped_column(Text, comment="the project, as typed")
    opening: Mapped[date] = mapped_column(comment="day of the bid opening, Asia/Shanghai")
    checked_at: Mapped[datetime] = mapped_column(Moment, comment="moment of which the verdicts speak")
    counts: Mapped[str] = mapped_column(Text, comment="how many items have which word: JSON")
    language: Mapped[str] = mapped_column(String(4), comment="zh, en or both")
    renderer: Mapped[str] = mapped_column(String(100), comment="version of the page design that rendered it")
    rendered_sha256: Mapped[str] = mapped_column(String(64), comment="SHA-256 of the PDF before it was signed")
    pdf_sha256: Mapped[str] = mapped_column(String(64), unique=True, comment="SHA-256 of the signed PDF")
    pdf_bytes: Mapped[int] = mapped_column(Integer, comment="size of the signed PDF in bytes")
    signed_at: Mapped[datetime] = mapped_column(Moment, comment="when it was signed")
    signature_level: Mapped[str] = mapped_column(String(10), comment="PAdES level, e.g. B-B")
    signature_wanted: Mapped[str] = mapped_column(String(10), comment="PAdES level that the settings wanted")
    signer_fingerprint: Mapped[str] = mapped_column(String(64), comment="SHA-256 of the signer's certificate")
    pdf: Mapped[bytes | None] = mapped_column(
        LargeBinary, deferred=True, comment="the file as it was handed out; null: its thirty days are over"
    )


class BidPack(Base):
    """One pack. Who sent it is not kept: whoever has the link sees the result."""

    __tablename__ = "bid_pack"
    __table_args__ = (Index("ix_bid_pack_made_at", "made_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, comment="random; says nothing and opens nothing")
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True, comment="SHA-256 of the link's secret part")
    terms: Mapped[str] = mapped_column(Text, comment="project, opening date, window wanted, expected codes: JSON")
    language: Mapped[str] = mapped_column(String(4), comment="edition of the sheet: zh, en or both")
    items: Mapped[int] = mapped_column(Integer, comment="how many items were handed in")
    made_at: Mapped[datetime] = mapped_column(Moment, comment="when it was handed in")
    checked_at: Mapped[datetime | None] = mapped_column(Moment, comment="when the last item was checked")
    given_up_at: Mapped[datetime | None] = mapped_column(
        Moment, comment="when it was given up and its files were removed; null: it was not"
    )
    result: Mapped[str | None] = mapped_column(Text, comment="the table: JSON; null: not all items are checked")
    sheet_code: Mapped[str | None] = mapped_column(ForeignKey("bid_sheet.code"), comment="the signed sheet")


class BidPackItem(Base):
    """One item of a pack that is being checked. The rows go when all of them are."""

    __tablename__ = "bid_pack_item"

    pack_id: Mapped[str] = mapped_column(ForeignKey("bid_pack.id"), primary_key=True, comment="the pack")
    position: Mapped[int] = mapped_column(
        Integer, primary_key=True, autoincrement=False, comment="from 1, as handed in"
    )
    label: Mapped[str] = mapped_column(Text, comment="name of the file, or row and beginning of the code")
    kind: Mapped[str] = mapped_column(String(4), comment="a word of facts.Kind")
    sha256: Mapped[str | None] = mapped_column(String(64), comment="SHA-256 of the file")
    size: Mapped[int] = mapped_column(Integer, comment="bytes")
    # Read one at a time, and gone with the commit that keeps what was found.
    data: Mapped[bytes | None] = mapped_column(
        LargeBinary, deferred=True, comment="the file or the code; null as soon as it is checked"
    )
    trouble: Mapped[str | None] = mapped_column(String(12), comment="a word of facts.Trouble told by the upload itself")
    facts: Mapped[str | None] = mapped_column(Text, comment="what was found: JSON; null: not checked yet")
