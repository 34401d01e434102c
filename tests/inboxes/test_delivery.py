"""Deliveries: what each answer leads to, and to whom they go."""

from datetime import timedelta
from email.utils import format_datetime

import pytest
from sqlalchemy import insert, select

from actors import hosts, local, outbox, policy, remote
from actors.database import session
from actors.models import Actor, Delivery, Follow, Posted
from tests import postgresql
from tests.fediverse import Answer
from tests.inboxes.letters import UNION
from tests.inboxes.parcels import follower, post, rows, verbs, wait

pytestmark = postgresql.BOTH

SCHEDULE = (1, 5, 15, 30, 60, 180, 360, 720, 720, 720)


@pytest.fixture
def alice(app, fediverse):
    """A follower of the union on a.test."""
    return follower(app, fediverse, "alice", "a.test")


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_success_ends_a_delivery(app, work, alice, fediverse, status):
    fediverse.answer(alice.shared_inbox, Answer(status))
    post(app)
    work()
    assert rows(app) == [("delivered", 1, status)]
    assert len(fediverse.letters("/inbox")) == 1


@pytest.mark.parametrize("status", [301, 402, 403, 404, 405, 406, 413, 415, 422, 501])
def test_permanent_refusal_is_not_tried_again(app, work, clock, alice, fediverse, status):
    fediverse.answer(alice.shared_inbox, Answer(status, body=b"no\x00 \xff"))
    post(app)
    work()
    clock.turn(days=1)
    work()
    assert rows(app) == [("refused", 1, status)]
    assert len(fediverse.letters("/inbox")) == 1


def test_refused_signature_is_tried_three_times_in_both_ways(app, work, clock, alice, fediverse):
    fediverse.answer(alice.shared_inbox, Answer(401))
    post(app)
    for _ in range(6):
        work()
        clock.turn(hours=1)
    assert rows(app) == [("refused", 3, 401)]
    schemes = ["signature-input" in one.headers for one in fediverse.arrived if one.method == "POST"]
    assert schemes == [False, True] * 3


def test_failures_before_do_not_count_as_refused_signatures(app, work, clock, alice, fediverse):
    statuses = iter([500, 500, 500, 401, 401, 401, 401])
    fediverse.answer(alice.shared_inbox, lambda arrived: Answer(next(statuses)))
    post(app)
    for _ in range(4):
        work()
        clock.turn(hours=2)
    assert rows(app) == [("pending", 4, 401)]
    fediverse.answer(alice.shared_inbox, Answer(202))
    work()
    assert rows(app) == [("delivered", 5, 202)]


@pytest.mark.parametrize(("status", "gone"), [(404, False), (410, True)])
def test_personal_inbox_that_is_not_there_ends_the_following_of_its_owner_alone(
    app, work, clock, fediverse, status, gone
):
    alice, bob = (follower(app, fediverse, name, "a.test", name, endpoints={}) for name in ("alice", "bob"))
    fediverse.answer(alice.inbox, Answer(status))
    post(app)
    work()
    assert sorted(rows(app)) == [("delivered", 1, 202), ("refused", 1, status)]
    post(app, "Update")
    clock.turn(hours=1)
    work()
    assert verbs(fediverse, "/users/alice/inbox") == ["Create"]
    assert verbs(fediverse, "/users/bob/inbox") == ["Create", "Update"]
    with app.app_context():
        assert (remote.find(alice.iri).gone_at is not None) == gone
        assert remote.find(bob.iri).gone_at is None


@pytest.mark.parametrize("status", [404, 410])
def test_shared_inbox_that_is_not_there_says_nothing_of_its_actors(app, work, clock, alice, fediverse, status):
    follower(app, fediverse, "bob", "a.test", "bob")
    fediverse.answer(alice.shared_inbox, Answer(status))
    post(app)
    work()
    assert rows(app) == [("refused", 1, 404) if status == 404 else ("pending", 1, 410)]
    fediverse.answer(alice.shared_inbox, Answer(202))
    post(app, "Create", f"{UNION}/events/2")
    clock.turn(hours=1)
    work()
    assert rows(app)[-1] == ("delivered", 1, 202)
    with app.app_context():
        assert {remote.find(actor).gone_at for actor in (alice.iri, alice.iri.replace("alice", "bob"))} == {None}
        assert set(session().scalars(select(Follow.state))) == {"accepted"}


def test_same_bytes_are_sent_with_a_fresh_signature_at_every_attempt(app, work, clock, alice, fediverse):
    fediverse.answer(alice.shared_inbox, Answer(500))
    post(app)
    work()
    clock.turn(hours=1)
    work()
    first, second = [one for one in fediverse.arrived if one.method == "POST"]
    assert first.body == second.body
    assert first.headers["date"] != second.headers["date"]
    assert first.headers["signature"] != second.headers["signature"]


@pytest.mark.parametrize(("asked", "minutes"), [("3600", 60), ("1", 1), ("99999999", 1440)])
def test_retry_after_in_seconds_is_honoured_within_bounds(app, work, alice, fediverse, asked, minutes):
    fediverse.answer(alice.shared_inbox, Answer(429, headers={"Retry-After": asked}))
    post(app)
    work()
    assert minutes * 0.79 <= wait(app) <= minutes * 1.21


def test_retry_after_as_a_date_is_honoured(app, work, clock, alice, fediverse):
    until = format_datetime(clock() + timedelta(hours=2), usegmt=True)
    fediverse.answer(alice.shared_inbox, Answer(503, headers={"Retry-After": until}))
    post(app)
    work()
    assert wait(app) == 120


