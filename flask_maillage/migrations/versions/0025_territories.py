"""Where publications and actors lie, and territories that are actors"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

IDENTITY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "maillage_publication_zones",
        sa.Column("publication_id", IDENTITY, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["maillage_publications.id"],
            name=op.f("fk_maillage_publication_zones_publication_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("publication_id", "code", name=op.f("pk_maillage_publication_zones")),
    )
    op.create_index(
        "ix_maillage_publication_zones_code", "maillage_publication_zones", ["code", "publication_id"], unique=False
    )
    op.create_table(
        "maillage_territory_shares",
        sa.Column("publication_id", IDENTITY, nullable=False),
        sa.Column("actor_id", IDENTITY, nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_territory_shares_actor_id")
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["maillage_publications.id"],
            name=op.f("fk_maillage_territory_shares_publication_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("publication_id", "actor_id", name=op.f("pk_maillage_territory_shares")),
    )
    op.create_index(
        op.f("ix_maillage_territory_shares_actor_id"), "maillage_territory_shares", ["actor_id"], unique=False
    )
    op.create_table(
        "maillage_profiles",
        sa.Column("actor_id", IDENTITY, nullable=False),
        sa.Column("based_in", sa.Text(), nullable=True),
        sa.Column("acts_in", sa.JSON(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("check_links_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_profiles_actor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("actor_id", name=op.f("pk_maillage_profiles")),
    )
    op.create_index(op.f("ix_maillage_profiles_check_links_at"), "maillage_profiles", ["check_links_at"], unique=False)
    op.create_table(
        "maillage_actor_zones",
        sa.Column("actor_id", IDENTITY, nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.CheckConstraint("relation IN ('based', 'acts')", name=op.f("ck_maillage_actor_zones_relation")),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_actor_zones_actor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("actor_id", "relation", "code", name=op.f("pk_maillage_actor_zones")),
    )
    op.create_index(
        "ix_maillage_actor_zones_code", "maillage_actor_zones", ["code", "relation", "actor_id"], unique=False
    )
    op.create_table(
        "maillage_territories",
        sa.Column("actor_id", IDENTITY, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("founded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_territories_actor_id")),
        sa.PrimaryKeyConstraint("actor_id", name=op.f("pk_maillage_territories")),
    )
    op.create_index(
        "uq_maillage_territories_code",
        "maillage_territories",
        ["code"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "maillage_zonings",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("reached", IDENTITY, nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_maillage_zonings")),
    )
    op.execute(
        "INSERT INTO maillage_publication_zones (publication_id, code) "
        "SELECT id, country FROM maillage_publications WHERE country IS NOT NULL"
    )


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
