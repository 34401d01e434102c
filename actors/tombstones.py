"""What was deleted, and by whom: it is not believed again from them, and who asks for ours is told 410."""

import hashlib

from actors.database import session
from actors.models import Actor, Tombstone
from actors.node import now

MAX_TYPE = 60


def bury(iri: str, actor: Actor, former_type: str) -> None:
    """Remember that an actor deleted an object of its own, or itself, so that a late Create of it is not believed."""
    session().merge(
        Tombstone(
            digest=_digest(iri, actor.iri),
            iri=iri,
            actor_iri=actor.iri,
            former_type=former_type[:MAX_TYPE],
            deleted_at=now(),
        )
    )
    session().flush()


def find(iri: str, actor: Actor) -> Tombstone | None:
    """Return the tombstone that an actor put up for an object, or None."""
    return session().get(Tombstone, _digest(iri, actor.iri))


def _digest(iri: str, actor_iri: str) -> str:
    """Return the key of a tombstone; both ids fit into it, whatever their length."""
    return hashlib.sha256(f"{iri}\n{actor_iri}".encode()).hexdigest()
