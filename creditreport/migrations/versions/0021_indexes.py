"""Indexes for queries that read a large table from end to end; built beside the writers."""

from __future__ import annotations

from creditreport.migrations.online import build_index, drop_index

revision = "0021"
down_revision = "0017"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_account_kind", "account", ("kind", "display_name")),
    ("ix_business_entity_parent_register_id", "business_entity", ("parent_register_id",)),
    ("ix_credit_report_valid_until", "credit_report", ("valid_until", "status")),
    ("ix_notice_number", "notice", ("number", "kind")),
)


def upgrade() -> None:
    """Forward."""
    for name, table, columns in INDEXES:
        build_index(name, table, columns)


def downgrade() -> None:
    """Back."""
    for name, table, _ in INDEXES:
        drop_index(name, table)
