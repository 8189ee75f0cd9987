"""Answers kept for programs that ask again with the same idempotency key."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "api_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False, comment="the program that asked"),
        sa.Column("key_digest", sa.String(64), nullable=False, comment="SHA-256 of its Idempotency-Key"),
        sa.Column("request_digest", sa.String(64), nullable=False, comment="SHA-256 of what it asked"),
        sa.Column(
            "began_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when it was asked; kept for a day from then on",
        ),
        sa.Column(
            "held_by", sa.String(32), nullable=False, comment="drawn by who works on it, so that nobody else answers"
        ),
        sa.Column("media", sa.String(40), comment="media type of the answer"),
        sa.Column("body", sa.Text(), comment="the answer; null while it is being worked on"),
        sa.ForeignKeyConstraint(["client_id"], ["api_client.id"], name=op.f("fk_api_answer_client_id_api_client")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_answer")),
    )
    op.create_index("ix_api_answer_client_id", "api_answer", ["client_id", "key_digest"], unique=True)
    op.create_index("ix_api_answer_began_at", "api_answer", ["began_at"])


def downgrade() -> None:
    """Back: programs that ask again get a new answer."""
    op.drop_table("api_answer")
