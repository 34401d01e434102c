"""Where members are signed in, each browser a row, in the place of one key for all of them"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "maillage_sessions",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("member_id", NUMBER, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["maillage_members.id"], name=op.f("fk_maillage_sessions_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_sessions")),
        sa.UniqueConstraint("digest", name=op.f("uq_maillage_sessions_digest")),
    )
    op.create_index("ix_maillage_sessions_member_id", "maillage_sessions", ["member_id"])
    op.add_column(
        "maillage_members", sa.Column("tells_sign_ins", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    with op.batch_alter_table("maillage_members") as table:
        table.alter_column("tells_sign_ins", server_default=None)
        table.drop_column("session_key")


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
