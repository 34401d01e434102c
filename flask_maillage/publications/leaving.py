"""An actor of ours leaves for good: what it published is withdrawn, and every server that may know it is told."""

from collections.abc import Callable

from sqlalchemy import func, or_, select

from actors import followers, outbox, tombstones
from actors.database import session
from actors.models import NODE, Actor, Follow, Posted
from actors.node import now
from federation.activities import PUBLIC
from flask_maillage.publications import publishing
from flask_maillage.publications.attending import registering
from flask_maillage.publications.models import DRAFT, WITHDRAWN, Publication

partings: list[Callable[[Actor], None]] = []
"""What upper packages do when an actor of ours leaves for good, in the same transaction."""


def on_parting(function: Callable[[Actor], None]) -> Callable[[Actor], None]:
    """Register a function that takes away what a package keeps of an actor of ours who leaves for good."""
    partings.append(function)
    return function


class CannotLeave(ValueError):
    """An actor that cannot be deleted; the text says why, to a person."""


def delete_actor(actor: Actor) -> int:
    """Delete one of our actors, and return how many publications went with it.

    One `Delete` goes to every server that we know, since nobody can say who has copies; it takes what the actor
    published along. Of a member who never agreed to be found there are none, and it goes to nobody. Its address
    answers 410 from now on, and its handle is never given again.

    Raises:
        CannotLeave: it is the node itself, lives elsewhere, or is deleted already.
    """
    if not actor.local or actor.kind == NODE or actor.gone_at is not None:
        raise CannotLeave(f"{actor.address} is no actor of this node that can be deleted.")
    withdrawn = 0
    for publication in session().scalars(select(Publication).where(Publication.actor_id == actor.id)):
        if publication.state == DRAFT:
            session().delete(publication)
        elif publication.state != WITHDRAWN:
            publishing.withdraw_quietly(publication)
            withdrawn += 1
    registering.forget(actor)
    for part in partings:
        part(actor)
    outbox.post(actor, "Delete", actor.iri, to=[PUBLIC], inboxes=_everybody() if _may_be_known(actor) else ())
    actor.gone_at = now()
    actor.name, actor.summary, actor.website, actor.place = actor.handle, "", None, None
    followers.forget(actor)
    tombstones.bury(actor.iri, actor, actor.type)
    session().flush()
    return withdrawn


def _may_be_known(actor: Actor) -> bool:
    """Tell whether another server may have met an actor: it can be found, acted towards others, or was followed.

    Its own new key, which an admin makes (`Update` of itself), says nothing of it.
    """
    acted = select(Posted.id).where(
        Posted.actor_id == actor.id, or_(Posted.object_iri.is_(None), Posted.object_iri != actor.iri)
    )
    related = select(Follow.id).where(or_(Follow.follower_id == actor.id, Follow.followed_id == actor.id))
    return actor.federated or any(session().scalar(query.limit(1)) is not None for query in (acted, related))


def _everybody() -> set[str]:
    """Return one inbox of every server that an actor we know lives on: followers', followed and all others."""
    known = select(func.coalesce(Actor.shared_inbox, Actor.inbox)).where(
        ~Actor.local, Actor.gone_at.is_(None), Actor.suspended_at.is_(None)
    )
    return set(session().scalars(known.distinct()))
