"""The editions of a report."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column(
        "credit_report",
        sa.Column(
            "language",
            sa.String(length=4),
            server_default="zh",
            nullable=False,
            comment="the edition it was issued in: zh, en or both",
        ),
    )
    op.create_table(
        "report_edition",
        sa.Column("number", sa.String(length=21), nullable=False, comment="the report"),
        sa.Column("language", sa.String(length=4), nullable=False, comment="zh, en or both"),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False, comment="when it was made and signed"),
        sa.Column(
            "made_by", sa.String(length=120), nullable=False, comment="who asked for it: recorded, never printed"
        ),
        sa.Column(
            "rendered_sha256", sa.String(length=64), nullable=False, comment="SHA-256 of the PDF before it was signed"
        ),
        sa.Column(
            "renderer", sa.String(length=100), nullable=False, comment="version of the page design that rendered it"
        ),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False, comment="SHA-256 of the signed PDF"),
        sa.Column("pdf_bytes", sa.Integer(), nullable=False, comment="size of the signed PDF in bytes"),
        sa.Column("signature_level", sa.String(length=10), nullable=False, comment="PAdES level, e.g. B-B"),
        sa.Column(
            "signature_wanted", sa.String(length=10), nullable=False, comment="PAdES level that the settings wanted"
        ),
        sa.Column(
            "signer_fingerprint", sa.String(length=64), nullable=False, comment="SHA-256 of the signer's certificate"
        ),
        sa.Column("pdf", sa.LargeBinary(), nullable=False, comment="the file as it was handed out"),
        sa.CheckConstraint("language IN ('zh', 'en', 'both')", name=op.f("ck_report_edition_language")),
        sa.ForeignKeyConstraint(
            ["number"], ["credit_report.number"], name=op.f("fk_report_edition_number_credit_report")
        ),
        sa.PrimaryKeyConstraint("number", "language", name=op.f("pk_report_edition")),
        sa.UniqueConstraint("pdf_sha256", name=op.f("uq_report_edition_pdf_sha256")),
    )
    op.create_index("ix_report_edition_signer_fingerprint", "report_edition", ["signer_fingerprint"])


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_report_edition_signer_fingerprint", table_name="report_edition")
    op.drop_table("report_edition")
    op.drop_column("credit_report", "language")
