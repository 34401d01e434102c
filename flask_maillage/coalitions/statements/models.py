"""The tables of common statements: each version of a text, and who was asked to sign it and answered what."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Connection, ForeignKey, Index, UniqueConstraint, event, inspect
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from actors.database import Base, Identity
from actors.models import Actor

DRAFT, OPEN, PUBLISHED, WITHDRAWN = "draft", "open", "published", "withdrawn"
INVITED, SIGNED, DECLINED, TAKEN_BACK = "invited", "signed", "declined", "withdrawn"
FIXED = frozenset({"actor_id", "iri", "number", "version", "title", "text", "language", "digest"})
"""What of a version never changes once it was opened for signing."""


class Statement(Base):
    """One version of a statement: of a coalition of ours, or as one elsewhere asked members of ours to sign it.

    All versions have one id and one number; a signature is for the version whose digest it names.
    """

    __tablename__ = "maillage_statements"
    __table_args__ = (
        UniqueConstraint("iri", "version"),
        UniqueConstraint("actor_id", "number", "version"),
        CheckConstraint("phase IN ('draft', 'open', 'published', 'withdrawn')", name="phase"),
        CheckConstraint("version >= 1", name="version"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"))
    """The coalition."""
    iri: Mapped[str]
    number: Mapped[int | None]
    """In the address of its page; None of a coalition elsewhere."""
    version: Mapped[int] = mapped_column(default=1)
    title: Mapped[str]
    text: Mapped[str]
    """Markdown."""
    language: Mapped[str]
    digest: Mapped[str] = mapped_column(default="")
    """What a signature names (`texts.digest_of`); empty of a draft."""
    until: Mapped[date | None]
    """The last day, in UTC, on which it can be signed."""
    phase: Mapped[str] = mapped_column(default=DRAFT)
    url: Mapped[str]
    document: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The Article with the coalition's proof, as it was sent last."""
    said_at: Mapped[datetime]
    """When the coalition last said something of it, by its own clock."""
    opened_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    news_iri: Mapped[str | None]
    """The news that told of it; of ours."""
    news_source: Mapped[str] = mapped_column(default="")
    """What we wrote there: once somebody writes it otherwise, we leave it alone."""

    actor: Mapped[Actor] = relationship(foreign_keys=[actor_id])


class StatementSignature(Base):
    """A member who was asked to sign a version of a statement, and what it answered: its own word alone."""

    __tablename__ = "maillage_statement_signatures"
    __table_args__ = (
        UniqueConstraint("statement_id", "member_id"),
        CheckConstraint("state IN ('invited', 'signed', 'declined', 'withdrawn')", name="state"),
        Index("ix_maillage_statement_signatures_member", "member_id", "state"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    identifier: Mapped[str] = mapped_column(unique=True)
    """A UUIDv7; it ends the address at which the signed document is shown."""
    statement_id: Mapped[int] = mapped_column(ForeignKey("maillage_statements.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"))
    state: Mapped[str] = mapped_column(default=INVITED)
    name: Mapped[str] = mapped_column(default="")
    """What the member was called when it signed."""
    asked_at: Mapped[datetime]
    said_at: Mapped[datetime | None]
    """When the member said its newest word, by its own clock."""
    received_at: Mapped[datetime | None]
    """When that came here."""
    signed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    """When the member left for good, where nothing else tells it any more."""
    letter_iri: Mapped[str | None] = mapped_column(index=True)
    """The id of the Accept that counts, or of the one that was taken back."""
    document: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """That Accept, with the member's proof."""
    past: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Earlier signatures of the same member: each with `letter`, `signed`, `withdrawn` and `document`."""

    statement: Mapped[Statement] = relationship()
    member: Mapped[Actor] = relationship(foreign_keys=[member_id])


class Rewritten(TypeError):
    """Somebody would change a text that was opened for signing: a mistake in the program."""


@event.listens_for(Statement, "before_update")
def _refuse(_mapper: Mapper[Statement], _connection: Connection, statement: Statement) -> None:
    state = inspect(statement)
    changed = {name for name in FIXED if state.attrs[name].history.has_changes()}
    before = state.attrs["phase"].history.deleted
    was_draft = (before[0] if before else statement.phase) == DRAFT
    if changed and not was_draft:
        raise Rewritten(f"a statement that is to be signed is not rewritten: {', '.join(sorted(changed))}")
