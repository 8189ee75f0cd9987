"""The log of double-publicity imports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "double_publicity_import",
        sa.Column("id", sa.Integer(), nullable=False, comment="order of import"),
        sa.Column("slug", sa.String(length=80), nullable=False, comment="the domain"),
        sa.Column("file_digest", sa.String(length=64), nullable=False, comment="SHA-256 of the uploaded file"),
        sa.Column("file_name", sa.Text(), nullable=False, comment="the uploaded file's name, without its folder"),
        sa.Column("actor", sa.String(length=120), nullable=False, comment="who imported it"),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="the moment of the import, from which upload delays count",
        ),
        sa.Column("state", sa.String(length=10), nullable=False, comment="a word of ImportState"),
        sa.Column("rows_read", sa.Integer(), nullable=False, comment="rows of the file: accepted + rejected + skipped"),
        sa.Column("accepted", sa.Integer(), nullable=False, comment="rows that went into the drop"),
        sa.Column(
            "rejected",
            sa.Integer(),
            nullable=False,
            comment="rows sent back, held in the drop until they are corrected",
        ),
        sa.Column(
            "skipped",
            sa.Integer(),
            nullable=False,
            comment="rows left out by name: natural persons, rows that were there before",
        ),
        sa.Column("late", sa.Integer(), nullable=False, comment="accepted rows that came after the 7-day limit"),
        sa.Column("previous_drop", sa.Text(), nullable=True, comment="name of the drop that this one continues"),
        sa.Column("drop_name", sa.Text(), nullable=False, comment="name of the drop that was written"),
        sa.Column("drop_digest", sa.String(length=64), nullable=False, comment="SHA-256 of the drop that was written"),
        sa.Column("detail", sa.JSON(), nullable=False, comment="counts by reason, delays, what was replaced"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_double_publicity_import")),
        sa.UniqueConstraint("slug", "file_digest", name=op.f("uq_double_publicity_import_slug")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("double_publicity_import")
