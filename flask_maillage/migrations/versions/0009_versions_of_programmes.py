"""Versions of programmes: one for each change of a programme that was published"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "maillage_programme_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("publication_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["maillage_publications.id"],
            name=op.f("fk_maillage_programme_versions_publication_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_programme_versions")),
        sa.UniqueConstraint(
            "publication_id", "number", name=op.f("uq_maillage_programme_versions_publication_id_number")
        ),
    )


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
