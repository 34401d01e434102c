"""Which stored files publications and profiles need, and our copies of images that lie on other servers."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from actors.database import Base, Identity

WAITING, KEPT, GIVEN_UP = "waiting", "kept", "given up"
ICON, IMAGE = "icon", "image"
"""The pictures of an actor, as the wire calls them: the small one beside its name, and the one above its page."""


class FileUse(Base):
    """A publication of ours needs a stored file: who may read the one may have the other."""

    __tablename__ = "maillage_publication_files"

    publication_id: Mapped[int] = mapped_column(
        ForeignKey("maillage_publications.id", ondelete="CASCADE"), primary_key=True
    )
    file_id: Mapped[int] = mapped_column(ForeignKey("maillage_files.id"), primary_key=True, index=True)


class Portrait(Base):
    """A picture of an actor, ours or one from elsewhere."""

    __tablename__ = "maillage_portraits"
    __table_args__ = (CheckConstraint("part IN ('icon', 'image')", name="part"),)

    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id", ondelete="CASCADE"), primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    picture: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Where it lies and what is said of it: a `Picture`."""
    file_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_files.id"), index=True)
    """The stored file, where it is one of ours."""


class CopiedImage(Base):
    """An image that lies on another server, of a publication or an actor: fetched by the worker, written anew.

    So a reader's browser asks no host but ours. What neither needs any more (both numbers are empty) goes.
    """

    __tablename__ = "maillage_copied_images"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'kept', 'given up')", name="state"),
        CheckConstraint("(state = 'kept') = (name IS NOT NULL)", name="name"),
        Index("ix_maillage_copied_images_state_due", "state", "due_at"),
        Index("uq_maillage_copied_images_actor_id", "actor_id", "part", unique=True),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    publication_id: Mapped[int | None] = mapped_column(
        ForeignKey("maillage_publications.id", ondelete="SET NULL"), unique=True
    )
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_actors.id", ondelete="SET NULL"))
    part: Mapped[str | None]
    """Which picture of the actor it is."""
    url: Mapped[str]
    state: Mapped[str]
    name: Mapped[str | None] = mapped_column(unique=True)
    ending: Mapped[str] = mapped_column(default="")
    width: Mapped[int | None]
    height: Mapped[int | None]
    room: Mapped[int] = mapped_column(default=0)
    """Bytes on the disk, all sizes together."""
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    lease: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    fetched_at: Mapped[datetime | None]
