"""What making a report again needs beside its content: the replaced codes that counted, why a source was not asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column(
        "credit_report",
        sa.Column(
            "previous_codes",
            sa.Text(),
            server_default="[]",
            nullable=False,
            comment="replaced codes whose records counted as its own: JSON",
        ),
    )
    op.add_column(
        "source_answer",
        sa.Column("problem", sa.Text(), nullable=True, comment="why it was not asked, if it was not"),
    )


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("source_answer") as batch:
        batch.drop_column("problem")
    with op.batch_alter_table("credit_report") as batch:
        batch.drop_column("previous_codes")
