"""What waits for a member among publications: replies to look at, registrations to answer, what went wrong."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from actors import policy
from actors.database import session
from actors.models import Actor
from flask_maillage.people.my_page import Waiting, waits
from flask_maillage.publications.editing.paths import page_path, schedule_path
from flask_maillage.publications.importing.models import FAILED, Import
from flask_maillage.publications.life.models import Schedule
from flask_maillage.publications.models import DRAFT, PUBLISHED, Attendance, Publication, Reply
from flask_maillage.publications.replies import HELD
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import ngettext

MOST = 10
"""How many things of one sort stand on the page; the rest comes up when these are done."""


@waits
def held_replies(_member: Any, actors: Sequence[Actor]) -> Iterable[Waiting]:
    """Replies that nobody looked at yet, by the publication that they answer."""
    for publication, count in _counted(Reply, Reply.state == HELD, actors):
        words = ngettext("%(n)s reply to look at: %(title)s", "%(n)s replies to look at: %(title)s", count,
                         title=publication.name)  # fmt: skip
        yield Waiting(words, f"{page_path(publication)}#replies")


@waits
def asked_registrations(_member: Any, actors: Sequence[Actor]) -> Iterable[Waiting]:
    """Registrations that somebody has to answer, by their event."""
    for event, count in _counted(Attendance, Attendance.state == "requested", actors):
        words = ngettext("%(n)s asks to come: %(title)s", "%(n)s ask to come: %(title)s", count, title=event.name)
        address = url_for("maillage.attendees", page_handle=event.actor.page_handle, identifier=event.identifier)
        yield Waiting(words, address)


@waits
def failed_schedules(_member: Any, actors: Sequence[Actor]) -> Iterable[Waiting]:
    """Drafts whose moment came and which could not be published."""
    query = (
        select(Publication)
        .join(Publication.actor)
        .options(contains_eager(Publication.actor))
        .join(Schedule, Schedule.publication_id == Publication.id)
        .where(Schedule.problem.is_not(None), Publication.state == DRAFT, _of(actors))
        .order_by(Publication.id.desc())
    )
    for draft in session().scalars(query.limit(MOST)):
        yield Waiting(_("Was not published: %(title)s", title=draft.name), schedule_path(draft))


@waits
def failed_imports(_member: Any, actors: Sequence[Actor]) -> Iterable[Waiting]:
    """Files and addresses that could not be read."""
    query = select(Import).join(Import.actor).options(contains_eager(Import.actor))
    failed = Import.state == FAILED, Import.actor_id.in_([actor.id for actor in actors])
    for job in session().scalars(query.where(*failed).order_by(Import.id.desc()).limit(MOST)):
        address = url_for("maillage.imported", page_handle=job.actor.page_handle, identifier=job.identifier)
        yield Waiting(_("Could not be imported: %(source)s", source=job.source), address)


def _counted(
    model: type[Reply] | type[Attendance], condition: Any, actors: Sequence[Actor]
) -> list[tuple[Publication, int]]:
    """Return the publications of these actors with such rows of people who are welcome, and how many they have."""
    welcome = select(Actor.id).where(policy.welcome())
    waiting = (
        select(model.publication_id, func.count().label("count"))
        .where(condition, model.actor_id.in_(welcome) | model.actor_id.is_(None))
        .group_by(model.publication_id)
        .subquery()
    )
    query = (
        select(Publication, waiting.c.count)
        .join(waiting, waiting.c.publication_id == Publication.id)
        .join(Publication.actor)
        .options(contains_eager(Publication.actor))
        .where(Publication.state == PUBLISHED, Publication.local, _of(actors))
        .order_by(Publication.updated_at.desc(), Publication.id.desc())
    )
    return [(publication, count) for publication, count in session().execute(query.limit(MOST))]


def _of(actors: Sequence[Actor]) -> Any:
    return Publication.actor_id.in_([actor.id for actor in actors])
