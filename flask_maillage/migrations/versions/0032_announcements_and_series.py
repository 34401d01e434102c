"""Announcements of territories that are to be undone, and since when something comes again"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

BEGINNINGS = {
    "sqlite": "substr(json_extract(details, '$.recurrence.first_start'), 1, 10)",
    "postgresql": "CAST(substr(details::json -> 'recurrence' ->> 'first_start', 1, 10) AS DATE)",
}


def upgrade() -> None:
    with op.batch_alter_table("maillage_territory_shares", schema=None) as batch_op:
        batch_op.add_column(sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_maillage_territory_shares_revoked_at", ["revoked_at"])
    op.add_column("maillage_publications", sa.Column("series_from", sa.Date(), nullable=True))
    begins = BEGINNINGS[op.get_bind().dialect.name]
    op.execute(sa.text(f"UPDATE maillage_publications SET series_from = {begins} WHERE kind = 'event'"))  # noqa: S608
    op.create_index("ix_maillage_publications_series_from", "maillage_publications", ["series_from"])


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
