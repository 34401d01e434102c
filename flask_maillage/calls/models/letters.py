"""Letters about calls, ours and others', kept as they were sent, and the receipts of them."""

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from actors.database import Base, Identity
from actors.models import Actor

HELD = timedelta(days=14)
"""For how long an Offer is kept that came too late (FC-34)."""


class CallLetter(Base):
    """A letter about an application that this node sent or took: known by its id for as long as its call (FC-9).

    One row serves all who have to do with it here: applicant, owner and seats of one node share it.
    """

    __tablename__ = "maillage_call_letters"
    __table_args__ = (
        UniqueConstraint("sender_iri", "iri"),
        CheckConstraint("(document IS NULL) = (erased_at IS NOT NULL)", name="erased"),
        Index("ix_maillage_call_letters_agreement", "agreement_iri", "verb"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    sender_iri: Mapped[str]
    iri: Mapped[str] = mapped_column(index=True)
    verb: Mapped[str]
    """The activity's type and its object's, as `Offer`, `Update{Agreement}` or `Create{Receipt}`."""
    call_iri: Mapped[str] = mapped_column(index=True)
    agreement_iri: Mapped[str | None]
    """The application that it is about."""
    result_iri: Mapped[str | None] = mapped_column(index=True)
    """Of a decision that selects: the id of the `result`, by which confirmations and placements name it."""
    sent: Mapped[bool]
    """Whether an actor of this node sent it."""
    received_at: Mapped[datetime]
    """The time of receipt (FC-11), in whole seconds; of ours, when it was written."""
    digest: Mapped[str]
    document: Mapped[str | None]
    """The whole letter; None once it was erased."""
    held_until: Mapped[datetime | None] = mapped_column(index=True)
    """Until when an Offer that came too late is kept without being registered (FC-34)."""
    refused: Mapped[str | None]
    """The reason code of the refusal, where it was refused."""
    erased_at: Mapped[datetime | None]


class Receipt(Base):
    """A receipt of a letter by a seat, or by the owner's node (`seat_key` is empty)."""

    __tablename__ = "maillage_receipts"
    __table_args__ = (
        Index(
            "uq_maillage_receipts_seat",
            "letter_id",
            "seat_key",
            unique=True,
            sqlite_where=text("matches"),
            postgresql_where=text("matches"),
        ),
        CheckConstraint("via IN ('letter', 'mail', 'here')", name="via"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("maillage_call_letters.id", ondelete="CASCADE"))
    """The Offer, Update or Undo that was received."""
    seat_key: Mapped[str]
    by_iri: Mapped[str]
    iri: Mapped[str] = mapped_column(unique=True)
    received_at: Mapped[datetime]
    digest: Mapped[str]
    via: Mapped[str]
    """By a letter of the seat's node, by the button behind a mail, or on this node."""
    matches: Mapped[bool]
    """Whether its digest is that of the letter; others are kept, shown, and count for nothing (FC-32)."""

    letter: Mapped[CallLetter] = relationship()


class CommitteeCopy(Base):
    """A letter that a seat of this node got: what its member reads even where the owner is silent (FC-67)."""

    __tablename__ = "maillage_committee_copies"
    __table_args__ = (UniqueConstraint("seat_actor_id", "letter_id"),)

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    seat_actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"))
    call_iri: Mapped[str] = mapped_column(index=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("maillage_call_letters.id"))
    hidden_at: Mapped[datetime | None]
    """Since when it is not shown any more: the member is recused from it, or its applicant took it back."""
    erase_at: Mapped[datetime | None] = mapped_column(index=True)

    seat: Mapped[Actor] = relationship()
    letter: Mapped[CallLetter] = relationship()
