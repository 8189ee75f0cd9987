"""Mirrored sources with every version of their rows, and rows that a person must settle."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "mirror_handle",
        sa.Column("slug", sa.String(length=80), nullable=False, comment="the domain or overlay"),
        sa.Column("handle", sa.String(length=40), nullable=False, comment="as violations/handles.py makes it"),
        sa.Column("from_run", sa.Integer(), autoincrement=False, nullable=False, comment="the row's run"),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False, comment="its place in that run"),
        sa.PrimaryKeyConstraint("slug", "handle", "from_run", "n", name=op.f("pk_mirror_handle")),
    )
    op.create_table(
        "mirror_row",
        sa.Column("from_run", sa.Integer(), autoincrement=False, nullable=False, comment="the run that brought it"),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False, comment="its place in that run"),
        sa.Column("slug", sa.String(length=80), nullable=False, comment="the domain or overlay"),
        sa.Column(
            "fingerprint", sa.String(length=32), nullable=False, comment="digest of the row, what is ignored left out"
        ),
        sa.Column("row_key", sa.Text(), nullable=True, comment="the row's lasting name; null if it has none"),
        sa.Column("uscc", sa.String(length=18), nullable=True, comment="the right code that the row states first"),
        sa.Column("content", sa.Text(), nullable=False, comment="the row as it came, its cells by column: JSON"),
        sa.Column("learnt_at", sa.DateTime(timezone=True), nullable=False, comment="when we learnt this version"),
        sa.Column("until_run", sa.Integer(), nullable=True, comment="the run that no longer met it"),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True, comment="when we learnt that it is no longer so"),
        sa.Column(
            "ended",
            sa.String(length=12),
            nullable=True,
            comment="superseded by another version, vanished, or remade because the manifest changed",
        ),
        sa.CheckConstraint("ended IN ('superseded', 'vanished', 'remade')", name=op.f("ck_mirror_row_ended")),
        sa.PrimaryKeyConstraint("from_run", "n", name=op.f("pk_mirror_row")),
    )
    op.create_index("ix_mirror_row_fingerprint", "mirror_row", ["slug", "fingerprint"])
    op.create_index("ix_mirror_row_uscc", "mirror_row", ["uscc", "slug"])
    op.create_table(
        "mirror_run",
        sa.Column("id", sa.Integer(), nullable=False, comment="order of the runs"),
        sa.Column("slug", sa.String(length=80), nullable=False, comment="the domain or overlay"),
        sa.Column("state", sa.String(length=10), nullable=False, comment="a word of RunState"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False, comment="when the source was asked"),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True, comment="when the source had answered"),
        sa.Column(
            "whole",
            sa.Boolean(),
            nullable=False,
            comment="compared with the whole source, so that vanished rows were seen",
        ),
        sa.Column(
            "data_as_of", sa.DateTime(timezone=True), nullable=True, comment="how fresh the source said its data are"
        ),
        sa.Column("source_version", sa.Text(), nullable=True, comment="file, digest or watermark that was read"),
        sa.Column("last_seen", sa.Text(), nullable=True, comment="highest cell of the watermark column: JSON"),
        sa.Column(
            "kept_by",
            sa.String(length=32),
            nullable=False,
            comment="digest of what decides which rows are kept and found",
        ),
        sa.Column(
            "mapped_by",
            sa.String(length=32),
            nullable=False,
            comment="digest of the manifest and the words that map a row",
        ),
        sa.Column("columns", sa.Text(), nullable=False, comment="the source's columns: JSON"),
        sa.Column("rows_read", sa.Integer(), nullable=False, comment="rows of the source, of whatever business"),
        sa.Column("skipped", sa.Text(), nullable=False, comment="rows left out by declared reason, counted: JSON"),
        sa.Column("added", sa.Integer(), nullable=False, comment="rows with a key that was not there before"),
        sa.Column("changed", sa.Integer(), nullable=False, comment="rows that took the place of another version"),
        sa.Column("vanished", sa.Integer(), nullable=False, comment="rows that the source no longer held, closed"),
        sa.Column("unchanged", sa.Integer(), nullable=False, comment="rows that were there before"),
        sa.Column("quarantined", sa.Integer(), nullable=False, comment="rows that could not be mapped with certainty"),
        sa.Column("problem", sa.Text(), nullable=True, comment="why the run failed"),
        sa.CheckConstraint("state IN ('running', 'complete', 'failed')", name=op.f("ck_mirror_run_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mirror_run")),
    )
    op.create_index("ix_mirror_run_slug", "mirror_run", ["slug", "state", "id"])
    op.create_table(
        "quarantine_row",
        sa.Column("id", sa.Integer(), nullable=False, comment="what staff call it by"),
        sa.Column("slug", sa.String(length=80), nullable=False, comment="the domain or overlay"),
        sa.Column(
            "fingerprint", sa.String(length=32), nullable=False, comment="digest of the row, what is ignored left out"
        ),
        sa.Column(
            "run", sa.Integer(), nullable=True, comment="the run that found it; null: found when a report was refused"
        ),
        sa.Column("row", sa.Text(), nullable=False, comment="the row as it came, cells as text by column: JSON"),
        sa.Column("column", sa.Text(), nullable=True, comment="the column that is to blame, if one is"),
        sa.Column("problem", sa.Text(), nullable=False, comment="why it could not be mapped, for staff"),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False, comment="when it was first found"),
        sa.Column(
            "left_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the source no longer held it so, or it could be mapped after all",
        ),
        sa.Column("state", sa.String(length=10), nullable=False, comment="a word of RowState"),
        sa.Column(
            "cells", sa.Text(), nullable=False, comment="corrected: the cells that replace those of the row: JSON"
        ),
        sa.Column(
            "uscc", sa.String(length=18), nullable=True, comment="mapped: the code of the business that it is about"
        ),
        sa.Column("reason", sa.Text(), nullable=True, comment="why it is to be, or was, dismissed"),
        sa.Column("proposed_by", sa.String(length=120), nullable=True, comment="who proposed to dismiss it"),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True, comment="when that was proposed"),
        sa.Column(
            "settled_by", sa.String(length=120), nullable=True, comment="who settled it; not who proposed to dismiss it"
        ),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True, comment="when it was settled"),
        sa.CheckConstraint(
            "state IN ('open', 'corrected', 'mapped', 'dismissed')", name=op.f("ck_quarantine_row_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine_row")),
        sa.UniqueConstraint("slug", "fingerprint", name=op.f("uq_quarantine_row_slug")),
    )
    op.create_index("ix_quarantine_row_state", "quarantine_row", ["state", "slug"])


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_quarantine_row_state", table_name="quarantine_row")
    op.drop_table("quarantine_row")
    op.drop_index("ix_mirror_run_slug", table_name="mirror_run")
    op.drop_table("mirror_run")
    op.drop_index("ix_mirror_row_uscc", table_name="mirror_row")
    op.drop_index("ix_mirror_row_fingerprint", table_name="mirror_row")
    op.drop_table("mirror_row")
    op.drop_table("mirror_handle")
