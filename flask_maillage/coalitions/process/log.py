"""Writing and reading a process log: entries are added, corrected by a new revision, and never changed."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import aliased

from actors.database import session
from actors.identifiers import new_identifier
from actors.leases import wait_for_turn_at
from actors.models import PROPOSED, Actor
from actors.node import now
from federation.sanitising import clean_text, clean_url
from flask_maillage.coalitions import memberships
from flask_maillage.coalitions.process import chain
from flask_maillage.coalitions.process.models import KINDS, LogEntry
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.leaving import on_parting
from flask_maillage.publications.own import closing
from inboxes.registry import on_departure

TITLE_LIMIT, TEXT_LIMIT, MOST_LINKS, LABEL_LIMIT = 200, 50_000, 20, 200
EARLIEST = date(1900, 1, 1)
closing.signed(LogEntry)


class EntryRefused(ValueError):
    """It cannot be written so; `field` says what of it, the text what to do."""

    def __init__(self, message: str, field: str = "") -> None:
        """Keep the field."""
        super().__init__(message)
        self.field = field


def has_one(actor: Actor) -> bool:
    """Tell whether an actor of ours keeps a log."""
    return actor.local and actor.gone_at is None and memberships.is_group(actor)


def write(
    actor: Actor,
    author: Actor | None,
    *,
    kind: str,
    happened_on: date,
    title: str,
    text: str = "",
    links: Sequence[tuple[str, str]] = (),
    public: bool = True,
    corrects: LogEntry | None = None,
) -> LogEntry:
    """Write an entry into the log of a group of ours, or a new revision of one; the older ones stay as they are.

    Args:
        actor: the group.
        author: who writes it, where that is a member of ours.
        kind: meeting, decision, step, document or note.
        happened_on: on which day; at the latest tomorrow, since it may be that somewhere.
        title: in one line.
        text: in Markdown.
        links: documents by label and address.
        public: whether everybody reads it, or those alone who belong to the group.
        corrects: any revision of the entry that it corrects.

    Raises:
        EntryRefused: something of it will not do, or it changes nothing.
    """
    if not has_one(actor) or (corrects is not None and corrects.actor_id != actor.id):
        raise EntryRefused(_("Only organisations, projects and coalitions of this node keep a log."))
    title, text = clean_text(title, limit=TITLE_LIMIT), _whole(text)
    found = [{"label": clean_text(label, limit=LABEL_LIMIT), "address": clean_url(address)} for label, address in links]
    _check(kind, happened_on, title, found)
    wait_for_turn_at(LogEntry, str(actor.id))
    newest = last_revision(actor, corrects.identifier) if corrects is not None else None
    entry = LogEntry(
        actor_id=actor.id,
        identifier=newest.identifier if newest is not None else new_identifier(now()),
        revision=newest.revision + 1 if newest is not None else 1,
        kind=kind,
        happened_on=happened_on,
        title=title,
        text=text,
        links=found,
        public=public,
        author_id=author.id if author is not None else None,
        written_at=now().replace(microsecond=0),
        previous=head(actor),
    )
    if newest is not None and _said(newest) == _said(entry):
        raise EntryRefused(_("Nothing is different from what stands there."))
    entry.digest = chain.digest_of(chain.record_of(entry, actor.iri))
    session().add(entry)
    session().flush()
    return entry


def head(actor: Actor) -> str:
    """Return the digest of the row that was written last."""
    query = select(LogEntry.digest).where(LogEntry.actor_id == actor.id).order_by(LogEntry.id.desc()).limit(1)
    return session().scalar(query) or chain.beginning(actor.iri)


def whole(actor: Actor) -> list[LogEntry]:
    """Return all revisions of all entries, in the order in which they were written."""
    return list(session().scalars(select(LogEntry).where(LogEntry.actor_id == actor.id).order_by(LogEntry.id)))


def entries(actor: Actor, *, inside: bool, limit: int | None = None, offset: int = 0) -> list[LogEntry]:
    """Return the newest revision of each entry, what happened last first; `inside` for who reads all of it."""
    query = _newest(select(LogEntry), actor, inside).order_by(LogEntry.happened_on.desc(), LogEntry.id.desc())
    return list(session().scalars(query.offset(offset) if limit is None else query.offset(offset).limit(limit)))


def count(actor: Actor) -> int:
    """Return how many entries everybody may read."""
    return session().scalar(_newest(select(func.count()).select_from(LogEntry), actor, False)) or 0


def is_there(actor: Actor) -> bool:
    """Tell whether anything stands in a log that everybody may read."""
    return count(actor) > 0


def outline(actor: Actor) -> list[tuple[str, date, bool]]:
    """Return of each entry that everybody may read its kind, its day, and whether it has documents."""
    columns = select(LogEntry.kind, LogEntry.happened_on, LogEntry.links)
    return [(kind, day, bool(links)) for kind, day, links in session().execute(_newest(columns, actor, False))]


def _newest(query: Select[Any], actor: Actor, inside: bool) -> Select[Any]:
    later = aliased(LogEntry)
    newer = select(later.id).where(
        later.actor_id == LogEntry.actor_id,
        later.identifier == LogEntry.identifier,
        later.revision > LogEntry.revision,
    )
    query = query.where(LogEntry.actor_id == actor.id, ~newer.exists())
    return query if inside else query.where(LogEntry.public)


def revisions(actor: Actor, identifier: str, *, inside: bool) -> list[LogEntry]:
    """Return the revisions of an entry, the newest first; none to others where the newest is not for them."""
    query = select(LogEntry).where(LogEntry.actor_id == actor.id, LogEntry.identifier == identifier)
    found = list(session().scalars(query.order_by(LogEntry.revision.desc())))
    return found if found and (inside or found[0].public) else []


def last_revision(actor: Actor, identifier: str) -> LogEntry | None:
    """Return the newest revision of an entry."""
    query = select(LogEntry).where(LogEntry.actor_id == actor.id, LogEntry.identifier == identifier)
    return session().scalar(query.order_by(LogEntry.revision.desc()).limit(1))


def hidden(actor: Actor) -> set[str]:
    """Return the identifiers of the entries that others may not read, in none of their revisions."""
    query = _newest(select(LogEntry.identifier), actor, True).where(LogEntry.public.is_(False))
    return set(session().scalars(query))


def is_public(actor: Actor) -> bool:
    """Tell whether strangers read the log of a group: not that of a project that waits for its founders."""
    return actor.phase != PROPOSED


@on_departure
@on_parting
def forget(actor: Actor) -> None:
    """An actor left for good: its own log goes, and its name from what it wrote in others'."""
    session().execute(delete(LogEntry).where(LogEntry.actor_id == actor.id))
    session().execute(update(LogEntry).where(LogEntry.author_id == actor.id).values(author_id=None))


def _whole(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\x00", "").strip()


def _said(entry: LogEntry) -> tuple[object, ...]:
    return entry.kind, entry.happened_on, entry.title, entry.text, entry.links, entry.public


def _check(kind: str, happened_on: date, title: str, links: Sequence[dict[str, str | None]]) -> None:
    if kind not in KINDS:
        raise EntryRefused(_("An entry is a meeting, a decision, a step, a document or a note."), "kind")
    if not title:
        raise EntryRefused(_("Say in one line what it is."), "title")
    if not EARLIEST <= happened_on <= now().date() + timedelta(days=1):
        raise EntryRefused(_("Write the day on which it happened: a log knows no day to come."), "happened_on")
    if len(links) > MOST_LINKS:
        raise EntryRefused(_("20 documents at most."), "links")
    if any(link["address"] is None for link in links):
        raise EntryRefused(_("Write the whole address of each document, with https://."), "links")
