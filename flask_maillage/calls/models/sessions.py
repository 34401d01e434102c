"""Cohorts at work: who was placed where, their sessions, and who has which role in them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from actors.database import Base, Identity
from flask_maillage.calls.models.dossiers import Dossier
from flask_maillage.publications.models import Publication

ROLES = ("leader", "coordinator", "expert", "facilitator")


class Placement(Base):
    """One placement of an application in a cohort, or the end of it (`cohort` is None); the greatest number counts."""

    __tablename__ = "maillage_placements"
    __table_args__ = (UniqueConstraint("dossier_id", "number"), CheckConstraint("number >= 1", name="number"))

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("maillage_dossiers.id", ondelete="CASCADE"))
    number: Mapped[int]
    cohort: Mapped[str | None]
    swap: Mapped[str | None]
    """What all placements of one exchange have in common."""
    iri: Mapped[str] = mapped_column(unique=True)
    by_iri: Mapped[str]
    at: Mapped[datetime]

    dossier: Mapped[Dossier] = relationship()


class Expert(Base):
    """An expert of an organisation's roster: what they know, and how to reach them; told to coordinators only."""

    __tablename__ = "maillage_experts"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    identifier: Mapped[str] = mapped_column(unique=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"), index=True)
    name: Mapped[str]
    organisation: Mapped[str] = mapped_column(default="")
    actor_iri: Mapped[str | None]
    email: Mapped[str | None]
    languages: Mapped[list[Any]] = mapped_column(JSON, default=list)
    competences: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """In words, as topics are called; each counts by itself."""
    availability: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """In words: when, how far, how much."""
    consent: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """How they agreed to stand here, in the words of who entered them; `own` where they did so themselves."""
    consented_at: Mapped[datetime | None]
    """None for who did not agree: they are suggested to nobody and cannot be invited from here."""
    retired_at: Mapped[datetime | None]


class CohortSession(Base):
    """The event at which a cohort meets."""

    __tablename__ = "maillage_cohort_sessions"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("maillage_publications.id"), index=True)
    cohort: Mapped[str]
    event_id: Mapped[int] = mapped_column(ForeignKey("maillage_publications.id"), unique=True)

    event: Mapped[Publication] = relationship(foreign_keys=[event_id])


class SessionRole(Base):
    """Who is to come to a session as what, and what they answered."""

    __tablename__ = "maillage_session_roles"
    __table_args__ = (
        UniqueConstraint("session_id", "role", "name"),
        CheckConstraint("role IN ('leader', 'coordinator', 'expert', 'facilitator')", name="role"),
        CheckConstraint("(role = 'leader') = (dossier_id IS NOT NULL)", name="leader"),
        CheckConstraint("answer IN ('waiting', 'accepted', 'tentative', 'declined', 'withdrawn')", name="answer"),
        Index("ix_maillage_session_roles_invite_iri", "invite_iri"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("maillage_cohort_sessions.id", ondelete="CASCADE"))
    role: Mapped[str]
    name: Mapped[str]
    actor_iri: Mapped[str | None]
    expert_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_experts.id"))
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_dossiers.id"))
    invite_iri: Mapped[str | None]
    answer: Mapped[str] = mapped_column(default="waiting")
    answered_at: Mapped[datetime | None]

    session: Mapped[CohortSession] = relationship()
