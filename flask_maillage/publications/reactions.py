"""Likes and shares of publications: counted once for each actor, and never shown with a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import delete, func, select

from actors import policy
from actors.database import session
from actors.models import Actor
from actors.node import now
from federation.activities import id_of
from flask_maillage.publications import keeping
from flask_maillage.publications.models import PUBLIC, PUBLISHED, UNLISTED, Like, Publication, Share
from inboxes.registry import Context, Ignored, on, on_departure, on_retraction

MAX_OF_HOST = 1000
"""How many likes, and how many shares, of one publication are counted from one host: actors are made in no time."""
LIKES = ("Like", "EmojiReact")


@dataclass(frozen=True)
class Reactions:
    """How many like a publication, and how many shared it."""

    likes: int
    shares: int


def of(publication: Publication) -> Reactions:
    """Count the reactions to a publication."""
    return Reactions(_count(Like, publication), _count(Share, publication))


@on("Like")
@on("EmojiReact")
def like(context: Context) -> str:
    """Somebody likes a publication of ours, with or without an emoji, which is not kept."""
    publication = _of_ours(context.activity.object_id)
    if _between(Like, publication, context.sender) is not None:
        raise Ignored("liked before")
    if not has_room(Like, publication, context.sender):
        raise Ignored(f"too many likes from {context.sender.host}")
    row = Like(publication_id=publication.id, actor_id=context.sender.id, iri=context.activity.id, created_at=now())
    session().add(row)
    session().flush()
    return f"likes {publication.name}"


@on("Undo", *LIKES)
def undo_like(context: Context) -> str:
    """Somebody likes a publication no longer."""
    return _take_back((Like,), context)


@on("Undo", "Announce")
def undo_announce(context: Context) -> str:
    """Somebody shares a publication no longer."""
    return _take_back((Share,), context)


@on_retraction
def undo_by_id(context: Context, iri: str) -> str | None:
    """Somebody undoes a like or a share by an id alone that only we still know."""
    known = any(_by_id(model, iri, context.sender) is not None for model in (Like, Share))
    return _take_back((Like, Share), context) if known else None


@on_departure
def forget_likes(actor: Actor) -> None:
    """A remote actor left for good: what it liked is counted no longer."""
    session().execute(delete(Like).where(Like.actor_id == actor.id))


def has_room(model: type[Like] | type[Share], publication: Publication, actor: Actor) -> bool:
    """Tell whether one more reaction from the actor's host is counted."""
    of_host = (
        select(func.count())
        .select_from(model)
        .join(Actor, Actor.id == model.actor_id)
        .where(model.publication_id == publication.id, Actor.host == actor.host)
    )
    return (session().scalar(of_host) or 0) < MAX_OF_HOST


def _of_ours(iri: str | None) -> Publication:
    """Return a publication of ours that everybody may read: of others, the likes are told to nobody."""
    found = keeping.find(iri) if iri else None
    if found is None or not found.local or found.state != PUBLISHED or found.visibility not in (PUBLIC, UNLISTED):
        raise Ignored("not about a publication of ours")
    return found


def _take_back(models: Sequence[type[Like] | type[Share]], context: Context) -> str:
    """Undo a reaction, found by its id, or by what the embedded activity is about."""
    thing = context.activity.object
    about = id_of(thing.get("object")) if isinstance(thing, dict) else None
    publication = keeping.find(about) if about else None
    for model in models:
        row = _by_id(model, context.activity.object_id, context.sender)
        if row is None and publication is not None:
            row = _between(model, publication, context.sender)
        if row is not None:
            session().delete(row)
            session().flush()
            return "likes it no longer" if model is Like else "shares it no longer"
    raise Ignored("undoes nothing that is known here")


def _by_id(model: type[Like] | type[Share], iri: str | None, actor: Actor) -> Like | Share | None:
    query = select(model).where(model.iri == iri, model.actor_id == actor.id)
    return cast("Like | Share | None", session().scalar(query))


def _between(model: type[Like] | type[Share], publication: Publication, actor: Actor) -> Like | Share | None:
    query = select(model).where(model.publication_id == publication.id, model.actor_id == actor.id)
    return cast("Like | Share | None", session().scalar(query))


def _count(model: type[Like] | type[Share], publication: Publication) -> int:
    query = select(func.count()).select_from(model).join(Actor, Actor.id == model.actor_id)
    return session().scalar(query.where(model.publication_id == publication.id, policy.welcome())) or 0
