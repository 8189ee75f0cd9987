"""Accounts of an identity service, roles of staff, who may act for a business, sessions that can be ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward. Until now there were only local accounts, each acting for one business."""
    with op.batch_alter_table("account") as account:
        account.drop_constraint("uq_account_username", type_="unique")
        account.drop_index("ix_account_uscc")
        account.alter_column(
            "username",
            new_column_name="subject",
            existing_type=sa.String(80),
            existing_nullable=False,
            type_=sa.String(200),
            comment="the issuer's lasting name for the person",
        )
        account.alter_column(
            "password_hash",
            existing_type=sa.String(200),
            nullable=True,
            comment="argon2id, never the password; local only",
        )
        account.add_column(
            sa.Column(
                "issuer",
                sa.String(200),
                nullable=False,
                server_default="local",
                comment="address of the identity service, or 'local' for a password kept here",
            )
        )
        account.add_column(
            sa.Column(
                "kind",
                sa.String(10),
                nullable=False,
                server_default="business",
                comment="a word of accounts.models.Kind",
            )
        )
        account.add_column(sa.Column("totp_secret", sa.String(200), comment="second factor, encrypted with SECRET_KEY"))
        account.add_column(sa.Column("totp_step", sa.Integer(), comment="last time step used: no code counts twice"))
        account.add_column(
            sa.Column(
                "setup_digest",
                sa.String(64),
                comment="SHA-256 of the link by which password and second factor are chosen",
            )
        )
        account.add_column(sa.Column("setup_until", MOMENT, comment="until when that link counts"))
        account.add_column(sa.Column("email", sa.String(254), comment="where notices go, if the person asked for them"))
        account.add_column(sa.Column("last_sign_in_at", MOMENT, comment="for the retention time"))
        account.add_column(sa.Column("disabled_at", MOMENT, comment="since when it may not sign in"))
        account.create_unique_constraint("uq_account_setup_digest", ["setup_digest"])
        account.create_check_constraint("kind", "kind IN ('business', 'staff')")
    _create_authorisation()
    op.execute(
        "INSERT INTO authorisation (register_id, capacity, account_id, purposes, valid_from, granted_by, granted_at)"
        " SELECT b.register_id, 'legal_representative', a.id, '', a.created_at, 'migration', a.created_at"
        " FROM account a JOIN business_entity b ON b.uscc = a.uscc"
    )
    with op.batch_alter_table("account") as account:
        account.drop_column("role")
        account.drop_column("uscc")
        account.alter_column("issuer", existing_type=sa.String(200), existing_nullable=False, server_default=None)
        account.alter_column("kind", existing_type=sa.String(10), existing_nullable=False, server_default=None)
    op.create_index("ix_account_issuer", "account", ["issuer", "subject"], unique=True)
    _create_role_grant()
    _create_session()


