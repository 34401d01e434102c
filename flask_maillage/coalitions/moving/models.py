"""The table of archives that somebody brought; each file lies in the data folder until it is worked off."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from actors.database import Base, Identity
from actors.models import Actor

LOOKED_AT, WAITING, WORKING, DONE, FAILED = "looked at", "waiting", "working", "done", "failed"


class BroughtArchive(Base):
    """The archive of an actor of another node, which one of ours takes up as its own past."""

    __tablename__ = "maillage_brought_archives"
    __table_args__ = (
        CheckConstraint("state IN ('looked at', 'waiting', 'working', 'done', 'failed')", name="state"),
        Index("ix_maillage_brought_archives_state_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    identifier: Mapped[str] = mapped_column(unique=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"), index=True)
    origin: Mapped[str]
    """The id of the actor whose archive it is."""
    origin_name: Mapped[str]
    state: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    report: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """What became of each publication, in the order of the file."""
    message: Mapped[str] = mapped_column(default="")
    """Why it failed as a whole, in English."""
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    lease: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)

    actor: Mapped[Actor] = relationship()
