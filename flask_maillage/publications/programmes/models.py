"""Rows about programmes: which versions of one were published."""

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
