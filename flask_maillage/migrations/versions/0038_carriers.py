"""Who carries the initiative of an application, as it was seen: they judge nothing of it, kept here or not."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "maillage_dossiers",
        sa.Column("initiative_carriers", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
    )


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
