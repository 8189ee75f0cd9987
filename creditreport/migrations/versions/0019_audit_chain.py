"""The audit trail chained by hash: place and digest of an entry, signed heads, checks; indexes for its page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
UNSEALED = sa.text("position IS NULL")


def upgrade() -> None:
    """Forward."""
    _entries()
    op.create_table(
        "audit_head",
        sa.Column("position", sa.BigInteger(), nullable=False, comment="place of the last entry that it covers"),
        sa.Column("digest", sa.String(64), nullable=False, comment="that entry's digest"),
        sa.Column("signed_at", MOMENT, nullable=False, comment="when it was signed"),
        sa.Column("content", sa.Text(), nullable=False, comment="what was signed: canonical JSON"),
        sa.Column("signature", sa.Text(), nullable=False, comment="the detached CMS signature over content, PEM"),
        sa.Column("signer_fingerprint", sa.String(64), nullable=False, comment="SHA-256 of the signer's certificate"),
        sa.Column(
            "exported_at", MOMENT, comment="when it was written to the folder outside the store; null: still to be done"
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "audit_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False, comment="when it began"),
        sa.Column("by", sa.String(120), nullable=False, comment="who asked for it: account, command line user or job"),
        sa.Column("from_position", sa.BigInteger(), nullable=False, comment="first place that was looked at"),
        sa.Column("to_position", sa.BigInteger(), nullable=False, comment="last place that was looked at"),
        sa.Column("heads", sa.Integer(), nullable=False, comment="how many signed heads it was compared with"),
        sa.Column("found", sa.Integer(), nullable=False, comment="how much is wrong; 0: all is as it was sealed"),
        sa.Column("findings", sa.JSON(), nullable=False, comment="the first of them, with their places"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_check")),
    )


def _entries() -> None:
    with op.batch_alter_table("audit_entry") as table:
        table.add_column(
            sa.Column(
                "position",
                sa.BigInteger(),
                comment="its place in the chain, from 1 without a gap; null: not sealed yet",
            )
        )
        table.add_column(
            sa.Column("digest", sa.String(64), comment="SHA-256 over its content and the digest of the place before")
        )
        table.create_unique_constraint(op.f("uq_audit_entry_position"), ["position"])
    op.create_index("ix_audit_entry_at", "audit_entry", ["at", "id"])
    op.create_index("ix_audit_entry_actor", "audit_entry", ["actor", "at"])
    op.create_index("ix_audit_entry_action", "audit_entry", ["action", "at"])
    op.create_index("ix_audit_entry_unsealed", "audit_entry", ["id"], postgresql_where=UNSEALED, sqlite_where=UNSEALED)


def downgrade() -> None:
    """Back: the chain is given up; heads that were exported stay where they are."""
    op.drop_table("audit_check")
    op.drop_table("audit_head")
    for name in ("unsealed", "action", "actor", "at"):
        op.drop_index(f"ix_audit_entry_{name}", "audit_entry")
    with op.batch_alter_table("audit_entry") as table:
        table.drop_constraint(op.f("uq_audit_entry_position"), type_="unique")
        table.drop_column("digest")
        table.drop_column("position")
