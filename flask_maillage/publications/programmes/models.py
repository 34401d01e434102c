"""Rows about programmes: which versions of one were published, and of which people were told."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from actors.database import Base, Identity


class ProgrammeVersion(Base):
    """A programme that was published: its number, when, and the version of its event in which it stands."""

    __tablename__ = "maillage_programme_versions"
    __table_args__ = (UniqueConstraint("publication_id", "number"),)

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("maillage_publications.id", ondelete="CASCADE"))
    number: Mapped[int]
    """Counted from 1, which is what was published first."""
    revision: Mapped[int]
    """The number of the version of the event: what the programme said is kept there, and erased there."""
    released_at: Mapped[datetime]


class ProgrammeNotice(Base):
    """Those who registered are told of a version: how far the mails are (`reached` is the last part written to)."""

    __tablename__ = "maillage_programme_notices"

    version_id: Mapped[int] = mapped_column(
        ForeignKey("maillage_programme_versions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    asked_at: Mapped[datetime]
    reached: Mapped[int] = mapped_column(Identity)
    sent_at: Mapped[datetime | None]
