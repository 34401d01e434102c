"""The table of mails."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from actors.database import Base, Identity

BETWEEN = ", "
"""Stands between the addresses of a mail to several people; none can hold it (`addresses.deliverable`)."""


class Mail(Base):
    """One mail, to one person or to several who see each other; what it says, and to whom, is gone once it is sent."""

    __tablename__ = "maillage_mails"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'sent', 'failed', 'cancelled')", name="state"),
        CheckConstraint("(state = 'pending') = (settled_at IS NULL)", name="settled"),
        Index("ix_maillage_mails_state_due_at", "state", "due_at"),
        Index("ix_maillage_mails_about", "about"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[str]
    """What it is for, in a word or two, for the admin."""
    about: Mapped[str]
    """The id of what it is about, so that what is not sent yet can be called back; empty for nothing."""
    recipient: Mapped[str]
    """The address; of several people those, with `BETWEEN` between them."""
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    unsubscribe: Mapped[str | None]
    """Where one says that one wants no more of the kind, by one press of a button (RFC 8058)."""
    state: Mapped[str] = mapped_column(default="pending")
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    lease: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    settled_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")
