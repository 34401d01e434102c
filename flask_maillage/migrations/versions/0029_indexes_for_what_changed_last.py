"""Indexes by which feeds know when something last changed, among very many publications"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("updated", "received", "withdrawn"):
        op.create_index(f"ix_maillage_publications_{name}", "maillage_publications", [f"{name}_at"])


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
