"""The table of files that members uploaded; the bytes lie in the data folder."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from actors.database import Base, Identity
from actors.models import Actor


class StoredFile(Base):
    """An image or a document of one of our actors, under a name of ours."""

    __tablename__ = "maillage_files"
    __table_args__ = (
        CheckConstraint("family IN ('image', 'document')", name="family"),
        CheckConstraint("(family = 'image') = (width IS NOT NULL AND height IS NOT NULL)", name="sides"),
        Index("ix_maillage_files_actor_touched", "actor_id", "touched_at"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    """What it is called in the folder and in its address, without ending."""
    family: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    """Bytes of what its address gives."""
    room: Mapped[int]
    """Bytes on the disk, all sizes of an image together."""
    digest: Mapped[str]
    """SHA-256 of what its address gives, as `digestMultibase` (FEP-1311)."""
    width: Mapped[int | None]
    height: Mapped[int | None]
    pages: Mapped[int | None]
    title: Mapped[str]
    """What the uploader's file was called, cleaned."""
    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"))
    uploader_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_actors.id"))
    """The member who chose it; told to nobody outside."""
    created_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    """When a form last held it: what no publication needs goes some days later."""

    actor: Mapped[Actor] = relationship(foreign_keys=[actor_id])
