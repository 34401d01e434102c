"""Publishing later: a draft with a moment, which the worker publishes once when that has come."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from actors.database import reading, session
from actors.models import Actor
from actors.node import now
from flask_maillage.people.notifying.writing import notify, people_of
from flask_maillage.publications import publishing
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.life.models import Schedule
from flask_maillage.publications.models import DRAFT, Publication
from flask_maillage.publications.notices import NOT_PUBLISHED
from flask_maillage.publications.rules import NotPossible
from inboxes.chores import chore

AT_ONCE = 50
"""How many that are due one turn looks at: others may hold the first ones."""


def schedule(
    publication: Publication, moment: datetime, *, timezone: str = "UTC", author: Actor | None = None
) -> Schedule:
    """Let a draft be published at a moment to come, or at another one than was set before.

    All rules are asked as if it were that moment; they are asked again when it has come.

    Raises:
        NotPossible: the moment is over, or the draft could not be published then.
    """
    if moment <= now():
        raise NotPossible(_("Choose a moment to come."), "publish_at")
    publishing.check_publishing(publication, moment)
    row = of(publication)
    if row is None:
        row = Schedule(publication=publication)
        session().add(row)
    row.publish_at, row.timezone, row.author, row.problem = moment, timezone, author, None
    session().flush()
    return row


def of(publication: Publication) -> Schedule | None:
    """Return when a draft is to be published, or None."""
    return session().get(Schedule, publication.id)


def cancel(publication: Publication) -> bool:
    """Leave a draft a draft; False where nothing was set."""
    row = of(publication)
    if row is None:
        return False
    session().delete(row)
    session().flush()
    return True


def check_again(publication: Publication) -> None:
    """Ask the rules again for a draft that was changed after its moment was set.

    Raises:
        NotPossible: as it is now it could not be published then.
    """
    row = of(publication)
    if row is not None and row.problem is None:
        publishing.check_publishing(publication, row.publish_at)


def planned(actors: Sequence[Actor], limit: int) -> list[Schedule]:
    """Return what is to be published in the names of these actors, or was not, the next one first."""
    query = (
        select(Schedule)
        .join(Schedule.publication)
        .where(Publication.state == DRAFT, Publication.actor_id.in_([actor.id for actor in actors]))
        .options(joinedload(Schedule.publication).joinedload(Publication.actor))
        .order_by(Schedule.publish_at)
        .limit(limit)
    )
    return list(session().scalars(query))


@chore
def publish_due() -> int:
    """Publish one draft whose moment has come, or note why that cannot be; 0 where there is none.

    What becomes of it is one transaction under the lock of its row: whoever is killed has published nothing, and
    whoever comes second finds nothing to publish.
    """
    with reading():
        query = select(Schedule.publication_id).where(*_is_due()).order_by(Schedule.publish_at).limit(AT_ONCE)
        due = list(session().scalars(query))
    for number in due:
        publication, row = _take(number)
        if publication is None or row is None:
            session().rollback()
            continue
        try:
            publishing.publish(publication, author=row.author)
        except NotPossible as refusal:
            session().rollback()
            _note_problem(number, str(refusal))
        session().commit()
        return 1
    return 0


def _is_due() -> tuple[ColumnElement[bool], ...]:
    return Schedule.problem.is_(None), Schedule.publish_at <= now()


def _take(number: int) -> tuple[Publication | None, Schedule | None]:
    """Return a draft that is due, locked, with its moment; nothing where others hold it, or were faster."""
    query = select(Publication).where(Publication.id == number, Publication.state == DRAFT)
    query = query.with_for_update(of=Publication, skip_locked=True).execution_options(populate_existing=True)
    publication = session().scalar(query)
    row = session().scalar(select(Schedule).where(Schedule.publication_id == number, *_is_due()))
    return publication, row


def _note_problem(number: int, problem: str) -> None:
    publication, row = _take(number)
    if publication is not None and row is not None:
        row.problem = problem
        once = f"{number}-{row.publish_at.isoformat()}"
        notify(NOT_PUBLISHED, people_of(publication.actor), publication_id=number, once=once)
