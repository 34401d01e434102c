"""Letters that arrived: one row per activity, with its verified sender and everyone here it is for."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from actors.database import Base, Identity
from actors.models import Actor

PUSHED, RELAYED, POLLED = "pushed", "relayed", "polled"


class Letter(Base):
    """An activity whose signature was verified; its handler runs later, in the worker."""

    __tablename__ = "maillage_letters"
    __table_args__ = (
        UniqueConstraint("sender_id", "iri"),
        CheckConstraint("way IN ('pushed', 'relayed', 'polled')", name="way"),
        CheckConstraint("state IN ('waiting', 'done', 'ignored', 'failed')", name="state"),
        CheckConstraint("(state = 'waiting') = (settled_at IS NULL)", name="settled"),
        Index("ix_maillage_letters_state_due", "state", "due_at"),
        Index("ix_maillage_letters_sender_state", "sender_id", "state"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    iri: Mapped[str] = mapped_column(index=True)
    """Known once for each sender: a neighbour who uses an id first does not take it from its owner."""
    type: Mapped[str]
    way: Mapped[str] = mapped_column(default="pushed")
    """How it came: pushed by its actor, relayed by the sender for somebody else, or polled from the sender's outbox."""
    signed_at: Mapped[datetime | None]
    """When its signature was made, by the sender's clock."""
    object_iri: Mapped[str | None] = mapped_column(index=True)
    sender_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"))
    key_iri: Mapped[str]
    body: Mapped[str]
    """What arrived; emptied when the letter is done or ignored, since nothing reads it any more."""
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    lease: Mapped[str | None]
    outcome: Mapped[str] = mapped_column(default="")
    settled_at: Mapped[datetime | None]

    sender: Mapped[Actor] = relationship()
    readers: Mapped[list["LetterReader"]] = relationship(back_populates="letter", cascade="all, delete-orphan")


class LetterReader(Base):
    """One of our actors for whom a letter is."""

    __tablename__ = "maillage_letter_readers"

    letter_id: Mapped[int] = mapped_column(ForeignKey("maillage_letters.id", ondelete="CASCADE"), primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"), primary_key=True)

    letter: Mapped[Letter] = relationship(back_populates="readers")
    actor: Mapped[Actor] = relationship()


class Polling(Base):
    """The reading of a followed actor's outbox: what it published before we came, and what no letter brought."""

    __tablename__ = "maillage_pollings"
    __table_args__ = (Index("ix_maillage_pollings_due_at", "due_at"),)

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"), unique=True)
    next_page: Mapped[str | None]
    """Where back-filling goes on; None when the next turn begins at the newest."""
    pages_left: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    lease: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    """Since the last success."""
    polled_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")

    actor: Mapped[Actor] = relationship()
