"""Objections and repair requests: cases, events, evidence, letters, escalations; corrections of records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "correction_event",
    "record_correction",
    "objection_letter",
    "objection_evidence",
    "objection_event",
    "objection_escalation",
    "objection_case",
    "objection_counter",
)


def upgrade() -> None:
    """Forward."""
    _cases()
    _around_cases()
    _corrections()


def _cases() -> None:
    op.create_table(
        "objection_counter",
        sa.Column("day", sa.Date(), nullable=False, comment="day of filing, Asia/Shanghai"),
        sa.Column("last", sa.Integer(), nullable=False, comment="last sequence given out"),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_objection_counter")),
    )
    op.create_table(
        "objection_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(14), comment="number on the receipt; null while a draft"),
        sa.Column("register_id", sa.String(200), nullable=False, comment="the business"),
        sa.Column("uscc", sa.String(18), nullable=False, comment="its unified code when the case was made"),
        sa.Column("kind", sa.String(20), nullable=False, comment="a word of flow.CaseKind"),
        sa.Column("domain", sa.String(60), nullable=False, comment="slug of the field"),
        sa.Column("record_id", sa.Text(), comment="the record's lasting id; null: the field in general"),
        sa.Column("report", sa.String(21), comment="the report that the business saw it on; null: on the pre-check"),
        sa.Column("record", sa.JSON(), comment="the record as a report prints it, as it was when the case was made"),
        sa.Column("statement", sa.Text(), nullable=False, comment="facts and reasons in the business's own words"),
        sa.Column("wish", sa.Text(), nullable=False, comment="what it asks for, in its own words"),
        sa.Column("state", sa.String(10), nullable=False, comment="a word of flow.State"),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            comment="steps with every change: of two who change at once one wins",
        ),
        sa.Column(
            "open_key",
            sa.String(64),
            comment="digest of business, record and kind while the case is open: there is one such case",
        ),
        sa.Column("unit", sa.Text(), comment="the unit that has to answer"),
        sa.Column(
            "unit_domain",
            sa.String(60),
            comment="field whose officers answer for that unit; null: it has no desk here and answers on paper",
        ),
        sa.Column("made_at", MOMENT, nullable=False, comment="when the draft was begun"),
        sa.Column("made_by", sa.String(120), nullable=False, comment="who began it"),
        sa.Column("changed_at", MOMENT, nullable=False, comment="when it last changed"),
        sa.Column("filed_at", MOMENT, comment="when it was first filed: the clock's beginning"),
        sa.Column("returned_at", MOMENT, comment="when it was returned for completion, once"),
        sa.Column("completed_at", MOMENT, comment="when the business had completed it"),
        sa.Column("accepted_at", MOMENT, comment="when it was accepted, or last sent back"),
        sa.Column("referred_at", MOMENT, comment="when it last went to a unit"),
        sa.Column("answered_at", MOMENT, comment="when a unit last answered"),
        sa.Column("closed_at", MOMENT, comment="when it was decided or withdrawn"),
        sa.Column("missing", sa.Text(), comment="what the business was asked to complete"),
        sa.Column("finding", sa.String(20), comment="a word of Finding"),
        sa.Column("finding_text", sa.Text(), comment="the unit's finding of fact"),
        sa.Column("finding_by", sa.String(120), comment="who entered it"),
        sa.Column("outcome", sa.String(20), comment="a word of Outcome"),
        sa.Column("reasons", sa.Text(), comment="reasons of the decision, for the business"),
        sa.Column("decided_by", sa.String(120), comment="who decided"),
        sa.CheckConstraint(
            "state IN ('DRAFT', 'FILED', 'RETURNED', 'ACCEPTED', 'REFERRED', 'ANSWERED', 'UPHELD', 'REJECTED',"
            " 'WITHDRAWN')",
            name=op.f("ck_objection_case_state"),
        ),
        _refers("objection_case", "register_id", "business_entity", "register_id"),
        _refers("objection_case", "report", "credit_report", "number"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_case")),
    )
    op.create_index("ix_objection_case_number", "objection_case", ["number"], unique=True)
    op.create_index("ix_objection_case_open_key", "objection_case", ["open_key"], unique=True)
    op.create_index("ix_objection_case_record", "objection_case", ["register_id", "domain", "record_id"])
    op.create_index("ix_objection_case_register_id", "objection_case", ["register_id", "id"])
    op.create_index("ix_objection_case_state", "objection_case", ["state", "id"])
    op.create_index("ix_objection_case_closed_at", "objection_case", ["closed_at"])
    op.create_index("ix_objection_case_unit_domain", "objection_case", ["unit_domain", "number"])


def _around_cases() -> None:
    op.create_table(
        "objection_escalation",
        sa.Column("case_id", sa.Integer(), nullable=False, comment="the case"),
        sa.Column("deadline", sa.String(20), nullable=False, comment="a word of clock.DeadlineName"),
        sa.Column("begun_at", MOMENT, nullable=False, comment="when that time limit began"),
        sa.Column("due_at", MOMENT, nullable=False, comment="when it ended"),
        sa.Column("told_at", MOMENT, nullable=False, comment="when it was told"),
        _refers("objection_escalation", "case_id", "objection_case", "id"),
        sa.PrimaryKeyConstraint("case_id", "deadline", "begun_at", name=op.f("pk_objection_escalation")),
    )
    op.create_table(
        "objection_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False, comment="the case"),
        sa.Column("at", MOMENT, nullable=False, comment="when"),
        sa.Column("by", sa.String(120), nullable=False, comment="who: account, command line user or job"),
        sa.Column("party", sa.String(20), nullable=False, comment="in whose part: a word of flow.Party"),
        sa.Column("move", sa.String(20), nullable=False, comment="a word of flow.Move"),
        sa.Column("state", sa.String(10), nullable=False, comment="state after it"),
        sa.Column("version", sa.Integer(), nullable=False, comment="version after it"),
        sa.Column("why", sa.Text(), comment="the reason that was given"),
        sa.Column("detail", sa.JSON(), nullable=False, comment="what else is needed to understand it: unit, outcome"),
        _refers("objection_event", "case_id", "objection_case", "id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_event")),
    )
    op.create_index("ix_objection_event_case_id", "objection_event", ["case_id", "id"])
    op.create_table(
        "objection_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False, comment="the case"),
        sa.Column("use", sa.String(10), nullable=False, comment="a word of EvidenceUse"),
        sa.Column("name", sa.String(120), nullable=False, comment="the file's name, made harmless"),
        sa.Column("form", sa.String(4), nullable=False, comment="what its content is: pdf, jpeg or png"),
        sa.Column("size", sa.Integer(), nullable=False, comment="bytes"),
        sa.Column("sha256", sa.String(64), nullable=False, comment="SHA-256 of the file"),
        sa.Column("added_at", MOMENT, nullable=False, comment="when"),
        sa.Column("added_by", sa.String(120), nullable=False, comment="by whom"),
        sa.Column("content", sa.LargeBinary(), nullable=False, comment="the file"),
        _refers("objection_evidence", "case_id", "objection_case", "id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_evidence")),
        sa.UniqueConstraint("case_id", "use", "sha256", name=op.f("uq_objection_evidence_case_id")),
    )
    op.create_table(
        "objection_letter",
        sa.Column("case_id", sa.Integer(), nullable=False, comment="the case"),
        sa.Column("n", sa.Integer(), nullable=False, comment="from 1, in the order of referral"),
        sa.Column("unit", sa.Text(), nullable=False, comment="to which unit"),
        sa.Column("made_at", MOMENT, nullable=False, comment="when it was made and signed"),
        sa.Column("made_by", sa.String(120), nullable=False, comment="by whom"),
        sa.Column("answer_by", MOMENT, nullable=False, comment="until when it asks for the answer"),
        sa.Column("pdf_sha256", sa.String(64), nullable=False, comment="SHA-256 of the signed PDF"),
        sa.Column("pdf_bytes", sa.Integer(), nullable=False, comment="size of the signed PDF in bytes"),
        sa.Column("signature_level", sa.String(10), nullable=False, comment="PAdES level, e.g. B-B"),
        sa.Column("signer_fingerprint", sa.String(64), nullable=False, comment="SHA-256 of the signer's certificate"),
        sa.Column("pdf", sa.LargeBinary(), nullable=False, comment="the file as it was sent"),
        _refers("objection_letter", "case_id", "objection_case", "id"),
        sa.PrimaryKeyConstraint("case_id", "n", name=op.f("pk_objection_letter")),
    )
    op.create_index("ix_objection_letter_pdf_sha256", "objection_letter", ["pdf_sha256"])


def _corrections() -> None:
    op.create_table(
        "record_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False, comment="the case behind it"),
        sa.Column("register_id", sa.String(200), nullable=False, comment="the business"),
        sa.Column("domain", sa.String(60), nullable=False, comment="slug of the field"),
        sa.Column("record_id", sa.Text(), nullable=False, comment="the record's lasting id within its field"),
        sa.Column("outcome", sa.String(20), nullable=False, comment="withdraw, amend or repaired"),
        sa.Column(
            "changes",
            sa.JSON(),
            nullable=False,
            comment="canonical keys and their new values; null: not stated any more",
        ),
        sa.Column(
            "base", sa.JSON(), nullable=False, comment="what the sources said of the record when it was corrected"
        ),
        sa.Column(
            "base_digest", sa.String(64), nullable=False, comment="digest of base: it is known again if it comes back"
        ),
        sa.Column(
            "seen_digest",
            sa.String(64),
            comment="digest of what the sources were last seen to say; null: they held no such record",
        ),
        sa.Column("state", sa.String(10), nullable=False, comment="a word of CorrectionState"),
        sa.Column("version", sa.Integer(), nullable=False, comment="steps with every change"),
        sa.Column("made_at", MOMENT, nullable=False, comment="when the case was upheld"),
        sa.Column("made_by", sa.String(120), nullable=False, comment="who decided"),
        sa.Column(
            "disagrees_since",
            MOMENT,
            comment="since when the source says neither what it said nor what we say, for staff; null: it does not",
        ),
        sa.Column("next_look_at", MOMENT, comment="when it is compared with the source next; null: not any more"),
        sa.CheckConstraint("state IN ('active', 'retired', 'lifted')", name=op.f("ck_record_correction_state")),
        _refers("record_correction", "case_id", "objection_case", "id"),
        _refers("record_correction", "register_id", "business_entity", "register_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_correction")),
        sa.UniqueConstraint("case_id", name=op.f("uq_record_correction_case_id")),
    )
    op.create_index("ix_record_correction_disagrees_since", "record_correction", ["disagrees_since"])
    op.create_index("ix_record_correction_next_look_at", "record_correction", ["next_look_at"])
    op.create_index("ix_record_correction_register_id", "record_correction", ["register_id", "state"])
    op.create_table(
        "correction_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("correction_id", sa.Integer(), nullable=False, comment="the correction"),
        sa.Column("at", MOMENT, nullable=False, comment="when"),
        sa.Column("by", sa.String(120), nullable=False, comment="who: account or job"),
        sa.Column("kind", sa.String(10), nullable=False, comment="a word of CorrectionEventKind"),
        sa.Column("why", sa.Text(), comment="the reason that was given"),
        sa.Column("detail", sa.JSON(), nullable=False, comment="the keys that differ"),
        sa.Column("version", sa.Integer(), nullable=False, comment="version after it"),
        _refers("correction_event", "correction_id", "record_correction", "id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_event")),
    )
    op.create_index("ix_correction_event_correction_id", "correction_event", ["correction_id", "id"])


def _refers(table: str, column: str, other: str, key: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.{key}"], name=op.f(f"fk_{table}_{column}_{other}"))


def downgrade() -> None:
    """Back: cases and corrections are forgotten; records show again as their sources have them."""
    for name in TABLES:
        op.drop_table(name)
