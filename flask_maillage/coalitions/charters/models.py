"""The tables of charters: their versions, and who agreed to which."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Connection, ForeignKey, UniqueConstraint, event, inspect
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from actors.database import Base, Identity
from actors.models import Actor


class Charter(Base):
    """A version of the charter of a group, ours or one elsewhere; one of ours is never changed."""

    __tablename__ = "maillage_charters"
    __table_args__ = (UniqueConstraint("actor_id", "number"),)

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"))
    number: Mapped[int]
    """From 1 on; of a group elsewhere in the order in which we heard of its versions."""
    iri: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    """Markdown; of a group elsewhere clean HTML, empty until somebody of ours reads it."""
    language: Mapped[str | None]
    change: Mapped[str] = mapped_column(default="")
    """What is different from the version before, in words."""
    digest: Mapped[str | None]
    """SHA-256 of what it says, which those who agree sign; None where the group elsewhere names none."""
    published_at: Mapped[datetime]

    actor: Mapped[Actor] = relationship()


class CharterAcceptance(Base):
    """Somebody agreed to a version."""

    __tablename__ = "maillage_charter_acceptances"
    __table_args__ = (UniqueConstraint("charter_id", "actor_id"),)

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    charter_id: Mapped[int] = mapped_column(ForeignKey("maillage_charters.id", ondelete="CASCADE"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"), index=True)
    accepted_at: Mapped[datetime]
    iri: Mapped[str]
    """The id of their Accept."""
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Their Accept with its proof, to be shown later."""

    charter: Mapped[Charter] = relationship()
    actor: Mapped[Actor] = relationship()


class Rewritten(TypeError):
    """Somebody would change a version that was published: a mistake in the program."""


@event.listens_for(Charter, "before_update")
def _refuse(_mapper: Mapper[Charter], _connection: Connection, charter: Charter) -> None:
    changed = {one.key for one in inspect(charter).attrs if one.history.has_changes()} - {"actor"}
    if changed and charter.actor.local:
        raise Rewritten(f"a charter is not rewritten: {', '.join(sorted(changed))}")
