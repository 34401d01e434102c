"""Who signs up, the links in mails about accounts, and the language of a member's mails"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("maillage_members", sa.Column("language", sa.Text(), nullable=False, server_default="en"))
    with op.batch_alter_table("maillage_members") as table:
        table.alter_column("language", server_default=None)
    op.create_table(
        "maillage_applicants",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_applicants")),
    )
    op.create_index("ix_maillage_applicants_email", "maillage_applicants", ["email"])
    op.create_table(
        "maillage_account_links",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("member_id", NUMBER, nullable=True),
        sa.Column("applicant_id", NUMBER, nullable=True),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('sign-up', 'password', 'email', 'deletion')", name=op.f("ck_maillage_account_links_purpose")
        ),
        sa.CheckConstraint(
            "(member_id IS NULL) <> (applicant_id IS NULL)", name=op.f("ck_maillage_account_links_whose")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["maillage_members.id"],
            name=op.f("fk_maillage_account_links_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["applicant_id"],
            ["maillage_applicants.id"],
            name=op.f("fk_maillage_account_links_applicant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_account_links")),
        sa.UniqueConstraint("digest", name=op.f("uq_maillage_account_links_digest")),
    )
    op.create_index("ix_maillage_account_links_member_id", "maillage_account_links", ["member_id"])
    op.create_index("ix_maillage_account_links_applicant_id", "maillage_account_links", ["applicant_id"])


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
