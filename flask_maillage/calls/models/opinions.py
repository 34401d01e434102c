"""What the committee says of an application, and what the owner decides."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from actors.database import Base, Identity
from flask_maillage.calls.models.dossiers import Dossier

OPINIONS = ("admissible", "not_admissible", "abstain", "recused")
OUTCOMES = ("selected", "reserve", "declined", "expired")
_OPINION = "opinion IN ('admissible', 'not_admissible', 'abstain', 'recused')"


class Review(Base):
    """One version of a seat's opinion of a dossier, on the owner's node; the greatest number counts (FC-43)."""

    __tablename__ = "maillage_reviews"
    __table_args__ = (
        UniqueConstraint("dossier_id", "seat_key", "number"),
        CheckConstraint(_OPINION, name="opinion"),
        CheckConstraint("number >= 1", name="number"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("maillage_dossiers.id", ondelete="CASCADE"))
    seat_key: Mapped[str]
    number: Mapped[int]
    iri: Mapped[str] = mapped_column(index=True)
    """The Review's id, the same in all its versions."""
    by_iri: Mapped[str]
    opinion: Mapped[str]
    scores: Mapped[dict[str, Any]]
    """Points by the criterion's key."""
    content: Mapped[str]
    """Why, to the other seats, as clean HTML; empty once it was erased."""
    received_at: Mapped[datetime]

    dossier: Mapped[Dossier] = relationship()


class GivenOpinion(Base):
    """What a member of this node thinks of an application, wherever its owner lives; the note never leaves (FC-42)."""

    __tablename__ = "maillage_given_opinions"
    __table_args__ = (
        UniqueConstraint("seat_actor_id", "agreement_iri"),
        CheckConstraint(f"opinion IS NULL OR {_OPINION}", name="opinion"),
        CheckConstraint("(sent_at IS NULL) = (review_iri IS NULL)", name="sent"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    seat_actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"))
    call_iri: Mapped[str] = mapped_column(index=True)
    agreement_iri: Mapped[str]
    opinion: Mapped[str | None]
    scores: Mapped[dict[str, Any]]
    content: Mapped[str] = mapped_column(default="")
    """As it was written (Markdown)."""
    private_note: Mapped[str] = mapped_column(default="")
    review_iri: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Why the owner did not take it."""
    erase_at: Mapped[datetime | None] = mapped_column(index=True)


class Decision(Base):
    """A decision about a dossier: pending while it has no id, never edited once it is published (FC-50 to FC-53)."""

    __tablename__ = "maillage_decisions"
    __table_args__ = (
        UniqueConstraint("dossier_id", "number"),
        Index(
            "uq_maillage_decisions_pending",
            "dossier_id",
            unique=True,
            sqlite_where=text("published_at IS NULL"),
            postgresql_where=text("published_at IS NULL"),
        ),
        CheckConstraint("outcome IN ('selected', 'reserve', 'declined', 'expired')", name="outcome"),
        CheckConstraint("(published_at IS NULL) = (iri IS NULL)", name="published"),
        CheckConstraint("(published_at IS NULL) = (batch IS NULL)", name="batch"),
        CheckConstraint("(outcome = 'reserve') = (rank IS NOT NULL)", name="rank"),
        CheckConstraint("number >= 1", name="number"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("maillage_dossiers.id", ondelete="CASCADE"))
    number: Mapped[int]
    outcome: Mapped[str]
    rank: Mapped[int | None]
    motives: Mapped[str] = mapped_column(default="")
    """As they were written (Markdown); empty once they were erased."""
    departure: Mapped[str] = mapped_column(default="")
    """Why it departs from the opinions, or was taken without their quorum (FC-51)."""
    batch: Mapped[str | None]
    confirm_by: Mapped[datetime | None]
    arranged_by: Mapped[str]
    arranged_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    iri: Mapped[str | None] = mapped_column(unique=True)
    result_iri: Mapped[str | None] = mapped_column(unique=True)
    """The id of the `result` that the selected one confirms."""

    dossier: Mapped[Dossier] = relationship()
