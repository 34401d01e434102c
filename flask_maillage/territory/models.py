"""The tables of territories: what actors say of where they are, which zones have an actor, how far laying out is."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from actors.database import Base, Identity
from actors.models import Actor

BASED, ACTS = "based", "acts"


class Profile(Base):
    """What an actor says of itself besides its name: the zone it is based in, those it acts in, its links."""

    __tablename__ = "maillage_profiles"

    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id", ondelete="CASCADE"), primary_key=True)
    based_in: Mapped[str | None]
    """The code of a zone; the place itself stands with the actor."""
    acts_in: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Zones by `name` and `code`."""
    organisation_kind: Mapped[str | None]
    """What sort of organisation it is, by its own word (`organisations.py`)."""
    links: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Each with `label`, `address` and, where its page links back, `verified_at`."""
    check_links_at: Mapped[datetime | None] = mapped_column(index=True)
    """When the worker looks whether the pages link back; None where there is nothing to look at."""

    actor: Mapped[Actor] = relationship()


class ActorZone(Base):
    """An actor is based, or acts, in a zone: those that it names, and all that contain them."""

    __tablename__ = "maillage_actor_zones"
    __table_args__ = (
        CheckConstraint("relation IN ('based', 'acts')", name="relation"),
        Index("ix_maillage_actor_zones_code", "code", "relation", "actor_id"),
    )

    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id", ondelete="CASCADE"), primary_key=True)
    relation: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)


class Territory(Base):
    """A zone that has an actor of ours; the row of a closed one stays, as its handle does."""

    __tablename__ = "maillage_territories"
    __table_args__ = (
        Index(
            "uq_maillage_territories_code",
            "code",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"), primary_key=True)
    code: Mapped[str]
    founded_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    actor: Mapped[Actor] = relationship()


class Zoning(Base):
    """How far the worker is with laying out anew what lies where, after the gazetteer has changed."""

    __tablename__ = "maillage_zonings"

    what: Mapped[str] = mapped_column(primary_key=True)
    """Publications or actors."""
    edition: Mapped[str]
    """Which data of the gazetteer it goes by."""
    reached: Mapped[int] = mapped_column(Identity)
    """The id of the last row that was looked at."""
    finished_at: Mapped[datetime | None]
