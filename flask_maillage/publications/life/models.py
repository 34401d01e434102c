"""Rows about the writing of a publication: what is typed, what it said before, when it will be published."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from actors.database import Base, Identity
from actors.models import Actor
from flask_maillage.publications.models import Publication


class Unsaved(Base):
    """What somebody typed over a publication, or into a draft that says too little to be one yet."""

    __tablename__ = "maillage_unsaved"

    publication_id: Mapped[int] = mapped_column(
        ForeignKey("maillage_publications.id", ondelete="CASCADE"), primary_key=True
    )
    typed: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The values of each field of the form, as they were sent."""
    began_from: Mapped[datetime]
    """Which state of the publication it was typed over: when that was changed."""
    mark: Mapped[str]
    """Another one at each saving: who does not know it typed over something else."""
    author_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_actors.id"))
    saved_at: Mapped[datetime] = mapped_column(index=True)

    publication: Mapped[Publication] = relationship()
    author: Mapped[Actor | None] = relationship()


class Revision(Base):
    """A version that was published: ours with what it said, a copy's with the date alone."""

    __tablename__ = "maillage_revisions"
    __table_args__ = (UniqueConstraint("publication_id", "number"),)

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("maillage_publications.id", ondelete="CASCADE"))
    number: Mapped[int]
    """Counted from 1, which is what was published first."""
    made_at: Mapped[datetime]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_actors.id"))
    """Who changed it; told to nobody outside."""
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What it said; None where it was erased, or was published elsewhere."""
    note: Mapped[str] = mapped_column(default="")
    """What changed, in its author's words."""
    restores: Mapped[int | None]
    """The number of the version that it says again."""

    author: Mapped[Actor | None] = relationship()


class Schedule(Base):
    """When a draft is to be published, or why it was not."""

    __tablename__ = "maillage_schedules"
    __table_args__ = (Index("ix_maillage_schedules_due", "problem", "publish_at"),)

    publication_id: Mapped[int] = mapped_column(
        ForeignKey("maillage_publications.id", ondelete="CASCADE"), primary_key=True
    )
    publish_at: Mapped[datetime]
    timezone: Mapped[str]
    """Where the clock hangs by which the moment was chosen."""
    author_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_actors.id"))
    problem: Mapped[str | None]
    """The English sentence that says why it was not published when its time came."""

    publication: Mapped[Publication] = relationship()
    author: Mapped[Actor | None] = relationship()
