"""The wire: policies of hosts, keys with a purpose, ways of letters, audiences, and what others do with ours"""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "maillage_host_policies",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("refuses_media", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "level IN ('allow', 'none', 'silence', 'block')", name=op.f("ck_maillage_host_policies_level")
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_maillage_host_policies")),
    )
    op.create_table(
        "maillage_memberships",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('requested', 'invited', 'member', 'refused', 'left', 'removed')",
            name=op.f("ck_maillage_memberships_state"),
        ),
        sa.CheckConstraint("group_id <> member_id", name=op.f("ck_maillage_memberships_not_oneself")),
        sa.ForeignKeyConstraint(["group_id"], ["maillage_actors.id"], name=op.f("fk_maillage_memberships_group_id")),
        sa.ForeignKeyConstraint(["member_id"], ["maillage_actors.id"], name=op.f("fk_maillage_memberships_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_memberships")),
        sa.UniqueConstraint("group_id", "member_id", name=op.f("uq_maillage_memberships_group_id_member_id")),
    )
    with op.batch_alter_table("maillage_memberships", schema=None) as batch_op:
        batch_op.create_index("ix_maillage_memberships_group_state", ["group_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_maillage_memberships_iri"), ["iri"], unique=False)
        batch_op.create_index(batch_op.f("ix_maillage_memberships_member_id"), ["member_id"], unique=False)

    op.create_table(
        "maillage_pollings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("next_page", sa.Text(), nullable=True),
        sa.Column("pages_left", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("polled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_pollings_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_pollings")),
        sa.UniqueConstraint("actor_id", name=op.f("uq_maillage_pollings_actor_id")),
    )
    with op.batch_alter_table("maillage_pollings", schema=None) as batch_op:
        batch_op.create_index("ix_maillage_pollings_due_at", ["due_at"], unique=False)

    op.create_table(
        "maillage_reports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("reporter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("objects", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'resolved') = (resolved_at IS NOT NULL)", name=op.f("ck_maillage_reports_resolved")
        ),
        sa.CheckConstraint("state IN ('open', 'resolved')", name=op.f("ck_maillage_reports_state")),
        sa.ForeignKeyConstraint(["reporter_id"], ["maillage_actors.id"], name=op.f("fk_maillage_reports_reporter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_reports")),
        sa.UniqueConstraint("iri", name=op.f("uq_maillage_reports_iri")),
    )
    with op.batch_alter_table("maillage_reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_maillage_reports_host"), ["host"], unique=False)
        batch_op.create_index(batch_op.f("ix_maillage_reports_reporter_id"), ["reporter_id"], unique=False)
        batch_op.create_index("ix_maillage_reports_state_received", ["state", "received_at"], unique=False)

    op.create_table(
        "maillage_addressees",
        sa.Column("publication_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_addressees_actor_id")),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["maillage_publications.id"],
            name=op.f("fk_maillage_addressees_publication_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("publication_id", "actor_id", name=op.f("pk_maillage_addressees")),
    )
    with op.batch_alter_table("maillage_addressees", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_maillage_addressees_actor_id"), ["actor_id"], unique=False)

    op.create_table(
        "maillage_attendances",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("publication_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("turned_away", sa.Boolean(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('requested', 'accepted', 'refused', 'tentative', 'declined', 'left', 'invited', 'ignored')",
            name=op.f("ck_maillage_attendances_state"),
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_attendances_actor_id")),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["maillage_publications.id"],
            name=op.f("fk_maillage_attendances_publication_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_attendances")),
        sa.UniqueConstraint("publication_id", "actor_id", name=op.f("uq_maillage_attendances_publication_id_actor_id")),
    )
    with op.batch_alter_table("maillage_attendances", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_maillage_attendances_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_maillage_attendances_iri"), ["iri"], unique=False)
        batch_op.create_index("ix_maillage_attendances_publication_state", ["publication_id", "state"], unique=False)

    op.create_table(
        "maillage_likes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("publication_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_likes_actor_id")),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["maillage_publications.id"],
            name=op.f("fk_maillage_likes_publication_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_likes")),
        sa.UniqueConstraint("publication_id", "actor_id", name=op.f("uq_maillage_likes_publication_id_actor_id")),
    )
    with op.batch_alter_table("maillage_likes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_maillage_likes_iri"), ["iri"], unique=False)

    op.create_table(
        "maillage_replies",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("publication_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("in_reply_to", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('held', 'shown', 'hidden')", name=op.f("ck_maillage_replies_state")),
        sa.ForeignKeyConstraint(["actor_id"], ["maillage_actors.id"], name=op.f("fk_maillage_replies_actor_id")),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["maillage_publications.id"],
            name=op.f("fk_maillage_replies_publication_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_replies")),
        sa.UniqueConstraint("iri", name=op.f("uq_maillage_replies_iri")),
    )
    with op.batch_alter_table("maillage_replies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_maillage_replies_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(
            "ix_maillage_replies_publication_state", ["publication_id", "state", "published_at"], unique=False
        )

    with op.batch_alter_table("maillage_activities", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_maillage_activities_key_id"), "maillage_actor_keys", ["key_id"], ["id"]
        )

    with op.batch_alter_table("maillage_actor_keys", schema=None) as batch_op:
        batch_op.add_column(sa.Column("purpose", sa.Text(), nullable=False, server_default="signing"))
        batch_op.add_column(sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_maillage_actor_keys_purpose"), "purpose IN ('signing', 'assertion')"
        )

    with op.batch_alter_table("maillage_actors", schema=None) as batch_op:
        batch_op.add_column(sa.Column("federated", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("featured", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("also_known_as", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("moved_to", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("policy_level", sa.Text(), nullable=False, server_default="none"))
        batch_op.add_column(sa.Column("policy_allows", sa.Boolean(), nullable=False, server_default=sa.false()))
    _carry_blocks()

    with op.batch_alter_table("maillage_hosts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("failing_days", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("unavailable_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("missed_at", sa.DateTime(timezone=True), nullable=True))
        for name in ("failing_since", "paused_at", "served_at", "minute_began_at"):
            batch_op.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("minute_count", sa.Integer(), nullable=False, server_default="0"))

    with op.batch_alter_table("maillage_deliveries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("knocks", sa.Integer(), nullable=False, server_default="0"))
        batch_op.drop_index(batch_op.f("ix_maillage_deliveries_host"))
        batch_op.create_index("ix_maillage_deliveries_host_state_due", ["host", "state", "due_at"], unique=False)

    with op.batch_alter_table("maillage_letters", schema=None) as batch_op:
        batch_op.add_column(sa.Column("way", sa.Text(), nullable=False, server_default="pushed"))
        batch_op.add_column(sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_maillage_letters_iri"), type_="unique")
        batch_op.create_index(batch_op.f("ix_maillage_letters_iri"), ["iri"], unique=False)
        batch_op.drop_index(batch_op.f("ix_maillage_letters_sender_id"))
        batch_op.create_index("ix_maillage_letters_sender_state", ["sender_id", "state"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_maillage_letters_sender_id_iri"), ["sender_id", "iri"])
        batch_op.create_check_constraint(
            batch_op.f("ck_maillage_letters_way"), "way IN ('pushed', 'relayed', 'polled')"
        )

    with op.batch_alter_table("maillage_publications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("featured_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("looked_up", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.drop_constraint(batch_op.f("ck_maillage_publications_visibility"), type_="check")
    op.execute("UPDATE maillage_publications SET visibility = 'direct' WHERE visibility = 'limited'")
    with op.batch_alter_table("maillage_publications", schema=None) as batch_op:
        batch_op.create_check_constraint(
            batch_op.f("ck_maillage_publications_visibility"),
            "visibility IN ('public', 'unlisted', 'followers', 'direct')",
        )

    _digest_tombstones()


def _carry_blocks() -> None:
    """Keep the blocks: under names without port, and on the actors whom they concern."""
    connection = op.get_bind()
    old = sa.table(
        "maillage_blocked_hosts",
        *(sa.column(name, sa.Text()) for name in ("name", "reason")),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )
    new = sa.table(
        "maillage_host_policies",
        *(sa.column(name, sa.Text()) for name in ("name", "level", "reason")),
        sa.column("refuses_media", sa.Boolean()),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )
    actors = sa.table("maillage_actors", *(sa.column(name) for name in ("host", "local", "policy_level")))
    blocks = {}
    for row in connection.execute(sa.select(old).order_by(old.c.name)).mappings():
        name, colon, port = row["name"].rpartition(":")
        name = name if colon and port.isdigit() else row["name"]
        blocks.setdefault(name, {**row, "name": name, "level": "block", "refuses_media": False})
    op.bulk_insert(new, list(blocks.values()))
    host = sa.func.lower(actors.c.host)
    for name in blocks:
        under = sa.or_(*(host.like(form) for form in (name, f"%.{name}", f"{name}:%", f"%.{name}:%")))
        connection.execute(sa.update(actors).where(~actors.c.local, under).values(policy_level="block"))
    op.drop_table("maillage_blocked_hosts")


def _digest_tombstones() -> None:
    """Give the tombstones a key of fixed length."""
    old = sa.table(
        "maillage_tombstones",
        *(sa.column(name, sa.Text()) for name in ("iri", "actor_iri", "former_type")),
        sa.column("deleted_at", sa.DateTime(timezone=True)),
    )
    rows = [dict(row) for row in op.get_bind().execute(sa.select(old)).mappings()]
    op.drop_table("maillage_tombstones")
    new = op.create_table(
        "maillage_tombstones",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("actor_iri", sa.Text(), nullable=False),
        sa.Column("former_type", sa.Text(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_maillage_tombstones")),
    )
    op.create_index(op.f("ix_maillage_tombstones_iri"), "maillage_tombstones", ["iri"], unique=False)
    for row in rows:
        row["digest"] = hashlib.sha256(f"{row['iri']}\n{row['actor_iri']}".encode()).hexdigest()
    op.bulk_insert(new, rows)


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
