"""What a business decides about its report: what a verifier sees of it, withdrawing it; an asking answered once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. Until now every report showed its records."""
    op.add_column(
        "credit_report",
        sa.Column(
            "withdrawn_at",
            sa.DateTime(timezone=True),
            comment="since when the business itself does not stand by it (status REVOKED); null: it does",
        ),
    )
    op.add_column(
        "credit_report",
        sa.Column(
            "showing",
            sa.String(length=10),
            server_default="records",
            nullable=False,
            comment="what a verifier sees of it: a word of Showing",
        ),
    )
    op.add_column(
        "credit_report",
        sa.Column(
            "asked_once",
            sa.String(length=64),
            comment="key of the asking: the same asking sent again leads to this report",
        ),
    )
    op.create_index("ix_credit_report_asked_once", "credit_report", ["asked_once"], unique=True)


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_credit_report_asked_once", table_name="credit_report")
    for name in ("asked_once", "showing", "withdrawn_at"):
        op.drop_column("credit_report", name)
