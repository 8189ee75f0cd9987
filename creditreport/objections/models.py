"""Cases as stored: objections and repair requests, what happened to them, their evidence and letters."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

import creditreport.entities.models  # foreign keys name its tables
import creditreport.reports.models  # noqa: F401 - foreign keys name its tables
from creditreport.db import Base, Moment


class Finding(StrEnum):
    """The unit's finding of fact."""

    RECORD_WRONG = "record_wrong"
    RECORD_RIGHT = "record_right"
    UNCLEAR = "unclear"


class Outcome(StrEnum):
    """How a case that was decided ended; the first three change a record by a correction of our own."""

    WITHDRAW = "withdraw"
    AMEND = "amend"
    REPAIRED = "repaired"
    UNIT_CORRECTS = "unit_corrects"
    REJECTED = "rejected"


class EvidenceUse(StrEnum):
    """What a file was handed in for."""

    BUSINESS = "business"
    UNIT = "unit"
    DECISION = "decision"


class ObjectionCounter(Base):
    """The last sequence given out on a day; the row is the lock under which the next is drawn."""

    __tablename__ = "objection_counter"

    day: Mapped[date] = mapped_column(primary_key=True, comment="day of filing, Asia/Shanghai")
    last: Mapped[int] = mapped_column(Integer, comment="last sequence given out")


class ObjectionCase(Base):
    """One objection or repair request of one business, about one record or one field in general."""

    __tablename__ = "objection_case"
    __table_args__ = (
        CheckConstraint(
            "state IN ('DRAFT', 'FILED', 'RETURNED', 'ACCEPTED', 'REFERRED', 'ANSWERED', 'UPHELD', 'REJECTED',"
            " 'WITHDRAWN')",
            name="state",
        ),
        Index("ix_objection_case_number", "number", unique=True),
        Index("ix_objection_case_open_key", "open_key", unique=True),
        Index("ix_objection_case_register_id", "register_id", "id"),
        Index("ix_objection_case_state", "state", "id"),
        Index("ix_objection_case_closed_at", "closed_at"),
        Index("ix_objection_case_unit_domain", "unit_domain", "number"),
        Index("ix_objection_case_record", "register_id", "domain", "record_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(14), comment="number on the receipt; null while a draft")
    register_id: Mapped[str] = mapped_column(ForeignKey("business_entity.register_id"), comment="the business")
    uscc: Mapped[str] = mapped_column(String(18), comment="its unified code when the case was made")
    kind: Mapped[str] = mapped_column(String(20), comment="a word of flow.CaseKind")
    domain: Mapped[str] = mapped_column(String(60), comment="slug of the field")
    record_id: Mapped[str | None] = mapped_column(Text, comment="the record's lasting id; null: the field in general")
    report: Mapped[str | None] = mapped_column(
        ForeignKey("credit_report.number"), comment="the report that the business saw it on; null: on the pre-check"
    )
    record: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True), comment="the record as a report prints it, as it was when the case was made"
    )
    statement: Mapped[str] = mapped_column(Text, comment="facts and reasons in the business's own words")
    wish: Mapped[str] = mapped_column(Text, comment="what it asks for, in its own words")
    state: Mapped[str] = mapped_column(String(10), comment="a word of flow.State")
    version: Mapped[int] = mapped_column(Integer, comment="steps with every change: of two who change at once one wins")
    open_key: Mapped[str | None] = mapped_column(
        String(64), comment="digest of business, record and kind while the case is open: there is one such case"
    )
    unit: Mapped[str | None] = mapped_column(Text, comment="the unit that has to answer")
    unit_domain: Mapped[str | None] = mapped_column(
        String(60), comment="field whose officers answer for that unit; null: it has no desk here and answers on paper"
    )
    made_at: Mapped[datetime] = mapped_column(Moment, comment="when the draft was begun")
    made_by: Mapped[str] = mapped_column(String(120), comment="who began it")
    changed_at: Mapped[datetime] = mapped_column(Moment, comment="when it last changed")
    filed_at: Mapped[datetime | None] = mapped_column(Moment, comment="when it was first filed: the clock's beginning")
    returned_at: Mapped[datetime | None] = mapped_column(Moment, comment="when it was returned for completion, once")
    completed_at: Mapped[datetime | None] = mapped_column(Moment, comment="when the business had completed it")
    accepted_at: Mapped[datetime | None] = mapped_column(Moment, comment="when it was accepted, or last sent back")
    referred_at: Mapped[datetime | None] = mapped_column(Moment, comment="when it last went to a unit")
    answered_at: Mapped[datetime | None] = mapped_column(Moment, comment="when a unit last answered")
    closed_at: Mapped[datetime | None] = mapped_column(Moment, comment="when it was decided or withdrawn")
    missing: Mapped[str | None] = mapped_column(Text, comment="what the business was asked to complete")
    finding: Mapped[str | None] = mapped_column(String(20), comment="a word of Finding")
    finding_text: Mapped[str | None] = mapped_column(Text, comment="the unit's finding of fact")
    finding_by: Mapped[str | None] = mapped_column(String(120), comment="who entered it")
    outcome: Mapped[str | None] = mapped_column(String(20), comment="a word of Outcome")
    reasons: Mapped[str | None] = mapped_column(Text, comment="reasons of the decision, for the business")
    decided_by: Mapped[str | None] = mapped_column(String(120), comment="who decided")


