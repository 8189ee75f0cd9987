"""Requests that wait for their sources, and notices on the page and by e-mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward."""
    _waiting()
    _notices()


def _waiting() -> None:
    op.create_table(
        "waiting_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("register_id", sa.String(200), nullable=False, comment="the business"),
        sa.Column("account_id", sa.Integer(), nullable=False, comment="who asked; must still be allowed to"),
        sa.Column("years", sa.Integer(), nullable=False, comment="how many years back"),
        sa.Column("purpose", sa.String(20), nullable=False, comment="a word of content.Purpose"),
        sa.Column("language", sa.String(4), nullable=False, comment="the edition: zh, en or both"),
        sa.Column("showing", sa.String(10), nullable=False, comment="what a verifier will see: a word of Showing"),
        sa.Column("state", sa.String(10), nullable=False, comment="a word of RequestState"),
        sa.Column("asked_at", MOMENT, nullable=False, comment="since when it waits"),
        sa.Column("next_try_at", MOMENT, nullable=False, comment="not tried before; moved on when a try begins"),
        sa.Column("give_up_at", MOMENT, nullable=False, comment="last moment of the time it may wait"),
        sa.Column("tries", sa.Integer(), nullable=False, comment="how often it was tried"),
        sa.Column("last_code", sa.String(40), comment="error code of the last try that failed"),
        sa.Column("settled_at", MOMENT, comment="since when it no longer waits"),
        sa.Column("number", sa.String(21), comment="the report that was issued"),
        sa.CheckConstraint(
            "state IN ('waiting', 'issued', 'given_up', 'refused', 'cancelled')", name=op.f("ck_waiting_request_state")
        ),
        _refers("waiting_request", "register_id", "business_entity", "register_id"),
        _refers("waiting_request", "account_id", "account", "id"),
        _refers("waiting_request", "number", "credit_report", "number"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_request")),
        sa.UniqueConstraint("number", name=op.f("uq_waiting_request_number")),
    )
    op.create_index("ix_waiting_request_state", "waiting_request", ["state", "next_try_at"])
    op.create_index("ix_waiting_request_register_id", "waiting_request", ["register_id", "state"])


def _notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False, comment="who is told"),
        sa.Column("register_id", sa.String(200), nullable=False, comment="about which business"),
        sa.Column("kind", sa.String(30), nullable=False, comment="a word of NoticeKind"),
        sa.Column(
            "subject",
            sa.String(100),
            nullable=False,
            comment="what it is about, e.g. report:NUMBER; told once for each kind and person",
        ),
        sa.Column(
            "purpose",
            sa.String(20),
            nullable=False,
            comment="purpose that the reader must be allowed to act for; empty: any",
        ),
        sa.Column("number", sa.String(21), comment="the report that it leads to"),
        sa.Column("made_at", MOMENT, nullable=False, comment="when its cause was"),
        sa.Column("read_at", MOMENT, comment="when it was first shown"),
        sa.Column("mail_next_at", MOMENT, comment="when its mail is tried next; null: none is wanted any more"),
        sa.Column("mail_tries", sa.Integer(), nullable=False, comment="how often sending its mail was tried"),
        sa.Column("mailed_at", MOMENT, comment="when the mail server had taken its mail"),
        _refers("notice", "account_id", "account", "id"),
        _refers("notice", "register_id", "business_entity", "register_id"),
        _refers("notice", "number", "credit_report", "number"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_account_id", "notice", ["account_id", "kind", "subject"], unique=True)
    op.create_index("ix_notice_mail_next_at", "notice", ["mail_next_at"])
    op.create_table(
        "notice_choice",
        sa.Column("account_id", sa.Integer(), nullable=False, comment="whose"),
        sa.Column("language", sa.String(2), nullable=False, comment="language of the mails: zh or en"),
        sa.Column("pending_email", sa.String(254), comment="an address that is not confirmed yet"),
        sa.Column("confirm_digest", sa.String(64), comment="SHA-256 of the link that confirms it"),
        sa.Column("asked_at", MOMENT, nullable=False, comment="when a link was last sent"),
        _refers("notice_choice", "account_id", "account", "id"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_notice_choice")),
        sa.UniqueConstraint("confirm_digest", name=op.f("uq_notice_choice_confirm_digest")),
    )
    op.create_table(
        "record_watch",
        sa.Column("register_id", sa.String(200), nullable=False, comment="the business"),
        sa.Column("next_look_at", MOMENT, nullable=False, comment="not looked at before"),
        _refers("record_watch", "register_id", "business_entity", "register_id"),
        sa.PrimaryKeyConstraint("register_id", name=op.f("pk_record_watch")),
    )


def _refers(table: str, column: str, other: str, key: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.{key}"], name=op.f(f"fk_{table}_{column}_{other}"))


def downgrade() -> None:
    """Back: what waits is forgotten."""
    for name in ("record_watch", "notice_choice", "notice", "waiting_request"):
        op.drop_table(name)
