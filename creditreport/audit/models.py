"""The audit trail as stored: an entry commits together with the change that it tells of and is sealed afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from creditreport.db import Base, Moment


class AuditEntry(Base):
    """Who did what to what, and when. Entries are only ever added; sealing sets the last two columns, once."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_subject", "subject", "at"),
        Index("ix_audit_entry_at", "at", "id"),
        Index("ix_audit_entry_actor", "actor", "at"),
        Index("ix_audit_entry_action", "action", "at"),
        UniqueConstraint("position"),
        Index(
            "ix_audit_entry_unsealed",
            "id",
            postgresql_where=text("position IS NULL"),
            sqlite_where=text("position IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment="order of entry")
    at: Mapped[datetime] = mapped_column(Moment, comment="the moment of the deed, as its use case was given it")
    actor: Mapped[str] = mapped_column(String(120), comment="account, command line user or job")
    action: Mapped[str] = mapped_column(String(60), comment="dotted word, e.g. report.issued")
    subject: Mapped[str] = mapped_column(String(120), comment="what it was done to, e.g. report:NUMBER")
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, comment="what else is needed to understand it")
    position: Mapped[int | None] = mapped_column(
        BigInteger, comment="its place in the chain, from 1 without a gap; null: not sealed yet"
    )
    digest: Mapped[str | None] = mapped_column(
        String(64), comment="SHA-256 over its content and the digest of the place before"
    )


class AuditHead(Base):
    """The chain's end at a moment, signed: whoever keeps it outside can tell that nothing before it was changed."""

    __tablename__ = "audit_head"

    position: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False, comment="place of the last entry that it covers"
    )
    digest: Mapped[str] = mapped_column(String(64), comment="that entry's digest")
    signed_at: Mapped[datetime] = mapped_column(Moment, comment="when it was signed")
    content: Mapped[str] = mapped_column(Text, comment="what was signed: canonical JSON")
    signature: Mapped[str] = mapped_column(Text, comment="the detached CMS signature over content, PEM")
    signer_fingerprint: Mapped[str] = mapped_column(String(64), comment="SHA-256 of the signer's certificate")
    exported_at: Mapped[datetime | None] = mapped_column(
        Moment, comment="when it was written to the folder outside the store; null: still to be done"
    )


class AuditCheck(Base):
    """One check of the chain and what it found."""

    __tablename__ = "audit_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, comment="when it began")
    by: Mapped[str] = mapped_column(String(120), comment="who asked for it: account, command line user or job")
    from_position: Mapped[int] = mapped_column(BigInteger, comment="first place that was looked at")
    to_position: Mapped[int] = mapped_column(BigInteger, comment="last place that was looked at")
    heads: Mapped[int] = mapped_column(Integer, comment="how many signed heads it was compared with")
    found: Mapped[int] = mapped_column(Integer, comment="how much is wrong; 0: all is as it was sealed")
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, comment="the first of them, with their places")
