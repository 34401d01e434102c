"""How many take part in an event of ours: counted from the rows whenever somebody asks, never stored."""

from sqlalchemy import func, select

from actors import policy
from actors.database import session
from actors.models import Actor
from flask_maillage.publications.content import Content
from flask_maillage.publications.models import PUBLIC, UNLISTED, Attendance, Publication

COMING = ("accepted", "requested", "tentative", "invited")
"""Who wants to know when an event changes."""


def takes_registrations(publication: Publication) -> bool:
    """Tell whether one registers for it with us: an event of ours that says neither `external` nor `none`."""
    ours = publication.kind == "event" and publication.local
    return ours and publication.details.get("join_mode", "free") in ("free", "restricted")


def participants(publication: Publication) -> int:
    """Return how many have a place; who only asks, may come or was refused has none."""
    query = select(func.count()).select_from(Attendance).join(Actor, Actor.id == Attendance.actor_id)
    accepted = Attendance.publication_id == publication.id, Attendance.state == "accepted"
    return session().scalar(query.where(*accepted, policy.welcome())) or 0


def is_full(publication: Publication) -> bool:
    """Tell whether an event of ours has no place left; one without a number of places is never full."""
    capacity = publication.details.get("capacity")
    return capacity is not None and takes_registrations(publication) and participants(publication) >= capacity


def counted(publication: Publication) -> Content:
    """Return what a publication says, with the true number of participants where we keep it."""
    content = publication.content
    if not takes_registrations(publication):
        return content
    details = content.details.model_copy(update={"participants": participants(publication)})
    return content.model_copy(update={"details": details})


def inboxes_of_participants(publication: Publication) -> set[str]:
    """Return the inboxes of those elsewhere who take part: they are told of changes whether they follow or not.

    One for each server that shares one, where everybody may read the publication anyway.
    """
    if publication.kind != "event":
        return set()
    is_open = publication.visibility in (PUBLIC, UNLISTED)
    inbox = func.coalesce(Actor.shared_inbox, Actor.inbox) if is_open else Actor.inbox
    query = select(inbox).join(Attendance, Attendance.actor_id == Actor.id)
    query = query.where(~Actor.local, Actor.gone_at.is_(None), Actor.suspended_at.is_(None))
    coming = Attendance.publication_id == publication.id, Attendance.state.in_(COMING)
    return set(session().scalars(query.where(*coming).distinct()))
