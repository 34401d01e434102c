"""How many take part in an event of ours: counted from the rows whenever somebody asks, never stored."""

from typing import Any

from sqlalchemy import Select, func, or_, select

from actors import policy
from actors.database import session
from actors.models import Actor
from flask_maillage.publications.content import Content
from flask_maillage.publications.kinds.registration import Registration
from flask_maillage.publications.models import PUBLIC, UNLISTED, Attendance, Publication

COMING = ("accepted", "requested", "waiting", "tentative", "invited")
"""Who wants to know when an event changes."""


def takes_registrations(publication: Publication) -> bool:
    """Tell whether one registers for it with us: an event of ours that says neither `external` nor `none`."""
    ours = publication.kind == "event" and publication.local
    return ours and publication.details.get("join_mode", "free") in ("free", "restricted")


def registration_of(publication: Publication) -> Registration:
    """Return what the event's people chose about registration."""
    return Registration.model_validate(publication.details.get("registration") or {})


def in_state(query: Select[Any], publication: Publication, state: str) -> Select[Any]:
    """Narrow a query of parts down to those of an event in one state: of guests, and of actors that we deal with."""
    joined = query.outerjoin(Actor, Actor.id == Attendance.actor_id)
    mine = Attendance.publication_id == publication.id, Attendance.state == state
    return joined.where(*mine, or_(Attendance.guest_id.is_not(None), policy.welcome()))


def participants(publication: Publication) -> int:
    """Return how many have a place; who only asks, waits, may come or was refused has none."""
    query = in_state(select(func.count()).select_from(Attendance), publication, "accepted")
    return session().scalar(query) or 0


def places_left(publication: Publication) -> int | None:
    """Return how many places are left; None where there is no number of places."""
    capacity = publication.details.get("capacity")
    if capacity is None or not takes_registrations(publication):
        return None
    return max(0, int(capacity) - participants(publication))


def is_full(publication: Publication) -> bool:
    """Tell whether an event of ours has no place left; one without a number of places is never full."""
    return places_left(publication) == 0


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
