"""When the next step of a follow-up is due, until coordinators were reminded of it."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("maillage_follow_up_entries", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_maillage_follow_up_entries_due_at", "maillage_follow_up_entries", ["due_at"])


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
