"""The table of process logs."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Connection, ForeignKey, Index, UniqueConstraint, event, inspect
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from actors.database import Base, Identity
from actors.models import Actor

MEETING, DECISION, STEP, DOCUMENT, NOTE = "meeting", "decision", "step", "document", "note"
KINDS = (MEETING, DECISION, STEP, DOCUMENT, NOTE)
MAY_CHANGE = frozenset({"author_id"})
"""A name can be taken out when a person leaves for good; it is outside the digest."""


class LogEntry(Base):
    """One revision of an entry: a correction is another row, and no row is changed or taken away by itself."""

    __tablename__ = "maillage_log_entries"
    __table_args__ = (
        UniqueConstraint("actor_id", "identifier", "revision"),
        CheckConstraint("kind IN ('meeting', 'decision', 'step', 'document', 'note')", name="kind"),
        CheckConstraint("revision >= 1", name="revision"),
        Index("ix_maillage_log_entries_actor_id", "actor_id", "id"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"))
    identifier: Mapped[str]
    """A UUIDv7, the same for all revisions of an entry."""
    revision: Mapped[int]
    kind: Mapped[str]
    happened_on: Mapped[date]
    title: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    """Markdown."""
    links: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Documents: each with `label` and `address`."""
    public: Mapped[bool] = mapped_column(default=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_actors.id"), index=True)
    written_at: Mapped[datetime]
    digest: Mapped[str]
    """SHA-256 of the canonical record (`chain.py`), which holds the digest of the row written before it."""
    previous: Mapped[str]

    actor: Mapped[Actor] = relationship(foreign_keys=[actor_id])
    author: Mapped[Actor | None] = relationship(foreign_keys=[author_id])


class Rewritten(TypeError):
    """Somebody would change what stands in a log: a mistake in the program."""


@event.listens_for(LogEntry, "before_update")
def _refuse(_mapper: Mapper[LogEntry], _connection: Connection, entry: LogEntry) -> None:
    changed = {one.key for one in inspect(entry).attrs if one.history.has_changes()} - {"actor", "author"}
    if changed - MAY_CHANGE:
        raise Rewritten(f"a log is not rewritten: {', '.join(sorted(changed))}")
