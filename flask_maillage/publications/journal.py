"""The journal of a call: what was changed that people count on, when, by whom and why; nothing in it is changed.

Readers see the extensions of the deadline, which travel with the call (`CallDetails.extensions`); who made a change is
for those who may edit the call.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from actors.database import Base, Identity, session
from actors.models import Actor
from actors.node import now
from flask_maillage.publications.content import Content
from flask_maillage.publications.kinds.base import timestamp
from flask_maillage.publications.kinds.call_details import CallDetails
from flask_maillage.publications.models import Publication

STATUS, OPENING, DEADLINE, MAXIMUM, GROUPS = "status", "opening", "deadline", "maximum", "groups"


class JournalEntry(Base):
    """One change of one thing that people count on."""

    __tablename__ = "maillage_journal"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("maillage_publications.id", ondelete="CASCADE"), index=True)
    changed_at: Mapped[datetime]
    what: Mapped[str]
    before: Mapped[str]
    after: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_actors.id"), index=True)
    """The member who changed it; none for a command."""
    reason: Mapped[str]

    actor: Mapped[Actor | None] = relationship()


def record(publication: Publication, old: Content, new: Content, *, author: Actor | None, reason: str) -> None:
    """Write down in what a published call is another now; other kinds have no journal."""
    for what, before, after in _changes(old, new):
        entry = JournalEntry(
            publication_id=publication.id,
            changed_at=now(),
            what=what,
            before=before,
            after=after,
            actor_id=author.id if author else None,
            reason=_reason_of(new) if what == STATUS and not reason else reason,
        )
        session().add(entry)
    session().flush()


def of(publication: Publication) -> list[JournalEntry]:
    """Return the journal of a publication, the oldest first."""
    query = select(JournalEntry).where(JournalEntry.publication_id == publication.id).order_by(JournalEntry.id)
    return list(session().scalars(query.options(joinedload(JournalEntry.actor))))


def forget(publication: Publication) -> None:
    """Let go of the journal of what is withdrawn."""
    session().execute(delete(JournalEntry).where(JournalEntry.publication_id == publication.id))


def _changes(old: Content, new: Content) -> Iterable[tuple[str, str, str]]:
    if not isinstance(old.details, CallDetails) or not isinstance(new.details, CallDetails):
        return
    pairs = (
        (STATUS, old.status, new.status),
        (OPENING, _moment(old.starts_at), _moment(new.starts_at)),
        (DEADLINE, _moment(old.ends_at), _moment(new.ends_at)),
        (MAXIMUM, str(old.details.maximum_selected or ""), str(new.details.maximum_selected or "")),
        (GROUPS, _groups(old.details), _groups(new.details)),
    )
    yield from (pair for pair in pairs if pair[1] != pair[2])


def _moment(moment: datetime | None) -> str:
    return timestamp(moment) if moment else ""


def _groups(details: CallDetails) -> str:
    return "; ".join(f"{cohort.name}: {cohort.capacity}" for cohort in details.cohorts)


def _reason_of(content: Content) -> str:
    return content.details.cancelled_because if isinstance(content.details, CallDetails) else ""
