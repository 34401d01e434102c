"""The ids by which Communecter means one project."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from actors.database import Base
from actors.models import Actor

OBJECT, ACTIVITY = "object", "activity"


class ProjectAlias(Base):
    """An id that a letter may name in the place of a project's actor: its object's, or its Create's.

    Written down when the project was read from its own server.
    """

    __tablename__ = "maillage_project_aliases"
    __table_args__ = (CheckConstraint("names IN ('object', 'activity')", name="names"),)

    iri: Mapped[str] = mapped_column(primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"), index=True)
    names: Mapped[str]
    """What it is the id of: `object` or `activity`."""
    owner_iri: Mapped[str]
    """To whom its object is attributed, on the same server: who speaks for the project; empty for nobody."""

    actor: Mapped[Actor] = relationship()
