"""What each side of a membership says of it, what happened to it, and what sort of organisation an actor is."""

import sqlalchemy as sa
from alembic import op

from actors.identifiers import new_identifier

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
MEMBERSHIPS, EVENTS = "maillage_memberships", "maillage_membership_events"


def upgrade() -> None:
    with op.batch_alter_table(MEMBERSHIPS) as table:
        table.add_column(sa.Column("identifier", sa.Text(), nullable=True))
        table.add_column(sa.Column("labels", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("territory", sa.Text(), nullable=True))
        table.add_column(sa.Column("territory_name", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("since", sa.Date(), nullable=True))
        table.add_column(sa.Column("until", sa.Date(), nullable=True))
        table.add_column(sa.Column("answers", sa.JSON(), nullable=False, server_default="{}"))
        table.add_column(sa.Column("suspended_at", MOMENT, nullable=True))
        table.add_column(sa.Column("group_says_at", MOMENT, nullable=True))
        table.add_column(sa.Column("member_says_at", MOMENT, nullable=True))
        table.add_column(sa.Column("group_document", sa.JSON(none_as_null=True), nullable=True))
        table.add_column(sa.Column("member_document", sa.JSON(none_as_null=True), nullable=True))
        table.add_column(sa.Column("compare_at", MOMENT, nullable=True))
        table.add_column(sa.Column("shares", sa.Text(), nullable=False, server_default="none"))
        table.add_column(sa.Column("listed", sa.Boolean(), nullable=False, server_default=sa.false()))
    _fill()
    with op.batch_alter_table(MEMBERSHIPS) as table:
        table.alter_column("identifier", existing_type=sa.Text(), nullable=False)
        for name, kind in (
            ("labels", sa.JSON()),
            ("territory_name", sa.Text()),
            ("answers", sa.JSON()),
            ("shares", sa.Text()),
            ("listed", sa.Boolean()),
        ):
            table.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
        table.create_unique_constraint(op.f("uq_maillage_memberships_identifier"), ["identifier"])
        table.create_check_constraint(op.f("ck_maillage_memberships_shares"), "shares IN ('none', 'submitted', 'all')")
    op.create_index("ix_maillage_memberships_compare_at", MEMBERSHIPS, ["compare_at"])
    op.create_table(
        EVENTS,
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("member_id", NUMBER, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_iri", sa.Text(), nullable=True),
        sa.Column("letter_iri", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["maillage_actors.id"], name=op.f("fk_maillage_membership_events_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["maillage_actors.id"], name=op.f("fk_maillage_membership_events_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maillage_membership_events")),
    )
    op.create_index("ix_maillage_membership_events_pair", EVENTS, ["group_id", "member_id", "at"])
    op.create_index("ix_maillage_membership_events_member_id", EVENTS, ["member_id"])
    for name in ("maillage_profiles", "maillage_foundings"):
        op.add_column(name, sa.Column("organisation_kind", sa.Text(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")


def _fill() -> None:
    """Give each row an identifier, and what its state says of the two claims.

    Whoever asked or was asked has said so; of a member both have, since none was ever one before both had.
    """
    rows = sa.table(
        MEMBERSHIPS,
        sa.column("id", NUMBER),
        sa.column("group_id", NUMBER),
        sa.column("member_id", NUMBER),
        sa.column("state", sa.Text()),
        sa.column("created_at", MOMENT),
        sa.column("began_at", MOMENT),
        sa.column("identifier", sa.Text()),
        sa.column("since", sa.Date()),
        sa.column("group_says_at", MOMENT),
        sa.column("member_says_at", MOMENT),
        sa.column("compare_at", MOMENT),
    )
    actors = sa.table("maillage_actors", sa.column("id", NUMBER), sa.column("local", sa.Boolean()))
    connection = op.get_bind()
    elsewhere = set(connection.scalars(sa.select(actors.c.id).where(sa.not_(actors.c.local))))
    for row in connection.execute(sa.select(rows)).mappings().all():
        since = row["began_at"] or row["created_at"]
        values: dict[str, object] = {"identifier": new_identifier(row["created_at"])}
        if row["state"] in ("member", "invited"):
            values["group_says_at"] = since
        if row["state"] in ("member", "requested"):
            values["member_says_at"] = since
        if row["state"] == "member":
            values["since"] = since.date()
            if {row["group_id"], row["member_id"]} & elsewhere:
                values["compare_at"] = since
        connection.execute(sa.update(rows).where(rows.c.id == row["id"]).values(**values))
