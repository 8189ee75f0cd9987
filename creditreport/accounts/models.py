"""Sign-ins as stored: who a person is to us, in which role, for which business, and the sessions they opened.

Of a person only what the work needs: the identity service's own name for them, the name shown in the page's head, and
an e-mail address if they asked for notices. Identity numbers and telephone numbers are never stored.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

import creditreport.entities.models  # noqa: F401 - foreign keys name its tables
from creditreport.db import Base, Moment

LOCAL = "local"


class Kind(StrEnum):
    """Which of the two houses an account belongs to; nobody is in both."""

    BUSINESS = "business"
    STAFF = "staff"


class Role(StrEnum):
    """What a member of staff may do; an account may have several."""

    DEPARTMENT_OFFICER = "department_officer"
    CREDIT_OFFICER = "credit_officer"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Capacity(StrEnum):
    """In which capacity a person acts for a business."""

    LEGAL_REPRESENTATIVE = "legal_representative"
    HANDLER = "handler"


class Scope(StrEnum):
    """What a program may ask for with its secret."""

    VERIFY = "verify"
    VERIFY_BATCH = "verify:batch"


class Account(Base):
    """One person's sign-in."""

    __tablename__ = "account"
    __table_args__ = (
        Index("ix_account_issuer", "issuer", "subject", unique=True),
        Index("ix_account_kind", "kind", "display_name"),
        CheckConstraint("kind IN ('business', 'staff')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    issuer: Mapped[str] = mapped_column(
        String(200), comment="address of the identity service, or 'local' for a password kept here"
    )
    subject: Mapped[str] = mapped_column(String(200), comment="the issuer's lasting name for the person")
    kind: Mapped[str] = mapped_column(String(10), comment="a word of accounts.models.Kind")
    display_name: Mapped[str] = mapped_column(String(200), comment="shown in the page's head")
    password_hash: Mapped[str | None] = mapped_column(String(200), comment="argon2id, never the password; local only")
    totp_secret: Mapped[str | None] = mapped_column(String(200), comment="second factor, encrypted with SECRET_KEY")
    totp_step: Mapped[int | None] = mapped_column(Integer, comment="last time step used: no code counts twice")
    setup_digest: Mapped[str | None] = mapped_column(
        String(64), unique=True, comment="SHA-256 of the link by which password and second factor are chosen"
    )
    setup_until: Mapped[datetime | None] = mapped_column(Moment, comment="until when that link counts")
    email: Mapped[str | None] = mapped_column(String(254), comment="where notices go, if the person asked for them")
    created_at: Mapped[datetime] = mapped_column(Moment, comment="when the account was made")
    last_sign_in_at: Mapped[datetime | None] = mapped_column(Moment, comment="for the retention time")
    disabled_at: Mapped[datetime | None] = mapped_column(Moment, comment="since when it may not sign in")


class RoleGrant(Base):
    """A role of a member of staff; a department officer's is bound to one domain for each row."""

    __tablename__ = "role_grant"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, comment="whose")
    role: Mapped[str] = mapped_column(String(20), primary_key=True, comment="a word of accounts.models.Role")
    domain: Mapped[str] = mapped_column(
        String(60), primary_key=True, comment="slug that a department officer answers for; empty for other roles"
    )
    granted_by: Mapped[str] = mapped_column(String(120), comment="who granted it")
    granted_at: Mapped[datetime] = mapped_column(Moment, comment="when it was granted")


