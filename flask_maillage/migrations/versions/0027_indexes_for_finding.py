"""Indexes by which lists, maps and agendas are read among very many publications"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    seen = ["state", "visibility", "looked_up"]
    filtered = ["starts_at", "ends_at", "status", "country", "actor_id"]
    with op.batch_alter_table("maillage_publications", schema=None) as batch_op:
        batch_op.drop_index("ix_maillage_publications_listing")
        batch_op.create_index("ix_maillage_publications_listing", [*seen, "kind", "published_at", "id", *filtered])
        batch_op.create_index("ix_maillage_publications_newest", [*seen, "published_at", "id", "kind", *filtered])
        batch_op.create_index("ix_maillage_publications_map", [*seen, "latitude", "longitude", "actor_id", "kind"])
        batch_op.create_index("ix_maillage_publications_ends", ["kind", "state", "ends_at"])


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
