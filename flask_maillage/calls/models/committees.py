"""Who sat in a committee when, and the places of a call: rows made in advance, so that no eleventh can be taken."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from actors.database import Base, Identity


class Committee(Base):
    """One version of a call's committee (FC-15): its seats as they were published, and from when until when it held."""

    __tablename__ = "maillage_committees"
    __table_args__ = (
        UniqueConstraint("call_id", "version"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("until_at > from_at", name="until"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("maillage_publications.id", ondelete="CASCADE"))
    version: Mapped[int]
    seats: Mapped[list[Any]] = mapped_column(JSON)
    """The seats as `call_parts.Seat` writes them, in their order."""
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
    """When the next version took its place; None for the current one."""


class Place(Base):
    """One of the places of a call (`maximumSelected`): who is selected holds one, and there are no others."""

    __tablename__ = "maillage_call_places"
    __table_args__ = (UniqueConstraint("call_id", "number"), CheckConstraint("number >= 1", name="number"))

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("maillage_publications.id", ondelete="CASCADE"))
    number: Mapped[int]


class Slot(Base):
    """One of the places of a cohort (its `capacity`)."""

    __tablename__ = "maillage_cohort_slots"
    __table_args__ = (UniqueConstraint("call_id", "cohort", "number"), CheckConstraint("number >= 1", name="number"))

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("maillage_publications.id", ondelete="CASCADE"))
    cohort: Mapped[str]
    """The cohort's key within the call (`call_parts.Cohort`), which its address ends with."""
    number: Mapped[int]
