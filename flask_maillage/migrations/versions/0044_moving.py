"""Archives of actors that come from another node, and under which id something was published there"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = "state IN ('looked at', 'waiting', 'working', 'done', 'failed')"


def upgrade() -> None:
    op.add_column("maillage_publications", sa.Column("formerly", sa.Text(), nullable=True))
    op.create_index("ix_maillage_publications_formerly", "maillage_publications", ["formerly"])
    op.create_table(
        "maillage_brought_archives",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("actor_id", NUMBER, nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("origin_name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.CheckConstraint(STATES, name=op.f("ck_maillage_brought_archives_state")),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_brought_archives_actor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_brought_archives")),
        sa.UniqueConstraint("identifier", name=op.f("uq_maillage_brought_archives_identifier")),
    )
    op.create_index("ix_maillage_brought_archives_actor_id", "maillage_brought_archives", ["actor_id"])
    op.create_index("ix_maillage_brought_archives_state_due", "maillage_brought_archives", ["state", "due_at"])


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
