"""On what conditions one joins a group"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "maillage_joining_conditions",
        sa.Column("actor_id", NUMBER, nullable=False),
        sa.Column("openness", sa.Text(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("welcome", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "openness IN ('open', 'approval', 'invitation')", name=op.f("ck_maillage_joining_conditions_openness")
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_joining_conditions_actor_id")
        ),
        sa.PrimaryKeyConstraint("actor_id", name=op.f("pk_maillage_joining_conditions")),
    )


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
