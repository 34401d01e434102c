"""Files of applications: private at every address, whoever keeps them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from actors.database import Base, Identity
from flask_maillage.calls.models.dossiers import Version

WAITING, KEPT, FAILED = "waiting", "kept", "failed"


class PrivateFile(Base):
    """Bytes that are part of an application: what an applicant of this node uploaded, or what the owner fetched.

    They are no `StoredFile`: no address of media serves them.
    """

    __tablename__ = "maillage_private_files"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    """Its name in the folder of private files, and the last part of its addresses; not to be guessed."""
    title: Mapped[str]
    """What the file was called."""
    media_type: Mapped[str]
    size: Mapped[int]
    """In bytes."""
    digest: Mapped[str] = mapped_column(index=True)
    pages: Mapped[int | None]
    """Of a PDF, by its page tree; None for one that cannot be read."""
    uploader_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_actors.id"))
    draft_id: Mapped[int | None] = mapped_column(
        ForeignKey("maillage_drafts_of_applications.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime]


class ApplicationFile(Base):
    """A file that a version names (FC-37): on its way to the owner's node, kept there, or lacking (FC-39, FC-40)."""

    __tablename__ = "maillage_files_of_applications"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'kept', 'failed')", name="state"),
        CheckConstraint("(state = 'kept') = (file_id IS NOT NULL)", name="kept"),
        CheckConstraint("(state = 'failed') = (code IS NOT NULL)", name="failed"),
        Index("ix_maillage_files_of_applications_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    version_id: Mapped[int] = mapped_column(
        ForeignKey("maillage_versions_of_applications.id", ondelete="CASCADE"), index=True
    )
    key: Mapped[str]
    """The question that it answers."""
    url: Mapped[str]
    title: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    digest: Mapped[str]
    pages: Mapped[int | None]
    """As the letter says; the owner counts for itself."""
    file_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_private_files.id"))
    state: Mapped[str] = mapped_column(default=WAITING)
    code: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]

    version: Mapped[Version] = relationship()
    file: Mapped[PrivateFile | None] = relationship()
