"""The outbox: an activity and one delivery per distinct inbox, written in the transaction of what they carry.

Nothing is sent here; the worker carries the rows (`inboxes/delivery.py`).
"""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from actors import followers, hosts, iris, local
from actors.database import session
from actors.documents import timestamp
from actors.identifiers import new_identifier
from actors.models import Actor, Delivery, Posted, Tombstone
from actors.node import now
from federation import proofs, strict_json
from federation.activities import PUBLIC, Document, context, envelope, host_of, id_of

ENDING = frozenset({"Undo", "Delete", "Reject"})
"""The verbs by which an actor takes something back: who does that does not begin to be found by it."""
CARRYING = ("Create", "Update", "Announce")
"""The verbs of activities that carry a publication, or lead to it."""
DELIVERED_KEPT = timedelta(days=7)
"""For how long at least the row of a delivery that arrived stays (`inboxes/pruning.py`)."""


def post(
    actor: Actor,
    verb: str,
    thing: Any,
    *,
    to: Iterable[str],
    cc: Iterable[str] = (),
    inboxes: Iterable[str],
    proof: bool = False,
    letter_only: bool = False,
    iri: str | None = None,
    at: datetime | None = None,
    **more: Any,
) -> Posted:
    """Write an activity of one of our actors with its deliveries.

    Args:
        actor: who acts; one of ours.
        verb: the activity's type.
        thing: the object, embedded or as its id.
        to: ids of the first audience.
        cc: ids of the second audience.
        inboxes: where it is to be delivered; equal ones count once, our own, blocked ones and those on hosts that
            were away too long are left out.
        proof: whether the actor vouches for the activity (FEP-8b32), so that it stands on its own later.
        letter_only: whether nobody can read it at its address.
        iri: its id, where something it holds had to name that before; else a new one.
        at: when it is published, where several have that in common; else now.
        more: further properties of the activity.
    """
    moment = at or now()
    iri = iri or iris.activity(actor.handle, new_identifier(moment))
    to, cc = list(to), list(cc)
    document = envelope(verb, iri=iri, actor=actor.iri, thing=thing, to=to, cc=cc, published=timestamp(moment), **more)
    if proof:
        document = vouch(actor, document)
    posted = Posted(
        iri=iri,
        actor_id=actor.id,
        type=verb,
        object_iri=id_of(thing),
        public=PUBLIC in to or PUBLIC in cc,
        letter_only=letter_only,
        body=strict_json.dumps(document).decode("utf-8"),
        published_at=moment,
    )
    session().add(posted)
    session().flush()
    targets = {inbox for inbox in followers.allowed(set(inboxes)) if not iris.is_ours(inbox)}
    if (posted.public or targets) and verb not in ENDING and posted.object_iri != actor.iri:
        # Who speaks to other servers can be asked back by them; a new key of theirs is an admin's doing.
        actor.federated = True
    session().add_all(
        Delivery(
            activity_id=posted.id,
            inbox=inbox,
            host=host_of(inbox),
            order_key=posted.object_iri or iri,
            created_at=moment,
            due_at=moment,
        )
        for inbox in sorted(hosts.within_reach(targets))
    )
    session().flush()
    return posted


def vouch(actor: Actor, document: Document) -> Document:
    """Return a document of one of our actors with a proof of it (FEP-8b32), and with the context that it needs alone.

    For activities, `post` does it; for an object inside one that others will show without its activity, call this.
    """
    whole = document if "@context" in document else {"@context": context(), **document}
    return proofs.prove(whole, local.prover_of(actor), now=now())


def retract(object_iri: str) -> None:
    """Take what carried an object of ours out of the outbox, and out of those activities what they carried.

    One that is still on its way keeps its bytes until it has arrived, since a Delete follows it; it is public no
    more, and is emptied when its last delivery is settled (`empty_retracted`).
    """
    carriers = select(Posted).where(Posted.object_iri == object_iri, Posted.type.in_(CARRYING))
    for posted in session().scalars(carriers):
        posted.public = False
        empty_retracted(posted)
    session().flush()


