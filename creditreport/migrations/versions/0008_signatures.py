"""How each report was signed, and keys that were withdrawn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "signing_key",
        sa.Column("fingerprint", sa.String(length=64), nullable=False, comment="SHA-256 of the certificate"),
        sa.Column("subject", sa.Text(), nullable=False, comment="the certificate's subject"),
        sa.Column("issuer", sa.Text(), nullable=False, comment="who certified it"),
        sa.Column(
            "serial", sa.String(length=64), nullable=False, comment="the certificate's serial number, hexadecimal"
        ),
        sa.Column("algorithm", sa.String(length=60), nullable=False, comment="how it signs"),
        sa.Column("place", sa.Text(), nullable=False, comment="where the key lies: a file's name, or token and label"),
        sa.Column("certificates", sa.Text(), nullable=False, comment="the certificate and its chain, PEM"),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False, comment="begin of the certificate's life"),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False, comment="end of the certificate's life"),
        sa.Column("state", sa.String(length=10), nullable=False, comment="a word of KeyState"),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when it was first used or taken into use here",
        ),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True, comment="when another key took its place"),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True, comment="when it was withdrawn here"),
        sa.Column(
            "compromised_since",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="from when on others may have signed with it",
        ),
        sa.Column("reason", sa.Text(), nullable=True, comment="why it was retired or withdrawn"),
        sa.Column("changed_by", sa.String(length=120), nullable=True, comment="who retired or withdrew it"),
        sa.CheckConstraint("state IN ('active', 'retired', 'revoked')", name=op.f("ck_signing_key_state")),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_signing_key")),
    )
    op.create_index("ix_signing_key_state", "signing_key", ["state"])
    op.add_column(
        "credit_report",
        sa.Column(
            "signature_wanted",
            sa.String(length=10),
            server_default="B-B",
            nullable=False,
            comment="PAdES level that the settings wanted; above signature_level: a service had failed",
        ),
    )


def downgrade() -> None:
    """Back."""
    op.drop_column("credit_report", "signature_wanted")
    op.drop_index("ix_signing_key_state", table_name="signing_key")
    op.drop_table("signing_key")
