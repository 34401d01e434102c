"""What follows a selection, what stays of a call, and the chain of records that says who did what."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from actors.database import Base, Identity
from flask_maillage.calls.models.dossiers import Dossier, among

ENTRIES = ("contact", "orientation", "answer", "next_step", "outputs", "contact_details", "result")


class Entry(Base):
    """An entry of a dossier's follow-up (FC-59); a later one may take its place, none is changed."""

    __tablename__ = "maillage_follow_up_entries"
    __table_args__ = (CheckConstraint(among("entry", ENTRIES), name="entry"),)

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("maillage_dossiers.id", ondelete="CASCADE"), index=True)
    iri: Mapped[str] = mapped_column(unique=True)
    by_iri: Mapped[str]
    by_name: Mapped[str] = mapped_column(default="")
    entry: Mapped[str]
    content: Mapped[str]
    """Clean HTML; empty once it was erased."""
    facts: Mapped[dict[str, Any]]
    """What belongs to this sort of entry (FC-59, FC-60, FC-79)."""
    at: Mapped[datetime]
    supersedes: Mapped[str | None]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    """When a next step is due, until coordinators were reminded of it."""

    dossier: Mapped[Dossier] = relationship()


class AuditRecord(Base):
    """One record of a call's log: who did what, when, from which node; chained by hashes (FC-72, FC-73)."""

    __tablename__ = "maillage_audit_records"
    __table_args__ = (UniqueConstraint("call_id", "number"), CheckConstraint("number >= 1", name="number"))

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("maillage_publications.id"))
    number: Mapped[int]
    record: Mapped[str]
    """The whole record in canonical form."""
    hash: Mapped[str]


class Counts(Base):
    """What stays of a call when its dossiers are purged: numbers that name nobody (FC-68, FC-70, FC-71)."""

    __tablename__ = "maillage_call_counts"

    call_id: Mapped[int] = mapped_column(ForeignKey("maillage_publications.id"), primary_key=True, autoincrement=False)
    facts: Mapped[dict[str, Any]]
    counted_at: Mapped[datetime]
