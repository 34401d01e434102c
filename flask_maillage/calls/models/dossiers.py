"""Dossiers: what the owner's node keeps of one registered application."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from actors.database import Base, Identity
from flask_maillage.calls.models.committees import Place, Slot
from flask_maillage.calls.models.letters import CallLetter
from flask_maillage.publications.models import Publication

SUBMITTED, WITHDRAWN = "submitted", "withdrawn"
SELECTED, RESERVE, DECLINED, EXPIRED, REFUSED = "selected", "reserve", "declined", "expired", "refused"
CONFIRMED, IN_COHORT, FOLLOWED_UP, CLOSED = "confirmed", "in_cohort", "followed_up", "closed"
HOLDING = (SELECTED, CONFIRMED, IN_COHORT, FOLLOWED_UP, CLOSED)
"""The states in which an application holds one of the call's places (FC-63)."""
DECIDED = (SELECTED, RESERVE, DECLINED, EXPIRED, CONFIRMED, REFUSED, IN_COHORT, FOLLOWED_UP, CLOSED)
PLACED = (IN_COHORT, FOLLOWED_UP, CLOSED)
STATES = (SUBMITTED, *DECIDED, WITHDRAWN)
"""What is stored of FC-62; `admissible` and `not_admissible` are computed from opinions and never stored (FC-48)."""
DESCRIBED, WAITING, VERIFIED, UNAVAILABLE = "described", "waiting", "verified", "unavailable"
INITIATIVES = (DESCRIBED, WAITING, VERIFIED, UNAVAILABLE)

_HOLDS_INITIATIVE = "state <> 'withdrawn' AND initiative_state = 'verified'"


def among(column: str, words: tuple[str, ...]) -> str:
    """Return the SQL that says that a column is one of these words."""
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


class Guest(Base):
    """Somebody who applies without an account, through the owner's node; no letter holds their e-mail (FC-28)."""

    __tablename__ = "maillage_guest_applicants"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("maillage_publications.id", ondelete="CASCADE"), index=True)
    identifier: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str | None]
    """None once it was erased."""
    name: Mapped[str] = mapped_column(default="")
    organisation: Mapped[str] = mapped_column(default="")
    language: Mapped[str]
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class Dossier(Base):
    """One registered application (FC-26): its state, and what it holds of the call's places."""

    __tablename__ = "maillage_dossiers"
    __table_args__ = (
        UniqueConstraint("call_id", "agreement_iri"),
        UniqueConstraint("call_id", "rank"),
        Index(
            "uq_maillage_dossiers_initiative",
            "call_id",
            "initiative_iri",
            unique=True,
            sqlite_where=text(_HOLDS_INITIATIVE),
            postgresql_where=text(_HOLDS_INITIATIVE),
        ),
        CheckConstraint(among("state", STATES), name="state"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided"),
        CheckConstraint(f"NOT ({among('state', DECIDED)}) OR decided_by IS NOT NULL", name="decided_by"),
        CheckConstraint("state <> 'submitted' OR decided_by IS NULL", name="undecided"),
        CheckConstraint(f"({among('state', HOLDING)}) = (place_id IS NOT NULL)", name="place"),
        CheckConstraint(f"slot_id IS NULL OR {among('state', PLACED)}", name="slot"),
        CheckConstraint("state <> 'in_cohort' OR slot_id IS NOT NULL", name="in_cohort"),
        CheckConstraint("(state = 'reserve') = (rank IS NOT NULL)", name="rank"),
        CheckConstraint("state <> 'selected' OR confirm_by IS NOT NULL", name="confirm_by"),
        CheckConstraint("(admitted_by IS NULL) = (admitted_because IS NULL)", name="admitted"),
        CheckConstraint("late = (admitted_by IS NOT NULL)", name="late"),
        CheckConstraint(among("initiative_state", INITIATIVES), name="initiative_state"),
        CheckConstraint("(initiative_iri IS NULL) = (initiative_state = 'described')", name="initiative"),
        CheckConstraint("version >= 1", name="version"),
        Index("ix_maillage_dossiers_state", "call_id", "state"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    identifier: Mapped[str] = mapped_column(unique=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("maillage_publications.id"))
    applicant_iri: Mapped[str] = mapped_column(index=True)
    agreement_iri: Mapped[str] = mapped_column(index=True)
    initiative_iri: Mapped[str | None]
    initiative_state: Mapped[str] = mapped_column(default=DESCRIBED)
    """Whether the owner could see that the initiative is the applicant's (FC-25)."""
    initiative_carriers: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """The ids of whom the initiative named when it was seen: `attributedTo`, `carriedBy`; they judge nothing of it."""
    initiative_due_at: Mapped[datetime | None] = mapped_column(index=True)
    """When to look again; None where there is nothing to look for any more."""
    guest_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_guest_applicants.id"), unique=True)
    name: Mapped[str]
    """What the last version is called; empty once it was erased."""
    territory: Mapped[str]
    language: Mapped[str]
    state: Mapped[str] = mapped_column(default=SUBMITTED)
    version: Mapped[int]
    committee_version: Mapped[int]
    """By which the last version is addressed; "n of N" is counted over its seats (FC-20)."""
    registered_at: Mapped[datetime]
    """The owner's time of receipt of the Offer (FC-11), or when a late one was admitted."""
    late: Mapped[bool] = mapped_column(default=False)
    admitted_by: Mapped[str | None]
    admitted_because: Mapped[str | None]
    """The id of the seat's receipt by which a late one was admitted (FC-34)."""
    admission_reason: Mapped[str] = mapped_column(default="")
    """Why somebody admitted it, in their words."""
    place_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_call_places.id"), unique=True)
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_cohort_slots.id"), unique=True)
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    rank: Mapped[int | None]
    confirm_by: Mapped[datetime | None] = mapped_column(index=True)
    confirmed_at: Mapped[datetime | None]
    publicise: Mapped[bool] = mapped_column(default=False)
    """Whether the applicant said that the initiative may be named in public as selected (FC-55)."""
    withdrawn_at: Mapped[datetime | None]
    last_contact_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    purge_at: Mapped[datetime | None] = mapped_column(index=True)
    purge_told_at: Mapped[datetime | None]
    purged_at: Mapped[datetime | None]

    call: Mapped[Publication] = relationship()
    guest: Mapped[Guest | None] = relationship()
    place: Mapped[Place | None] = relationship()
    slot: Mapped[Slot | None] = relationship()
    versions: Mapped[list["Version"]] = relationship(
        back_populates="dossier", cascade="all, delete-orphan", order_by="Version.number"
    )


class Version(Base):
    """One version of an application as the owner stored it; never changed but to erase what it says."""

    __tablename__ = "maillage_versions_of_applications"
    __table_args__ = (UniqueConstraint("dossier_id", "number"), CheckConstraint("number >= 1", name="number"))

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("maillage_dossiers.id", ondelete="CASCADE"))
    number: Mapped[int]
    letter_id: Mapped[int] = mapped_column(ForeignKey("maillage_call_letters.id"))
    committee_version: Mapped[int]
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What it says, as `application.Application` writes it; None once it was erased."""
    digest: Mapped[str]
    received_at: Mapped[datetime]

    dossier: Mapped[Dossier] = relationship(back_populates="versions")
    letter: Mapped[CallLetter] = relationship()
