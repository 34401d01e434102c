"""Tables of notifications, and of how each member wants to be told things."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from actors.database import Base, Identity
from actors.models import Actor
from flask_maillage.people.models import Member

NEVER, DAILY, WEEKLY = "never", "daily", "weekly"
RHYTHMS = (NEVER, DAILY, WEEKLY)


class Notification(Base):
    """That something happened which concerns a member; what it was is told from the rows that it names."""

    __tablename__ = "maillage_notifications"
    __table_args__ = (
        UniqueConstraint("member_id", "kind", "once"),
        Index("ix_maillage_notifications_member_read", "member_id", "read_at"),
        Index("ix_maillage_notifications_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("maillage_members.id", ondelete="CASCADE"))
    kind: Mapped[str]
    """The name of one of `kinds.KINDS`; what no version knows any more is shown to nobody."""
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_actors.id"), index=True)
    """Who did it."""
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_actors.id"), index=True)
    """To which actor: of ours, or the one that was asked."""
    publication_id: Mapped[int | None] = mapped_column(
        ForeignKey("maillage_publications.id", ondelete="CASCADE"), index=True
    )
    detail: Mapped[str] = mapped_column(default="")
    """A word that the kind understands: a role, what changed."""
    once: Mapped[str | None]
    """What makes a second one of the kind the same: it is told once."""
    on_page: Mapped[bool]
    in_digest: Mapped[bool]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    member: Mapped[Member] = relationship()
    actor: Mapped[Actor | None] = relationship(foreign_keys=[actor_id])
    subject: Mapped[Actor | None] = relationship(foreign_keys=[subject_id])


class Preferences(Base):
    """How a member wants to be told things; who never said has no row."""

    __tablename__ = "maillage_preferences"
    __table_args__ = (
        CheckConstraint("digest IN ('never', 'daily', 'weekly')", name="digest"),
        Index("ix_maillage_preferences_digest_due_at", "digest_due_at"),
    )

    member_id: Mapped[int] = mapped_column(ForeignKey("maillage_members.id", ondelete="CASCADE"), primary_key=True)
    timezone: Mapped[str | None]
    choices: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """For each kind that they said something of, by which channels it comes: `{"follows": ["page"]}`."""
    digest: Mapped[str] = mapped_column(default=NEVER)
    digest_due_at: Mapped[datetime | None]
    """When the next digest is put together; None where none is."""
    digest_since: Mapped[datetime | None]
    """Until when the last one reached: the next one tells what came after."""
    feed_digest: Mapped[str | None] = mapped_column(unique=True)
    """SHA-256 of the secret in the addresses of their feeds, which is not kept; None where they have none."""
    feed_made_at: Mapped[datetime | None]
    feed_events: Mapped[bool] = mapped_column(default=True)
    """Whether their calendar has the events of those whom they follow, besides their own registrations."""

    member: Mapped[Member] = relationship()
