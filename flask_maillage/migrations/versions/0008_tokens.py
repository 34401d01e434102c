"""Tokens of members' programs, and what these sent under keys of their own"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "maillage_tokens",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("member_id", NUMBER, nullable=False),
        sa.Column("actor_id", NUMBER, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("scope IN ('publish', 'draft')", name=op.f("ck_maillage_tokens_scope")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["maillage_members.id"], name=op.f("fk_maillage_tokens_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_tokens_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_maillage_tokens_digest")),
    )
    op.create_index(op.f("ix_maillage_tokens_member_id"), "maillage_tokens", ["member_id"])
    op.create_table(
        "maillage_submissions",
        sa.Column("token_id", NUMBER, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("object_iri", sa.Text(), nullable=False),
        sa.Column("activity_iri", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"], ["maillage_tokens.id"], name=op.f("fk_maillage_submissions_token_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_id", "key", name=op.f("pk_maillage_submissions")),
    )
    op.create_index(op.f("ix_maillage_submissions_created_at"), "maillage_submissions", ["created_at"])


def downgrade() -> None:
    raise NotImplementedError("restore a backup")
