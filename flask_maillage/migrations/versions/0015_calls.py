"""Calls: the journal of what people count on, and the e-mail addresses of seats"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "maillage_journal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("publication_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_journal_actor_id")),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["maillage_publications.id"],
            name=op.f("fk_maillage_journal_publication_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_journal")),
    )
    op.create_index(op.f("ix_maillage_journal_actor_id"), "maillage_journal", ["actor_id"], unique=False)
    op.create_index(op.f("ix_maillage_journal_publication_id"), "maillage_journal", ["publication_id"], unique=False)
    op.create_table(
        "maillage_seat_addresses",
        sa.Column("publication_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seat_key", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["maillage_publications.id"],
            name=op.f("fk_maillage_seat_addresses_publication_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("publication_id", "seat_key", name=op.f("pk_maillage_seat_addresses")),
    )


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
