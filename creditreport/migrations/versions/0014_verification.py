"""Who looked at a report, suspicions that verifiers report, and revocations by two persons."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0018"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward."""
    _looks()
    _suspicions()
    _revocations()


def _looks() -> None:
    op.create_table(
        "report_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(21), nullable=False, comment="the report"),
        sa.Column("at", MOMENT, nullable=False, comment="when it was verified"),
        sa.Column("day", sa.Date(), nullable=False, comment="that day in Asia/Shanghai, to count by"),
        sa.Column("channel", sa.String(10), nullable=False, comment="a word of Channel"),
        sa.Column(
            "client", sa.String(80), nullable=False, comment="kind of browser and system, or the program's title"
        ),
        sa.Column(
            "verdict", sa.String(16), nullable=False, comment="the verdict that was told: a word of VerdictStatus"
        ),
        sa.CheckConstraint("channel IN ('page', 'api', 'file', 'bid_pack')", name=op.f("ck_report_look_channel")),
        _of_report("report_look"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_look")),
    )
    op.create_index("ix_report_look_number", "report_look", ["number", "at"])
    op.create_index("ix_report_look_at", "report_look", ["at"])


def _suspicions() -> None:
    op.create_table(
        "suspicion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False, comment="when it was reported"),
        sa.Column("kind", sa.String(12), nullable=False, comment="a word of SuspicionKind"),
        sa.Column("said", sa.Text(), nullable=False, comment="what was observed, at most 500 characters"),
        sa.Column("number", sa.String(21), comment="the report whose code it was; null: the code leads to none"),
        sa.Column("code", sa.String(20), comment="a well-formed code that leads to no report"),
        sa.Column("settled_at", MOMENT, comment="when staff settled it"),
        sa.Column("settled_by", sa.String(120), comment="who settled it"),
        sa.Column("note", sa.Text(), comment="what came of it"),
        sa.CheckConstraint(
            "kind IN ('differs', 'other_site', 'forged', 'misused', 'other')", name=op.f("ck_suspicion_kind")
        ),
        _of_report("suspicion"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspicion")),
    )
    op.create_index("ix_suspicion_settled_at", "suspicion", ["settled_at", "at"])
    op.create_index("ix_suspicion_number", "suspicion", ["number"])


def _revocations() -> None:
    op.create_table(
        "revocation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(21), nullable=False, comment="the report"),
        sa.Column("ground", sa.String(10), nullable=False, comment="a word of Ground"),
        sa.Column("reason", sa.Text(), nullable=False, comment="why, in the proposer's words; not told to verifiers"),
        sa.Column("proposed_by", sa.String(120), nullable=False, comment="the account that proposes"),
        sa.Column("proposed_at", MOMENT, nullable=False, comment="when it was proposed"),
        sa.Column("state", sa.String(10), nullable=False, comment="a word of RevocationState"),
        sa.Column("settled_by", sa.String(120), comment="the account that settled it"),
        sa.Column("settled_at", MOMENT, comment="when it was settled"),
        sa.Column("note", sa.Text(), comment="what the other person said to it"),
        sa.CheckConstraint("ground IN ('authority', 'business')", name=op.f("ck_revocation_ground")),
        sa.CheckConstraint("state IN ('open', 'confirmed', 'refused', 'taken_back')", name=op.f("ck_revocation_state")),
        _of_report("revocation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revocation")),
    )
    only = sa.text("state = 'open'")
    op.create_index(
        "ix_revocation_open", "revocation", ["number"], unique=True, sqlite_where=only, postgresql_where=only
    )
    op.create_index("ix_revocation_number", "revocation", ["number", "proposed_at"])


def _of_report(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["number"], ["credit_report.number"], name=op.f(f"fk_{table}_number_credit_report"))


def downgrade() -> None:
    """Back: what was noted is lost; the reports and the audit trail stay."""
    for table in ("revocation", "suspicion", "report_look"):
        op.drop_table(table)
