"""Images and documents: what publications carry besides their words"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("maillage_publications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("image", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("attachments", sa.JSON(), nullable=False, server_default="[]"))