class Authorisation(Base):
    """That a person may act for a business: its legal representative, or a handler (经办人) whom the business named.

    Rows are never deleted, so that it stays known who might act when.
    """

    __tablename__ = "authorisation"
    __table_args__ = (
        CheckConstraint("capacity IN ('legal_representative', 'handler')", name="capacity"),
        Index("ix_authorisation_account_id", "account_id"),
        Index("ix_authorisation_register_id", "register_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    register_id: Mapped[str] = mapped_column(ForeignKey("business_entity.register_id"), comment="the business")
    capacity: Mapped[str] = mapped_column(String(24), comment="a word of accounts.models.Capacity")
    account_id: Mapped[int | None] = mapped_column(
        ForeignKey("account.id"), comment="the person; null until an invited handler has accepted"
    )
    label: Mapped[str | None] = mapped_column(String(80), comment="the name by which the business calls its handler")
    purposes: Mapped[str] = mapped_column(
        String(80), comment="words of content.Purpose that it covers, separated by spaces; empty for all"
    )
    valid_from: Mapped[datetime] = mapped_column(Moment, comment="from when")
    valid_until: Mapped[datetime | None] = mapped_column(Moment, comment="to when; null while the office lasts")
    invitation_digest: Mapped[str | None] = mapped_column(
        String(64), unique=True, comment="SHA-256 of the invitation that the handler accepts with; never the invitation"
    )
    granted_by: Mapped[str] = mapped_column(String(120), comment="who granted it: an account or the identity service")
    granted_at: Mapped[datetime] = mapped_column(Moment, comment="when it was granted")
    accepted_at: Mapped[datetime | None] = mapped_column(Moment, comment="when the handler accepted")
    revoked_at: Mapped[datetime | None] = mapped_column(Moment, comment="since when it no longer counts")
    revoked_by: Mapped[str | None] = mapped_column(String(120), comment="who revoked it")


class SignInSession(Base):
    """One sign-in on one browser. The cookie holds the token; here is only its digest."""

    __tablename__ = "sign_in_session"
    __table_args__ = (Index("ix_sign_in_session_account_id", "account_id", "ended_at"),)

    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True, comment="SHA-256 of the cookie's token")
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), comment="whose")
    created_at: Mapped[datetime] = mapped_column(Moment, comment="when it began")
    last_seen_at: Mapped[datetime] = mapped_column(Moment, comment="last use, to the minute")
    acting_for: Mapped[str | None] = mapped_column(String(200), comment="register id of the business chosen")
    client: Mapped[str] = mapped_column(String(40), comment="kind of browser and system, no version, no address")
    ended_at: Mapped[datetime | None] = mapped_column(Moment, comment="since when it no longer counts")
    ended_by: Mapped[str | None] = mapped_column(String(20), comment="sign-out, everywhere, idle, limit or disabled")
    id_token: Mapped[str | None] = mapped_column(
        String(4096), comment="what the identity service needs to end its own session at sign-out; cleared then"
    )


class ApiClient(Base):
    """A program of a tender platform or a bank. It shows a secret; here are only digests of it."""

    __tablename__ = "api_client"

    id: Mapped[int] = mapped_column(primary_key=True)
    key_id: Mapped[str] = mapped_column(String(16), unique=True, comment="the part of the secret that names the client")
    name: Mapped[str] = mapped_column(String(80), comment="the platform or bank that it belongs to, never a person")
    scopes: Mapped[str] = mapped_column(String(80), comment="words of accounts.models.Scope, separated by spaces")
    per_minute: Mapped[int] = mapped_column(Integer, comment="requests that it may send in a minute")
    expires_on: Mapped[date] = mapped_column(Date, comment="the last day on which its secret counts")
    secret_digest: Mapped[str] = mapped_column(String(64), comment="SHA-256 of the secret")
    former_digest: Mapped[str | None] = mapped_column(String(64), comment="of the secret before the last rotation")
    former_until: Mapped[datetime | None] = mapped_column(Moment, comment="until when the former secret counts too")
    created_at: Mapped[datetime] = mapped_column(Moment, comment="when it was made")
    created_by: Mapped[str] = mapped_column(String(120), comment="who made it")
    rotated_at: Mapped[datetime | None] = mapped_column(Moment, comment="when its secret was last replaced")
    last_used_on: Mapped[date | None] = mapped_column(Date, comment="the last day on which it was used")
    disabled_at: Mapped[datetime | None] = mapped_column(Moment, comment="since when it is refused")
