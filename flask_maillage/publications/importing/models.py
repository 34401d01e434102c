"""Tables of imports: a file, or an address that is read again and again, and what was taken from it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from actors.database import Base, Identity
from actors.models import Actor
from flask_maillage.publications.importing.rows import Settings
from flask_maillage.publications.models import Publication

PREVIEWED, WAITING, WORKING, DONE, FAILED, ENDED = "previewed", "waiting", "working", "done", "failed", "ended"
TAKEN, DOUBTFUL, DISTINCT = "taken", "doubtful", "distinct"


class Import(Base):
    """A file that somebody brought, or an address that their actor subscribed to; the worker takes what is in it."""

    __tablename__ = "maillage_imports"
    __table_args__ = (
        CheckConstraint("state IN ('previewed', 'waiting', 'working', 'done', 'failed', 'ended')", name="state"),
        Index("ix_maillage_imports_state_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    identifier: Mapped[str] = mapped_column(unique=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_actors.id"))
    source: Mapped[str]
    """The name of the file, or the address."""
    subscribed: Mapped[bool]
    format: Mapped[str]
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    publishes: Mapped[bool]
    """Whether what is taken is published at once; else it waits as drafts."""
    state: Mapped[str]
    data: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The file, until it is worked off."""
    position: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    report: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """What became of each row, in the order of the file."""
    message: Mapped[str] = mapped_column(default="")
    """Why it failed as a whole, in English."""
    etag: Mapped[str] = mapped_column(default="")
    modified: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    lease: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)

    actor: Mapped[Actor] = relationship(foreign_keys=[actor_id])
    author: Mapped[Actor | None] = relationship(foreign_keys=[author_id])

    @property
    def means(self) -> Settings:
        """What the file does not say of itself."""
        columns = tuple((str(name), str(heading)) for name, heading in self.settings.get("columns") or ())
        return Settings(self.settings["zone"], self.settings.get("language"), columns)

    @property
    def key(self) -> str:
        """What its things are known under: an address, or nothing for files, so that a file may change its name."""
        return self.source if self.subscribed else ""


class Imported(Base):
    """A thing of a source, and the publication that was made of it; None where that was thrown away since."""

    __tablename__ = "maillage_imported"
    __table_args__ = (
        UniqueConstraint("actor_id", "source", "uid"),
        CheckConstraint("state IN ('taken', 'doubtful', 'distinct')", name="state"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"))
    source: Mapped[str]
    uid: Mapped[str]
    digest: Mapped[str]
    state: Mapped[str]
    """`doubtful` waits for somebody to say that it is not what it looks like; `distinct` is what they said so of."""
    publication_id: Mapped[int | None] = mapped_column(
        ForeignKey("maillage_publications.id", ondelete="SET NULL"), index=True
    )
    taken_at: Mapped[datetime]
    """When the publication last said what the source says."""

    publication: Mapped[Publication | None] = relationship()
