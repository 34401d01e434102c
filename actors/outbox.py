"""The outbox: an activity and one delivery per distinct inbox, written in the transaction of what they carry.

Nothing is sent here; the worker carries the rows (`inboxes/delivery.py`).
"""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, update

from actors import followers, iris
from actors.database import session
from actors.documents import timestamp
from actors.identifiers import new_identifier
from actors.models import Actor, Delivery, Posted
from actors.node import now
from federation import strict_json
from federation.activities import PUBLIC, envelope, host_of, id_of


def post(
    actor: Actor,
    verb: str,
    thing: Any,
    *,
    to: Iterable[str],
    cc: Iterable[str] = (),
    inboxes: Iterable[str],
    **more: Any,
) -> Posted:
    """Write an activity of one of our actors with its deliveries.

    Args:
        actor: who acts; one of ours.
        verb: the activity's type.
        thing: the object, embedded or as its id.
        to: ids of the first audience.
        cc: ids of the second audience.
        inboxes: where it is to be delivered; equal ones count once, our own and blocked ones are left out.
        more: further properties of the activity.
    """
    moment = now()
    iri = iris.activity(actor.handle, new_identifier(moment))
    to, cc = list(to), list(cc)
    document = envelope(verb, iri=iri, actor=actor.iri, thing=thing, to=to, cc=cc, published=timestamp(moment), **more)
    posted = Posted(
        iri=iri,
        actor_id=actor.id,
        type=verb,
        object_iri=id_of(thing),
        public=PUBLIC in to or PUBLIC in cc,
        body=strict_json.dumps(document).decode("utf-8"),
        published_at=moment,
    )
    session().add(posted)
    session().flush()
    targets = sorted(inbox for inbox in followers.allowed(set(inboxes)) if not iris.is_ours(inbox))
    session().add_all(
        Delivery(
            activity_id=posted.id,
            inbox=inbox,
            host=host_of(inbox),
            order_key=posted.object_iri or iri,
            created_at=moment,
            due_at=moment,
        )
        for inbox in targets
    )
    session().flush()
    return posted


def retract(object_iri: str, verbs: Iterable[str]) -> None:
    """Take the activities of these verbs about an object out of the outbox, and out of them what they carried.

    One that is still on its way keeps its bytes until it has arrived, since a Delete follows it; it is public no more.
    """
    activities = session().scalars(select(Posted).where(Posted.object_iri == object_iri, Posted.type.in_(list(verbs))))
    for posted in activities:
        posted.public = False
        if not any(delivery.state == "pending" for delivery in posted.deliveries):
            document = json.loads(posted.body) | {"object": object_iri}
            posted.body = strict_json.dumps(document).decode("utf-8")
    session().flush()


def cancel_pending(object_iri: str, verbs: Iterable[str]) -> int:
    """Call back what was never tried of these verbs about an object, and return how many.

    A Delete overtakes a Create that no attempt was made for; one that was tried may have arrived.
    """
    activities = select(Posted.id).where(Posted.object_iri == object_iri, Posted.type.in_(list(verbs)))
    result = session().execute(
        update(Delivery)
        .where(Delivery.activity_id.in_(activities), Delivery.state == "pending", Delivery.attempts == 0)
        .values(state="cancelled", settled_at=now(), outcome="overtaken by a Delete")
        .execution_options(synchronize_session=False)
    )
    return int(getattr(result, "rowcount", 0))
