"""Move: an actor goes on under another id, and those of ours who follow it go with it."""

from actors import followers, following, iris, policy, remote
from actors.models import Actor
from actors.moving import COOLDOWN, happened
from actors.node import now
from federation.activities import ids_of
from inboxes.handlers.who import ours
from inboxes.registry import Context, Ignored, on


@on("Move")
def move(context: Context) -> str:
    """An actor moves: believed only where its new self, read from its own server now, names the old one."""
    sender, target = context.sender, context.activity.target_id
    if context.activity.object_id != sender.iri or target is None or target == sender.iri:
        raise Ignored("an actor is moved by itself only, to another")
    if sender.moved_at is not None and sender.moved_at > now() - COOLDOWN:
        raise Ignored("moved a short while ago")
    new = _confirmed(context, target)
    sender.moved_to, sender.moved_at = new.iri, now()
    moved = 0
    for follower in followers.ours_who_follow(sender):
        if follower.id != new.id:
            following.follow(follower, new)
        following.unfollow(follower, sender)
        moved += 1
    happened(sender, new)
    return f"moved to {new.address}; {moved} of ours went along"


def _confirmed(context: Context, target: str) -> Actor:
    """Return the actor that the sender moves to.

    Raises:
        Ignored: it does not name the sender among its other ids, or moved away itself.
        FederationError: its document cannot be had.
    """
    if iris.is_ours(target):
        here = ours(target)
        aliases, gone_on = here.also_known_as, here.moved_to
    else:
        if policy.is_blocked(target):
            raise Ignored("moves to a blocked host")
        document = remote.checked_actor(context.document(target))
        if document["id"] != target:
            raise Ignored("the new address leads to another actor")
        aliases, gone_on = ids_of(document.get("alsoKnownAs")), document.get("movedTo")
    if context.sender.iri not in aliases:
        raise Ignored("the new actor does not name the old one")
    known = remote.find(target)
    if gone_on or (known is not None and known.moved_at is not None and known.moved_at > now() - COOLDOWN):
        raise Ignored("the new actor moved away itself")
    return known if known is not None and known.local else remote.remember(document)
