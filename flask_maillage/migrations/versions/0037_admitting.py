"""Why a late application was admitted; and only an initiative that was seen to be the applicant's holds others back."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

HOLDS = sa.text("state <> 'withdrawn' AND initiative_state = 'verified'")


def upgrade() -> None:
    op.add_column(
        "maillage_dossiers", sa.Column("admission_reason", sa.Text(), nullable=False, server_default=sa.text("''"))
    )
    op.drop_index("uq_maillage_dossiers_initiative", table_name="maillage_dossiers")
    op.create_index(
        "uq_maillage_dossiers_initiative",
        "maillage_dossiers",
        ["call_id", "initiative_iri"],
        unique=True,
        sqlite_where=HOLDS,
        postgresql_where=HOLDS,
    )


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
