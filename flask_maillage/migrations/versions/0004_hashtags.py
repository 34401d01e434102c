"""Hashtags of publications"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "maillage_publication_tags",
        sa.Column("publication_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["maillage_publications.id"],
            name=op.f("fk_maillage_publication_tags_publication_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("publication_id", "tag", name=op.f("pk_maillage_publication_tags")),
    )
    with op.batch_alter_table("maillage_publication_tags", schema=None) as batch_op:
        batch_op.create_index("ix_maillage_publication_tags_tag", ["tag", "publication_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
