"""When outboxes are read again: every few hours, after failures, when their host is back; and when no longer."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from actors import followers, following, hosts, local, remote
from actors.database import session
from actors.models import Follow
from inboxes import polling
from inboxes.models import Polling
from tests.fediverse import Answer
from tests.inboxes.outboxes import create, follow, gets, names, serve, state_of


@pytest.fixture
def bob(fediverse):
    """A group elsewhere with an outbox that the tests fill."""
    return fediverse.actor("bob", "b.test", "bob", "Group")


def test_partners_are_read_every_hour_and_others_every_six(app, client, clock, work, fediverse, bob):
    relay = fediverse.actor("relay", "p.test", "alice", "Application")
    for actor in (bob, relay):
        serve(actor, [])
    follow(app, client, clock, work, bob)
    follow(app, client, clock, work, relay, handle="relay")

    with app.app_context():
        due = {found.actor.handle: found.due_at - clock() for found in session().scalars(select(Polling))}
    assert timedelta(hours=0.8) <= due["relay"] <= timedelta(hours=1.2)
    assert timedelta(hours=4.8) <= due["bob"] <= timedelta(hours=7.2)


def test_failing_outbox_is_asked_less_and_less_and_at_once_when_its_host_is_back(
    app, client, clock, work, fediverse, bob
):
    fediverse.answer(bob.document["outbox"], Answer(503))
    follow(app, client, clock, work, bob)
    pauses = []
    for _ in range(6):
        pauses.append(state_of(app).due_at - clock())
        clock.moment = state_of(app).due_at
        work()

    steps = [15, 60, 180, 720, 1440, 1440]
    assert all(
        timedelta(minutes=step) <= pause <= timedelta(minutes=step * 1.2)
        for step, pause in zip(steps, pauses, strict=True)
    )
    serve(bob, [create(bob, 1)])
    with app.app_context():
        assert polling.poll_host_soon(f"b.test:{fediverse.port}") == 1
        session().commit()
    work()
    assert names(app) == ["Evening 1"]
    assert (state_of(app).attempts, state_of(app).outcome) == (0, "1 new of 1 read")


def test_refused_outbox_is_asked_again_after_a_day(app, client, clock, work, fediverse, bob):
    fediverse.answer(bob.document["outbox"], Answer(403))
    follow(app, client, clock, work, bob)

    assert state_of(app).due_at - clock() >= timedelta(days=1)


def test_who_is_followed_no_longer_is_read_no_longer(app, client, clock, work, fediverse, bob):
    serve(bob, [])
    follow(app, client, clock, work, bob)
    asked = len(gets(fediverse, "/users/bob/outbox"))
    with app.app_context():
        assert followers.remove(local.find("union"), remote.find(bob.iri))
        session().commit()
    clock.turn(hours=8)
    work()

    assert len(gets(fediverse, "/users/bob/outbox")) == asked
    with app.app_context():
        assert session().scalars(select(Polling)).all() == []


def test_follow_from_before_is_adopted_once(app, clock, fediverse, bob):
    serve(bob, [])
    with app.app_context():
        theirs = remote.remember(remote.look_up(bob.iri))
        followers.record(local.find("union"), theirs, iri="http://localhost/f", state="accepted")
        session().commit()
        assert [polling.adopt(), polling.adopt()] == [1, 0]
        assert session().scalars(select(Follow.state)).all() == ["accepted"]


@pytest.mark.parametrize("by", ["letter", "delivery"])
def test_host_whose_breaker_was_open_is_read_at_once_when_it_is_heard_from(
    app, client, clock, work, fediverse, bob, by
):
    serve(bob, [])
    follow(app, client, clock, work, bob)
    serve(bob, [create(bob, 1)])
    clock.turn(minutes=30)
    with app.app_context():
        hosts.locked(f"b.test:{fediverse.port}").failures = hosts.BREAKER_FAILURES
        if by == "delivery":
            following.unfollow(local.find("union"), remote.find(bob.iri))
            following.follow(local.find("couriers"), remote.find(bob.iri))
            followers.between(local.find("couriers"), remote.find(bob.iri)).state = "accepted"
        session().commit()
    if by == "letter":
        bob.post(client, bob.activity("Follow", "http://localhost/actors/union", 9), now=clock())
    work()

    assert names(app) == ["Evening 1"]
