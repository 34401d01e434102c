"""Who members are elsewhere, where they sign in by it"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "maillage_identities",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("member_id", NUMBER, nullable=True),
        sa.Column("applicant_id", NUMBER, nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(member_id IS NULL) <> (applicant_id IS NULL)", name=op.f("ck_maillage_identities_whose")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["maillage_members.id"], name=op.f("fk_maillage_identities_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["applicant_id"],
            ["maillage_applicants.id"],
            name=op.f("fk_maillage_identities_applicant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_identities")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_maillage_identities_issuer_subject")),
    )
    op.create_index("ix_maillage_identities_member_id", "maillage_identities", ["member_id"])
    op.create_index("ix_maillage_identities_applicant_id", "maillage_identities", ["applicant_id"])


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
