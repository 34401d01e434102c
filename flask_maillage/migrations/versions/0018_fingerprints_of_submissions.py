"""What a program sent under a key of its own, to tell it from something else under the same key"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("maillage_submissions", sa.Column("fingerprint", sa.Text(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
