"""When an expert of a roster is available, and how and when they agreed to stand in it."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

EMPTY = sa.text("''")


def upgrade() -> None:
    op.add_column("maillage_experts", sa.Column("availability", sa.Text(), nullable=False, server_default=EMPTY))
    op.add_column("maillage_experts", sa.Column("consent", sa.Text(), nullable=False, server_default=EMPTY))
    op.add_column("maillage_experts", sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
