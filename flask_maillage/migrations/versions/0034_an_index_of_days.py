"""An index by which what lies between two days is found and counted"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    last, first = sa.text("coalesce(ends_at, starts_at, published_at)"), sa.text("coalesce(starts_at, published_at)")
    columns = ["state", "visibility", "looked_up", "kind", last, first, "actor_id", "id"]
    op.create_index("ix_maillage_publications_lasting", "maillage_publications", columns)


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
