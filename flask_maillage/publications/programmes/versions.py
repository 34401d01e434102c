"""The versions of a programme of ours: one for each change that was published, and what changed with it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from actors.database import session
from flask_maillage.publications.content import Content
from flask_maillage.publications.kinds.event_details import EventDetails
from flask_maillage.publications.life import revisions
from flask_maillage.publications.life.models import Revision
from flask_maillage.publications.models import Publication
from flask_maillage.publications.programmes.changes import Change, Clock, between
from flask_maillage.publications.programmes.models import ProgrammeVersion
from flask_maillage.publications.programmes.programme import Programme

MOST_SHOWN = 50


@dataclass(frozen=True)
class Released:
    """A version as a page shows it; `changes` is None where one of the two that they lie between was erased."""

    number: int
    released_at: datetime
    revision: int
    changes: list[Change] | None
    is_first: bool


def release(publication: Publication, before: Content | None) -> None:
    """Count a version of a programme that was just published; nothing where it is as it was before.

    Args:
        publication: an event of ours whose version is recorded already; any other kind is passed over.
        before: what it said until now; None where it is published for the first time.
    """
    old, new = _programme(before) if before else (), _programme(publication.content)
    last = latest(publication)
    if old == new or publication.kind != "event":
        return
    query = select(Revision.number).where(Revision.publication_id == publication.id)
    revision, *earlier = session().scalars(query.order_by(Revision.number.desc()).limit(2))
    if last is None and old and earlier:
        last = _add(publication, 1, earlier[0], publication.published_at or publication.created_at)
    _add(publication, (last.number if last else 0) + 1, revision, publication.updated_at)


def _add(publication: Publication, number: int, revision: int, released_at: datetime) -> ProgrammeVersion:
    added = ProgrammeVersion(publication_id=publication.id, number=number, revision=revision, released_at=released_at)
    session().add(added)
    session().flush()
    return added


def numbered(publication: Publication, content: Content) -> Content:
    """Return what an event of ours says with the number of its programme's version, which is counted, not stored."""
    if not publication.local or not isinstance(content.details, EventDetails):
        return content
    last = latest(publication)
    details = content.details.model_copy(update={"programme_version": last.number if last else None})
    return content.model_copy(update={"details": details})


def of(publication: Publication, clock: Clock) -> list[Released]:
    """Return the versions of a programme, the newest first."""
    query = select(ProgrammeVersion).where(ProgrammeVersion.publication_id == publication.id)
    rows = list(session().scalars(query.order_by(ProgrammeVersion.number.desc()).limit(MOST_SHOWN + 1)))
    said = [_said(publication, row) for row in rows]
    found = []
    for place, row in enumerate(rows[:MOST_SHOWN]):
        before = said[place + 1] if place + 1 < len(rows) else ()
        after = said[place]
        changes = None if before is None or after is None else between(before, after, clock)
        found.append(Released(row.number, row.released_at, row.revision, changes, row.number == 1))
    return found


def clear(publication: Publication) -> None:
    """Forget all versions of the programme of a publication."""
    session().execute(delete(ProgrammeVersion).where(ProgrammeVersion.publication_id == publication.id))


def _said(publication: Publication, row: ProgrammeVersion) -> Programme | None:
    content = revisions.content_of(publication, revisions.one(publication, row.revision))
    return None if content is None else _programme(content)


def latest(publication: Publication) -> ProgrammeVersion | None:
    """Return the version that was released last, or None where there is no programme."""
    query = select(ProgrammeVersion).where(ProgrammeVersion.publication_id == publication.id)
    return session().scalar(query.order_by(ProgrammeVersion.number.desc()).limit(1))


def _programme(content: Content) -> Programme:
    return content.details.programme if isinstance(content.details, EventDetails) else ()
