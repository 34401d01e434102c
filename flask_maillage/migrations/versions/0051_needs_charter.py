"""Whether one has to agree to a group's charter to join it"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("needs_charter", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("maillage_joining_conditions", column)


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
