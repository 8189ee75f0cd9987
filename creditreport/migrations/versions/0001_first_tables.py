"""First tables: register, numbers, reports, accounts, audit trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=80), nullable=False, comment="what is typed to sign in"),
        sa.Column("password_hash", sa.String(length=200), nullable=False, comment="argon2id, never the password"),
        sa.Column("role", sa.String(length=20), nullable=False, comment="a word of accounts.models.Role"),
        sa.Column(
            "uscc", sa.String(length=18), nullable=True, comment="the one business that a business account acts for"
        ),
        sa.Column("display_name", sa.String(length=200), nullable=False, comment="shown in the page's head"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="when the account was made"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
    )
    op.create_index(op.f("ix_account_uscc"), "account", ["uscc"])
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False, comment="order of entry"),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="the moment of the deed, as its use case was given it",
        ),
        sa.Column("actor", sa.String(length=120), nullable=False, comment="account, command line user or job"),
        sa.Column("action", sa.String(length=60), nullable=False, comment="dotted word, e.g. report.issued"),
        sa.Column("subject", sa.String(length=120), nullable=False, comment="what it was done to, e.g. report:NUMBER"),
        sa.Column("detail", sa.JSON(), nullable=False, comment="what else is needed to understand it"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject", "at"])
    op.create_table(
        "business_entity",
        sa.Column("register_id", sa.String(length=200), nullable=False, comment="the register's own lasting id"),
        sa.Column(
            "uscc",
            sa.String(length=64),
            nullable=False,
            comment="present unified code; not unique: the register itself may hold it twice",
        ),
        sa.Column("name", sa.Text(), nullable=False, comment="present registered name"),
        sa.Column("entity_type", sa.String(length=40), nullable=False, comment="a word of entity.EntityType"),
        sa.Column(
            "registration_status", sa.String(length=20), nullable=False, comment="a word of entity.RegistrationStatus"
        ),
        sa.Column(
            "parent_register_id",
            sa.String(length=200),
            nullable=True,
            comment="whose branch it is, as the register says; the parent may be of another city",
        ),
        sa.Column("district", sa.Text(), nullable=True, comment="administrative division, as the register says"),
        sa.Column("registration_number", sa.Text(), nullable=True, comment="the older registration number"),
        sa.Column(
            "synced_at", sa.DateTime(timezone=True), nullable=False, comment="when this row last changed through a sync"
        ),
        sa.Column(
            "missing_since",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="first sync in which the register no longer told of it; then no report is issued",
        ),
        sa.PrimaryKeyConstraint("register_id", name=op.f("pk_business_entity")),
    )
    op.create_index(op.f("ix_business_entity_uscc"), "business_entity", ["uscc"])
    op.create_table(
        "number_counter",
        sa.Column("area", sa.String(length=6), nullable=False, comment="area code of the issuing city"),
        sa.Column("day", sa.Date(), nullable=False, comment="day of issue, Asia/Shanghai"),
        sa.Column("last", sa.Integer(), nullable=False, comment="last sequence given out"),
        sa.PrimaryKeyConstraint("area", "day", name=op.f("pk_number_counter")),
    )
    op.create_table(
        "report_number",
        sa.Column("number", sa.String(length=21), nullable=False, comment="area, day, sequence, check digit"),
        sa.Column("verification_code", sa.String(length=20), nullable=False, comment="drawn with the number"),
        sa.Column("area", sa.String(length=6), nullable=False, comment="area code of the issuing city"),
        sa.Column("day", sa.Date(), nullable=False, comment="day of issue, Asia/Shanghai"),
        sa.Column("sequence", sa.Integer(), nullable=False, comment="from 1, each day anew"),
        sa.Column("status", sa.String(length=10), nullable=False, comment="a word of NumberStatus"),
        sa.Column("reason", sa.Text(), nullable=True, comment="why it was abandoned"),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=False, comment="when it was given out"),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True, comment="when it was issued or abandoned"),
        sa.CheckConstraint("status IN ('reserved', 'issued', 'abandoned')", name=op.f("ck_report_number_status")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_report_number")),
        sa.UniqueConstraint("area", "day", "sequence", name=op.f("uq_report_number_area")),
        sa.UniqueConstraint("verification_code", name=op.f("uq_report_number_verification_code")),
    )
    op.create_index("ix_report_number_status", "report_number", ["status", "reserved_at"])
    op.create_table(
        "credit_report",
        sa.Column("number", sa.String(length=21), nullable=False, comment="the report's number"),
        sa.Column("verification_code", sa.String(length=20), nullable=False, comment="20 characters, ungrouped"),
        sa.Column("uscc", sa.String(length=18), nullable=False, comment="unified code at the moment of issue"),
        sa.Column("register_id", sa.String(length=200), nullable=False, comment="the business"),
        sa.Column("entity_name", sa.Text(), nullable=False, comment="name at the moment of issue"),
        sa.Column("purpose", sa.String(length=20), nullable=False, comment="a word of content.Purpose"),
        sa.Column("years", sa.Integer(), nullable=False, comment="how many years back"),
        sa.Column("window_start", sa.Date(), nullable=False, comment="first day looked at"),
        sa.Column("window_end", sa.Date(), nullable=False, comment="last day looked at: the working day before issue"),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False, comment="moment of issue"),
        sa.Column("valid_until", sa.Date(), nullable=False, comment="last valid day, to its end in Asia/Shanghai"),
        sa.Column("ruleset", sa.String(length=40), nullable=False, comment="id of the rule set that screened it"),
        sa.Column("ruleset_digest", sa.String(length=64), nullable=False, comment="SHA-256 of that rule set"),
        sa.Column("listed", sa.Integer(), nullable=False, comment="how many records it lists"),
        sa.Column("status", sa.String(length=12), nullable=False, comment="a word of ReportStatus"),
        sa.Column("status_since", sa.DateTime(timezone=True), nullable=False, comment="since when it has that status"),
        sa.Column("status_reason", sa.Text(), nullable=True, comment="why it was superseded or revoked"),
        sa.Column("status_by", sa.String(length=120), nullable=True, comment="who superseded or revoked it"),
        sa.Column("superseded_by", sa.String(length=21), nullable=True, comment="the report that took its place"),
        sa.Column(
            "requested_by", sa.String(length=120), nullable=False, comment="the handler: recorded, never printed"
        ),
        sa.Column("content", sa.Text(), nullable=False, comment="the frozen content, canonical JSON"),
        sa.Column("content_sha256", sa.String(length=64), nullable=False, comment="SHA-256 of content in UTF-8"),
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
            "signer_fingerprint", sa.String(length=64), nullable=False, comment="SHA-256 of the signer's certificate"
        ),
        sa.CheckConstraint("status IN ('ISSUED', 'SUPERSEDED', 'REVOKED')", name=op.f("ck_credit_report_status")),
        sa.ForeignKeyConstraint(
            ["number"], ["report_number.number"], name=op.f("fk_credit_report_number_report_number")
        ),
        sa.ForeignKeyConstraint(
            ["register_id"], ["business_entity.register_id"], name=op.f("fk_credit_report_register_id_business_entity")
        ),
        sa.ForeignKeyConstraint(
            ["superseded_by"], ["credit_report.number"], name=op.f("fk_credit_report_superseded_by_credit_report")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_credit_report")),
        sa.UniqueConstraint("pdf_sha256", name=op.f("uq_credit_report_pdf_sha256")),
        sa.UniqueConstraint("verification_code", name=op.f("uq_credit_report_verification_code")),
    )
    op.create_index("ix_credit_report_register_id", "credit_report", ["register_id", "issued_at"])
    op.create_index("ix_credit_report_signer_fingerprint", "credit_report", ["signer_fingerprint"])
    op.create_index("ix_credit_report_uscc", "credit_report", ["uscc", "issued_at"])
    op.create_table(
        "entity_former_code",
        sa.Column("register_id", sa.String(length=200), nullable=False, comment="the business"),
        sa.Column("uscc", sa.String(length=64), nullable=False, comment="the replaced code"),
        sa.ForeignKeyConstraint(
            ["register_id"],
            ["business_entity.register_id"],
            name=op.f("fk_entity_former_code_register_id_business_entity"),
        ),
        sa.PrimaryKeyConstraint("register_id", "uscc", name=op.f("pk_entity_former_code")),
    )
    op.create_index("ix_entity_former_code_uscc", "entity_former_code", ["uscc"])
    op.create_table(
        "entity_former_name",
        sa.Column("register_id", sa.String(length=200), nullable=False, comment="the business"),
        sa.Column("name", sa.Text(), nullable=False, comment="the former name"),
        sa.ForeignKeyConstraint(
            ["register_id"],
            ["business_entity.register_id"],
            name=op.f("fk_entity_former_name_register_id_business_entity"),
        ),
        sa.PrimaryKeyConstraint("register_id", "name", name=op.f("pk_entity_former_name")),
    )
    op.create_table(
        "report_decision",
        sa.Column("number", sa.String(length=21), nullable=False, comment="the report"),
        sa.Column("position", sa.Integer(), nullable=False, comment="order of screening, from 0"),
        sa.Column("domain", sa.String(length=60), nullable=False, comment="slug of the record's domain"),
        sa.Column("record_id", sa.Text(), nullable=False, comment="the record's lasting id within its domain"),
        sa.Column("listed", sa.Boolean(), nullable=False, comment="whether the report lists it"),
        sa.Column("reason", sa.String(length=40), nullable=True, comment="reason code when it is not listed"),
        sa.Column("basis", sa.Text(), nullable=True, comment="the article that the reason rests on"),
        sa.Column("record", sa.Text(), nullable=False, comment="the screened record, overlays applied: canonical JSON"),
        sa.ForeignKeyConstraint(
            ["number"], ["credit_report.number"], name=op.f("fk_report_decision_number_credit_report")
        ),
        sa.PrimaryKeyConstraint("number", "position", name=op.f("pk_report_decision")),
    )
    op.create_table(
        "report_pdf",
        sa.Column("number", sa.String(length=21), nullable=False, comment="the report"),
        sa.Column("pdf", sa.LargeBinary(), nullable=False, comment="the file as it was handed out"),
        sa.ForeignKeyConstraint(["number"], ["credit_report.number"], name=op.f("fk_report_pdf_number_credit_report")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_report_pdf")),
    )
    op.create_table(
        "source_answer",
        sa.Column("number", sa.String(length=21), nullable=False, comment="the report"),
        sa.Column("slug", sa.String(length=60), nullable=False, comment="the domain or overlay"),
        sa.Column("role", sa.String(length=10), nullable=False, comment="domain or overlay"),
        sa.Column("status", sa.String(length=20), nullable=False, comment="complete or not_implemented"),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False, comment="when it was asked"),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False, comment="when it had answered"),
        sa.Column(
            "data_as_of", sa.DateTime(timezone=True), nullable=True, comment="how fresh the source says its data are"
        ),
        sa.Column("source_version", sa.Text(), nullable=True, comment="file, digest or watermark that was read"),
        sa.Column("rows_read", sa.Integer(), nullable=False, comment="rows seen, of whatever business"),
        sa.Column("skipped", sa.Text(), nullable=False, comment="rows left out by declared reason, counted: JSON"),
        sa.Column("records", sa.Text(), nullable=False, comment="the mapped records before overlays: canonical JSON"),
        sa.Column(
            "entries", sa.Text(), nullable=False, comment="an overlay's entries for this business: canonical JSON"
        ),
        sa.ForeignKeyConstraint(
            ["number"], ["credit_report.number"], name=op.f("fk_source_answer_number_credit_report")
        ),
        sa.PrimaryKeyConstraint("number", "slug", name=op.f("pk_source_answer")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("source_answer")
    op.drop_table("report_pdf")
    op.drop_table("report_decision")
    op.drop_table("entity_former_name")
    op.drop_index("ix_entity_former_code_uscc", table_name="entity_former_code")
    op.drop_table("entity_former_code")
    op.drop_index("ix_credit_report_signer_fingerprint", table_name="credit_report")
    op.drop_index("ix_credit_report_uscc", table_name="credit_report")
    op.drop_index("ix_credit_report_register_id", table_name="credit_report")
    op.drop_table("credit_report")
    op.drop_index("ix_report_number_status", table_name="report_number")
    op.drop_table("report_number")
    op.drop_table("number_counter")
    op.drop_index(op.f("ix_business_entity_uscc"), table_name="business_entity")
    op.drop_table("business_entity")
    op.drop_index("ix_audit_entry_subject", table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_index(op.f("ix_account_uscc"), table_name="account")
    op.drop_table("account")