class ObjectionEvent(Base):
    """One move of a case: who, when, why. Only added to."""

    __tablename__ = "objection_event"
    __table_args__ = (Index("ix_objection_event_case_id", "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("objection_case.id"), comment="the case")
    at: Mapped[datetime] = mapped_column(Moment, comment="when")
    by: Mapped[str] = mapped_column(String(120), comment="who: account, command line user or job")
    party: Mapped[str] = mapped_column(String(20), comment="in whose part: a word of flow.Party")
    move: Mapped[str] = mapped_column(String(20), comment="a word of flow.Move")
    state: Mapped[str] = mapped_column(String(10), comment="state after it")
    version: Mapped[int] = mapped_column(Integer, comment="version after it")
    why: Mapped[str | None] = mapped_column(Text, comment="the reason that was given")
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, comment="what else is needed to understand it: unit, outcome")


class ObjectionEvidence(Base):
    """One file that was handed in. It is only ever handed out as an attachment."""

    __tablename__ = "objection_evidence"
    __table_args__ = (UniqueConstraint("case_id", "use", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("objection_case.id"), comment="the case")
    use: Mapped[str] = mapped_column(String(10), comment="a word of EvidenceUse")
    name: Mapped[str] = mapped_column(String(120), comment="the file's name, made harmless")
    form: Mapped[str] = mapped_column(String(4), comment="what its content is: pdf, jpeg or png")
    size: Mapped[int] = mapped_column(Integer, comment="bytes")
    sha256: Mapped[str] = mapped_column(String(64), comment="SHA-256 of the file")
    added_at: Mapped[datetime] = mapped_column(Moment, comment="when")
    added_by: Mapped[str] = mapped_column(String(120), comment="by whom")
    # Read only where the file itself is wanted.
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, comment="the file")


class ObjectionLetter(Base):
    """A co-handling letter (协查函) as it was sent: one for each referral."""

    __tablename__ = "objection_letter"
    __table_args__ = (Index("ix_objection_letter_pdf_sha256", "pdf_sha256"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("objection_case.id"), primary_key=True, comment="the case")
    n: Mapped[int] = mapped_column(Integer, primary_key=True, comment="from 1, in the order of referral")
    unit: Mapped[str] = mapped_column(Text, comment="to which unit")
    made_at: Mapped[datetime] = mapped_column(Moment, comment="when it was made and signed")
    made_by: Mapped[str] = mapped_column(String(120), comment="by whom")
    answer_by: Mapped[datetime] = mapped_column(Moment, comment="until when it asks for the answer")
    pdf_sha256: Mapped[str] = mapped_column(String(64), comment="SHA-256 of the signed PDF")
    pdf_bytes: Mapped[int] = mapped_column(Integer, comment="size of the signed PDF in bytes")
    signature_level: Mapped[str] = mapped_column(String(10), comment="PAdES level, e.g. B-B")
    signer_fingerprint: Mapped[str] = mapped_column(String(64), comment="SHA-256 of the signer's certificate")
    pdf: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, comment="the file as it was sent")


class ObjectionEscalation(Base):
    """That a deadline was missed and who is responsible was told: once for each case and deadline."""

    __tablename__ = "objection_escalation"

    case_id: Mapped[int] = mapped_column(ForeignKey("objection_case.id"), primary_key=True, comment="the case")
    deadline: Mapped[str] = mapped_column(String(20), primary_key=True, comment="a word of clock.DeadlineName")
    begun_at: Mapped[datetime] = mapped_column(Moment, primary_key=True, comment="when that time limit began")
    due_at: Mapped[datetime] = mapped_column(Moment, comment="when it ended")
    told_at: Mapped[datetime] = mapped_column(Moment, comment="when it was told")
