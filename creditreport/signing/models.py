"""The register of signer certificates: which key signed which report, and since when it may not any more."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from creditreport.db import Base, Moment


class KeyState(StrEnum):
    """What a key may do: sign; nothing new (its reports stay); nothing, because others may have it."""

    ACTIVE = "active"
    RETIRED = "retired"
    REVOKED = "revoked"


class SigningKeyRow(Base):
    """One signer certificate. The private key is not in the store. Rows are never removed."""

    __tablename__ = "signing_key"
    __table_args__ = (
        CheckConstraint("state IN ('active', 'retired', 'revoked')", name="state"),
        Index("ix_signing_key_state", "state"),
    )

    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True, comment="SHA-256 of the certificate")
    subject: Mapped[str] = mapped_column(Text, comment="the certificate's subject")
    issuer: Mapped[str] = mapped_column(Text, comment="who certified it")
    serial: Mapped[str] = mapped_column(String(64), comment="the certificate's serial number, hexadecimal")
    algorithm: Mapped[str] = mapped_column(String(60), comment="how it signs")
    place: Mapped[str] = mapped_column(Text, comment="where the key lies: a file's name, or token and label")
    certificates: Mapped[str] = mapped_column(Text, comment="the certificate and its chain, PEM")
    valid_from: Mapped[datetime] = mapped_column(Moment, comment="begin of the certificate's life")
    valid_until: Mapped[datetime] = mapped_column(Moment, comment="end of the certificate's life")
    state: Mapped[str] = mapped_column(String(10), comment="a word of KeyState")
    created_at: Mapped[datetime] = mapped_column(Moment, comment="when it was first used or taken into use here")
    retired_at: Mapped[datetime | None] = mapped_column(Moment, comment="when another key took its place")
    revoked_at: Mapped[datetime | None] = mapped_column(Moment, comment="when it was withdrawn here")
    compromised_since: Mapped[datetime | None] = mapped_column(
        Moment, comment="from when on others may have signed with it"
    )
    reason: Mapped[str | None] = mapped_column(Text, comment="why it was retired or withdrawn")
    changed_by: Mapped[str | None] = mapped_column(String(120), comment="who retired or withdrew it")
