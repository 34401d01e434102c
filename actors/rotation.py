"""New keys for our own actors, announced with the old ones: some servers take a changed key in no other way.

GoToSocial refuses a key that it does not know, unless an `Update` signed with the one that it knows shows it. So each
host hears of the new key by the old one, and until it has, everything that goes there is signed with the old one.
"""

from datetime import timedelta

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.orm import aliased

from actors import followers, local, outbox
from actors.database import session
from actors.documents import actor_document
from actors.models import NODE, SIGNING, Actor, ActorKey, Delivery, Follow, Posted
from actors.node import now
from federation.activities import PUBLIC
from federation.signatures import Signer

OLD_KEY_KEPT = timedelta(days=7)
"""For how long an old key signs at most: as long as deliveries are tried."""
LATELY = timedelta(days=30)


def rotate(actor: Actor) -> Posted:
    """Give one of our actors a new signing key, and announce it to everybody who may know the old one.

    Returns:
        The announcement.

    Raises:
        LookupError: the actor has no key to announce another with.
    """
    old = local.current_key(actor)
    if old is None:
        raise LookupError(f"{actor.iri} has no private key here")
    query = select(func.count()).where(ActorKey.actor_id == actor.id, ActorKey.purpose == SIGNING)
    new = local.signing_key(actor.handle, (session().scalar(query) or 0) + 1)
    new.actor_id = actor.id
    session().add(new)
    old.retired_at = actor.updated_at = now()
    session().flush()
    session().refresh(actor)
    document = {name: value for name, value in actor_document(actor).items() if name != "@context"}
    audience = [actor.followers] if actor.followers else []
    posted = outbox.post(actor, "Update", document, to=[PUBLIC], cc=audience, inboxes=_acquaintances(actor))
    posted.key_id = old.id
    session().flush()
    return posted


def _acquaintances(actor: Actor) -> set[str]:
    """Return the inboxes of all who may have kept the key of an actor: one for each server that shares one.

    They follow it, or it follows them, or it wrote to them lately; and with the node's own key we ask everybody for
    documents.
    """
    relation = or_(
        exists().where(Follow.follower_id == actor.id, Follow.followed_id == Actor.id, Follow.state != "rejected"),
        exists().where(Follow.followed_id == actor.id, Follow.follower_id == Actor.id, Follow.state != "rejected"),
    )
    if actor.kind == NODE:
        relation = or_(relation, Actor.fetched_at > now() - LATELY)
    query = select(func.coalesce(Actor.shared_inbox, Actor.inbox)).where(
        relation, ~Actor.local, Actor.gone_at.is_(None), Actor.suspended_at.is_(None)
    )
    written_to = (
        select(func.coalesce(Actor.shared_inbox, Delivery.inbox))
        .select_from(Delivery)
        .join(Posted, Posted.id == Delivery.activity_id)
        .outerjoin(Actor, Actor.inbox == Delivery.inbox)
        .where(
            Posted.actor_id == actor.id,
            Delivery.created_at > now() - LATELY,
            Delivery.state.in_(("pending", "delivered")),
        )
    )
    return followers.inboxes_of_followers(actor) | set(session().scalars(query)) | set(session().scalars(written_to))


def signer_for(actor: Actor, host: str) -> Signer:
    """Return what signs as one of our actors for a host: the old key, until the new one was announced there.

    Args:
        actor: one of ours.
        host: the host as deliveries name it.
    """
    retired = _retired_key(actor, host)
    return local.signer_of(actor) if retired is None else local.signer_with(retired)


def _retired_key(actor: Actor, host: str) -> ActorKey | None:
    """Return the oldest key whose successor waits to be announced to a host, and that can still sign."""
    old = (
        ActorKey.actor_id == actor.id,
        ActorKey.retired_at > now() - OLD_KEY_KEPT,
        ActorKey.private_encrypted.is_not(None),
    )
    if session().scalar(select(ActorKey.id).where(*old).limit(1)) is None:
        return None
    arrived = aliased(Delivery)
    query = (
        select(ActorKey)
        .join(Posted, Posted.key_id == ActorKey.id)
        .join(Delivery, Delivery.activity_id == Posted.id)
        .where(
            *old,
            Posted.object_iri == actor.iri,
            Delivery.host == host,
            Delivery.state == "pending",
            ~exists().where(arrived.activity_id == Posted.id, arrived.host == host, arrived.state == "delivered"),
        )
    )
    return session().scalar(query.order_by(Posted.id).limit(1))


def destroy_retired() -> int:
    """Destroy the private halves of old keys that nothing will be signed with any more, and return how many."""
    pending = exists().where(
        Posted.key_id == ActorKey.id, Delivery.activity_id == Posted.id, Delivery.state == "pending"
    )
    result = session().execute(
        update(ActorKey)
        .where(
            ActorKey.retired_at.is_not(None),
            ActorKey.private_encrypted.is_not(None),
            or_(ActorKey.retired_at <= now() - OLD_KEY_KEPT, ~pending),
        )
        .values(private_encrypted=None)
        .execution_options(synchronize_session=False)
    )
    return int(getattr(result, "rowcount", 0))
