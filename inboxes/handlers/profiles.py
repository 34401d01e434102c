"""What an actor does to itself or to one of ours: Update and Delete of its own document, Block."""

from actors import followers, remote, tombstones
from actors.node import now
from federation.activities import ACTOR_TYPES
from inboxes.handlers.who import ours
from inboxes.registry import ITSELF, Context, Ignored, departures, on


@on("Update", ITSELF, *sorted(ACTOR_TYPES))
def update_actor(context: Context) -> str:
    """An actor changes its own document; whatever the letter carries, it is fetched from its own address."""
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
    blocked = ours(context.activity.object_id)
    followers.remove(context.sender, blocked)
    followers.remove(blocked, context.sender)
    return f"blocks {blocked.handle}"


@on("Undo", "Block")
def undo_block(context: Context) -> str:
    """A block ends: the relations that it ended do not come back by themselves."""
    raise Ignored("blocks are not kept")
