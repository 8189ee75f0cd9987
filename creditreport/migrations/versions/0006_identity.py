"""The business register's further numbers and links."""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    _names()
    _numbers()
    op.create_table(
        "code_conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uscc", sa.String(length=64), nullable=False, comment="the code, present or replaced"),
        sa.Column("holders", sa.JSON(), nullable=False, comment="register ids of the live businesses that hold it"),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False, comment="the sync that found it"),
        sa.Column("due_on", sa.Date(), nullable=False, comment="last day of the month in which it was found"),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True, comment="the sync that found it cleaned"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_conflict")),
    )
    op.create_index("ix_code_conflict_uscc", "code_conflict", ["uscc"])
    op.create_table(
        "register_unclear",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("register_id", sa.String(length=200), nullable=True, comment="the entry's own id, if it states one"),
        sa.Column("uscc", sa.String(length=64), nullable=True, comment="the right code that it states, if it does"),
        sa.Column("column", sa.Text(), nullable=True, comment="the column that is to blame, if one is"),
        sa.Column("problem", sa.Text(), nullable=False, comment="why it is not certain, for staff"),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False, comment="the sync that found it"),
        sa.Column(
            "settled_at", sa.DateTime(timezone=True), nullable=True, comment="the sync that found it put right or gone"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_unclear")),
    )
    op.create_index("ix_register_unclear_uscc", "register_unclear", ["uscc"])


def _names() -> None:
    op.create_table(
        "entity_name_before",
        sa.Column("register_id", sa.String(length=200), nullable=False, comment="the business"),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False, comment="tells its former names apart"),
        sa.Column("name", sa.Text(), nullable=False, comment="the former name"),
        sa.Column(
            "until",
            sa.Date(),
            nullable=True,
            comment="the day on which it gave way to the next name; null: not stated",
        ),
        sa.ForeignKeyConstraint(
            ["register_id"],
            ["business_entity.register_id"],
            name=op.f("fk_entity_name_before_register_id_business_entity"),
        ),
        sa.PrimaryKeyConstraint("register_id", "place", name=op.f("pk_entity_name_before")),
    )
    op.execute(
        "INSERT INTO entity_name_before (register_id, place, name) SELECT register_id,"
        " row_number() OVER (PARTITION BY register_id ORDER BY name), name FROM entity_former_name"
    )
    op.drop_table("entity_former_name")


def _numbers() -> None:
    """The numbers of the businesses that are stored already; what a sync finds unchanged is not written again."""
    table = op.create_table(
        "entity_number",
        sa.Column("register_id", sa.String(length=200), nullable=False, comment="the business"),
        sa.Column("kind", sa.String(length=20), nullable=False, comment="a word of numbers.NumberKind"),
        sa.Column("number", sa.Text(), nullable=False, comment="in comparable form"),
        sa.ForeignKeyConstraint(
            ["register_id"], ["business_entity.register_id"], name=op.f("fk_entity_number_register_id_business_entity")
        ),
        sa.PrimaryKeyConstraint("register_id", "kind", "number", name=op.f("pk_entity_number")),
    )
    op.create_index("ix_entity_number_number", "entity_number", ["number"])
    connection = op.get_bind()
    former: dict[str, list[str]] = {}
    for key, code in connection.execute(sa.text("SELECT register_id, uscc FROM entity_former_code")):
        former.setdefault(key, []).append(code)
    stored = connection.execute(sa.text("SELECT register_id, uscc, registration_number FROM business_entity")).all()
    rows = []
    for key, code, registration in stored:
        numbers = {("organisation_code", one[8:17]) for one in (code, *former.get(key, ())) if len(one) == 18}
        plain = "".join(unicodedata.normalize("NFKC", registration or "").split()).upper()
        if plain:
            numbers.add(("registration_number", plain))
        rows += [{"register_id": key, "kind": kind, "number": number} for kind, number in sorted(numbers)]
    if rows:
        op.bulk_insert(table, rows)


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_register_unclear_uscc", table_name="register_unclear")
    op.drop_table("register_unclear")
    op.drop_index("ix_code_conflict_uscc", table_name="code_conflict")
    op.drop_table("code_conflict")
    op.drop_index("ix_entity_number_number", table_name="entity_number")
    op.drop_table("entity_number")
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
    op.execute("INSERT INTO entity_former_name SELECT DISTINCT register_id, name FROM entity_name_before")
    op.drop_table("entity_name_before")
