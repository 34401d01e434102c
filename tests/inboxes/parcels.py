"""Deliveries as tests look at them: followers elsewhere, activities posted to them, and the rows that this leaves."""

from sqlalchemy import select

from actors import followers, local, outbox, remote
from actors.database import session
from actors.models import Delivery, Host
from actors.node import EXTENSION
from tests.inboxes.letters import UNION


def follower(app, fediverse, name, host, key="alice", **more):
    actor = fediverse.actor(name, host, key, **more)
    with app.app_context():
        relation = followers.record(
            remote.remember(remote.look_up(actor.iri)), local.find("union"), iri=f"{actor.iri}/f", state="accepted"
        )
        assert relation.id
        session().commit()
    return actor


def post(app, verb="Create", thing=f"{UNION}/events/1", *inboxes):
    with app.app_context():
        union = local.find("union")
        posted = outbox.post(
            union,
            verb,
            {"id": thing, "type": "Event"},
            to=[union.followers],
            inboxes=inboxes or followers.inboxes_of_followers(union),
        )
        session().commit()
        return posted.iri


def rows(app):
    with app.app_context():
        return [
            (one.state, one.attempts, one.last_status)
            for one in session().scalars(select(Delivery).order_by(Delivery.id))
        ]


def wait(app):
    """Return for how long the one pending delivery waits, in minutes."""
    with app.app_context():
        one = session().scalars(select(Delivery).where(Delivery.state == "pending")).one()
        return (one.due_at - app.extensions[EXTENSION].clock()).total_seconds() / 60


def verbs(fediverse, path="/inbox"):
    return [letter["type"] for letter in fediverse.letters(path)]


def host_of(app, name):
    with app.app_context():
        found = session().scalars(select(Host).where(Host.name.startswith(name))).one()
        return found.failures, found.closed_until
