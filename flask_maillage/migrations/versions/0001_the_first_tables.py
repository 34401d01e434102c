"""The first tables"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "maillage_actors",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("local", sa.Boolean(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("inbox", sa.Text(), nullable=False),
        sa.Column("shared_inbox", sa.Text(), nullable=True),
        sa.Column("outbox", sa.Text(), nullable=True),
        sa.Column("followers", sa.Text(), nullable=True),
        sa.Column("approves_followers", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("place", sa.JSON(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_actors")),
        sa.UniqueConstraint("iri", name=op.f("uq_maillage_actors_iri")),
    )
    with op.batch_alter_table("maillage_actors", schema=None) as batch_op:
        batch_op.create_index("ix_maillage_actors_host_handle", ["host", "handle"], unique=False)
        batch_op.create_index(
            "uq_maillage_actors_local_handle",
            ["handle"],
            unique=True,
            sqlite_where=sa.text("local"),
            postgresql_where=sa.text("local"),
        )

    op.create_table(
        "maillage_blocked_hosts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_maillage_blocked_hosts")),
    )
    op.create_table(
        "maillage_hosts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("signature_scheme", sa.Text(), nullable=False),
        sa.Column("scheme_learnt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("closed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_success_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_failure_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_letter_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_maillage_hosts")),
    )
    op.create_table(
        "maillage_tombstones",
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("actor_iri", sa.Text(), nullable=False),
        sa.Column("former_type", sa.Text(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("iri", "actor_iri", name=op.f("pk_maillage_tombstones")),
    )
    op.create_table(
        "maillage_activities",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("object_iri", sa.Text(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_activities_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_activities")),
        sa.UniqueConstraint("iri", name=op.f("uq_maillage_activities_iri")),
    )
    with op.batch_alter_table("maillage_activities", schema=None) as batch_op:
        batch_op.create_index("ix_maillage_activities_actor_public", ["actor_id", "public", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_maillage_activities_object_iri"), ["object_iri"], unique=False)

    op.create_table(
        "maillage_actor_keys",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("public_pem", sa.Text(), nullable=False),
        sa.Column("private_encrypted", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_actor_keys_actor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_actor_keys")),
        sa.UniqueConstraint("iri", name=op.f("uq_maillage_actor_keys_iri")),
    )
    with op.batch_alter_table("maillage_actor_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_maillage_actor_keys_actor_id"), ["actor_id"], unique=False)

    op.create_table(
        "maillage_follows",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("follower_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("followed_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'accepted', 'rejected')", name=op.f("ck_maillage_follows_state")),
        sa.CheckConstraint("follower_id <> followed_id", name=op.f("ck_maillage_follows_not_oneself")),
        sa.ForeignKeyConstraint(["followed_id"], ["maillage_actors.id"], name=op.f("fk_maillage_follows_followed_id")),
        sa.ForeignKeyConstraint(["follower_id"], ["maillage_actors.id"], name=op.f("fk_maillage_follows_follower_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_follows")),
        sa.UniqueConstraint("follower_id", "followed_id", name=op.f("uq_maillage_follows_follower_id_followed_id")),
    )
    with op.batch_alter_table("maillage_follows", schema=None) as batch_op:
        batch_op.create_index("ix_maillage_follows_followed_state", ["followed_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_maillage_follows_iri"), ["iri"], unique=False)

    op.create_table(
        "maillage_letters",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("object_iri", sa.Text(), nullable=True),
        sa.Column("sender_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key_iri", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'waiting') = (settled_at IS NULL)", name=op.f("ck_maillage_letters_settled")),
        sa.CheckConstraint("state IN ('waiting', 'done', 'ignored', 'failed')", name=op.f("ck_maillage_letters_state")),
        sa.ForeignKeyConstraint(["sender_id"], ["maillage_actors.id"], name=op.f("fk_maillage_letters_sender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_letters")),
        sa.UniqueConstraint("iri", name=op.f("uq_maillage_letters_iri")),
    )
    with op.batch_alter_table("maillage_letters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_maillage_letters_object_iri"), ["object_iri"], unique=False)
        batch_op.create_index(batch_op.f("ix_maillage_letters_sender_id"), ["sender_id"], unique=False)
        batch_op.create_index("ix_maillage_letters_state_due", ["state", "due_at"], unique=False)

    op.create_table(
        "maillage_members",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("session_key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_members_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_members")),
        sa.UniqueConstraint("actor_id", name=op.f("uq_maillage_members_actor_id")),
        sa.UniqueConstraint("email", name=op.f("uq_maillage_members_email")),
    )
    op.create_table(
        "maillage_publications",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("local", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("place", sa.JSON(), nullable=True),
        sa.Column("online_url", sa.Text(), nullable=True),
        sa.Column("organisers", sa.JSON(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'draft') = (published_at IS NULL)", name=op.f("ck_maillage_publications_published")
        ),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name=op.f("ck_maillage_publications_withdrawn")
        ),
        sa.CheckConstraint("state IN ('draft', 'published', 'withdrawn')", name=op.f("ck_maillage_publications_state")),
        sa.CheckConstraint(
            "visibility IN ('public', 'unlisted', 'limited')", name=op.f("ck_maillage_publications_visibility")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_publications_actor_id")),
        sa.ForeignKeyConstraint(["author_id"], ["maillage_actors.id"], name=op.f("fk_maillage_publications_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_publications")),
        sa.UniqueConstraint("identifier", name=op.f("uq_maillage_publications_identifier")),
        sa.UniqueConstraint("iri", name=op.f("uq_maillage_publications_iri")),
    )
    with op.batch_alter_table("maillage_publications", schema=None) as batch_op:
        batch_op.create_index(
            "ix_maillage_publications_actor", ["actor_id", "kind", "state", "published_at"], unique=False
        )
        batch_op.create_index(
            "ix_maillage_publications_listing", ["state", "visibility", "kind", "published_at"], unique=False
        )
        batch_op.create_index("ix_maillage_publications_position", ["latitude", "longitude"], unique=False)
        batch_op.create_index("ix_maillage_publications_times", ["kind", "state", "starts_at", "ends_at"], unique=False)

    op.create_table(
        "maillage_deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("inbox", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("order_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease", sa.Text(), nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'pending') = (settled_at IS NULL)", name=op.f("ck_maillage_deliveries_settled")),
        sa.CheckConstraint(
            "state IN ('pending', 'delivered', 'refused', 'expired', 'cancelled')",
            name=op.f("ck_maillage_deliveries_state"),
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["maillage_activities.id"],
            name=op.f("fk_maillage_deliveries_activity_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_deliveries")),
        sa.UniqueConstraint("activity_id", "inbox", name=op.f("uq_maillage_deliveries_activity_id_inbox")),
    )
    with op.batch_alter_table("maillage_deliveries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_maillage_deliveries_host"), ["host"], unique=False)
        batch_op.create_index("ix_maillage_deliveries_order", ["order_key", "host", "state"], unique=False)
        batch_op.create_index("ix_maillage_deliveries_state_due", ["state", "due_at"], unique=False)

    op.create_table(
        "maillage_letter_readers",
        sa.Column("letter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_letter_readers_actor_id")),
        sa.ForeignKeyConstraint(
            ["letter_id"],
            ["maillage_letters.id"],
            name=op.f("fk_maillage_letter_readers_letter_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("letter_id", "actor_id", name=op.f("pk_maillage_letter_readers")),
    )
    op.create_table(
        "maillage_roles",
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('admin', 'editor', 'member')", name=op.f("ck_maillage_roles_role")),
        sa.ForeignKeyConstraint(["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_roles_actor_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["maillage_members.id"], name=op.f("fk_maillage_roles_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "actor_id", name=op.f("pk_maillage_roles")),
    )
    op.create_table(
        "maillage_shares",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("publication_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_shares_actor_id")),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["maillage_publications.id"],
            name=op.f("fk_maillage_shares_publication_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_shares")),
        sa.UniqueConstraint("publication_id", "actor_id", name=op.f("uq_maillage_shares_publication_id_actor_id")),
    )
    with op.batch_alter_table("maillage_shares", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_maillage_shares_iri"), ["iri"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("maillage_shares", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_maillage_shares_iri"))

    op.drop_table("maillage_shares")
    op.drop_table("maillage_roles")
    op.drop_table("maillage_letter_readers")
    with op.batch_alter_table("maillage_deliveries", schema=None) as batch_op:
        batch_op.drop_index("ix_maillage_deliveries_state_due")
        batch_op.drop_index("ix_maillage_deliveries_order")
        batch_op.drop_index(batch_op.f("ix_maillage_deliveries_host"))

    op.drop_table("maillage_deliveries")
    with op.batch_alter_table("maillage_publications", schema=None) as batch_op:
        batch_op.drop_index("ix_maillage_publications_times")
        batch_op.drop_index("ix_maillage_publications_position")
        batch_op.drop_index("ix_maillage_publications_listing")
        batch_op.drop_index("ix_maillage_publications_actor")

    op.drop_table("maillage_publications")
    op.drop_table("maillage_members")
    with op.batch_alter_table("maillage_letters", schema=None) as batch_op:
        batch_op.drop_index("ix_maillage_letters_state_due")
        batch_op.drop_index(batch_op.f("ix_maillage_letters_sender_id"))
        batch_op.drop_index(batch_op.f("ix_maillage_letters_object_iri"))

    op.drop_table("maillage_letters")
    with op.batch_alter_table("maillage_follows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_maillage_follows_iri"))
        batch_op.drop_index("ix_maillage_follows_followed_state")

    op.drop_table("maillage_follows")
    with op.batch_alter_table("maillage_actor_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_maillage_actor_keys_actor_id"))

    op.drop_table("maillage_actor_keys")
    with op.batch_alter_table("maillage_activities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_maillage_activities_object_iri"))
        batch_op.drop_index("ix_maillage_activities_actor_public")

    op.drop_table("maillage_activities")
    op.drop_table("maillage_tombstones")
    op.drop_table("maillage_hosts")
    op.drop_table("maillage_blocked_hosts")
    with op.batch_alter_table("maillage_actors", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_maillage_actors_local_handle", sqlite_where=sa.text("local"), postgresql_where=sa.text("local")
        )
        batch_op.drop_index("ix_maillage_actors_host_handle")

    op.drop_table("maillage_actors")
