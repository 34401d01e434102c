"""Registrations: guests by e-mail, the waiting list, answers, who was there, and reminders"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

IDENTITY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "maillage_guests",
        sa.Column("id", IDENTITY, nullable=False),
        sa.Column("publication_id", IDENTITY, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("wants_reminder", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["maillage_publications.id"],
            name=op.f("fk_maillage_guests_publication_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_guests")),
        sa.UniqueConstraint("publication_id", "email", name=op.f("uq_maillage_guests_publication_id_email")),
    )
    with op.batch_alter_table("maillage_guests", schema=None) as batch_op:
        batch_op.create_index("ix_maillage_guests_confirmed_at", ["confirmed_at", "created_at"], unique=False)

    op.create_table(
        "maillage_reminders",
        sa.Column("publication_id", IDENTITY, nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("reached", IDENTITY, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.CheckConstraint("audience IN ('participants', 'followers')", name=op.f("ck_maillage_reminders_audience")),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["maillage_publications.id"],
            name=op.f("fk_maillage_reminders_publication_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("publication_id", "audience", name=op.f("pk_maillage_reminders")),
    )
    with op.batch_alter_table("maillage_reminders", schema=None) as batch_op:
        batch_op.create_index("ix_maillage_reminders_due_at", ["sent_at", "due_at"], unique=False)

    _attendances()


def _attendances() -> None:
    nothing = sa.text("'[]'")
    with op.batch_alter_table("maillage_attendances", schema=None) as batch_op:
        batch_op.add_column(sa.Column("guest_id", IDENTITY, nullable=True))
        batch_op.add_column(sa.Column("queue_number", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("answers", sa.JSON(), nullable=False, server_default=nothing))
        batch_op.add_column(sa.Column("shown", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("checked_in_at", MOMENT, nullable=True))
        batch_op.alter_column("actor_id", existing_type=IDENTITY, nullable=True)
    with op.batch_alter_table("maillage_attendances", schema=None) as batch_op:
        batch_op.alter_column("answers", existing_type=sa.JSON(), existing_nullable=False, server_default=None)
        batch_op.alter_column("shown", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
        batch_op.drop_constraint(op.f("ck_maillage_attendances_state"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_maillage_attendances_state"),
            "state IN ('requested', 'accepted', 'waiting', 'refused', 'tentative', 'declined', 'left', 'invited', "
            "'ignored')",
        )
        batch_op.create_check_constraint(
            op.f("ck_maillage_attendances_who"), "(actor_id IS NULL) <> (guest_id IS NULL)"
        )
        batch_op.create_check_constraint(
            op.f("ck_maillage_attendances_queue"), "queue_number IS NULL OR state = 'waiting'"
        )
        batch_op.create_foreign_key(
            op.f("fk_maillage_attendances_guest_id"), "maillage_guests", ["guest_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.create_unique_constraint(op.f("uq_maillage_attendances_guest_id"), ["guest_id"])
        batch_op.create_index(
            "ix_maillage_attendances_waiting", ["state", "publication_id", "queue_number"], unique=False
        )


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
