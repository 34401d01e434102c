"""Our actors follow others, and answer those who follow them."""

from collections.abc import Callable

from actors import followers, iris, outbox, policy
from actors.database import session
from actors.identifiers import new_identifier
from actors.models import Actor, Follow
from actors.node import now
from federation.activities import Document

ASKED, BEGAN, GRANTED, REFUSED, ENDED = "asked", "began", "granted", "refused", "ended"
"""What happens to a relation: somebody asks, follows, is let in or turned away after having asked, leaves."""
_watchers: list[Callable[[Follow, str], None]] = []


def on_relation(function: Callable[[Follow, str], None]) -> Callable[[Follow, str], None]:
    """Register a function that is told what happens to a relation, in the same transaction."""
    _watchers.append(function)
    return function


def happened(relation: Follow, what: str) -> None:
    """Tell whoever registered."""
    for function in _watchers:
        function(relation, what)


_keepers: list[Callable[[Actor, Actor], bool]] = []


def keeps_waiting(function: Callable[[Actor, Actor], bool]) -> Callable[[Actor, Actor], bool]:
    """Register a function that tells whether a follower elsewhere waits for a person, whatever the actor itself says.

    It is called with the follower and the one of ours who is to be followed.
    """
    _keepers.append(function)
    return function


def must_wait(follower: Actor, followed: Actor) -> bool:
    """Tell whether anybody who registered wants a person to answer this follower."""
    return any(keeps(follower, followed) for keeps in _keepers)


newcomers: list[Callable[[Follow], None]] = []
"""What upper packages say to somebody new who follows one of ours, in the transaction of the Accept."""


def on_new_follower(function: Callable[[Follow], None]) -> Callable[[Follow], None]:
    """Register a function that is called once a relation with a follower elsewhere begins to hold."""
    newcomers.append(function)
    return function


def follow(follower: Actor, followed: Actor) -> Follow:
    """Let one of our actors follow another.

    Between two of ours it holds at once (or waits for approval); to another server a Follow is posted, and nothing
    is taken as granted before its Accept. Where it holds already, nothing changes.

    Raises:
        ValueError: an actor would follow itself, one that is deleted, or one on a host that we do not deal with.
    """
    if policy.is_blocked(followed.iri):
        raise ValueError(f"{followed.host} is blocked: unblock it first")
    if follower.id == followed.id or followed.gone_at is not None:
        raise ValueError(f"{follower.address} cannot follow {followed.address}")
    known = followers.between(follower, followed)
    if known is not None and known.state == "accepted":
        return known
    if followed.local:
        state = "pending" if followed.approves_followers else "accepted"
        iri = iris.activity(follower.handle, new_identifier(now()))
        was_pending = known is not None and known.state == "pending"
        relation = followers.record(follower, followed, iri=iri, state=state)
        if not (was_pending and state == "pending"):
            happened(relation, ASKED if state == "pending" else BEGAN)
        return relation
    posted = outbox.post(follower, "Follow", followed.iri, to=[followed.iri], inboxes=[followed.inbox])
    return followers.record(follower, followed, iri=posted.iri, state="pending")


def unfollow(follower: Actor, followed: Actor) -> bool:
    """End what `follow` began; False when there was nothing to end."""
    relation = followers.between(follower, followed)
    if relation is None:
        return False
    if not followed.local:
        thing = _follow_document(relation)
        outbox.post(follower, "Undo", thing, to=[followed.iri], inboxes=[followed.inbox])
    happened(relation, ENDED)
    return followers.remove(follower, followed)


def accept(relation: Follow) -> None:
    """Accept a follower, and tell the server it lives on."""
    is_new = relation.state != "accepted"
    followers.answer(relation, "accepted")
    _answer(relation, "Accept")
    if is_new:
        happened(relation, BEGAN)
        happened(relation, GRANTED)
    if is_new and not relation.follower.local:
        for greet in newcomers:
            greet(relation)


def reject(relation: Follow) -> None:
    """Refuse or remove a follower, and tell the server it lives on."""
    followers.answer(relation, "rejected")
    _answer(relation, "Reject")
    happened(relation, REFUSED)


def _answer(relation: Follow, verb: str) -> None:
    follower = session().get_one(Actor, relation.follower_id)
    followed = session().get_one(Actor, relation.followed_id)
    if not follower.local:
        outbox.post(followed, verb, _follow_document(relation), to=[follower.iri], inboxes=[follower.inbox])


def _follow_document(relation: Follow) -> Document:
    """Return the Follow embedded with plain ids: the form that every server read for this project handles."""
    follower = session().get_one(Actor, relation.follower_id)
    followed = session().get_one(Actor, relation.followed_id)
    return {"id": relation.iri, "type": "Follow", "actor": follower.iri, "object": followed.iri}
