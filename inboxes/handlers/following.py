"""Follow, its answers and its Undo, in every form that peers give them."""

from datetime import timedelta

from sqlalchemy import func, select

from actors import followers, following, iris, policy, remote
from actors.database import session
from actors.models import Actor, Follow
from actors.node import now
from federation.activities import id_of
from federation.errors import TooMany
from inboxes import polling
from inboxes.handlers.who import ours
from inboxes.registry import UNKNOWN, Context, Ignored, first_answer, on, retractions

MAX_PENDING_OF_ACTOR = 1000
"""How many may wait for the answer of one actor of ours."""
MAX_PENDING_OF_HOST = 50
"""How many of one host may wait for the answer of one actor of ours."""
MAX_NEW_OF_HOST = 300
"""How many new followers of one host are let in within an hour; the others are put back for later."""


@on("Follow")
def follow(context: Context) -> str:
    """Someone follows one of ours: accept at once, or leave it to a person.

    To a person where the actor approves followers, the follower's host is silenced, or a room above says so.
    """
    followed = ours(context.activity.object_id)
    relation = followers.between(context.sender, followed)
    if followed.moved_to is not None and (relation is None or relation.state != "accepted"):
        return _send_on(context, followed)
    accepted_before = relation is not None and relation.state == "accepted"
    is_asked = followed.approves_followers or policy.is_silenced(context.sender.iri)
    is_asked = is_asked or following.must_wait(context.sender, followed)
    waits = is_asked and not accepted_before
    asked_before = relation is not None and relation.state == "pending"
    if relation is None or (waits and not asked_before):
        _check_flood(context.sender, followed, waits=waits)
    relation = followers.record(
        context.sender, followed, iri=context.activity.id, state="accepted" if accepted_before else "pending"
    )
    if waits:
        if not asked_before:
            following.happened(relation, following.ASKED)
        return f"asks to follow {followed.handle}"
    following.accept(relation)
    return f"follows {followed.handle}"


@on("Accept", "Follow", UNKNOWN)
def accept(context: Context) -> str:
    """A Follow of ours is accepted, by the one who was asked."""
    relation = _our_follow(context)
    is_new = relation.state != "accepted"
    followers.answer(relation, "accepted")
    if is_new:
        following.happened(relation, following.GRANTED)
    polling.begin(relation.followed)
    return f"accepted {relation.follower.handle}"


@on("Reject", "Follow", UNKNOWN)
def reject(context: Context) -> str:
    """A Follow of ours is refused, or ended later by the one who was followed."""
    relation = _our_follow(context)
    followers.answer(relation, "rejected")
    following.happened(relation, following.REFUSED)
    return f"refused {relation.follower.handle}"


@on("Undo", "Accept")
def undo_accept(context: Context) -> str:
    """The one who was followed takes its Accept back, which ends the relation like a Reject.

    Where what was accepted is no Follow, whoever keeps the Accept's id knows (an event, in Friendica's manner).
    """
    accepted, iri = context.activity.object, context.activity.object_id
    if iri is not None and (outcome := first_answer(retractions, context, iri)) is not None:
        return outcome
    relation = _relation_in(accepted.get("object"), context.sender) if isinstance(accepted, dict) else None
    if relation is None or not relation.follower.local:
        raise Ignored("accepted no Follow of ours")
    followers.answer(relation, "rejected")
    following.happened(relation, following.REFUSED)
    return f"accepts {relation.follower.handle} no longer"


@on("Undo", "Follow")
def undo_follow(context: Context) -> str:
    """A follower leaves; found by the pair where the peer embeds the Follow, else by the Follow's id."""
    thing = context.activity.object
    named = id_of(thing.get("object")) if isinstance(thing, dict) else None
    if named is None:
        return _undo_by_id(context)
    return _leave(context.sender, ours(named))


@on("Undo", UNKNOWN)
def undo_unknown(context: Context) -> str:
    """Something is undone by its id alone, and what it was is not known any more: whoever keeps it knows."""
    iri = context.activity.object_id
    outcome = first_answer(retractions, context, iri) if iri else None
    return outcome if outcome is not None else _undo_by_id(context)


def _undo_by_id(context: Context) -> str:
    iri = context.activity.object_id
    relation = session().scalar(select(Follow).where(Follow.iri == iri, Follow.follower_id == context.sender.id))
    if relation is None:
        raise Ignored("undoes nothing that is known here")
    return _leave(context.sender, relation.followed)


def _send_on(context: Context, followed: Actor) -> str:
    """Refuse a new follower of an actor that moved: its document says where to (as Mastodon refuses)."""
    _check_flood(context.sender, followed, waits=True)
    following.reject(followers.record(context.sender, followed, iri=context.activity.id, state="pending"))
    return f"cannot follow {followed.handle}, which moved"


def _leave(follower: Actor, followed: Actor) -> str:
    relation = followers.between(follower, followed)
    if relation is not None:
        following.happened(relation, following.ENDED)
    if not followers.remove(follower, followed):
        raise Ignored(f"did not follow {followed.handle}")
    return f"follows {followed.handle} no longer"


def _our_follow(context: Context) -> Follow:
    """Return the Follow of ours that the sender answers.

    Raises:
        Ignored: it answers none; the sender answers only for itself.
    """
    relation = _relation_in(context.activity.object, context.sender)
    if relation is None or not relation.follower.local:
        raise Ignored("answers no Follow of ours")
    return relation


def _relation_in(thing: object, followed: Actor) -> Follow | None:
    """Return the relation that a Follow names: by its id, by the pair that it embeds, or by the id of the follower.

    Some peers name the one who asked in place of the Follow, or embed a Follow under an id of their own.
    """
    iri = id_of(thing)
    relation = session().scalar(select(Follow).where(Follow.iri == iri, Follow.followed_id == followed.id))
    if relation is not None:
        return relation
    asked = iri
    if isinstance(thing, dict) and "actor" in thing:
        if id_of(thing.get("object", followed.iri)) != followed.iri:
            return None
        asked = id_of(thing["actor"])
    follower = remote.find(asked) if asked and iris.is_ours(asked) else None
    return followers.between(follower, followed) if follower is not None else None


def _check_flood(follower: Actor, followed: Actor, *, waits: bool) -> None:
    """Keep one host from filling the tables, or the list of who asks to follow an actor (§4.4 A11).

    Raises:
        Ignored: too many wait already.
        TooMany: too many new followers of one host within an hour.
    """
    of_host = select(func.count()).select_from(Follow).join(Actor, Actor.id == Follow.follower_id)
    of_host = of_host.where(Actor.host == follower.host, ~Actor.local)
    if waits:
        pending = Follow.followed_id == followed.id, Follow.state == "pending"
        if (session().scalar(of_host.where(*pending)) or 0) >= MAX_PENDING_OF_HOST:
            raise Ignored(f"too many of {follower.host} wait for {followed.handle}")
        if (session().scalar(select(func.count()).where(*pending)) or 0) >= MAX_PENDING_OF_ACTOR:
            raise Ignored(f"too many wait for {followed.handle}")
    new = of_host.where(Follow.created_at > now() - timedelta(hours=1))
    if (session().scalar(new) or 0) >= MAX_NEW_OF_HOST:
        raise TooMany(f"too many new followers of {follower.host}", retry_after=3600)
