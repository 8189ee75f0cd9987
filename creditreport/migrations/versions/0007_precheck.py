"""What the catalogue said of its domains on the day of a report, so that the report can be made again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "catalog_version",
        sa.Column("digest", sa.String(length=64), nullable=False, comment="SHA-256 of content in UTF-8"),
        sa.Column(
            "content",
            sa.Text(),
            nullable=False,
            comment="each domain's slug, number, titles, unit, day of implementation: JSON",
        ),
        sa.Column(
            "first_used_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when the first report was issued with it",
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_catalog_version")),
    )
    op.add_column(
        "credit_report",
        sa.Column(
            "catalog_digest",
            sa.String(length=64),
            nullable=True,
            comment="key of catalog_version; null: issued before that was kept",
        ),
    )


def downgrade() -> None:
    """Back."""
    op.drop_column("credit_report", "catalog_digest")
    op.drop_table("catalog_version")