def empty_retracted(posted: Posted) -> None:
    """Let go of what an activity carried when its object was deleted and no delivery of it is pending any more."""
    if posted.public or not posted.body or posted.type not in CARRYING:
        return
    pending = select(Delivery.id).where(Delivery.activity_id == posted.id, Delivery.state == "pending").limit(1)
    deleted = select(Tombstone.iri).where(Tombstone.iri == posted.object_iri).limit(1)
    if session().scalar(pending) is None and session().scalar(deleted) is not None:
        document = json.loads(posted.body) | {"object": posted.object_iri}
        document.pop("proof", None)
        posted.body = strict_json.dumps(document).decode("utf-8")


def call_back(object_iri: str, inboxes: Collection[str]) -> None:
    """Call back what carries an object to these inboxes and is still on its way there: it is not for them any more."""
    carriers = select(Posted.id).where(Posted.object_iri == object_iri, Posted.type.in_(CARRYING))
    session().execute(
        update(Delivery)
        .where(Delivery.activity_id.in_(carriers), Delivery.inbox.in_(inboxes), Delivery.state == "pending")
        .values(state="cancelled", settled_at=now(), outcome="not for them any more")
        .execution_options(synchronize_session=False)
    )


def about(actor: Actor, verb: str, object_iri: str) -> Sequence[Posted]:
    """Return the activities of one of our actors with this verb about an object, in their order."""
    query = select(Posted).where(Posted.actor_id == actor.id, Posted.type == verb, Posted.object_iri == object_iri)
    return session().scalars(query.order_by(Posted.id)).all()


def inboxes_of(posted: Posted) -> set[str]:
    """Return where an activity was sent, as far as the rows of its deliveries still tell."""
    query = select(Delivery.inbox).where(Delivery.activity_id == posted.id, Delivery.state != "cancelled")
    return set(session().scalars(query))


def cancel_pending(object_iri: str) -> int:
    """Call back what carries an object and was never tried, and return how many deliveries.

    A Delete overtakes a Create that no attempt was made for; one that was tried may have arrived. The Delete itself
    is not sent to a host that never got the object: it would only tell of it.
    """
    carriers = select(Posted.id).where(Posted.object_iri == object_iri, Posted.type.in_(CARRYING))
    untried = session().execute(
        update(Delivery)
        .where(Delivery.activity_id.in_(carriers), Delivery.state == "pending", Delivery.attempts == 0)
        .values(state="cancelled", settled_at=now(), outcome="overtaken by a Delete")
        .returning(Delivery.host)
        .execution_options(synchronize_session=False)
    )
    cancelled = list(untried.scalars())
    unaware = set(cancelled) - _hosts_that_may_know(object_iri)
    deletes = select(Posted.id).where(Posted.object_iri == object_iri, Posted.type == "Delete")
    session().execute(
        update(Delivery)
        .where(
            Delivery.activity_id.in_(deletes),
            Delivery.host.in_(unaware),
            Delivery.state == "pending",
            Delivery.attempts == 0,
        )
        .values(state="cancelled", settled_at=now(), outcome="never got what is deleted")
        .execution_options(synchronize_session=False)
    )
    return len(cancelled)


def _hosts_that_may_know(object_iri: str) -> set[str]:
    """Return the hosts that an object was sent to, or every host where rows that told so may be pruned."""
    about = (Posted.object_iri == object_iri, Posted.type.in_(CARRYING))
    first = session().scalar(select(func.min(Posted.published_at)).where(*about))
    joined = select(Delivery.host).join(Posted, Posted.id == Delivery.activity_id).where(*about)
    if first is not None and first > now() - DELIVERED_KEPT:
        joined = joined.where(Delivery.attempts > 0)
    return set(session().scalars(joined.distinct()))
