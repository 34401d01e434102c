"""Who asks for what a letter names: the node's own actor, and for what is not public the first reader of the letter."""

import pytest

from actors import followers, local, remote
from actors.database import session
from federation.activities import PUBLIC
from inboxes.models import Letter


@pytest.fixture
def bob(app, fediverse):
    """A group that the union follows, with an event that its letters name by id."""
    actor = fediverse.actor("bob", "b.test", "bob", "Group")
    with app.app_context():
        theirs = remote.remember(remote.look_up(actor.iri))
        followers.record(local.find("union"), theirs, iri="http://localhost/f", state="accepted")
        session().commit()
    return actor


def send(client, clock, work, fediverse, bob, to, inbox):
    """Send a Create that names its object only, and return who signed the GET of it."""
    event = bob.event(1, to=to, cc=[])
    fediverse.put(event["id"], event)
    bob.post(client, bob.activity("Create", event["id"], to=to), inbox, now=clock())
    work()
    asked = [one for one in fediverse.arrived if one.path.endswith("/events/1")]
    return [one.headers["signature"].partition('keyId="')[2].partition('"')[0] for one in asked]


def test_what_is_public_is_asked_for_by_the_node(client, clock, work, fediverse, bob):
    signed = send(client, clock, work, fediverse, bob, [PUBLIC], "/actors/union/inbox")
    assert signed == ["http://localhost/actors/relay#main-key"]


@pytest.mark.parametrize("to", ["http://localhost/actors/union", "followers"])
def test_what_is_not_public_is_asked_for_by_its_reader(app, client, clock, work, fediverse, bob, to):
    audience = [bob.followers if to == "followers" else to]
    signed = send(client, clock, work, fediverse, bob, audience, "/actors/union/inbox")
    assert signed == ["http://localhost/actors/union#main-key"]
    with app.app_context():
        assert session().query(Letter).one().state == "done"


def test_what_is_not_public_and_names_nobody_is_asked_for_by_the_node(client, clock, work, fediverse, bob):
    signed = send(client, clock, work, fediverse, bob, [bob.followers], "/inbox")
    assert signed in ([], ["http://localhost/actors/relay#main-key"])
