"""Sign-in accounts as stored."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from creditreport.db import Base, Moment


class Role(StrEnum):
    """What an account may do."""

    BUSINESS = "business"


class Account(Base):
    """One local sign-in. Local accounts are for demonstration; production signs in through the portal's identity."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(80), unique=True, comment="what is typed to sign in")
    password_hash: Mapped[str] = mapped_column(String(200), comment="argon2id, never the password")
    role: Mapped[str] = mapped_column(String(20), comment="a word of accounts.models.Role")
    uscc: Mapped[str | None] = mapped_column(
        String(18), index=True, comment="the one business that a business account acts for"
    )
    display_name: Mapped[str] = mapped_column(String(200), comment="shown in the page's head")
    created_at: Mapped[datetime] = mapped_column(Moment, comment="when the account was made")