@pytest.mark.parametrize("failure", [500, 408, 425, 429])
def test_pauses_grow_from_a_minute_to_twelve_hours_and_end_after_seven_days(
    app, work, clock, alice, fediverse, monkeypatch, failure
):
    monkeypatch.setattr(hosts, "BREAKER_FAILURES", 1000)
    monkeypatch.setattr(hosts, "FAILING_DAYS", 1000)
    fediverse.answer(alice.shared_inbox, Answer(failure))
    post(app)
    for minutes in SCHEDULE:
        work()
        assert minutes * 0.79 <= wait(app) <= minutes * 1.21
        clock.turn(minutes=wait(app) - 0.01)
        work()
        clock.turn(minutes=0.02)
    assert len(fediverse.letters("/inbox")) == len(SCHEDULE)
    clock.turn(days=7)
    work()
    assert rows(app) == [("expired", len(SCHEDULE) + 1, failure)]
    clock.turn(days=7)
    work()
    assert len(fediverse.letters("/inbox")) == len(SCHEDULE) + 1


def test_unreachable_host_is_tried_again(app, work, fediverse):
    post(app, "Create", f"{UNION}/events/1", "http://nowhere.invalid/inbox")
    work()
    assert rows(app) == [("pending", 1, None)]
    assert 0.79 <= wait(app) <= 1.21


def test_address_that_we_do_not_connect_to_is_refused_for_good(app, work):
    post(app, "Create", f"{UNION}/events/1", "http://10.0.0.1/inbox")
    work()
    assert rows(app) == [("refused", 1, None)]


def test_three_followers_on_one_server_are_one_delivery(app, work, fediverse):
    for name, key in (("alice", "alice"), ("bob", "bob"), ("carol", "mallory")):
        follower(app, fediverse, name, "a.test", key)
    follower(app, fediverse, "dave", "d.test")
    post(app)
    work()
    arrived = [(one.host, one.path) for one in fediverse.arrived if one.method == "POST"]
    assert sorted(arrived) == [("a.test", "/inbox"), ("d.test", "/inbox")]


@pytest.mark.parametrize("standing", ["gone_at", "suspended_at"])
def test_follower_who_is_gone_or_suspended_gets_nothing(app, work, clock, alice, fediverse, standing):
    with app.app_context():
        setattr(remote.find(alice.iri), standing, clock())
        session().commit()
    post(app)
    work()
    assert rows(app) == []


def test_way_of_signing_that_a_peer_reads_is_learnt(app, work, clock, alice, fediverse):
    fediverse.answer(alice.shared_inbox, lambda arrived: Answer(202 if "signature-input" in arrived.headers else 401))
    for number in (1, 2):
        post(app, "Create", f"{UNION}/events/{number}")
        work()
    clock.turn(days=31)
    post(app, "Create", f"{UNION}/events/3")
    work()
    ways = ["signature-input" in one.headers for one in fediverse.arrived if one.method == "POST"]
    assert ways == [False, True, True, False, True]
    assert [state for state, _, _ in rows(app)] == ["delivered"] * 3


def test_blocked_host_gets_nothing_before_or_after_the_block(app, work, alice, fediverse):
    post(app)
    with app.app_context():
        policy.block("test")
        session().commit()
    post(app, "Create", f"{UNION}/events/2")
    work()
    assert [state for state, _, _ in rows(app)] == ["cancelled"]
    assert fediverse.letters() == []


def test_what_is_rolled_back_leaves_neither_activity_nor_delivery(app, alice):
    with app.app_context():
        union = local.find("union")
        outbox.post(union, "Create", f"{UNION}/events/1", to=[], inboxes=[alice.inbox])
        session().rollback()
        assert session().scalars(select(Posted)).all() == []
        assert session().scalars(select(Delivery)).all() == []


def test_nothing_is_delivered_to_ourselves(app, work, alice, fediverse):
    post(app, "Create", f"{UNION}/events/1", "http://localhost/inbox", "http://LOCALHOST:80/actors/ann/inbox")
    assert rows(app) == []


def test_failure_of_ours_holds_up_no_other_delivery(app, work, clock, alice, fediverse):
    """A key that does not open any more: its letters wait, the others of the same turn leave."""
    with app.app_context():
        couriers = local.find("couriers")
        outbox.post(couriers, "Create", f"{UNION}/events/0", to=[], inboxes=[alice.inbox])
        couriers.keys[0].private_encrypted = "not a token"
        session().commit()
    post(app)
    work()
    assert [(state, attempts) for state, attempts, _ in rows(app)] == [("pending", 1), ("delivered", 1)]
    for _ in range(20):
        clock.turn(days=1)
        work()
    assert rows(app)[0][0] == "expired"


def test_ten_thousand_followers_on_fifty_hosts_are_fifty_deliveries(app, clock):
    with app.app_context():
        union = local.find("union")
        numbers = range(10_000)
        moment = clock()
        base = {"local": False, "type": "Person", "name": "x", "summary": "", "approves_followers": False}
        people = [
            base
            | {
                "iri": f"http://h{number % 50}.test/{number}",
                "handle": f"p{number}",
                "host": f"h{number % 50}.test",
                "url": f"http://h{number % 50}.test/{number}",
                "inbox": f"http://h{number % 50}.test/{number}/inbox",
                "shared_inbox": f"http://h{number % 50}.test/inbox",
                "updated_at": moment,
            }
            for number in numbers
        ]
        ids = session().scalars(insert(Actor).returning(Actor.id), people).all()
        session().execute(
            insert(Follow),
            [
                {"follower_id": one, "followed_id": union.id, "iri": "x", "state": "accepted", "created_at": moment}
                for one in ids
            ],
        )
        session().commit()
    post(app)
    assert rows(app) == [("pending", 0, None)] * 50
