"""Who left us gets nothing more: after a Reject, a Block or an Undo of theirs (`reference/protocol.md` §4.4 A12)."""

import pytest
from sqlalchemy import select

from actors import followers, following, local, outbox, remote
from actors.database import session
from actors.models import Delivery, Follow
from federation.activities import PUBLIC
from tests.inboxes.letters import INBOXES, UNION

TARGETS = pytest.mark.parametrize("target", INBOXES)


@pytest.fixture
def alice(app, client, clock, work, fediverse):
    """Alice and the union follow each other."""
    alice = fediverse.actor("alice", "a.test")
    alice.post(client, alice.activity("Follow", UNION), now=clock())
    work()
    with app.app_context():
        relation = following.follow(local.find("union"), remote.find(alice.iri))
        session().commit()
        asked = {"id": relation.iri, "type": "Follow", "actor": UNION, "object": alice.iri}
    alice.post(client, alice.activity("Accept", asked, 2), now=clock())
    work()
    alice.asked = asked
    with app.app_context():
        assert sorted(session().scalars(select(Follow.state))) == ["accepted", "accepted"]
    return alice


def publish(app):
    """Send something to the followers of the union, and return where it goes."""
    with app.app_context():
        union = local.find("union")
        before = set(session().scalars(select(Delivery.id)))
        outbox.post(union, "Create", f"{UNION}/x", to=[PUBLIC], inboxes=followers.inboxes_of_followers(union))
        session().commit()
        return [row.inbox for row in session().scalars(select(Delivery)) if row.id not in before]


@TARGETS
def test_who_blocks_us_gets_nothing_and_is_followed_no_longer(app, client, clock, work, alice, target):
    assert publish(app) == [alice.shared_inbox]
    work()
    assert alice.post(client, alice.activity("Block", UNION, 3), target, now=clock()).status_code == 202
    work()
    assert publish(app) == []
    with app.app_context():
        union, sender = local.find("union"), remote.find(alice.iri)
        assert not followers.follows(sender.id, union)
        assert not followers.follows_from_here(sender)


@TARGETS
def test_who_rejects_us_is_followed_no_longer(app, client, clock, work, alice, target):
    assert alice.post(client, alice.activity("Reject", alice.asked, 3), target, now=clock()).status_code == 202
    work()
    with app.app_context():
        assert not followers.follows_from_here(remote.find(alice.iri))
    event = alice.event()
    alice.post(client, alice.activity("Create", event, 4), target, now=clock())
    work()
    assert "An open evening" not in client.get("/events").text


@TARGETS
def test_who_stops_following_gets_nothing_more(app, client, clock, work, alice, target):
    undone = alice.activity("Follow", UNION)
    assert alice.post(client, alice.activity("Undo", undone, 3), target, now=clock()).status_code == 202
    work()
    assert publish(app) == []
