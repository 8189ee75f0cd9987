"""Answers kept for programs that ask again with the same ``Idempotency-Key``."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

import creditreport.accounts.models  # noqa: F401 - foreign keys name its tables
from creditreport.db import Base, Moment


class ApiAnswer(Base):
    """One request with an ``Idempotency-Key``: being worked on, or answered; forgotten after a day."""

    __tablename__ = "api_answer"
    __table_args__ = (
        Index("ix_api_answer_client_id", "client_id", "key_digest", unique=True),
        Index("ix_api_answer_began_at", "began_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("api_client.id"), comment="the program that asked")
    key_digest: Mapped[str] = mapped_column(String(64), comment="SHA-256 of its Idempotency-Key")
    request_digest: Mapped[str] = mapped_column(String(64), comment="SHA-256 of what it asked")
    began_at: Mapped[datetime] = mapped_column(Moment, comment="when it was asked; kept for a day from then on")
    held_by: Mapped[str] = mapped_column(String(32), comment="drawn by who works on it, so that nobody else answers")
    media: Mapped[str | None] = mapped_column(String(40), comment="media type of the answer")
    body: Mapped[str | None] = mapped_column(Text, comment="the answer; null while it is being worked on")
