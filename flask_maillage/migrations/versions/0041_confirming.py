"""Until when a selection is to be confirmed, as its applicant's node keeps it, until its people were warned."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

DRAFTS = "maillage_drafts_of_applications"


def upgrade() -> None:
    op.add_column(DRAFTS, sa.Column("confirm_by", sa.DateTime(timezone=True), nullable=True))
    op.add_column(DRAFTS, sa.Column("confirm_told_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_maillage_drafts_of_applications_confirm_by", DRAFTS, ["confirm_by"])


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