def _create_authorisation() -> None:
    op.create_table(
        "authorisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("register_id", sa.String(200), nullable=False, comment="the business"),
        sa.Column("capacity", sa.String(24), nullable=False, comment="a word of accounts.models.Capacity"),
        sa.Column("account_id", sa.Integer(), comment="the person; null until an invited handler has accepted"),
        sa.Column("label", sa.String(80), comment="the name by which the business calls its handler"),
        sa.Column(
            "purposes",
            sa.String(80),
            nullable=False,
            comment="words of content.Purpose that it covers, separated by spaces; empty for all",
        ),
        sa.Column("valid_from", MOMENT, nullable=False, comment="from when"),
        sa.Column("valid_until", MOMENT, comment="to when; null while the office lasts"),
        sa.Column(
            "invitation_digest",
            sa.String(64),
            comment="SHA-256 of the invitation that the handler accepts with; never the invitation",
        ),
        sa.Column(
            "granted_by", sa.String(120), nullable=False, comment="who granted it: an account or the identity service"
        ),
        sa.Column("granted_at", MOMENT, nullable=False, comment="when it was granted"),
        sa.Column("accepted_at", MOMENT, comment="when the handler accepted"),
        sa.Column("revoked_at", MOMENT, comment="since when it no longer counts"),
        sa.Column("revoked_by", sa.String(120), comment="who revoked it"),
        sa.CheckConstraint("capacity IN ('legal_representative', 'handler')", name=op.f("ck_authorisation_capacity")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_authorisation_account_id_account")),
        sa.ForeignKeyConstraint(
            ["register_id"],
            ["business_entity.register_id"],
            name=op.f("fk_authorisation_register_id_business_entity"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorisation")),
        sa.UniqueConstraint("invitation_digest", name=op.f("uq_authorisation_invitation_digest")),
    )
    op.create_index("ix_authorisation_account_id", "authorisation", ["account_id"])
    op.create_index("ix_authorisation_register_id", "authorisation", ["register_id"])


def _create_role_grant() -> None:
    op.create_table(
        "role_grant",
        sa.Column("account_id", sa.Integer(), nullable=False, comment="whose"),
        sa.Column("role", sa.String(20), nullable=False, comment="a word of accounts.models.Role"),
        sa.Column(
            "domain",
            sa.String(60),
            nullable=False,
            comment="slug that a department officer answers for; empty for other roles",
        ),
        sa.Column("granted_by", sa.String(120), nullable=False, comment="who granted it"),
        sa.Column("granted_at", MOMENT, nullable=False, comment="when it was granted"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_role_grant_account_id_account")),
        sa.PrimaryKeyConstraint("account_id", "role", "domain", name=op.f("pk_role_grant")),
    )


def _create_session() -> None:
    op.create_table(
        "sign_in_session",
        sa.Column("token_digest", sa.String(64), nullable=False, comment="SHA-256 of the cookie's token"),
        sa.Column("account_id", sa.Integer(), nullable=False, comment="whose"),
        sa.Column("created_at", MOMENT, nullable=False, comment="when it began"),
        sa.Column("last_seen_at", MOMENT, nullable=False, comment="last use, to the minute"),
        sa.Column("acting_for", sa.String(200), comment="register id of the business chosen"),
        sa.Column(
            "client", sa.String(40), nullable=False, comment="kind of browser and system, no version, no address"
        ),
        sa.Column("ended_at", MOMENT, comment="since when it no longer counts"),
        sa.Column("ended_by", sa.String(20), comment="sign-out, everywhere, idle, limit or disabled"),
        sa.Column(
            "id_token",
            sa.String(4096),
            comment="what the identity service needs to end its own session at sign-out; cleared then",
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sign_in_session_account_id_account")),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_sign_in_session")),
    )
    op.create_index("ix_sign_in_session_account_id", "sign_in_session", ["account_id", "ended_at"])


def downgrade() -> None:
    """Back: the accounts of an identity service are lost, the local ones act for their first business again."""
    op.drop_table("sign_in_session")
    op.drop_table("role_grant")
    with op.batch_alter_table("account") as account:
        account.add_column(
            sa.Column(
                "role",
                sa.String(20),
                nullable=False,
                server_default="business",
                comment="a word of accounts.models.Role",
            )
        )
        account.add_column(
            sa.Column("uscc", sa.String(18), comment="the one business that a business account acts for")
        )
    op.execute(
        "UPDATE account SET uscc = (SELECT min(b.uscc) FROM authorisation o"
        " JOIN business_entity b ON b.register_id = o.register_id WHERE o.account_id = account.id)"
    )
    op.drop_table("authorisation")
    op.execute("DELETE FROM account WHERE issuer <> 'local' OR kind <> 'business'")
    op.drop_index("ix_account_issuer", "account")
    with op.batch_alter_table("account") as account:
        account.drop_constraint(op.f("ck_account_kind"), type_="check")
        account.drop_constraint("uq_account_setup_digest", type_="unique")
        for name in (
            "issuer", "kind", "totp_secret", "totp_step", "setup_digest", "setup_until", "email", "last_sign_in_at",
            "disabled_at",
        ):  # fmt: skip
            account.drop_column(name)
        account.alter_column("role", existing_type=sa.String(20), existing_nullable=False, server_default=None)
        account.alter_column(
            "password_hash", existing_type=sa.String(200), nullable=False, comment="argon2id, never the password"
        )
        account.alter_column(
            "subject",
            new_column_name="username",
            existing_type=sa.String(200),
            existing_nullable=False,
            type_=sa.String(80),
            comment="what is typed to sign in",
        )
        account.create_unique_constraint("uq_account_username", ["username"])
        account.create_index("ix_account_uscc", ["uscc"])
