"""In which square of the map each publication lies, which lie in no zone, and indexes that count them"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op

from flask_maillage.publications.squares import square_of

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

AT_ONCE = 5_000


def upgrade() -> None:
    seen, point = ["state", "visibility", "looked_up"], ["latitude", "longitude"]
    filtered = ["starts_at", "ends_at", "status", "country", "actor_id"]
    table = "maillage_publications"
    op.add_column(table, sa.Column("square", sa.BigInteger(), nullable=True))
    _fill()
    op.execute(
        "INSERT INTO maillage_publication_zones (publication_id, code) "
        "SELECT id, 'none' FROM maillage_publications AS p WHERE state <> 'withdrawn' AND NOT EXISTS "
        "(SELECT 1 FROM maillage_publication_zones AS z WHERE z.publication_id = p.id)"
    )
    op.drop_index("ix_maillage_publications_map", table)
    op.create_index("ix_maillage_publications_map", table, [*seen, *point, "kind", "published_at", "id", *filtered])
    listed = ["gone_at", "suspended_at", "federated", "local", "policy_level", "policy_allows"]
    op.create_index("ix_maillage_actors_listed", "maillage_actors", listed)
    undated = ["status", "country", "actor_id"]
    op.create_index("ix_maillage_publications_coming", table, [*seen, "kind", "starts_at", "id", "ends_at", *undated])
    closing = [*seen, "kind", "ends_at", "id", "starts_at", *undated, "series_from", "timezone"]
    op.create_index("ix_maillage_publications_closing", table, closing)
    op.create_index("ix_maillage_publications_squares", table, [*seen, "square", *point, "kind", "id", *filtered])


def _fill() -> None:
    """Write down where everything lies that has a place."""
    connection, last = op.get_bind(), 0
    query = sa.text(
        "SELECT id, latitude, longitude FROM maillage_publications "
        "WHERE id > :last AND latitude IS NOT NULL AND longitude IS NOT NULL ORDER BY id LIMIT :most"
    )
    while rows := connection.execute(query, {"last": last, "most": AT_ONCE}).all():
        written = sa.text("UPDATE maillage_publications SET square = :square WHERE id = :id")
        connection.execute(written, _squares(rows))
        last = rows[-1][0]


def _squares(rows: Iterable[Any]) -> list[dict[str, Any]]:
    return [{"id": number, "square": square_of(latitude, longitude)} for number, latitude, longitude in rows]


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
