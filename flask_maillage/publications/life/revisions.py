"""What a publication said before: every version of ours that was published, and the dates alone of others' changes."""

from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import joinedload

from actors.database import session
from actors.models import Actor
from flask_maillage.publications.content import Content, one_line
from flask_maillage.publications.life.models import Revision
from flask_maillage.publications.models import Publication

NOTE_LIMIT = 200
MOST_DATES = 100
"""How many changes of somebody else's publication are remembered: they may send as many as they like."""
MOST_SHOWN = 200


def record(
    publication: Publication,
    made_at: datetime,
    *,
    author: Actor | None = None,
    note: str = "",
    restores: int | None = None,
) -> Revision:
    """Keep what a publication of ours says from `made_at` on."""
    revision = Revision(
        publication_id=publication.id,
        number=_last_number(publication) + 1,
        made_at=made_at,
        author=author,
        content=publication.content.model_dump(mode="json"),
        note=one_line(note, NOTE_LIMIT),
        restores=restores,
    )
    session().add(revision)
    session().flush()
    return revision


def record_first(publication: Publication) -> None:
    """Keep what a publication of before there were versions says, before it is changed for the first time."""
    if not _last_number(publication):
        record(publication, publication.updated_at)


def remember_date(publication: Publication, changed_at: datetime) -> None:
    """Remember that a publication of somebody else's was changed, and not what it said before."""
    number = _last_number(publication) + 1
    session().add(Revision(publication_id=publication.id, number=number, made_at=changed_at))
    old = Revision.publication_id == publication.id, Revision.number <= number - MOST_DATES
    session().execute(delete(Revision).where(*old))
    session().flush()


def of(publication: Publication) -> list[Revision]:
    """Return the versions of a publication, the newest first."""
    query = select(Revision).where(Revision.publication_id == publication.id).options(joinedload(Revision.author))
    return list(session().scalars(query.order_by(Revision.number.desc()).limit(MOST_SHOWN)))


def one(publication: Publication, number: int) -> Revision | None:
    """Return a version by its number, or None."""
    if not 0 < number < 2**31:
        return None
    query = select(Revision).where(Revision.publication_id == publication.id, Revision.number == number)
    return session().scalar(query)


def content_of(publication: Publication, revision: Revision | None) -> Content | None:
    """Return what a version said; None where that is gone, or was written in a way that nobody reads any more."""
    if revision is None or revision.content is None:
        return None
    details = publication.kind_of_it.details
    try:
        said = details.model_validate(revision.content.get("details", {}))
        return Content.model_validate({**revision.content, "details": said})
    except ValidationError:
        return None


def clear(publication: Publication) -> None:
    """Forget all versions of a publication."""
    session().execute(delete(Revision).where(Revision.publication_id == publication.id))


def _last_number(publication: Publication) -> int:
    query = select(func.max(Revision.number)).where(Revision.publication_id == publication.id)
    return session().scalar(query) or 0
