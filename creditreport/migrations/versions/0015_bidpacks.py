"""Bid packs: what was handed in until it is checked, the result, the signed sheet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward."""
    _sheets()
    _packs()


def _sheets() -> None:
    op.create_table(
        "bid_sheet",
        sa.Column("code", sa.String(20), nullable=False, comment="its verification code, ungrouped"),
        sa.Column("project", sa.Text(), nullable=False, comment="the project, as typed"),
        sa.Column("opening", sa.Date(), nullable=False, comment="day of the bid opening, Asia/Shanghai"),
        sa.Column("checked_at", MOMENT, nullable=False, comment="moment of which the verdicts speak"),
        sa.Column("counts", sa.Text(), nullable=False, comment="how many items have which word: JSON"),
        sa.Column("language", sa.String(4), nullable=False, comment="zh, en or both"),
        sa.Column("renderer", sa.String(100), nullable=False, comment="version of the page design that rendered it"),
        sa.Column("rendered_sha256", sa.String(64), nullable=False, comment="SHA-256 of the PDF before it was signed"),
        sa.Column("pdf_sha256", sa.String(64), nullable=False, comment="SHA-256 of the signed PDF"),
        sa.Column("pdf_bytes", sa.Integer(), nullable=False, comment="size of the signed PDF in bytes"),
        sa.Column("signed_at", MOMENT, nullable=False, comment="when it was signed"),
        sa.Column("signature_level", sa.String(10), nullable=False, comment="PAdES level, e.g. B-B"),
        sa.Column("signature_wanted", sa.String(10), nullable=False, comment="PAdES level that the settings wanted"),
        sa.Column("signer_fingerprint", sa.String(64), nullable=False, comment="SHA-256 of the signer's certificate"),
        sa.Column("pdf", sa.LargeBinary(), comment="the file as it was handed out; null: its thirty days are over"),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_bid_sheet")),
        sa.UniqueConstraint("pdf_sha256", name=op.f("uq_bid_sheet_pdf_sha256")),
    )
    op.create_index("ix_bid_sheet_signer_fingerprint", "bid_sheet", ["signer_fingerprint"])


def _packs() -> None:
    op.create_table(
        "bid_pack",
        sa.Column("id", sa.String(32), nullable=False, comment="random; says nothing and opens nothing"),
        sa.Column("token_sha256", sa.String(64), nullable=False, comment="SHA-256 of the link's secret part"),
        sa.Column(
            "terms", sa.Text(), nullable=False, comment="project, opening date, window wanted, expected codes: JSON"
        ),
        sa.Column("language", sa.String(4), nullable=False, comment="edition of the sheet: zh, en or both"),
        sa.Column("items", sa.Integer(), nullable=False, comment="how many items were handed in"),
        sa.Column("made_at", MOMENT, nullable=False, comment="when it was handed in"),
        sa.Column("checked_at", MOMENT, comment="when the last item was checked"),
        sa.Column("given_up_at", MOMENT, comment="when it was given up and its files were removed; null: it was not"),
        sa.Column("result", sa.Text(), comment="the table: JSON; null: not all items are checked"),
        sa.Column("sheet_code", sa.String(20), comment="the signed sheet"),
        sa.ForeignKeyConstraint(["sheet_code"], ["bid_sheet.code"], name=op.f("fk_bid_pack_sheet_code_bid_sheet")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bid_pack")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_bid_pack_token_sha256")),
    )
    op.create_index("ix_bid_pack_made_at", "bid_pack", ["made_at"])
    op.create_table(
        "bid_pack_item",
        sa.Column("pack_id", sa.String(32), nullable=False, comment="the pack"),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False, comment="from 1, as handed in"),
        sa.Column("label", sa.Text(), nullable=False, comment="name of the file, or row and beginning of the code"),
        sa.Column("kind", sa.String(4), nullable=False, comment="a word of facts.Kind"),
        sa.Column("sha256", sa.String(64), comment="SHA-256 of the file"),
        sa.Column("size", sa.Integer(), nullable=False, comment="bytes"),
        sa.Column("data", sa.LargeBinary(), comment="the file or the code; null as soon as it is checked"),
        sa.Column("trouble", sa.String(12), comment="a word of facts.Trouble told by the upload itself"),
        sa.Column("facts", sa.Text(), comment="what was found: JSON; null: not checked yet"),
        sa.ForeignKeyConstraint(["pack_id"], ["bid_pack.id"], name=op.f("fk_bid_pack_item_pack_id_bid_pack")),
        sa.PrimaryKeyConstraint("pack_id", "position", name=op.f("pk_bid_pack_item")),
    )


def downgrade() -> None:
    """Back: packs and sheets are forgotten; a sheet that was handed out can no longer be verified."""
    for name in ("bid_pack_item", "bid_pack", "bid_sheet"):
        op.drop_table(name)
