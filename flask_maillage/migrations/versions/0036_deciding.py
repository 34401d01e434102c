"""What becomes of applications: opinions, decisions, cohorts, follow-up, audit"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "maillage_experts",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("owner_id", NUMBER, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("actor_iri", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("competences", sa.JSON(), nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["maillage_actors.id"], name=op.f("fk_maillage_experts_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_experts")),
        sa.UniqueConstraint("identifier", name=op.f("uq_maillage_experts_identifier")),
    )
    op.create_index("ix_maillage_experts_owner_id", "maillage_experts", ["owner_id"])
    op.create_table(
        "maillage_given_opinions",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("seat_actor_id", NUMBER, nullable=False),
        sa.Column("call_iri", sa.Text(), nullable=False),
        sa.Column("agreement_iri", sa.Text(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("private_note", sa.Text(), nullable=False),
        sa.Column("review_iri", sa.Text(), nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("refusal", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("erase_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "opinion IS NULL OR opinion IN ('admissible', 'not_admissible', 'abstain', 'recused')",
            name=op.f("ck_maillage_given_opinions_opinion"),
        ),
        sa.CheckConstraint("(sent_at IS NULL) = (review_iri IS NULL)", name=op.f("ck_maillage_given_opinions_sent")),
        sa.ForeignKeyConstraint(
            ["seat_actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_given_opinions_seat_actor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_given_opinions")),
        sa.UniqueConstraint(
            "seat_actor_id", "agreement_iri", name=op.f("uq_maillage_given_opinions_seat_actor_id_agreement_iri")
        ),
    )
    op.create_index("ix_maillage_given_opinions_call_iri", "maillage_given_opinions", ["call_iri"])
    op.create_index("ix_maillage_given_opinions_erase_at", "maillage_given_opinions", ["erase_at"])
    op.create_table(
        "maillage_audit_records",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("call_id", NUMBER, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_maillage_audit_records_number")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["maillage_publications.id"], name=op.f("fk_maillage_audit_records_call_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_audit_records")),
        sa.UniqueConstraint("call_id", "number", name=op.f("uq_maillage_audit_records_call_id_number")),
    )
    op.create_table(
        "maillage_call_counts",
        sa.Column("call_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("counted_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["maillage_publications.id"], name=op.f("fk_maillage_call_counts_call_id")
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_maillage_call_counts")),
    )
    op.create_table(
        "maillage_cohort_sessions",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("call_id", NUMBER, nullable=False),
        sa.Column("cohort", sa.Text(), nullable=False),
        sa.Column("event_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["maillage_publications.id"], name=op.f("fk_maillage_cohort_sessions_call_id")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["maillage_publications.id"], name=op.f("fk_maillage_cohort_sessions_event_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_cohort_sessions")),
        sa.UniqueConstraint("event_id", name=op.f("uq_maillage_cohort_sessions_event_id")),
    )
    op.create_index("ix_maillage_cohort_sessions_call_id", "maillage_cohort_sessions", ["call_id"])
    op.create_table(
        "maillage_decisions",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("dossier_id", NUMBER, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("motives", sa.Text(), nullable=False),
        sa.Column("departure", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=True),
        sa.Column("confirm_by", MOMENT, nullable=True),
        sa.Column("arranged_by", sa.Text(), nullable=False),
        sa.Column("arranged_at", MOMENT, nullable=False),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("iri", sa.Text(), nullable=True),
        sa.Column("result_iri", sa.Text(), nullable=True),
        sa.CheckConstraint("(outcome = 'reserve') = (rank IS NOT NULL)", name=op.f("ck_maillage_decisions_rank")),
        sa.CheckConstraint(
            "outcome IN ('selected', 'reserve', 'declined', 'expired')", name=op.f("ck_maillage_decisions_outcome")
        ),
        sa.CheckConstraint("(published_at IS NULL) = (batch IS NULL)", name=op.f("ck_maillage_decisions_batch")),
        sa.CheckConstraint("(published_at IS NULL) = (iri IS NULL)", name=op.f("ck_maillage_decisions_published")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_maillage_decisions_number")),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["maillage_dossiers.id"], name=op.f("fk_maillage_decisions_dossier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_decisions")),
        sa.UniqueConstraint("dossier_id", "number", name=op.f("uq_maillage_decisions_dossier_id_number")),
        sa.UniqueConstraint("iri", name=op.f("uq_maillage_decisions_iri")),
        sa.UniqueConstraint("result_iri", name=op.f("uq_maillage_decisions_result_iri")),
    )
    op.create_index(
        "uq_maillage_decisions_pending",
        "maillage_decisions",
        ["dossier_id"],
        unique=True,
        sqlite_where=sa.text("published_at IS NULL"),
        postgresql_where=sa.text("published_at IS NULL"),
    )
    op.create_table(
        "maillage_follow_up_entries",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("dossier_id", NUMBER, nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("by_iri", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("supersedes", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "entry IN ('contact', 'orientation', 'answer', 'next_step', 'outputs', 'contact_details', 'result')",
            name=op.f("ck_maillage_follow_up_entries_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["maillage_dossiers.id"],
            name=op.f("fk_maillage_follow_up_entries_dossier_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_follow_up_entries")),
        sa.UniqueConstraint("iri", name=op.f("uq_maillage_follow_up_entries_iri")),
    )
    op.create_index("ix_maillage_follow_up_entries_dossier_id", "maillage_follow_up_entries", ["dossier_id"])
    op.create_table(
        "maillage_placements",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("dossier_id", NUMBER, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cohort", sa.Text(), nullable=True),
        sa.Column("swap", sa.Text(), nullable=True),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("by_iri", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_maillage_placements_number")),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["maillage_dossiers.id"], name=op.f("fk_maillage_placements_dossier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_placements")),
        sa.UniqueConstraint("dossier_id", "number", name=op.f("uq_maillage_placements_dossier_id_number")),
        sa.UniqueConstraint("iri", name=op.f("uq_maillage_placements_iri")),
    )
    op.create_table(
        "maillage_reviews",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("dossier_id", NUMBER, nullable=False),
        sa.Column("seat_key", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("by_iri", sa.Text(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "opinion IN ('admissible', 'not_admissible', 'abstain', 'recused')",
            name=op.f("ck_maillage_reviews_opinion"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_maillage_reviews_number")),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["maillage_dossiers.id"], name=op.f("fk_maillage_reviews_dossier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_reviews")),
        sa.UniqueConstraint(
            "dossier_id", "seat_key", "number", name=op.f("uq_maillage_reviews_dossier_id_seat_key_number")
        ),
    )
    op.create_index("ix_maillage_reviews_iri", "maillage_reviews", ["iri"])
    op.create_table(
        "maillage_session_roles",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("session_id", NUMBER, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("actor_iri", sa.Text(), nullable=True),
        sa.Column("expert_id", NUMBER, nullable=True),
        sa.Column("dossier_id", NUMBER, nullable=True),
        sa.Column("invite_iri", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(role = 'leader') = (dossier_id IS NOT NULL)", name=op.f("ck_maillage_session_roles_leader")
        ),
        sa.CheckConstraint(
            "answer IN ('waiting', 'accepted', 'tentative', 'declined', 'withdrawn')",
            name=op.f("ck_maillage_session_roles_answer"),
        ),
        sa.CheckConstraint(
            "role IN ('leader', 'coordinator', 'expert', 'facilitator')", name=op.f("ck_maillage_session_roles_role")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["maillage_dossiers.id"], name=op.f("fk_maillage_session_roles_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["maillage_experts.id"], name=op.f("fk_maillage_session_roles_expert_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["maillage_cohort_sessions.id"],
            name=op.f("fk_maillage_session_roles_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_session_roles")),
        sa.UniqueConstraint("session_id", "role", "name", name=op.f("uq_maillage_session_roles_session_id_role_name")),
    )
    op.create_index("ix_maillage_session_roles_invite_iri", "maillage_session_roles", ["invite_iri"])


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
