"""Pictures of organisations, projects and persons"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "maillage_portraits",
        sa.Column("actor_id", NUMBER, nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("picture", sa.JSON(), nullable=False),
        sa.Column("file_id", NUMBER, nullable=True),
        sa.CheckConstraint("part IN ('icon', 'image')", name=op.f("ck_maillage_portraits_part")),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_portraits_actor_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["maillage_files.id"], name=op.f("fk_maillage_portraits_file_id")),
        sa.PrimaryKeyConstraint("actor_id", "part", name=op.f("pk_maillage_portraits")),
    )
    op.create_index("ix_maillage_portraits_file_id", "maillage_portraits", ["file_id"])
    with op.batch_alter_table("maillage_copied_images", schema=None) as batch_op:
        batch_op.add_column(sa.Column("actor_id", NUMBER, nullable=True))
        batch_op.add_column(sa.Column("part", sa.Text(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_maillage_copied_images_actor_id"), "maillage_actors", ["actor_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_index("uq_maillage_copied_images_actor_id", ["actor_id", "part"], unique=True)


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
