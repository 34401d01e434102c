"""The charters of groups, and who agreed to which version."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "maillage_charters",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("actor_id", NUMBER, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_charters_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_charters")),
        sa.UniqueConstraint("actor_id", "number", name=op.f("uq_maillage_charters_actor_id_number")),
        sa.UniqueConstraint("iri", name=op.f("uq_maillage_charters_iri")),
    )
    op.create_table(
        "maillage_charter_acceptances",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("charter_id", NUMBER, nullable=False),
        sa.Column("actor_id", NUMBER, nullable=False),
        sa.Column("accepted_at", MOMENT, nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_charter_acceptances_actor_id")
        ),
        sa.ForeignKeyConstraint(
            ["charter_id"],
            ["maillage_charters.id"],
            name=op.f("fk_maillage_charter_acceptances_charter_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_charter_acceptances")),
        sa.UniqueConstraint("charter_id", "actor_id", name=op.f("uq_maillage_charter_acceptances_charter_id_actor_id")),
    )
    op.create_index("ix_maillage_charter_acceptances_actor_id", "maillage_charter_acceptances", ["actor_id"])


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
