"""Our actors under other ids: naming them as aliases, moving to one of them, and coming back."""

from collections.abc import Callable
from datetime import timedelta

from actors import followers, following, outbox, remote
from actors.database import session
from actors.documents import actor_document
from actors.models import MERGED, NODE, PROPOSED, Actor
from actors.node import now
from federation.activities import PUBLIC, Document, ids_of

COOLDOWN = timedelta(days=7)
"""How long an actor that moved stays where it is: so long do servers refuse a second move, as Mastodon does."""
MAX_ALIASES = 20


ITSELF, TOO_MANY, NODES, SOON, UNPROVEN, GONE_ON = "itself", "too many", "node", "soon", "unproven", "gone on"
"""Why an actor cannot be moved, or have an alias."""

Moved = Callable[[Actor, Actor], None]
_movers: list[Moved] = []
_hearers: list[Callable[[Actor], set[str]]] = []


class MoveRefused(ValueError):
    """An actor that cannot be moved there, or now; the text says why, in English; `reason` is for who translates it."""

    def __init__(self, reason: str, text: str) -> None:
        """Keep both."""
        super().__init__(text)
        self.reason = reason


def on_move(function: Moved) -> Moved:
    """Register a function that is told who moved to whom, ours or not, in the same transaction; both sides said so."""
    _movers.append(function)
    return function


def happened(former: Actor, new: Actor) -> None:
    """Tell whoever registered that an actor moved."""
    for function in _movers:
        function(former, new)


def also_hears(function: Callable[[Actor], set[str]]) -> Callable[[Actor], set[str]]:
    """Register a function that returns the inboxes that hear of a move of an actor of ours besides its followers'."""
    _hearers.append(function)
    return function


def add_alias(actor: Actor, iri: str) -> bool:
    """Let one of our actors name another id as its own; False where it does already.

    Raises:
        MoveRefused: it is the actor itself, or there are too many.
    """
    if iri == actor.iri:
        raise MoveRefused(ITSELF, f"{actor.address} is no alias of itself.")
    if iri in actor.also_known_as:
        return False
    if len(actor.also_known_as) >= MAX_ALIASES:
        raise MoveRefused(TOO_MANY, f"{actor.address} has {MAX_ALIASES} aliases; take one away first.")
    actor.also_known_as = [*actor.also_known_as, iri]
    tell_followers(actor)
    return True


def remove_alias(actor: Actor, iri: str) -> bool:
    """Let one of our actors no longer name an id as its own; False where it does not."""
    if iri not in actor.also_known_as:
        return False
    actor.also_known_as = [alias for alias in actor.also_known_as if alias != iri]
    tell_followers(actor)
    return True


def move(actor: Actor, target: Document) -> None:
    """Move one of our actors to another: its followers are told, those of ours go along, and it publishes no more.

    Args:
        actor: one of ours.
        target: the document of the new one, read from its own server now.

    Raises:
        MoveRefused: see `check`.
    """
    check(actor, target)
    here = remote.find(target["id"])
    new = here if here is not None and here.local else remote.remember(target)
    actor.moved_to, actor.moved_at = new.iri, now()
    for follower in followers.ours_who_follow(actor):
        following.follow(follower, new)
        following.unfollow(follower, actor)
    tell_followers(actor)
    inboxes = followers.inboxes_of_followers(actor)
    outbox.post(
        actor,
        "Move",
        actor.iri,
        target=actor.moved_to,
        to=[actor.followers or actor.iri],
        inboxes=inboxes.union(*(function(actor) for function in _hearers)),
    )
    happened(actor, new)


def come_back(actor: Actor) -> bool:
    """Let an actor of ours be at its old address again; False where it did not move.

    Who followed it elsewhere follows the new one by now, and no letter brings them back. When it moved stays known: it
    cannot move on sooner by coming back. A project that merged into another one is over, and does not come back.
    """
    if actor.moved_to is None or actor.phase == MERGED:
        return False
    actor.moved_to = None
    tell_followers(actor)
    return True


def check(actor: Actor, target: Document) -> None:
    """Look whether one of our actors can be moved to another, and change nothing.

    Args:
        actor: one of ours.
        target: the document of the new one, read from its own server now.

    Raises:
        MoveRefused: it is the node itself, it moved a short while ago, the new one does not name it as an alias or
            moved away itself.
    """
    if actor.kind == NODE:
        raise MoveRefused(NODES, "The node's own actor stays where the node is.")
    if actor.moved_at is not None and actor.moved_at > now() - COOLDOWN:
        raise MoveRefused(SOON, f"{actor.address} moved on {actor.moved_at:%d %B}; other servers refuse a second move.")
    if target["id"] == actor.iri or actor.iri not in ids_of(target.get("alsoKnownAs")):
        raise MoveRefused(UNPROVEN, f"{target['id']} does not name {actor.iri} among its aliases: add it there first.")
    if target.get("movedTo"):
        raise MoveRefused(GONE_ON, f"{target['id']} moved away itself.")


def tell_followers(actor: Actor) -> None:
    """Send the document of one of our actors, which changed, to the servers of its followers, once it is public."""
    actor.updated_at = now()
    session().flush()
    if actor.phase == PROPOSED:
        return
    document = {name: value for name, value in actor_document(actor).items() if name != "@context"}
    inboxes = followers.inboxes_of_followers(actor)
    outbox.post(actor, "Update", document, to=[PUBLIC], cc=[actor.followers or actor.iri], inboxes=inboxes)
