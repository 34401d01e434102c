"""Reports: what somebody asks the moderators of this node to look at."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from actors.database import Base, Identity
from actors.models import Actor


class Report(Base):
    """A Flag that arrived, or a report of a member of ours; for moderators only."""

    __tablename__ = "maillage_reports"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'resolved')", name="state"),
        CheckConstraint("(state = 'resolved') = (resolved_at IS NOT NULL)", name="resolved"),
        Index("ix_maillage_reports_state_received", "state", "received_at"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    iri: Mapped[str] = mapped_column(unique=True)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"), index=True)
    host: Mapped[str] = mapped_column(index=True)
    objects: Mapped[list[Any]] = mapped_column(JSON)
    """The ids of what is reported: an actor, and what it published."""
    text: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    note: Mapped[str] = mapped_column(default="")
    received_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]

    reporter: Mapped[Actor] = relationship()
