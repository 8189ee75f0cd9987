"""Rule sets as they were when a report used them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "rule_set_version",
        sa.Column("digest", sa.String(length=64), nullable=False, comment="SHA-256 of content in UTF-8"),
        sa.Column("ruleset", sa.String(length=40), nullable=False, comment="id of the rule set"),
        sa.Column("version", sa.Integer(), nullable=False, comment="its version, from 1"),
        sa.Column("content", sa.Text(), nullable=False, comment="everything that its file says: canonical JSON"),
        sa.Column(
            "first_used_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when the first report was issued under it",
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_rule_set_version")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("rule_set_version")
