"""Who and what goes when nothing here has to do with it any more, and who stays."""

import pytest
from sqlalchemy import delete, select

from actors import followers, local, outbox, remote
from actors.database import session
from actors.models import Actor, ActorKey, Delivery, Follow, Host, Posted
from flask_maillage.publications.models import Publication, Share
from inboxes.pruning import KEPT_DAYS, prune
from tests.fediverse import Answer
from tests.inboxes.letters import UNION
from tests.inboxes.parcels import follower
from tests.publications.board import publish


def pruned(app):
    with app.app_context():
        return prune()


def strangers(app):
    with app.app_context():
        return set(session().scalars(select(Actor.handle).where(~Actor.local)))


@pytest.fixture
def met(app, client, clock, work, fediverse):
    """Let an actor write us something that leads to nothing."""

    def meet(name, host="a.test", key="alice"):
        actor = fediverse.actor(name, host, key)
        assert actor.post(client, actor.activity("Like", UNION), now=clock()).status_code == 202
        work()
        return actor

    return meet


def test_actor_of_whom_nothing_is_left_goes_after_thirty_days_with_its_key(app, clock, met):
    met("alice")
    clock.turn(days=KEPT_DAYS)
    assert pruned(app).actors == 0
    clock.turn(seconds=1)
    assert pruned(app).actors == 1
    assert strangers(app) == set()
    with app.app_context():
        assert set(session().scalars(select(ActorKey.actor_id))) <= set(session().scalars(select(Actor.id)))


def test_actor_that_wrote_within_thirty_days_stays(app, clock, met):
    met("alice")
    clock.turn(days=KEPT_DAYS - 1)
    alice = met("bob", "b.test", "bob")
    clock.turn(days=2)
    assert pruned(app).actors == 1
    assert strangers(app) == {"bob"}
    assert alice


@pytest.mark.parametrize("state", ["accepted", "pending"])
def test_follower_and_followed_stay(app, clock, met, state):
    alice, bob = met("alice"), met("bob", "b.test", "bob")
    with app.app_context():
        union = local.find("union")
        followers.record(remote.find(alice.iri), union, iri="http://a.test/f", state=state)
        followers.record(union, remote.find(bob.iri), iri=f"{UNION}/f", state=state)
        session().commit()
    clock.turn(days=KEPT_DAYS + 1)
    assert pruned(app).actors == 0
    assert strangers(app) == {"alice", "bob"}


def test_actor_whose_following_ended_goes(app, clock, met):
    alice = met("alice")
    with app.app_context():
        followers.record(remote.find(alice.iri), local.find("union"), iri="http://a.test/f", state="rejected")
        session().commit()
    clock.turn(days=KEPT_DAYS + 1)
    assert pruned(app).actors == 1
    with app.app_context():
        assert session().scalars(select(Follow)).all() == []


def test_author_of_what_we_keep_and_who_shares_ours_stay(app, client, clock, work, met):
    alice, bob = met("alice"), met("bob", "b.test", "bob")
    publish(app, "event")
    with app.app_context():
        ours = session().scalars(select(Publication.iri)).one()
    with app.app_context():
        followers.record(local.find("union"), remote.find(alice.iri), iri=f"{UNION}/f", state="accepted")
        session().commit()
    alice.post(client, alice.activity("Create", alice.event(), 2), now=clock())
    bob.post(client, bob.activity("Announce", ours, 2), now=clock())
    work()
    with app.app_context():
        session().execute(delete(Follow))
        session().commit()
    clock.turn(days=KEPT_DAYS + 1)
    assert pruned(app).letters == 4
    assert strangers(app) == {"alice", "bob"}
    with app.app_context():
        session().execute(delete(Share))
        session().execute(delete(Publication).where(~Publication.local))
        session().commit()
    assert pruned(app).actors == 2


def test_suspended_actor_stays_suspended(app, clock, met):
    alice = met("alice")
    with app.app_context():
        remote.find(alice.iri).suspended_at = clock()
        session().commit()
    clock.turn(days=KEPT_DAYS + 1)
    assert pruned(app).actors == 0


def test_our_own_actors_stay(app, clock):
    clock.turn(days=365)
    with app.app_context():
        before = set(session().scalars(select(Actor.handle)))
        prune()
        assert set(session().scalars(select(Actor.handle))) == before


def test_who_was_pruned_may_come_back(app, client, clock, work, met):
    alice = met("alice")
    clock.turn(days=KEPT_DAYS + 1)
    pruned(app)
    assert alice.post(client, alice.activity("Follow", UNION, 2), now=clock()).status_code == 202
    work()
    with app.app_context():
        assert followers.between(remote.find(alice.iri), local.find("union")).state == "accepted"


def test_what_arrived_goes_after_a_week_and_what_was_refused_after_a_month(app, clock, work, fediverse):
    alice = follower(app, fediverse, "alice", "a.test")
    bob = follower(app, fediverse, "bob", "b.test", "bob")
    fediverse.answer(bob.shared_inbox, Answer(403))
    with app.app_context():
        outbox.post(
            local.find("union"), "Like", "http://x.test/1", to=[], inboxes=[alice.shared_inbox, bob.shared_inbox]
        )
        session().commit()
    work()
    clock.turn(days=7, seconds=1)
    assert pruned(app).deliveries == 1
    with app.app_context():
        assert session().scalars(select(Delivery.state)).all() == ["refused"]
        assert session().scalars(select(Posted.body)).one()
    clock.turn(days=KEPT_DAYS - 7)
    assert pruned(app).deliveries == 1
    with app.app_context():
        assert session().scalars(select(Posted.body)).one() == ""


def test_public_activity_keeps_its_bytes_for_the_outbox(app, client, clock, work, fediverse):
    alice = follower(app, fediverse, "alice", "a.test")
    public = "https://www.w3.org/ns/activitystreams#Public"
    with app.app_context():
        iri = outbox.post(local.find("union"), "Create", f"{UNION}/1", to=[public], inboxes=[alice.shared_inbox]).iri
        session().commit()
    work()
    clock.turn(days=KEPT_DAYS + 1)
    pruned(app)
    accept = {"Accept": "application/activity+json"}
    assert client.get(iri.removeprefix("http://localhost"), headers=accept).json["type"] == "Create"


def test_bytes_of_a_private_activity_are_gone_for_everyone(app, client, clock, work, fediverse):
    alice = follower(app, fediverse, "alice", "a.test")
    with app.app_context():
        iri = outbox.post(local.find("union"), "Create", f"{UNION}/1", to=[alice.iri], inboxes=[alice.inbox]).iri
        session().commit()
    work()
    clock.turn(days=KEPT_DAYS + 1)
    pruned(app)
    accept = {"Accept": "application/activity+json"}
    assert client.get(iri.removeprefix("http://localhost"), headers=accept).status_code == 404
    with app.app_context():
        outbox.retract(f"{UNION}/1")


def test_host_where_nobody_lives_any_more_is_forgotten(app, clock, work, fediverse):
    alice = follower(app, fediverse, "alice", "a.test")
    carol = fediverse.address("c.test", "/inbox")
    fediverse.answer(carol, Answer(202))
    with app.app_context():
        outbox.post(local.find("union"), "Like", "http://x.test/1", to=[], inboxes=[alice.shared_inbox, carol])
        session().commit()
    work()
    clock.turn(days=KEPT_DAYS + 1)
    assert pruned(app).hosts == 1
    with app.app_context():
        assert [host.name.partition(":")[0] for host in session().scalars(select(Host))] == ["a.test"]
