"""Projects founded by three: their founders, links in mails to these, and where an actor is in its life."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "maillage_founders",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("project_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("stands_for_id", NUMBER, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=True),
        sa.Column("invited_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('invited', 'consented', 'refused', 'withdrawn', 'left')", name=op.f("ck_maillage_founders_state")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["maillage_actors.id"], name=op.f("fk_maillage_founders_person_id")),
        sa.ForeignKeyConstraint(["project_id"], ["maillage_actors.id"], name=op.f("fk_maillage_founders_project_id")),
        sa.ForeignKeyConstraint(
            ["stands_for_id"], ["maillage_actors.id"], name=op.f("fk_maillage_founders_stands_for_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_founders")),
        sa.UniqueConstraint("project_id", "person_id", name=op.f("uq_maillage_founders_project_id_person_id")),
    )
    op.create_index("ix_maillage_founders_iri", "maillage_founders", ["iri"])
    op.create_index("ix_maillage_founders_person_id", "maillage_founders", ["person_id"])
    op.create_index("ix_maillage_founders_project_state", "maillage_founders", ["project_id", "state"])
    op.create_index("ix_maillage_founders_stands_for_id", "maillage_founders", ["stands_for_id"])
    op.create_table(
        "maillage_projects",
        sa.Column("actor_id", NUMBER, nullable=False),
        sa.Column("network_id", NUMBER, nullable=True),
        sa.Column("proposed_by_id", NUMBER, nullable=True),
        sa.Column("proposed_at", MOMENT, nullable=True),
        sa.Column("activated_at", MOMENT, nullable=True),
        sa.Column("short_since", MOMENT, nullable=True),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("successor_iri", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "progress IN ('idea', 'concept', 'started', 'development', 'testing', 'mature')",
            name=op.f("ck_maillage_projects_progress"),
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_projects_actor_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["network_id"], ["maillage_actors.id"], name=op.f("fk_maillage_projects_network_id")),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["maillage_actors.id"], name=op.f("fk_maillage_projects_proposed_by_id")
        ),
        sa.PrimaryKeyConstraint("actor_id", name=op.f("pk_maillage_projects")),
    )
    op.create_index("ix_maillage_projects_network_id", "maillage_projects", ["network_id"])
    op.create_index("ix_maillage_projects_proposed_by_id", "maillage_projects", ["proposed_by_id"])
    op.create_table(
        "maillage_founder_links",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("project_id", NUMBER, nullable=False),
        sa.Column("made_by_id", NUMBER, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("invitation_id", NUMBER, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["maillage_role_invitations.id"],
            name=op.f("fk_maillage_founder_links_invitation_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["maillage_members.id"],
            name=op.f("fk_maillage_founder_links_made_by_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["maillage_actors.id"], name=op.f("fk_maillage_founder_links_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_founder_links")),
        sa.UniqueConstraint("digest", name=op.f("uq_maillage_founder_links_digest")),
    )
    op.create_index("ix_maillage_founder_links_email", "maillage_founder_links", ["email"])
    op.create_index("ix_maillage_founder_links_invitation_id", "maillage_founder_links", ["invitation_id"])
    op.create_index("ix_maillage_founder_links_made_by_id", "maillage_founder_links", ["made_by_id"])
    op.create_index("ix_maillage_founder_links_project_id", "maillage_founder_links", ["project_id"])
    op.add_column("maillage_actors", sa.Column("phase", sa.Text(), server_default=sa.text("'active'"), nullable=False))


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
