"""Which stored files a publication needs, and our copies of images that lie on other servers."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from actors.database import Base, Identity

WAITING, KEPT, GIVEN_UP = "waiting", "kept", "given up"


class FileUse(Base):
    """A publication of ours needs a stored file: who may read the one may have the other."""

    __tablename__ = "maillage_publication_files"

    publication_id: Mapped[int] = mapped_column(
        ForeignKey("maillage_publications.id", ondelete="CASCADE"), primary_key=True
    )
    file_id: Mapped[int] = mapped_column(ForeignKey("maillage_files.id"), primary_key=True, index=True)


class CopiedImage(Base):
    """The image of a publication that lies on another server: fetched by the worker, written anew, shown by us.

    So a reader's browser asks no host but ours. What no publication needs any more (`publication_id` is empty) goes.
    """

    __tablename__ = "maillage_copied_images"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'kept', 'given up')", name="state"),
        CheckConstraint("(state = 'kept') = (name IS NOT NULL)", name="name"),
        Index("ix_maillage_copied_images_state_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    publication_id: Mapped[int | None] = mapped_column(
        ForeignKey("maillage_publications.id", ondelete="SET NULL"), unique=True
    )
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
