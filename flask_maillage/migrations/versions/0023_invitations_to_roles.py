"""Invitations to the node and to roles, and members who moderate"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "maillage_role_invitations",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("made_by_id", NUMBER, nullable=False),
        sa.Column("actor_id", NUMBER, nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("member_id", NUMBER, nullable=True),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("uses_left", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('admin', 'editor', 'member')", name=op.f("ck_maillage_role_invitations_role")),
        sa.CheckConstraint("(actor_id IS NULL) = (role IS NULL)", name=op.f("ck_maillage_role_invitations_what")),
        sa.CheckConstraint("(member_id IS NULL) <> (digest IS NULL)", name=op.f("ck_maillage_role_invitations_whom")),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["maillage_members.id"],
            name=op.f("fk_maillage_role_invitations_made_by_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_role_invitations_actor_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["maillage_members.id"],
            name=op.f("fk_maillage_role_invitations_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_role_invitations")),
        sa.UniqueConstraint("digest", name=op.f("uq_maillage_role_invitations_digest")),
    )
    for column in ("made_by_id", "actor_id", "member_id"):
        op.create_index(f"ix_maillage_role_invitations_{column}", "maillage_role_invitations", [column])
    op.add_column(
        "maillage_members", sa.Column("is_moderator", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    with op.batch_alter_table("maillage_members") as table:
        table.alter_column("is_moderator", server_default=None)
    with op.batch_alter_table("maillage_applicants") as table:
        table.add_column(sa.Column("invitation_id", NUMBER, nullable=True))
        table.create_foreign_key(
            op.f("fk_maillage_applicants_invitation_id"),
            "maillage_role_invitations",
            ["invitation_id"],
            ["id"],
            ondelete="SET NULL",
        )


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
