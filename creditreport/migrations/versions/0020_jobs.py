"""Jobs: the outbox of what runs outside a request."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(60), nullable=False, comment="what is to be done: a key of registry.HANDLERS"),
        sa.Column(
            "key", sa.String(120), nullable=False, comment="of its kind this one and no other: asked twice is one job"
        ),
        sa.Column("payload", sa.JSON(), nullable=False, comment="identifiers that the handler needs; no personal data"),
        sa.Column("state", sa.String(10), nullable=False, comment="a word of JobState"),
        sa.Column("made_at", MOMENT, nullable=False, comment="when its cause was"),
        sa.Column("next_try_at", MOMENT, nullable=False, comment="not tried before"),
        sa.Column(
            "held_until", MOMENT, comment="somebody is at it until then, and moves this on meanwhile; null: nobody"
        ),
        sa.Column(
            "tries",
            sa.Integer(),
            nullable=False,
            comment="how often it was begun; of a standing one: since it last succeeded",
        ),
        sa.Column("last_code", sa.String(60), comment="error code of the last try that failed"),
        sa.Column("settled_at", MOMENT, comment="when it was done or died; of a standing one: when it last succeeded"),
        sa.CheckConstraint("state IN ('waiting', 'done', 'dead', 'standing')", name=op.f("ck_job_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index("ix_job_kind", "job", ["kind", "key"], unique=True)
    op.create_index("ix_job_state", "job", ["state", "next_try_at", "id"])


def downgrade() -> None:
    """Back: jobs that were not done yet are forgotten."""
    op.drop_table("job")
