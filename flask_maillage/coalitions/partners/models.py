"""Partner nodes, as this node knows them and as its admins decided about them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from actors.database import Base, Identity
from actors.models import Actor
from federation.activities import origin

REQUESTED, ASKED, PARTNER, SUSPENDED, ENDED = STATES = ("requested", "asked", "partner", "suspended", "ended")
"""We asked; they ask; agreed; agreed and put aside for now; over, or refused by one of the two."""
AGREED = (PARTNER, SUSPENDED)
KINDS = ("call", "event", "initiative", "news")


class Partner(Base):
    """Another node with which ours has to do as a node: one row for a host, whoever asked first.

    Who follows whom is in the rows of the two Applications (`Follow`); here stands what people decided.
    """

    __tablename__ = "maillage_partners"
    __table_args__ = (
        CheckConstraint("state IN ('requested', 'asked', 'partner', 'suspended', 'ended')", name="state"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    host: Mapped[str] = mapped_column(unique=True)
    """As `Actor.host` has it: with the port where it is not the usual one."""
    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"), index=True)
    """Its Application; another one takes its place where the node gives itself another and nothing is agreed."""
    state: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(JSON)
    """What goes between us, both ways."""
    territories: Mapped[list[str]] = mapped_column(JSON)
    """Codes of zones: only what lies in one of them; none for everything."""
    note: Mapped[str] = mapped_column(default="")
    """For the admins alone."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the node says of itself (`facts.Facts`)."""
    place: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Where it is, written by an admin; without, its own word counts."""
    created_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_here: Mapped[bool] = mapped_column(default=False)
    """Whether an admin of ours ended or refused it: whoever asks again waits for one."""
    checked_at: Mapped[datetime | None]
    """When the worker or an admin last looked at what it says of itself."""

    actor: Mapped[Actor] = relationship()

    @property
    def name(self) -> str:
        """What the node calls itself."""
        return str(self.facts.get("name") or self.actor.name or self.host)

    @property
    def address(self) -> str:
        """Where its pages begin."""
        return f"{origin(self.actor.iri)}/"
