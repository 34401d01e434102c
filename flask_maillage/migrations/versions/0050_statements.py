"""Common statements of coalitions, and who signed them."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
STATEMENTS, SIGNATURES = "maillage_statements", "maillage_statement_signatures"


def upgrade() -> None:
    op.create_table(
        STATEMENTS,
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("actor_id", NUMBER, nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=True),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("news_iri", sa.Text(), nullable=True),
        sa.Column("news_source", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "phase IN ('draft', 'open', 'published', 'withdrawn')", name=op.f("ck_maillage_statements_phase")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_maillage_statements_version")),
        sa.ForeignKeyConstraint(["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_statements_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_statements")),
        sa.UniqueConstraint(
            "actor_id", "number", "version", name=op.f("uq_maillage_statements_actor_id_number_version")
        ),
        sa.UniqueConstraint("iri", "version", name=op.f("uq_maillage_statements_iri_version")),
    )
    op.create_table(
        SIGNATURES,
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("statement_id", NUMBER, nullable=False),
        sa.Column("member_id", NUMBER, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("said_at", MOMENT, nullable=True),
        sa.Column("received_at", MOMENT, nullable=True),
        sa.Column("signed_at", MOMENT, nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("left_at", MOMENT, nullable=True),
        sa.Column("letter_iri", sa.Text(), nullable=True),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("past", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "state IN ('invited', 'signed', 'declined', 'withdrawn')",
            name=op.f("ck_maillage_statement_signatures_state"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["maillage_actors.id"], name=op.f("fk_maillage_statement_signatures_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["maillage_statements.id"], name=op.f("fk_maillage_statement_signatures_statement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_statement_signatures")),
        sa.UniqueConstraint("identifier", name=op.f("uq_maillage_statement_signatures_identifier")),
        sa.UniqueConstraint(
            "statement_id", "member_id", name=op.f("uq_maillage_statement_signatures_statement_id_member_id")
        ),
    )
    op.create_index(op.f("ix_maillage_statement_signatures_letter_iri"), SIGNATURES, ["letter_iri"])
    op.create_index("ix_maillage_statement_signatures_member", SIGNATURES, ["member_id", "state"])


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
