"""The journal of a call: what was changed that people count on, when, by whom and why; nothing in it is changed.

Readers see how the deadline was changed: extensions travel with the call (`CallDetails.extensions`), and of the calls
of others we write down ourselves what we see. Who made a change is for those who may edit the call.
"""

from collections.abc import Iterable
from dataclasses import dataclass
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
from flask_maillage.publications.strictness import TIGHTENED, stricter

STATUS, OPENING, DEADLINE, MAXIMUM, GROUPS = "status", "opening", "deadline", "maximum", "groups"
STRICTER = "stricter"
"""That a partner's call asks for more, or takes less, than it did when it opened (FC-16); `after` says in what."""
MOST_SEEN = 100
"""How much is kept of the journal of a partner's call."""
MOST_SHOWN = 20


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


def record_seen(copy: Publication, old: Content, new: Content) -> None:
    """Write down in what a partner's call is another now; of what one changes very often, the newest stays."""
    record(copy, old, new, author=None, reason="")
    for field in _tightened(old, new):
        what = {"what": STRICTER, "before": "", "after": field, "reason": "", "changed_at": now()}
        session().add(JournalEntry(publication_id=copy.id, **what))
    session().flush()
    ids = select(JournalEntry.id).where(JournalEntry.publication_id == copy.id).order_by(JournalEntry.id.desc())
    session().execute(delete(JournalEntry).where(JournalEntry.id.in_(list(session().scalars(ids.offset(MOST_SEEN))))))


@dataclass(frozen=True)
class DeadlineChange:
    """The deadline of a call was another before: when that was said or seen, from when to when, and why."""

    at: datetime
    before: datetime | None
    after: datetime | None
    reason: str = ""

    @property
    def way(self) -> str:
        """What became of it: `later`, `earlier`, `gone`, or `set` where there was none."""
        if self.before is None or self.after is None:
            return "gone" if self.before else "set"
        return "later" if self.after > self.before else "earlier"


def deadline_changes(publication: Publication) -> list[DeadlineChange]:
    """Return how the deadline of a call was changed, the oldest first: by the call's own word, and as we saw it."""
    details = publication.content.details
    if not isinstance(details, CallDetails):
        return []
    said = [DeadlineChange(one.extended_at, one.before, one.after, one.reason) for one in details.extensions]
    known = {(one.before, one.after) for one in said}
    seen = (
        DeadlineChange(entry.changed_at, _read(entry.before), _read(entry.after), entry.reason)
        for entry in of(publication)
        if entry.what == DEADLINE
    )
    changes = [*said, *(one for one in seen if (one.before, one.after) not in known)]
    return sorted(changes, key=lambda one: one.at)[-MOST_SHOWN:]


@dataclass(frozen=True)
class Tightening:
    """In what an open call became stricter: when this node saw that, and what is to be told, in English."""

    at: datetime
    sentence: str


def tightenings(publication: Publication, since: datetime | None = None) -> list[Tightening]:
    """Return in what a partner's call became stricter after it had opened (FC-16), the oldest first.

    A call of ours never does (`rules.check_revision`).

    Args:
        publication: the call.
        since: what was seen before is left out.
    """
    if publication.local or publication.kind != "call":
        return []
    found = [one for one in of(publication) if one.what == STRICTER and one.after in TIGHTENED]
    later = [one for one in found if since is None or one.changed_at > since]
    return [Tightening(one.changed_at, TIGHTENED[one.after]) for one in later]


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


def _tightened(old: Content, new: Content) -> list[str]:
    """Return the parts in which a call became stricter, each once, where it had opened; earlier deadlines are apart."""
    if not isinstance(old.details, CallDetails) or not isinstance(new.details, CallDetails):
        return []
    if old.starts_at is not None and old.starts_at > now():
        return []
    return list(dict.fromkeys(gap.field for gap in stricter(old.details, new.details)))


def _moment(moment: datetime | None) -> str:
    return timestamp(moment) if moment else ""


def _read(written: str) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _groups(details: CallDetails) -> str:
    return "; ".join(f"{cohort.name}: {cohort.capacity}" for cohort in details.cohorts)


def _reason_of(content: Content) -> str:
    return content.details.cancelled_because if isinstance(content.details, CallDetails) else ""
