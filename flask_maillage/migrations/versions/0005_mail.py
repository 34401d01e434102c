"""Mails that wait, were sent or given up"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "maillage_mails",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("unsubscribe", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('pending', 'sent', 'failed', 'cancelled')", name=op.f("ck_maillage_mails_state")),
        sa.CheckConstraint("(state = 'pending') = (settled_at IS NULL)", name=op.f("ck_maillage_mails_settled")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_mails")),
        sa.UniqueConstraint("message_id", name=op.f("uq_maillage_mails_message_id")),
    )
    with op.batch_alter_table("maillage_mails", schema=None) as batch_op:
        batch_op.create_index("ix_maillage_mails_state_due_at", ["state", "due_at"], unique=False)
        batch_op.create_index("ix_maillage_mails_about", ["about"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
