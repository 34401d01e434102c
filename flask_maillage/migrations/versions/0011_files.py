"""Files: what members upload, which publications need it, and copies of images of other servers"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "maillage_files",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("room", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("actor_id", NUMBER, nullable=False),
        sa.Column("uploader_id", NUMBER, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("family IN ('image', 'document')", name=op.f("ck_maillage_files_family")),
        sa.CheckConstraint(
            "(family = 'image') = (width IS NOT NULL AND height IS NOT NULL)", name=op.f("ck_maillage_files_sides")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_files_actor_id")),
        sa.ForeignKeyConstraint(["uploader_id"], ["maillage_actors.id"], name=op.f("fk_maillage_files_uploader_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_files")),
        sa.UniqueConstraint("name", name=op.f("uq_maillage_files_name")),
    )
    with op.batch_alter_table("maillage_files", schema=None) as batch_op:
        batch_op.create_index("ix_maillage_files_actor_touched", ["actor_id", "touched_at"], unique=False)

    op.create_table(
        "maillage_publication_files",
        sa.Column("publication_id", NUMBER, nullable=False),
        sa.Column("file_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["maillage_publications.id"],
            name=op.f("fk_maillage_publication_files_publication_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["file_id"], ["maillage_files.id"], name=op.f("fk_maillage_publication_files_file_id")),
        sa.PrimaryKeyConstraint("publication_id", "file_id", name=op.f("pk_maillage_publication_files")),
    )
    with op.batch_alter_table("maillage_publication_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_maillage_publication_files_file_id"), ["file_id"], unique=False)

    op.create_table(
        "maillage_copied_images",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("publication_id", NUMBER, nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("ending", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("room", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'kept', 'given up')", name=op.f("ck_maillage_copied_images_state")),
        sa.CheckConstraint("(state = 'kept') = (name IS NOT NULL)", name=op.f("ck_maillage_copied_images_name")),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["maillage_publications.id"],
            name=op.f("fk_maillage_copied_images_publication_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_copied_images")),
        sa.UniqueConstraint("name", name=op.f("uq_maillage_copied_images_name")),
        sa.UniqueConstraint("publication_id", name=op.f("uq_maillage_copied_images_publication_id")),
    )
    with op.batch_alter_table("maillage_copied_images", schema=None) as batch_op:
        batch_op.create_index("ix_maillage_copied_images_state_due", ["state", "due_at"], unique=False)
