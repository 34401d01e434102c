"""One row of a source becomes a publication, or changes the one that it became before; nothing is taken twice."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from actors.database import session
from actors.node import now
from flask_maillage.publications import publishing
from flask_maillage.publications.content import Content
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.importing import duplicates
from flask_maillage.publications.importing.models import DISTINCT, DOUBTFUL, TAKEN, Import, Imported
from flask_maillage.publications.importing.rows import Row
from flask_maillage.publications.kinds import kind_named
from flask_maillage.publications.models import DRAFT, WITHDRAWN, Publication
from flask_maillage.publications.publishing import with_links
from flask_maillage.publications.rules import NotPossible, check_publishable

Entry = dict[str, Any]

LABELS = {
    "taken": _("Taken"),
    "changed": _("Changed"),
    "unchanged": _("Unchanged"),
    "kept": _("Left as it is"),
    "doubtful": _("Perhaps here already"),
    "refused": _("Refused"),
    "gone": _("No longer there"),
}
"""What may become of a row."""
NOTED = ("taken", "changed", "unchanged")
"""The outcomes that are told with what cannot be held here: it stays true from one reading to the next."""


def take(job: Import, row: Row, *, even_doubtful: bool = False) -> Entry:
    """Take a row in, and return what became of it; the caller commits.

    Args:
        job: the import that the row is of.
        row: what the file says.
        even_doubtful: whether what looks like something that is here already is taken all the same.
    """
    if row.content is None:
        return _entry(row, "refused", row.problem)
    item = find(job, row.uid)
    try:
        if item is None or item.state != TAKEN:
            return _take_new(job, row, row.content, item, even_doubtful)
        return _follow(job, row, row.content, item)
    except NotPossible as refusal:
        return _entry(row, "refused", str(refusal))


def find(job: Import, uid: str) -> Imported | None:
    """Return what was taken of this source under a uid, or None."""
    query = select(Imported).where(Imported.actor_id == job.actor_id, Imported.source == job.key, Imported.uid == uid)
    return session().scalar(query)


def let_go(job: Import, uids: Collection[str]) -> list[Entry]:
    """Call off what a subscribed calendar holds no longer and is still to come, and throw its drafts away.

    What is over has left most calendars by itself. A calendar without anything is taken for a broken one.
    """
    if not uids:
        return []
    query = select(Imported).where(Imported.actor_id == job.actor_id, Imported.source == job.key)
    entries = []
    for item in session().scalars(query.where(Imported.state == TAKEN, Imported.publication_id.is_not(None))).all():
        publication = item.publication
        if item.uid in uids or publication is None or publication.state == WITHDRAWN:
            continue
        if publication.starts_at is None or publication.starts_at <= now() or publication.status == "cancelled":
            continue
        row = Row(0, publication.name)
        if publication.updated_at > item.taken_at:
            entries.append(
                _entry(row, "kept", _("It is no longer there, but was changed here: look at it."), publication)
            )
        elif publication.state == DRAFT:
            publishing.withdraw(publication)
            entries.append(_entry(row, "gone", _("The draft was thrown away.")))
        else:
            publishing.revise(publication, publication.content.model_copy(update={"status": "cancelled"}))
            item.digest, item.taken_at = "", publication.updated_at
            entries.append(_entry(row, "gone", _("It was cancelled here as well."), publication))
    return entries


def _take_new(job: Import, row: Row, content: Content, item: Imported | None, even_doubtful: bool) -> Entry:
    if content.status == "cancelled":
        return _entry(row, "refused", _("It was cancelled before it was taken."))
    present = kind_named(content.kind).at(content, now())
    if job.publishes:
        check_publishable(content, now())
        if present.ends_at is not None and present.ends_at <= now():
            return _entry(row, "refused", _("It is over: only drafts are made of what is over."))
    alike = (
        [] if even_doubtful or (item is not None and item.state == DISTINCT) else duplicates.like(present, job.actor)
    )
    item = item or Imported(actor_id=job.actor_id, source=job.key, uid=row.uid, state=DOUBTFUL)
    item.digest, item.taken_at = row.digest, now()
    session().add(item)
    session().flush()
    if alike:
        return _entry(row, "doubtful") | {"like": [[one.name, one.page] for one in alike], "item": item.id}
    publication = publishing.draft(job.actor, content, author=job.author)
    if job.publishes:
        publishing.publish(publication)
    item.state, item.publication_id, item.taken_at = TAKEN, publication.id, publication.updated_at
    session().flush()
    return _entry(row, "taken", "", publication)


def _follow(job: Import, row: Row, content: Content, item: Imported) -> Entry:
    """Bring a publication up to what its source says now; what was changed here since stays as it is."""
    publication = item.publication
    if publication is None or publication.state == WITHDRAWN:
        return _entry(row, "kept", _("It was thrown away or withdrawn here, and is not taken again."))
    if item.digest == row.digest:
        return _entry(row, "unchanged", "", publication)
    if publication.updated_at > item.taken_at:
        return _entry(row, "kept", _("It was changed there and here: what was written here stays."), publication)
    publishing.revise(publication, _merged(publication, content))
    item.digest, item.taken_at = row.digest, publication.updated_at
    session().flush()
    return _entry(row, "changed", "", publication)


def _merged(publication: Publication, content: Content) -> Content:
    """Return what the source says, on top of what only this node knows of it: its image, its registrations."""
    before = publication.content
    told = {name: getattr(content, name) for name in content.model_fields_set - {"details", "summary", "kind"}}
    details = {name: getattr(content.details, name) for name in content.details.model_fields_set}
    return with_links(before.model_copy(update=told | {"details": before.details.model_copy(update=details)}))


def _entry(row: Row, outcome: str, reason: str = "", publication: Publication | None = None) -> Entry:
    page = publication.page if publication is not None else None
    said = {"number": row.number, "name": row.name, "outcome": outcome, "reason": reason, "page": page}
    if outcome not in NOTED:
        return said
    return said | {"notes": row.told}
