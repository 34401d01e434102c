"""A node rotates its keys, and a partner in a process of its own keeps hearing it, by one key and then by the other."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from actors.database import session
from actors.models import Actor, ActorKey, Delivery
from flask_maillage import sample
from inboxes.models import Letter
from tests.nodes import RunningNode, until
from tests.test_two_nodes import copies, publish

pytestmark = pytest.mark.later


def keys_kept(node, iri):
    """Return the ids of the signing keys that a node keeps of an actor."""
    with node.app.app_context():
        query = select(ActorKey.iri).join(Actor).where(Actor.iri == iri, ActorKey.purpose == "signing")
        return sorted(key.rpartition("#")[2] for key in session().scalars(query))


def signed_with(node):
    """Return by which keys the letters were signed that a node got, in their order."""
    with node.app.app_context():
        return [key.rpartition("#")[2] for key in session().scalars(select(Letter.key_iri).order_by(Letter.id))]


def settled(node):
    with node.app.app_context():
        return session().scalars(select(Delivery.state).where(Delivery.state != "delivered")).all() == []


def test_partner_hears_of_the_new_key_by_the_old_one(tmp_path):
    with RunningNode(tmp_path / "a") as a, RunningNode(tmp_path / "b") as b:
        a.work(), b.work()
        project = a.add_actor("platform_workers", "project")
        b.add_actor("ires")
        b.follow("ires", project)
        until("the answer", lambda: settled(a))
        before = len(signed_with(b))

        assert a.start("actor", "rotate-key", "--all").wait(60) == 0
        until("the announcement", lambda: keys_kept(b, project) == ["main-key-2"])
        until("all of it", lambda: settled(a))
        iri = publish(a, "platform_workers", sample.call(datetime.now(UTC)))
        until("the copy", lambda: copies(b, iri))

        heard = signed_with(b)[before:]
        assert heard[0] == "main-key"
        assert heard[-1] == "main-key-2"
        assert sorted(heard) == heard
        assert a.get("/actors/platform_workers").json()["publicKey"]["id"].endswith("#main-key-2")
