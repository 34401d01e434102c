"""Imports: files and addresses, and what was taken from them"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "maillage_imports",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("actor_id", NUMBER, nullable=False),
        sa.Column("author_id", NUMBER, nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("subscribed", sa.Boolean(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("publishes", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("modified", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('previewed', 'waiting', 'working', 'done', 'failed', 'ended')",
            name=op.f("ck_maillage_imports_state"),
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_imports_actor_id")),
        sa.ForeignKeyConstraint(["author_id"], ["maillage_actors.id"], name=op.f("fk_maillage_imports_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_imports")),
        sa.UniqueConstraint("identifier", name=op.f("uq_maillage_imports_identifier")),
    )
    with op.batch_alter_table("maillage_imports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_maillage_imports_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index("ix_maillage_imports_state_due", ["state", "due_at"], unique=False)
    op.create_table(
        "maillage_imported",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("actor_id", NUMBER, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("publication_id", NUMBER, nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('taken', 'doubtful', 'distinct')", name=op.f("ck_maillage_imported_state")),
        sa.ForeignKeyConstraint(["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_imported_actor_id")),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["maillage_publications.id"],
            name=op.f("fk_maillage_imported_publication_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_imported")),
        sa.UniqueConstraint("actor_id", "source", "uid", name=op.f("uq_maillage_imported_actor_id_source_uid")),
    )
    with op.batch_alter_table("maillage_imported", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_maillage_imported_publication_id"), ["publication_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
