"""The data desk: the last trouble of each source, and the rows that an upload on the page sent back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0020"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "source_trouble",
        sa.Column("slug", sa.String(80), nullable=False, comment="the domain or overlay"),
        sa.Column(
            "status",
            sa.String(20),
            nullable=False,
            comment="a word of AnswerStatus: unavailable, stale or incomplete",
        ),
        sa.Column("problem", sa.Text(), comment="what it was, for staff"),
        sa.Column("at", MOMENT, nullable=False, comment="when it was met last"),
        sa.Column("day", sa.Date(), nullable=False, comment="the day of that, Asia/Shanghai"),
        sa.Column("times", sa.Integer(), nullable=False, comment="how often it was met on that day"),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_source_trouble")),
    )
    op.create_table(
        "double_publicity_rejection",
        sa.Column("import_id", sa.Integer(), autoincrement=False, nullable=False, comment="the import"),
        sa.Column("content", sa.LargeBinary(), nullable=False, comment="the file, XLSX"),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["double_publicity_import.id"],
            name=op.f("fk_double_publicity_rejection_import_id_double_publicity_import"),
        ),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_double_publicity_rejection")),
    )


def downgrade() -> None:
    """Back: uploading the same file again gives its rejections once more."""
    op.drop_table("double_publicity_rejection")
    op.drop_table("source_trouble")
