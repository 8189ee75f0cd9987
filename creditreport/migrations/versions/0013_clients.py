"""Programs that verify with a secret of their own: tender platforms and banks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "api_client",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False, comment="the part of the secret that names the client"),
        sa.Column(
            "name", sa.String(80), nullable=False, comment="the platform or bank that it belongs to, never a person"
        ),
        sa.Column(
            "scopes", sa.String(80), nullable=False, comment="words of accounts.models.Scope, separated by spaces"
        ),
        sa.Column("per_minute", sa.Integer(), nullable=False, comment="requests that it may send in a minute"),
        sa.Column("expires_on", sa.Date(), nullable=False, comment="the last day on which its secret counts"),
        sa.Column("secret_digest", sa.String(64), nullable=False, comment="SHA-256 of the secret"),
        sa.Column("former_digest", sa.String(64), comment="of the secret before the last rotation"),
        sa.Column("former_until", MOMENT, comment="until when the former secret counts too"),
        sa.Column("created_at", MOMENT, nullable=False, comment="when it was made"),
        sa.Column("created_by", sa.String(120), nullable=False, comment="who made it"),
        sa.Column("rotated_at", MOMENT, comment="when its secret was last replaced"),
        sa.Column("last_used_on", sa.Date(), comment="the last day on which it was used"),
        sa.Column("disabled_at", MOMENT, comment="since when it is refused"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_client")),
        sa.UniqueConstraint("key_id", name=op.f("uq_api_client_key_id")),
    )


def downgrade() -> None:
    """Back: every program needs a new secret afterwards."""
    op.drop_table("api_client")
