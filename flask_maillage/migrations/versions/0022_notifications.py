"""Notifications, how members want to be told things, and which deadlines were told"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "maillage_notifications",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("member_id", NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor_id", NUMBER, nullable=True),
        sa.Column("subject_id", NUMBER, nullable=True),
        sa.Column("publication_id", NUMBER, nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("once", sa.Text(), nullable=True),
        sa.Column("on_page", sa.Boolean(), nullable=False),
        sa.Column("in_digest", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["maillage_members.id"], name=op.f("fk_maillage_notifications_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_notifications_actor_id")),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["maillage_actors.id"], name=op.f("fk_maillage_notifications_subject_id")
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["maillage_publications.id"],
            name=op.f("fk_maillage_notifications_publication_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_notifications")),
        sa.UniqueConstraint("member_id", "kind", "once", name=op.f("uq_maillage_notifications_member_id_kind_once")),
    )
    op.create_index("ix_maillage_notifications_member_read", "maillage_notifications", ["member_id", "read_at"])
    op.create_index("ix_maillage_notifications_created_at", "maillage_notifications", ["created_at"])
    for column in ("actor_id", "subject_id", "publication_id"):
        op.create_index(op.f(f"ix_maillage_notifications_{column}"), "maillage_notifications", [column])
    op.create_table(
        "maillage_preferences",
        sa.Column("member_id", NUMBER, nullable=False),
        sa.Column("timezone", sa.Text(), nullable=True),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("digest_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("feed_digest", sa.Text(), nullable=True),
        sa.Column("feed_made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("feed_events", sa.Boolean(), nullable=False),
        sa.CheckConstraint("digest IN ('never', 'daily', 'weekly')", name=op.f("ck_maillage_preferences_digest")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["maillage_members.id"], name=op.f("fk_maillage_preferences_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_maillage_preferences")),
        sa.UniqueConstraint("feed_digest", name=op.f("uq_maillage_preferences_feed_digest")),
    )
    op.create_index("ix_maillage_preferences_digest_due_at", "maillage_preferences", ["digest_due_at"])
    op.create_table(
        "maillage_deadline_notices",
        sa.Column("publication_id", NUMBER, nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["maillage_publications.id"],
            name=op.f("fk_maillage_deadline_notices_publication_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("publication_id", name=op.f("pk_maillage_deadline_notices")),
    )


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
