"""Rows about the writing of a publication, which its readers do not see: what is typed and not saved yet."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from actors.database import Base
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
