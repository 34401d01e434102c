"""The public keys that we keep of actors who live elsewhere: whose each one is, and what it is for."""

from sqlalchemy import select

from actors.database import session
from actors.models import ASSERTION, SIGNING, Actor, ActorKey
from actors.node import now
from federation.activities import Document
from federation.actor_keys import listed_ids, listed_keys


def find_key(key_iri: str) -> ActorKey | None:
    """Return a key that we know, or None."""
    return session().scalar(select(ActorKey).where(ActorKey.iri == key_iri))


def find_assertion_key(key_iri: str, owner: str) -> ActorKey | None:
    """Return a key that we know with which an actor vouches for documents, or None."""
    query = select(ActorKey).join(Actor, Actor.id == ActorKey.actor_id)
    return session().scalar(query.where(ActorKey.iri == key_iri, ActorKey.purpose == ASSERTION, Actor.iri == owner))


def keep_keys(actor: Actor, document: Document, confirmed: str | None) -> None:
    """Keep the keys that an actor lists now, and let go of those it lists no longer.

    An id under which another actor of the host listed a key before goes to the one whose it is.

    Args:
        actor: a copy of a remote actor.
        document: the document it was made from.
        confirmed: the id of a key whose own address names this actor; of the other keys only those are kept that
            stand in the actor's document itself, or were confirmed before.
    """
    ids = listed_ids(document)
    for kept in list(actor.keys):
        if kept.iri not in ids:
            session().delete(kept)
    known = {kept.iri: kept for kept in actor.keys}
    for key in listed_keys(document):
        purpose = ASSERTION if key.assertion else SIGNING
        if key.iri in known:
            known[key.iri].public_pem, known[key.iri].purpose = key.pem, purpose
        elif key.iri == confirmed or key.iri.partition("#")[0] == actor.iri:
            _take_back(key.iri)
            session().add(
                ActorKey(actor_id=actor.id, iri=key.iri, public_pem=key.pem, purpose=purpose, created_at=now())
            )
    session().flush()
    session().refresh(actor)


def _take_back(key_iri: str) -> None:
    taken = find_key(key_iri)
    if taken is not None:
        session().delete(taken)
        session().flush()
