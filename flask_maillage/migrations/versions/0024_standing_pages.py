"""Pages about the node that its admins write, each version of each language a row"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "maillage_standing_pages",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("linked", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("linked IN ('menu', 'footer', 'nowhere')", name=op.f("ck_maillage_standing_pages_linked")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_standing_pages")),
        sa.UniqueConstraint("slug", name=op.f("uq_maillage_standing_pages_slug")),
    )
    op.create_table(
        "maillage_standing_texts",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("page_id", NUMBER, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_newest", sa.Boolean(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["maillage_actors.id"], name=op.f("fk_maillage_standing_texts_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["page_id"],
            ["maillage_standing_pages.id"],
            name=op.f("fk_maillage_standing_texts_page_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_standing_texts")),
        sa.UniqueConstraint(
            "page_id", "language", "number", name=op.f("uq_maillage_standing_texts_page_id_language_number")
        ),
    )
    op.create_index("ix_maillage_standing_texts_is_newest", "maillage_standing_texts", ["is_newest"])


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
