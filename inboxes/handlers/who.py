"""Which actor of ours a letter is about."""

from actors import iris, remote
from actors.models import Actor
from inboxes.registry import Ignored


def ours(iri: str | None) -> Actor:
    """Return the actor of ours with this id.

    Raises:
        Ignored: there is none, it is deleted, or it is not for other servers to find.
    """
    actor = remote.find(iri) if iri and iris.is_ours(iri) else None
    if actor is None or not actor.local or actor.gone_at is not None or not actor.federated:
        raise Ignored("not about an actor of ours")
    return actor
