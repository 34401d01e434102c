"""On what conditions one joins a group."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from actors.database import Base

OPEN, APPROVAL, INVITATION = "open", "approval", "invitation"
OPENNESS = (OPEN, APPROVAL, INVITATION)


class Conditions(Base):
    """What a group, ours or one elsewhere, says of joining it; without a row its people are asked, and nothing else."""

    __tablename__ = "maillage_joining_conditions"
    __table_args__ = (CheckConstraint("openness IN ('open', 'approval', 'invitation')", name="openness"),)

    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"), primary_key=True)
    openness: Mapped[str] = mapped_column(default=APPROVAL)
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """Each with its `text`, and whether one has to answer (`questions.py`)."""
    kinds: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Who may join (`conditions.WHO`); everybody where it is empty."""
    needs_charter: Mapped[bool] = mapped_column(default=False)
    """Whether who joins has agreed to the charter that holds."""
    welcome: Mapped[str] = mapped_column(default="")
    """What those read who think of joining: plain text."""
    changed_at: Mapped[datetime]
