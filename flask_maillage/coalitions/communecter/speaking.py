"""Who speaks Communecter's dialect: those whose ids have the form that it documents."""

from urllib.parse import urlsplit

from sqlalchemy import select

from actors.database import session
from actors.models import Actor
from federation.activities import host_of

ROOT = "/api/activitypub/"
PLACES = tuple(ROOT + place for place in ("users/u/", "groups/g/", "organizations/o/", "projects/p/"))
"""Where Communecter has its persons, organisations (under two names) and projects."""


def is_theirs(iri: str) -> bool:
    """Tell whether an actor's id has Communecter's form."""
    return urlsplit(iri).path.startswith(PLACES)


def is_spoken_at(inbox: str) -> bool:
    """Tell whether an inbox is on a server of Communecter: an actor of such an id is known there."""
    query = select(Actor.iri).where(
        Actor.host == host_of(inbox), ~Actor.local, Actor.iri.contains(ROOT, autoescape=True)
    )
    return any(is_theirs(iri) for iri in session().scalars(query.limit(20)))
