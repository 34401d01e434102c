"""Partner nodes: those with which the node's own actor has to do already become rows."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
FOLLOWS = """
SELECT follower.handle = 'relay' AND follower.local AS ours, other.id, other.host, follow.created_at, follow.answered_at
FROM maillage_follows AS follow
JOIN maillage_actors AS follower ON follower.id = follow.follower_id
JOIN maillage_actors AS followed ON followed.id = follow.followed_id
JOIN maillage_actors AS other
  ON other.id = CASE WHEN follower.local THEN follow.followed_id ELSE follow.follower_id END
WHERE follow.state = 'accepted' AND other.type = 'Application' AND NOT other.local AND other.gone_at IS NULL
  AND ((follower.handle = 'relay' AND follower.local) OR (followed.handle = 'relay' AND followed.local))
ORDER BY other.id
"""


def upgrade() -> None:
    partners = op.create_table(
        "maillage_partners",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("actor_id", NUMBER, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("territories", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("place", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("agreed_at", MOMENT, nullable=True),
        sa.Column("suspended_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_here", sa.Boolean(), nullable=False),
        sa.Column("checked_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('requested', 'asked', 'partner', 'suspended', 'ended')", name=op.f("ck_maillage_partners_state")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_partners_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_partners")),
        sa.UniqueConstraint("host", name=op.f("uq_maillage_partners_host")),
    )
    op.create_index("ix_maillage_partners_actor_id", "maillage_partners", ["actor_id"])
    if rows := list(_known()):
        op.bulk_insert(partners, rows)


def _known() -> Iterator[dict[str, Any]]:
    """Yield a row for each host: agreed where our node's actor follows it, asking where it only follows ours."""
    columns = {"created_at": MOMENT, "answered_at": MOMENT, "ours": sa.Boolean()}
    found = op.get_bind().execute(sa.text(FOLLOWS).columns(**columns)).mappings().all()
    hosts: dict[str, list[Any]] = {}
    for row in found:
        hosts.setdefault(row["host"], []).append(row)
    for host, rows in hosts.items():
        chosen = next((row for row in rows if row["ours"]), rows[0])
        yield {
            "host": host,
            "actor_id": chosen["id"],
            "state": "partner" if chosen["ours"] else "asked",
            "kinds": ["call", "event", "initiative", "news"],
            "territories": [],
            "note": "",
            "facts": {},
            "place": None,
            "created_at": chosen["created_at"],
            "agreed_at": (chosen["answered_at"] or chosen["created_at"]) if chosen["ours"] else None,
            "ended_here": False,
        }


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
