"""The tools of groups, and the logs of their processes."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "maillage_log_entries",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("actor_id", NUMBER, nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("author_id", NUMBER, nullable=True),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('meeting', 'decision', 'step', 'document', 'note')", name=op.f("ck_maillage_log_entries_kind")
        ),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_maillage_log_entries_revision")),
        sa.ForeignKeyConstraint(["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_log_entries_actor_id")),
        sa.ForeignKeyConstraint(["author_id"], ["maillage_actors.id"], name=op.f("fk_maillage_log_entries_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_log_entries")),
        sa.UniqueConstraint(
            "actor_id", "identifier", "revision", name=op.f("uq_maillage_log_entries_actor_id_identifier_revision")
        ),
    )
    op.create_index("ix_maillage_log_entries_actor_id", "maillage_log_entries", ["actor_id", "id"])
    op.create_index("ix_maillage_log_entries_author_id", "maillage_log_entries", ["author_id"])
    op.create_table(
        "maillage_tools",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("actor_id", NUMBER, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("keeper", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("access IN ('public', 'members', 'on_request')", name=op.f("ck_maillage_tools_access")),
        sa.CheckConstraint(
            "type IN ('wiki', 'chat', 'pad', 'cloud', 'board', 'video', 'forum', 'mailing_list', 'code')",
            name=op.f("ck_maillage_tools_type"),
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_tools_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_tools")),
    )
    op.create_index("ix_maillage_tools_actor_position", "maillage_tools", ["actor_id", "position"])


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
