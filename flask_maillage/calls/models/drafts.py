"""Applications as their applicant's node keeps them: drafts, and what was sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from actors.database import Base, Identity
from actors.models import Actor
from flask_maillage.calls.models.dossiers import Guest, among

DRAFT, SENT, REFUSED, REGISTERED, WITHDRAWN = "draft", "sent", "refused", "registered", "withdrawn"
STATES = (DRAFT, SENT, REFUSED, REGISTERED, WITHDRAWN)


class Draft(Base):
    """An application of an actor of this node, or of a guest: what is being written, and how the sent one stands.

    Its `Agreement` has the address that `iris` makes of `identifier`. After a refusal it may be sent again by a new
    Offer (FC-27).
    """

    __tablename__ = "maillage_drafts_of_applications"
    __table_args__ = (
        UniqueConstraint("actor_id", "call_iri", "identifier"),
        CheckConstraint(among("state", STATES), name="state"),
        CheckConstraint("(state = 'draft') = (offer_iri IS NULL)", name="offer"),
        CheckConstraint("(state = 'refused') = (refusal IS NOT NULL)", name="refusal"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    identifier: Mapped[str] = mapped_column(unique=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"))
    """The applicant; for a guest the node's own actor."""
    author_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_actors.id"))
    """The member who writes it."""
    guest_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_guest_applicants.id"), unique=True)
    call_iri: Mapped[str] = mapped_column(index=True)
    content: Mapped[dict[str, Any]]
    """What the form holds now, as `application.Application` writes it or as far as it was written."""
    version: Mapped[int] = mapped_column(default=0)
    """Of the last one that was sent; 0 before."""
    state: Mapped[str] = mapped_column(default=DRAFT)
    offer_iri: Mapped[str | None]
    """The Offer that was sent last."""
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The code of the refusal and what helps."""
    dossier_iri: Mapped[str | None]
    """Where the owner shows how it stands, by the owner's receipt."""
    saved_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    registered_at: Mapped[datetime | None]
    confirm_by: Mapped[datetime | None] = mapped_column(index=True)
    """Until when the place of a selection has to be confirmed that nobody answered yet."""
    confirm_told_at: Mapped[datetime | None]
    """When its people were warned of that."""

    actor: Mapped[Actor] = relationship(foreign_keys=[actor_id])
    guest: Mapped[Guest | None] = relationship()
