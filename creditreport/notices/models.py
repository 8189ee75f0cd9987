"""Notices as stored. A notice is its own outbox entry: it commits with its cause, and is mailed from here."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

import creditreport.accounts.models  # foreign keys name its tables
import creditreport.entities.models  # foreign keys name its tables
import creditreport.reports.models  # noqa: F401 - foreign keys name its tables
from creditreport.db import Base, Moment


class NoticeKind(StrEnum):
    """What a person is told of."""

    EXPIRING = "expiring"
    NEW_RECORD = "new_record"
    REQUEST_ISSUED = "request_issued"
    REQUEST_GIVEN_UP = "request_given_up"
    REQUEST_REFUSED = "request_refused"
    OBJECTION_ANSWERED = "objection_answered"
    OBJECTION_RETURNED = "objection_returned"
    OBJECTION_LAPSED = "objection_lapsed"
    REPORT_REISSUED = "report_reissued"
    REPORT_REVOKED = "report_revoked"
    REPORT_REPLACED = "report_replaced"
    # For staff:
    OBJECTION_REFERRED = "objection_referred"
    OBJECTION_SENT_BACK = "objection_sent_back"
    OBJECTION_DECIDED = "objection_decided"
    OBJECTION_OVERDUE = "objection_overdue"
    CORRECTION_QUESTIONED = "correction_questioned"
    AUTHORISATION_GRANTED = "authorisation_granted"
    AUTHORISATION_REVOKED = "authorisation_revoked"


class Notice(Base):
    """One thing that one person is told once. Of records and reports only the number or key stands here."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_account_id", "account_id", "kind", "subject", unique=True),
        Index("ix_notice_mail_next_at", "mail_next_at"),
        Index("ix_notice_number", "number", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), comment="who is told")
    register_id: Mapped[str] = mapped_column(ForeignKey("business_entity.register_id"), comment="about which business")
    kind: Mapped[str] = mapped_column(String(30), comment="a word of NoticeKind")
    subject: Mapped[str] = mapped_column(
        String(100), comment="what it is about, e.g. report:NUMBER; told once for each kind and person"
    )
    purpose: Mapped[str] = mapped_column(
        String(20), comment="purpose that the reader must be allowed to act for; empty: any"
    )
    number: Mapped[str | None] = mapped_column(
        ForeignKey("credit_report.number"), comment="the report that it leads to"
    )
    made_at: Mapped[datetime] = mapped_column(Moment, comment="when its cause was")
    read_at: Mapped[datetime | None] = mapped_column(Moment, comment="when it was first shown")
    mail_next_at: Mapped[datetime | None] = mapped_column(
        Moment, comment="when its mail is tried next; null: none is wanted any more"
    )
    mail_tries: Mapped[int] = mapped_column(Integer, comment="how often sending its mail was tried")
    mailed_at: Mapped[datetime | None] = mapped_column(Moment, comment="when the mail server had taken its mail")


class NoticeChoice(Base):
    """How a person wants to be told. The address itself is ``account.email``, and only once it was confirmed."""

    __tablename__ = "notice_choice"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, comment="whose")
    language: Mapped[str] = mapped_column(String(2), comment="language of the mails: zh or en")
    pending_email: Mapped[str | None] = mapped_column(String(254), comment="an address that is not confirmed yet")
    confirm_digest: Mapped[str | None] = mapped_column(
        String(64), unique=True, comment="SHA-256 of the link that confirms it"
    )
    asked_at: Mapped[datetime] = mapped_column(Moment, comment="when a link was last sent")


class RecordWatch(Base):
    """When a business with a valid report was last compared with its sources."""

    __tablename__ = "record_watch"

    register_id: Mapped[str] = mapped_column(
        ForeignKey("business_entity.register_id"), primary_key=True, comment="the business"
    )
    next_look_at: Mapped[datetime] = mapped_column(Moment, comment="not looked at before")
