"""What actors do to actors: Follow, its answers, Undo, Update and Delete of oneself, Block, Move.

Verbs about publications are handled where publications live (`flask_maillage/publications/handlers.py`).
"""

from sqlalchemy import select

from actors import followers, following, iris, remote, tombstones
from actors.database import session
from actors.models import Actor, Follow
from actors.node import now
from federation.activities import ACTOR_TYPES, id_of
from inboxes.registry import ITSELF, UNKNOWN, Context, Ignored, departures, on


@on("Follow")
def follow(context: Context) -> str:
    """Someone follows one of ours: accept at once, or leave it to a person where the actor approves followers."""
    followed = _ours(context.activity.object_id)
    relation = followers.between(context.sender, followed)
    accepted_before = relation is not None and relation.state == "accepted"
    relation = followers.record(
        context.sender, followed, iri=context.activity.id, state="accepted" if accepted_before else "pending"
    )
    if followed.approves_followers and not accepted_before:
        return f"asks to follow {followed.handle}"
    following.accept(relation)
    return f"follows {followed.handle}"


@on("Accept", "Follow", UNKNOWN)
def accept(context: Context) -> str:
    """A Follow of ours is accepted, by the one who was asked."""
    relation = _our_follow(context)
    followers.answer(relation, "accepted")
    return f"accepted {relation.follower.handle}"


@on("Reject", "Follow", UNKNOWN)
def reject(context: Context) -> str:
    """A Follow of ours is refused, or ended later by the one who was followed."""
    relation = _our_follow(context)
    followers.answer(relation, "rejected")
    return f"refused {relation.follower.handle}"


@on("Undo", "Follow", UNKNOWN)
def undo_follow(context: Context) -> str:
    """A follower leaves; found by the pair where the peer embeds the Follow, else by the Follow's id."""
    thing = context.activity.object
    named = id_of(thing.get("object")) if isinstance(thing, dict) else None
    if named is not None:
        followed = _ours(named)
    else:
        relation = session().scalar(
            select(Follow).where(Follow.iri == context.activity.object_id, Follow.follower_id == context.sender.id)
        )
        if relation is None:
            raise Ignored("undoes nothing that is known here")
        followed = relation.followed
    if not followers.remove(context.sender, followed):
        raise Ignored(f"did not follow {followed.handle}")
    return f"follows {followed.handle} no longer"


@on("Update", ITSELF, *sorted(ACTOR_TYPES))
def update_actor(context: Context) -> str:
    """An actor changes its own document; the letter carries it, or it is fetched from its own address."""
    if context.activity.object_id != context.sender.iri:
        raise Ignored("an actor is changed by itself only")
    document = remote.checked_actor(context.document(context.sender.iri))
    if document["id"] != context.sender.iri:
        raise Ignored("its address leads to another actor")
    remote.remember(document)
    return "profile read anew"


@on("Delete", ITSELF)
def delete_actor(context: Context) -> str:
    """An actor leaves for good, and what we kept of it leaves with it."""
    sender = context.sender
    sender.gone_at = now()
    followers.forget(sender)
    for forget in departures:
        forget(sender)
    tombstones.bury(sender.iri, sender, sender.type)
    return "actor gone"


@on("Block")
def block(context: Context) -> str:
    """Someone blocks one of ours: relations between the two end, and nobody is told."""
    blocked = _ours(context.activity.object_id)
    followers.remove(context.sender, blocked)
    followers.remove(blocked, context.sender)
    return f"blocks {blocked.handle}"


def _ours(iri: str | None) -> Actor:
    actor = remote.find(iri) if iri and iris.is_ours(iri) else None
    if actor is None or not actor.local or actor.gone_at is not None:
        raise Ignored("not about an actor of ours")
    return actor


def _our_follow(context: Context) -> Follow:
    """Return the Follow of ours that the sender answers, by its id or by the pair that the letter embeds."""
    thing = context.activity.object
    relation = session().scalar(
        select(Follow).where(Follow.iri == context.activity.object_id, Follow.followed_id == context.sender.id)
    )
    if relation is None and isinstance(thing, dict):
        follower = remote.find(id_of(thing.get("actor")) or "")
        if follower is not None and id_of(thing.get("object")) == context.sender.iri:
            relation = followers.between(follower, context.sender)
    if relation is None or not relation.follower.local:
        raise Ignored("answers no Follow of ours")
    return relation
