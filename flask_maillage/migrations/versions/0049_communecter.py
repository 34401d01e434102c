"""The ids by which Communecter means a project, and what a Join or an Invite wishes besides."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("maillage_memberships") as table:
        table.add_column(sa.Column("wish", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "maillage_project_aliases",
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("actor_id", NUMBER, nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("owner_iri", sa.Text(), nullable=False),
        sa.CheckConstraint("names IN ('object', 'activity')", name=op.f("ck_maillage_project_aliases_names")),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_project_aliases_actor_id")
        ),
        sa.PrimaryKeyConstraint("iri", name=op.f("pk_maillage_project_aliases")),
    )
    op.create_index("ix_maillage_project_aliases_actor_id", "maillage_project_aliases", ["actor_id"])


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
