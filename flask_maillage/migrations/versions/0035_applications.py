"""Applications to calls: committees, letters, dossiers and their files"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "maillage_call_letters",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("sender_iri", sa.Text(), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("call_iri", sa.Text(), nullable=False),
        sa.Column("agreement_iri", sa.Text(), nullable=True),
        sa.Column("result_iri", sa.Text(), nullable=True),
        sa.Column("sent", sa.Boolean(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("held_until", MOMENT, nullable=True),
        sa.Column("refused", sa.Text(), nullable=True),
        sa.Column("erased_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(document IS NULL) = (erased_at IS NOT NULL)", name=op.f("ck_maillage_call_letters_erased")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_call_letters")),
        sa.UniqueConstraint("sender_iri", "iri", name=op.f("uq_maillage_call_letters_sender_iri_iri")),
    )
    op.create_index("ix_maillage_call_letters_agreement", "maillage_call_letters", ["agreement_iri", "verb"])
    op.create_index("ix_maillage_call_letters_call_iri", "maillage_call_letters", ["call_iri"])
    op.create_index("ix_maillage_call_letters_result_iri", "maillage_call_letters", ["result_iri"])
    op.create_index("ix_maillage_call_letters_held_until", "maillage_call_letters", ["held_until"])
    op.create_index("ix_maillage_call_letters_iri", "maillage_call_letters", ["iri"])
    op.create_table(
        "maillage_committee_copies",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("seat_actor_id", NUMBER, nullable=False),
        sa.Column("call_iri", sa.Text(), nullable=False),
        sa.Column("letter_id", NUMBER, nullable=False),
        sa.Column("hidden_at", MOMENT, nullable=True),
        sa.Column("erase_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["maillage_call_letters.id"], name=op.f("fk_maillage_committee_copies_letter_id")
        ),
        sa.ForeignKeyConstraint(
            ["seat_actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_committee_copies_seat_actor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_committee_copies")),
        sa.UniqueConstraint(
            "seat_actor_id", "letter_id", name=op.f("uq_maillage_committee_copies_seat_actor_id_letter_id")
        ),
    )
    op.create_index("ix_maillage_committee_copies_call_iri", "maillage_committee_copies", ["call_iri"])
    op.create_index("ix_maillage_committee_copies_erase_at", "maillage_committee_copies", ["erase_at"])
    op.create_table(
        "maillage_receipts",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("letter_id", NUMBER, nullable=False),
        sa.Column("seat_key", sa.Text(), nullable=False),
        sa.Column("by_iri", sa.Text(), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("matches", sa.Boolean(), nullable=False),
        sa.CheckConstraint("via IN ('letter', 'mail', 'here')", name=op.f("ck_maillage_receipts_via")),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["maillage_call_letters.id"], name=op.f("fk_maillage_receipts_letter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_receipts")),
        sa.UniqueConstraint("iri", name=op.f("uq_maillage_receipts_iri")),
    )
    op.create_index(
        "uq_maillage_receipts_seat",
        "maillage_receipts",
        ["letter_id", "seat_key"],
        unique=True,
        sqlite_where=sa.text("matches"),
        postgresql_where=sa.text("matches"),
    )
    op.create_table(
        "maillage_call_places",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("call_id", NUMBER, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_maillage_call_places_number")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["maillage_publications.id"], name=op.f("fk_maillage_call_places_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_call_places")),
        sa.UniqueConstraint("call_id", "number", name=op.f("uq_maillage_call_places_call_id_number")),
    )
    op.create_table(
        "maillage_cohort_slots",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("call_id", NUMBER, nullable=False),
        sa.Column("cohort", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_maillage_cohort_slots_number")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["maillage_publications.id"], name=op.f("fk_maillage_cohort_slots_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_cohort_slots")),
        sa.UniqueConstraint("call_id", "cohort", "number", name=op.f("uq_maillage_cohort_slots_call_id_cohort_number")),
    )
    op.create_table(
        "maillage_committees",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("call_id", NUMBER, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seats", sa.JSON(), nullable=False),
        sa.Column("from_at", MOMENT, nullable=False),
        sa.Column("until_at", MOMENT, nullable=True),
        sa.CheckConstraint("until_at > from_at", name=op.f("ck_maillage_committees_until")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_maillage_committees_version")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["maillage_publications.id"], name=op.f("fk_maillage_committees_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_committees")),
        sa.UniqueConstraint("call_id", "version", name=op.f("uq_maillage_committees_call_id_version")),
    )
    op.create_table(
        "maillage_guest_applicants",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("call_id", NUMBER, nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["maillage_publications.id"],
            name=op.f("fk_maillage_guest_applicants_call_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_guest_applicants")),
        sa.UniqueConstraint("identifier", name=op.f("uq_maillage_guest_applicants_identifier")),
    )
    op.create_index("ix_maillage_guest_applicants_call_id", "maillage_guest_applicants", ["call_id"])
    op.create_table(
        "maillage_dossiers",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("call_id", NUMBER, nullable=False),
        sa.Column("applicant_iri", sa.Text(), nullable=False),
        sa.Column("agreement_iri", sa.Text(), nullable=False),
        sa.Column("initiative_iri", sa.Text(), nullable=True),
        sa.Column("initiative_state", sa.Text(), nullable=False),
        sa.Column("initiative_due_at", MOMENT, nullable=True),
        sa.Column("guest_id", NUMBER, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("territory", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("committee_version", sa.Integer(), nullable=False),
        sa.Column("registered_at", MOMENT, nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("admitted_by", sa.Text(), nullable=True),
        sa.Column("admitted_because", sa.Text(), nullable=True),
        sa.Column("place_id", NUMBER, nullable=True),
        sa.Column("slot_id", NUMBER, nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("confirm_by", MOMENT, nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("publicise", sa.Boolean(), nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("last_contact_at", MOMENT, nullable=True),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.Column("purge_at", MOMENT, nullable=True),
        sa.Column("purge_told_at", MOMENT, nullable=True),
        sa.Column("purged_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(initiative_iri IS NULL) = (initiative_state = 'described')", name=op.f("ck_maillage_dossiers_initiative")
        ),
        sa.CheckConstraint("(state = 'reserve') = (rank IS NOT NULL)", name=op.f("ck_maillage_dossiers_rank")),
        sa.CheckConstraint(
            "(state IN ('selected', 'confirmed', 'in_cohort', 'followed_up', 'closed')) = (place_id IS NOT NULL)",
            name=op.f("ck_maillage_dossiers_place"),
        ),
        sa.CheckConstraint(
            "NOT (state IN ('selected', 'reserve', 'declined', 'expired', "
            "'confirmed', 'refused', 'in_cohort', 'followed_up', 'closed')) OR decided_by IS NOT NULL",
            name=op.f("ck_maillage_dossiers_decided_by"),
        ),
        sa.CheckConstraint(
            "initiative_state IN ('described', 'waiting', 'verified', 'unavailable')",
            name=op.f("ck_maillage_dossiers_initiative_state"),
        ),
        sa.CheckConstraint(
            "slot_id IS NULL OR state IN ('in_cohort', 'followed_up', 'closed')", name=op.f("ck_maillage_dossiers_slot")
        ),
        sa.CheckConstraint("state <> 'in_cohort' OR slot_id IS NOT NULL", name=op.f("ck_maillage_dossiers_in_cohort")),
        sa.CheckConstraint(
            "state <> 'selected' OR confirm_by IS NOT NULL", name=op.f("ck_maillage_dossiers_confirm_by")
        ),
        sa.CheckConstraint("state <> 'submitted' OR decided_by IS NULL", name=op.f("ck_maillage_dossiers_undecided")),
        sa.CheckConstraint(
            "state IN ('submitted', 'selected', 'reserve', 'declined', 'expired', "
            "'confirmed', 'refused', 'in_cohort', 'followed_up', 'closed', 'withdrawn')",
            name=op.f("ck_maillage_dossiers_state"),
        ),
        sa.CheckConstraint(
            "(admitted_by IS NULL) = (admitted_because IS NULL)", name=op.f("ck_maillage_dossiers_admitted")
        ),
        sa.CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name=op.f("ck_maillage_dossiers_decided")),
        sa.CheckConstraint("late = (admitted_by IS NOT NULL)", name=op.f("ck_maillage_dossiers_late")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_maillage_dossiers_version")),
        sa.ForeignKeyConstraint(["call_id"], ["maillage_publications.id"], name=op.f("fk_maillage_dossiers_call_id")),
        sa.ForeignKeyConstraint(
            ["guest_id"], ["maillage_guest_applicants.id"], name=op.f("fk_maillage_dossiers_guest_id")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["maillage_call_places.id"], name=op.f("fk_maillage_dossiers_place_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["maillage_cohort_slots.id"], name=op.f("fk_maillage_dossiers_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_dossiers")),
        sa.UniqueConstraint("call_id", "agreement_iri", name=op.f("uq_maillage_dossiers_call_id_agreement_iri")),
        sa.UniqueConstraint("call_id", "rank", name=op.f("uq_maillage_dossiers_call_id_rank")),
        sa.UniqueConstraint("guest_id", name=op.f("uq_maillage_dossiers_guest_id")),
        sa.UniqueConstraint("identifier", name=op.f("uq_maillage_dossiers_identifier")),
        sa.UniqueConstraint("place_id", name=op.f("uq_maillage_dossiers_place_id")),
        sa.UniqueConstraint("slot_id", name=op.f("uq_maillage_dossiers_slot_id")),
    )
    op.create_index("ix_maillage_dossiers_agreement_iri", "maillage_dossiers", ["agreement_iri"])
    op.create_index("ix_maillage_dossiers_applicant_iri", "maillage_dossiers", ["applicant_iri"])
    op.create_index("ix_maillage_dossiers_confirm_by", "maillage_dossiers", ["confirm_by"])
    op.create_index("ix_maillage_dossiers_initiative_due_at", "maillage_dossiers", ["initiative_due_at"])
    op.create_index("ix_maillage_dossiers_purge_at", "maillage_dossiers", ["purge_at"])
    op.create_index("ix_maillage_dossiers_state", "maillage_dossiers", ["call_id", "state"])
    op.create_index(
        "uq_maillage_dossiers_initiative",
        "maillage_dossiers",
        ["call_id", "initiative_iri"],
        unique=True,
        sqlite_where=sa.text("state <> 'withdrawn'"),
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.create_table(
        "maillage_drafts_of_applications",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("actor_id", NUMBER, nullable=False),
        sa.Column("author_id", NUMBER, nullable=True),
        sa.Column("guest_id", NUMBER, nullable=True),
        sa.Column("call_iri", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("offer_iri", sa.Text(), nullable=True),
        sa.Column("refusal", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("dossier_iri", sa.Text(), nullable=True),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("registered_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(state = 'draft') = (offer_iri IS NULL)", name=op.f("ck_maillage_drafts_of_applications_offer")
        ),
        sa.CheckConstraint(
            "(state = 'refused') = (refusal IS NOT NULL)", name=op.f("ck_maillage_drafts_of_applications_refusal")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'sent', 'refused', 'registered', 'withdrawn')",
            name=op.f("ck_maillage_drafts_of_applications_state"),
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_drafts_of_applications_actor_id")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["maillage_actors.id"], name=op.f("fk_maillage_drafts_of_applications_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["guest_id"], ["maillage_guest_applicants.id"], name=op.f("fk_maillage_drafts_of_applications_guest_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_drafts_of_applications")),
        sa.UniqueConstraint(
            "actor_id",
            "call_iri",
            "identifier",
            name=op.f("uq_maillage_drafts_of_applications_actor_id_call_iri_identifier"),
        ),
        sa.UniqueConstraint("guest_id", name=op.f("uq_maillage_drafts_of_applications_guest_id")),
        sa.UniqueConstraint("identifier", name=op.f("uq_maillage_drafts_of_applications_identifier")),
    )
    op.create_index("ix_maillage_drafts_of_applications_call_iri", "maillage_drafts_of_applications", ["call_iri"])
    op.create_table(
        "maillage_private_files",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("uploader_id", NUMBER, nullable=True),
        sa.Column("draft_id", NUMBER, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["maillage_drafts_of_applications.id"],
            name=op.f("fk_maillage_private_files_draft_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["uploader_id"], ["maillage_actors.id"], name=op.f("fk_maillage_private_files_uploader_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_private_files")),
        sa.UniqueConstraint("name", name=op.f("uq_maillage_private_files_name")),
    )
    op.create_index("ix_maillage_private_files_digest", "maillage_private_files", ["digest"])
    op.create_index("ix_maillage_private_files_draft_id", "maillage_private_files", ["draft_id"])
    op.create_table(
        "maillage_versions_of_applications",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("dossier_id", NUMBER, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("letter_id", NUMBER, nullable=False),
        sa.Column("committee_version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_maillage_versions_of_applications_number")),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["maillage_dossiers.id"],
            name=op.f("fk_maillage_versions_of_applications_dossier_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["maillage_call_letters.id"], name=op.f("fk_maillage_versions_of_applications_letter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_versions_of_applications")),
        sa.UniqueConstraint(
            "dossier_id", "number", name=op.f("uq_maillage_versions_of_applications_dossier_id_number")
        ),
    )
    op.create_table(
        "maillage_files_of_applications",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("version_id", NUMBER, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("file_id", NUMBER, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(state = 'failed') = (code IS NOT NULL)", name=op.f("ck_maillage_files_of_applications_failed")
        ),
        sa.CheckConstraint(
            "(state = 'kept') = (file_id IS NOT NULL)", name=op.f("ck_maillage_files_of_applications_kept")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'kept', 'failed')", name=op.f("ck_maillage_files_of_applications_state")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["maillage_private_files.id"], name=op.f("fk_maillage_files_of_applications_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["maillage_versions_of_applications.id"],
            name=op.f("fk_maillage_files_of_applications_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_files_of_applications")),
    )
    op.create_index("ix_maillage_files_of_applications_due", "maillage_files_of_applications", ["state", "due_at"])
    op.create_index("ix_maillage_files_of_applications_version_id", "maillage_files_of_applications", ["version_id"])
    op.add_column(
        "maillage_activities", sa.Column("letter_only", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
