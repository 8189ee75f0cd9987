"""Requests that wait, as stored: what was asked for, by whom, when it is tried next and what became of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

import creditreport.accounts.models  # foreign keys name its tables
import creditreport.entities.models  # foreign keys name its tables
import creditreport.reports.models  # noqa: F401 - foreign keys name its tables
from creditreport.db import Base, Moment


class RequestState(StrEnum):
    """What became of a request; all but the first are final."""

    WAITING = "waiting"
    ISSUED = "issued"
    GIVEN_UP = "given_up"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class WaitingRequest(Base):
    """One request of a business that could not be answered at once."""

    __tablename__ = "waiting_request"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'issued', 'given_up', 'refused', 'cancelled')", name="state"),
        Index("ix_waiting_request_state", "state", "next_try_at"),
        Index("ix_waiting_request_register_id", "register_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    register_id: Mapped[str] = mapped_column(ForeignKey("business_entity.register_id"), comment="the business")
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), comment="who asked; must still be allowed to")
    years: Mapped[int] = mapped_column(Integer, comment="how many years back")
    purpose: Mapped[str] = mapped_column(String(20), comment="a word of content.Purpose")
    language: Mapped[str] = mapped_column(String(4), comment="the edition: zh, en or both")
    showing: Mapped[str] = mapped_column(String(10), comment="what a verifier will see: a word of Showing")
    state: Mapped[str] = mapped_column(String(10), comment="a word of RequestState")
    asked_at: Mapped[datetime] = mapped_column(Moment, comment="since when it waits")
    next_try_at: Mapped[datetime] = mapped_column(Moment, comment="not tried before; moved on when a try begins")
    give_up_at: Mapped[datetime] = mapped_column(Moment, comment="last moment of the time it may wait")
    tries: Mapped[int] = mapped_column(Integer, comment="how often it was tried")
    last_code: Mapped[str | None] = mapped_column(String(40), comment="error code of the last try that failed")
    settled_at: Mapped[datetime | None] = mapped_column(Moment, comment="since when it no longer waits")
    number: Mapped[str | None] = mapped_column(
        ForeignKey("credit_report.number"), unique=True, comment="the report that was issued"
    )
