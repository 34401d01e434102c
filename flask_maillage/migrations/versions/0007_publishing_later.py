"""Publishing later: when a draft is to be published, or why it was not"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "maillage_schedules",
        sa.Column("publication_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["maillage_actors.id"], name=op.f("fk_maillage_schedules_author_id")),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["maillage_publications.id"],
            name=op.f("fk_maillage_schedules_publication_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("publication_id", name=op.f("pk_maillage_schedules")),
    )
    op.create_index("ix_maillage_schedules_due", "maillage_schedules", ["problem", "publish_at"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
