"""Memberships: who belongs to what, as both sides know it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from actors.database import Base, Identity
from actors.models import Actor


class Membership(Base):
    """An actor belongs to a group, asks to, or is asked to; either of the two may live elsewhere."""

    __tablename__ = "maillage_memberships"
    __table_args__ = (
        UniqueConstraint("group_id", "member_id"),
        CheckConstraint("group_id <> member_id", name="not_oneself"),
        CheckConstraint("state IN ('requested', 'invited', 'member', 'refused', 'left', 'removed')", name="state"),
        Index("ix_maillage_memberships_group_state", "group_id", "state"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"), index=True)
    state: Mapped[str]
    role: Mapped[str] = mapped_column(default="member")
    iri: Mapped[str] = mapped_column(index=True)
    """The id of the Join or the Invite that began it."""
    message: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    group: Mapped[Actor] = relationship(foreign_keys=[group_id])
    member: Mapped[Actor] = relationship(foreign_keys=[member_id])
