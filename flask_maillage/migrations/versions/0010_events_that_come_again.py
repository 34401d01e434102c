"""When an event that comes again goes on to its next occurrence"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("maillage_publications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("moves_on_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_maillage_publications_moves_on_at"), ["moves_on_at"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
