"""When a member founded an organisation: how many one may found in a month is bounded"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("maillage_foundings", sa.Column("founded_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
