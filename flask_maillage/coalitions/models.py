"""Memberships: who belongs to what, as each of the two sides says it, and what happened to it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from actors.database import Base, Identity
from actors.models import Actor

NO_SHARES, SUBMITTED, ALL_SHARES = "none", "submitted", "all"
WHAT = (
    "asked",
    "invited",
    "claimed by the group",
    "claimed by the member",
    "confirmed",
    "not claimed by the group",
    "not claimed by the member",
    "role",
    "changed",
    "suspended",
    "resumed",
    "shares",
    "left",
    "removed",
    "refused",
    "unreachable",
)
"""What can happen to a membership (`MembershipEvent.what`)."""


class Membership(Base):
    """An actor belongs to a group, asks to, or is asked to; either of the two may live elsewhere.

    There is one row for the two, with what each side says of it (`claims.py`). The role, the territory and the dates
    are the group's word; what the member says of them stands in its own document.
    """

    __tablename__ = "maillage_memberships"
    __table_args__ = (
        UniqueConstraint("group_id", "member_id"),
        CheckConstraint("group_id <> member_id", name="not_oneself"),
        CheckConstraint("state IN ('requested', 'invited', 'member', 'refused', 'left', 'removed')", name="state"),
        CheckConstraint("shares IN ('none', 'submitted', 'all')", name="shares"),
        Index("ix_maillage_memberships_group_state", "group_id", "state"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    identifier: Mapped[str] = mapped_column(unique=True)
    """A UUIDv7; it ends the ids of the documents of ours, of either side."""
    group_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"), index=True)
    state: Mapped[str]
    role: Mapped[str] = mapped_column(default="member")
    """`founder`, `admin`, `member`, `affiliate`, or a free word, shown as it was typed."""
    labels: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Free words beside the role: Communecter's `rules`. They give no right."""
    territory: Mapped[str | None]
    """The code of a zone for which the member is there."""
    territory_name: Mapped[str] = mapped_column(default="")
    """What was typed or sent of it where the gazetteer does not know it."""
    since: Mapped[date | None]
    until: Mapped[date | None]
    iri: Mapped[str] = mapped_column(index=True)
    """The id of the Join or the Invite that began it."""
    message: Mapped[str] = mapped_column(default="")
    wish: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What the Join or the Invite wished besides (`communecter.wishes.Wish`): shown to who answers, and no right."""
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What whoever asked to join answered to the group's questions, by their keys."""
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    """Since when the group has suspended it."""
    group_says_at: Mapped[datetime | None]
    """When the group last said so, by its own clock: by an Invite, an answer or its Relationship; None while not."""
    member_says_at: Mapped[datetime | None]
    """The same of the member: by a Join, an answer or its Relationship."""
    group_document: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The group's Relationship as it signed it, or as it stood on its server."""
    member_document: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    compare_at: Mapped[datetime | None] = mapped_column(index=True)
    """When the worker next looks at what the other side's server says; None where both live here."""
    shares: Mapped[str] = mapped_column(default=NO_SHARES)
    """What of its publications the member lets the group announce: none, what it submits, all."""
    listed: Mapped[bool] = mapped_column(default=False)
    """Whether a person agreed to stand in public lists; organisations and coalitions always do."""

    group: Mapped[Actor] = relationship(foreign_keys=[group_id])
    member: Mapped[Actor] = relationship(foreign_keys=[member_id])


class MembershipEvent(Base):
    """Something that happened between a group and somebody; written with what caused it, and never changed."""

    __tablename__ = "maillage_membership_events"
    __table_args__ = (Index("ix_maillage_membership_events_pair", "group_id", "member_id", "at"),)

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"), index=True)
    what: Mapped[str]
    """One of `WHAT`."""
    at: Mapped[datetime]
    """When, by the clock of who did it."""
    by_iri: Mapped[str | None]
    """The actor who did it; None where it came about by itself."""
    letter_iri: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")

    group: Mapped[Actor] = relationship(foreign_keys=[group_id])
    member: Mapped[Actor] = relationship(foreign_keys=[member_id])
