"""Reports as stored: numbers, the frozen content, the answers and decisions it rests on, the PDF."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

import creditreport.entities.models  # noqa: F401 - foreign keys name its tables
from creditreport.db import Base, Moment


class NumberStatus(StrEnum):
    """What became of a report number; every number is one of these."""

    RESERVED = "reserved"
    ISSUED = "issued"
    ABANDONED = "abandoned"


class ReportStatus(StrEnum):
    """What a report is today, expiry apart (that follows from ``valid_until``)."""

    ISSUED = "ISSUED"
    SUPERSEDED = "SUPERSEDED"
    REVOKED = "REVOKED"


class Showing(StrEnum):
    """What a verifier sees of a report beside the verdict, as the business chose; each word includes those before."""

    SUMMARY = "summary"
    RECORDS = "records"
    ORIGINAL = "original"


class NumberCounter(Base):
    """The last sequence given out for an area and day; the row is the lock under which the next is drawn."""

    __tablename__ = "number_counter"

    area: Mapped[str] = mapped_column(String(6), primary_key=True, comment="area code of the issuing city")
    day: Mapped[date] = mapped_column(primary_key=True, comment="day of issue, Asia/Shanghai")
    last: Mapped[int] = mapped_column(Integer, comment="last sequence given out")


class ReportNumber(Base):
    """A report number with its verification code: reserved, then issued or abandoned with a reason."""

    __tablename__ = "report_number"
    __table_args__ = (
        UniqueConstraint("area", "day", "sequence"),
        CheckConstraint("status IN ('reserved', 'issued', 'abandoned')", name="status"),
        Index("ix_report_number_status", "status", "reserved_at"),
    )

    number: Mapped[str] = mapped_column(String(21), primary_key=True, comment="area, day, sequence, check digit")
    verification_code: Mapped[str] = mapped_column(String(20), unique=True, comment="drawn with the number")
    area: Mapped[str] = mapped_column(String(6), comment="area code of the issuing city")
    day: Mapped[date] = mapped_column(comment="day of issue, Asia/Shanghai")
    sequence: Mapped[int] = mapped_column(Integer, comment="from 1, each day anew")
    status: Mapped[str] = mapped_column(String(10), comment="a word of NumberStatus")
    reason: Mapped[str | None] = mapped_column(Text, comment="why it was abandoned")
    reserved_at: Mapped[datetime] = mapped_column(Moment, comment="when it was given out")
    settled_at: Mapped[datetime | None] = mapped_column(Moment, comment="when it was issued or abandoned")


class CreditReport(Base):
    """One issued report. Its content never changes; only its status may, with when, why and by whom."""

    __tablename__ = "credit_report"
    __table_args__ = (
        CheckConstraint("status IN ('ISSUED', 'SUPERSEDED', 'REVOKED')", name="status"),
        Index("ix_credit_report_uscc", "uscc", "issued_at"),
        Index("ix_credit_report_register_id", "register_id", "issued_at"),
        Index("ix_credit_report_signer_fingerprint", "signer_fingerprint"),
        Index("ix_credit_report_asked_once", "asked_once", unique=True),
        Index("ix_credit_report_valid_until", "valid_until", "status"),
    )

    number: Mapped[str] = mapped_column(
        ForeignKey("report_number.number"), primary_key=True, comment="the report's number"
    )
    verification_code: Mapped[str] = mapped_column(String(20), unique=True, comment="20 characters, ungrouped")
    uscc: Mapped[str] = mapped_column(String(18), comment="unified code at the moment of issue")
    register_id: Mapped[str] = mapped_column(ForeignKey("business_entity.register_id"), comment="the business")
    previous_codes: Mapped[str] = mapped_column(
        Text, server_default="[]", comment="replaced codes whose records counted as its own: JSON"
    )
    entity_name: Mapped[str] = mapped_column(Text, comment="name at the moment of issue")
    purpose: Mapped[str] = mapped_column(String(20), comment="a word of content.Purpose")
    years: Mapped[int] = mapped_column(Integer, comment="how many years back")
    window_start: Mapped[date] = mapped_column(comment="first day looked at")
    window_end: Mapped[date] = mapped_column(comment="last day looked at: the working day before issue")
    issued_at: Mapped[datetime] = mapped_column(Moment, comment="moment of issue")
    valid_until: Mapped[date] = mapped_column(comment="last valid day, to its end in Asia/Shanghai")
    ruleset: Mapped[str] = mapped_column(String(40), comment="id of the rule set that screened it")
    ruleset_digest: Mapped[str] = mapped_column(String(64), comment="SHA-256 of that rule set")
    catalog_digest: Mapped[str | None] = mapped_column(
        String(64), comment="key of catalog_version; null: issued before that was kept"
    )
    listed: Mapped[int] = mapped_column(Integer, comment="how many records it lists")
    status: Mapped[str] = mapped_column(String(12), comment="a word of ReportStatus")
    status_since: Mapped[datetime] = mapped_column(Moment, comment="since when it has that status")
    status_reason: Mapped[str | None] = mapped_column(Text, comment="why it was superseded or revoked")
    status_by: Mapped[str | None] = mapped_column(String(120), comment="who superseded or revoked it")
    superseded_by: Mapped[str | None] = mapped_column(
        ForeignKey("credit_report.number"), comment="the report that took its place"
    )
    withdrawn_at: Mapped[datetime | None] = mapped_column(
        Moment, comment="since when the business itself does not stand by it (status REVOKED); null: it does"
    )
    showing: Mapped[str] = mapped_column(
        String(10), server_default="records", comment="what a verifier sees of it: a word of Showing"
    )
    requested_by: Mapped[str] = mapped_column(String(120), comment="the handler: recorded, never printed")
    asked_once: Mapped[str | None] = mapped_column(
        String(64), comment="key of the asking: the same asking sent again leads to this report"
    )
    content: Mapped[str] = mapped_column(Text, comment="the frozen content, canonical JSON")
    content_sha256: Mapped[str] = mapped_column(String(64), comment="SHA-256 of content in UTF-8")
    language: Mapped[str] = mapped_column(
        String(4), server_default="zh", comment="the edition it was issued in: zh, en or both"
    )
    rendered_sha256: Mapped[str] = mapped_column(String(64), comment="SHA-256 of the PDF before it was signed")
    renderer: Mapped[str] = mapped_column(String(100), comment="version of the page design that rendered it")
    pdf_sha256: Mapped[str] = mapped_column(String(64), unique=True, comment="SHA-256 of the signed PDF")
    pdf_bytes: Mapped[int] = mapped_column(Integer, comment="size of the signed PDF in bytes")
    signature_level: Mapped[str] = mapped_column(String(10), comment="PAdES level, e.g. B-B")
    signature_wanted: Mapped[str] = mapped_column(
        String(10),
        server_default="B-B",
        comment="PAdES level that the settings wanted; above signature_level: a service had failed",
    )
    signer_fingerprint: Mapped[str] = mapped_column(String(64), comment="SHA-256 of the signer's certificate")


class ReportPdf(Base):
    """The signed file, apart from the report so that lists and verdicts never read it."""

    __tablename__ = "report_pdf"

    number: Mapped[str] = mapped_column(ForeignKey("credit_report.number"), primary_key=True, comment="the report")
    pdf: Mapped[bytes] = mapped_column(LargeBinary, comment="the file as it was handed out")


class ReportEdition(Base):
    """A further edition of a report: the same number, code and content in another language, signed at its own time.

    The edition that the report was issued in is the report's own row; issuing writes no second one.
    """

    __tablename__ = "report_edition"
    __table_args__ = (
        CheckConstraint("language IN ('zh', 'en', 'both')", name="language"),
        Index("ix_report_edition_signer_fingerprint", "signer_fingerprint"),
    )

    number: Mapped[str] = mapped_column(ForeignKey("credit_report.number"), primary_key=True, comment="the report")
    language: Mapped[str] = mapped_column(String(4), primary_key=True, comment="zh, en or both")
    made_at: Mapped[datetime] = mapped_column(Moment, comment="when it was made and signed")
    made_by: Mapped[str] = mapped_column(String(120), comment="who asked for it: recorded, never printed")
    rendered_sha256: Mapped[str] = mapped_column(String(64), comment="SHA-256 of the PDF before it was signed")
    renderer: Mapped[str] = mapped_column(String(100), comment="version of the page design that rendered it")
    pdf_sha256: Mapped[str] = mapped_column(String(64), unique=True, comment="SHA-256 of the signed PDF")
    pdf_bytes: Mapped[int] = mapped_column(Integer, comment="size of the signed PDF in bytes")
    signature_level: Mapped[str] = mapped_column(String(10), comment="PAdES level, e.g. B-B")
    signature_wanted: Mapped[str] = mapped_column(String(10), comment="PAdES level that the settings wanted")
    signer_fingerprint: Mapped[str] = mapped_column(String(64), comment="SHA-256 of the signer's certificate")
    # Read only where the file itself is wanted.
    pdf: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, comment="the file as it was handed out")


class CatalogVersion(Base):
    """What the catalogue said of its domains when a report first used it. Only added to: reports are replayed by it."""

    __tablename__ = "catalog_version"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True, comment="SHA-256 of content in UTF-8")
    content: Mapped[str] = mapped_column(
        Text, comment="each domain's slug, number, titles, unit, day of implementation: JSON"
    )
    first_used_at: Mapped[datetime] = mapped_column(Moment, comment="when the first report was issued with it")


class SourceAnswer(Base):
    """What one source said when the report was made: one row for each domain and each overlay."""

    __tablename__ = "source_answer"

    number: Mapped[str] = mapped_column(ForeignKey("credit_report.number"), primary_key=True, comment="the report")
    slug: Mapped[str] = mapped_column(String(60), primary_key=True, comment="the domain or overlay")
    role: Mapped[str] = mapped_column(String(10), comment="domain or overlay")
    status: Mapped[str] = mapped_column(String(20), comment="complete or not_implemented")
    asked_at: Mapped[datetime] = mapped_column(Moment, comment="when it was asked")
    answered_at: Mapped[datetime] = mapped_column(Moment, comment="when it had answered")
    data_as_of: Mapped[datetime | None] = mapped_column(Moment, comment="how fresh the source says its data are")
    source_version: Mapped[str | None] = mapped_column(Text, comment="file, digest or watermark that was read")
    problem: Mapped[str | None] = mapped_column(Text, comment="why it was not asked, if it was not")
    rows_read: Mapped[int] = mapped_column(Integer, comment="rows seen, of whatever business")
    skipped: Mapped[str] = mapped_column(Text, comment="rows left out by declared reason, counted: JSON")
    records: Mapped[str] = mapped_column(Text, comment="the mapped records before overlays: canonical JSON")
    entries: Mapped[str] = mapped_column(Text, comment="an overlay's entries for this business: canonical JSON")


class ReportDecision(Base):
    """What screening decided about one record, with the record as it was screened. Never shown to a verifier."""

    __tablename__ = "report_decision"

    number: Mapped[str] = mapped_column(ForeignKey("credit_report.number"), primary_key=True, comment="the report")
    position: Mapped[int] = mapped_column(Integer, primary_key=True, comment="order of screening, from 0")
    domain: Mapped[str] = mapped_column(String(60), comment="slug of the record's domain")
    record_id: Mapped[str] = mapped_column(Text, comment="the record's lasting id within its domain")
    listed: Mapped[bool] = mapped_column(comment="whether the report lists it")
    reason: Mapped[str | None] = mapped_column(String(40), comment="reason code when it is not listed")
    basis: Mapped[str | None] = mapped_column(Text, comment="the article that the reason rests on")
    record: Mapped[str] = mapped_column(Text, comment="the screened record, overlays applied: canonical JSON")
