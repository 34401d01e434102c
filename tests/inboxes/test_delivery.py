"""Deliveries: what each answer leads to, in which order things go, and what survives a killed worker."""

import json
import threading
from datetime import timedelta
from email.utils import format_datetime

import pytest
from sqlalchemy import select

from actors import followers, local, outbox, policy, remote
from actors.database import session
from actors.leases import claim
from actors.models import Delivery, Host, Posted
from actors.node import EXTENSION
from inboxes import delivery
from tests.fediverse import Answer
from tests.inboxes.letters import UNION

SCHEDULE = (1, 5, 15, 30, 60, 180, 360, 720, 720, 720)


@pytest.fixture
def alice(app, fediverse):
    """A follower of the union on a.test."""
    return follower(app, fediverse, "alice", "a.test")


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


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_success_ends_a_delivery(app, work, alice, fediverse, status):
    fediverse.answer(alice.shared_inbox, Answer(status))
    post(app)
    work()
    assert rows(app) == [("delivered", 1, status)]
    assert len(fediverse.letters("/inbox")) == 1


@pytest.mark.parametrize("status", [301, 403, 404, 405, 406, 410, 413, 415, 422, 501])
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
    monkeypatch.setattr(delivery, "BREAKER_FAILURES", 1000)
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


def test_things_about_one_object_arrive_in_their_order_even_after_failures(app, work, clock, alice, fediverse):
    statuses, accepted = iter([500, 500, 202, 500]), []

    def answer(arrived):
        status = next(statuses, 202)
        if status == 202:
            accepted.append((arrived.json["type"], arrived.json["object"]["id"][-1]))
        return Answer(status)

    fediverse.answer(alice.shared_inbox, answer)
    for verb in ("Create", "Update", "Delete"):
        post(app, verb)
    for _ in range(30):
        work()
        clock.turn(minutes=2)
    assert accepted == [("Create", "1"), ("Update", "1"), ("Delete", "1")]
    assert [state for state, _, _ in rows(app)] == ["delivered"] * 3


def test_other_objects_do_not_wait(app, work, alice, fediverse):
    fediverse.answer(
        alice.shared_inbox, lambda arrived: Answer(500 if arrived.json["object"]["id"].endswith("1") else 202)
    )
    post(app)
    post(app, "Update")
    post(app, "Create", f"{UNION}/events/2")
    work()
    assert [state for state, _, _ in rows(app)] == ["pending", "pending", "delivered"]


def test_broken_inbox_does_not_hold_up_another_of_its_host(app, work, fediverse):
    """GoToSocial has no shared inbox: one activity goes to several inboxes of one host."""
    broken, well = fediverse.actor("alice", "a.test"), fediverse.actor("bob", "a.test", "bob")
    fediverse.answer(broken.inbox, Answer(500))
    post(app, "Create", f"{UNION}/events/1", broken.inbox, well.inbox)
    work()
    assert sorted(state for state, _, _ in rows(app)) == ["delivered", "pending"]


def test_delete_cancels_what_was_never_tried_and_follows_what_was(app, work, clock, alice, fediverse):
    bob = follower(app, fediverse, "bob", "b.test", "bob")
    fediverse.answer(bob.shared_inbox, Answer(500))
    post(app, "Create", f"{UNION}/events/1", bob.shared_inbox)
    work()
    post(app, "Update", f"{UNION}/events/1", alice.shared_inbox, bob.shared_inbox)
    with app.app_context():
        union = local.find("union")
        outbox.post(union, "Delete", f"{UNION}/events/1", to=[], inboxes=[alice.shared_inbox, bob.shared_inbox])
        assert outbox.cancel_pending(f"{UNION}/events/1") == 2
        session().commit()
    fediverse.answer(bob.shared_inbox, Answer(202))
    clock.turn(hours=1)
    work()
    posted = [(one.host, one.json["type"]) for one in fediverse.arrived if one.method == "POST"]
    assert sorted(posted) == [("a.test", "Delete"), ("b.test", "Create"), ("b.test", "Create"), ("b.test", "Delete")]
    assert posted.index(("b.test", "Delete")) == max(n for n, (host, _) in enumerate(posted) if host == "b.test")


def host_of(app, name):
    with app.app_context():
        found = session().scalars(select(Host).where(Host.name.startswith(name))).one()
        return found.failures, found.closed_until


def test_breaker_opens_after_five_failures_and_a_verified_letter_closes_it(app, client, work, clock, alice, fediverse):
    fediverse.answer(alice.shared_inbox, Answer(502))
    for number in range(5):
        assert len(fediverse.letters("/inbox")) == number
        post(app, "Create", f"{UNION}/events/{number}")
        work()
    failures, closed_until = host_of(app, "a.test")
    assert (failures, closed_until) == (5, clock() + timedelta(minutes=10))
    post(app, "Create", f"{UNION}/events/9")
    clock.turn(minutes=9)
    work()
    assert len(fediverse.letters("/inbox")) == 5

    fediverse.answer(alice.shared_inbox, Answer(202))
    forged = alice.activity("Like", UNION)
    body = json.dumps(forged).encode()
    headers = alice.headers("/inbox", body, now=clock())
    assert client.post("/inbox", data=body + b" ", headers=headers).status_code == 401
    work()
    assert len(fediverse.letters("/inbox")) == 5, "a letter that was not verified closed the breaker"
    assert client.post("/inbox", data=body, headers=headers).status_code == 202
    work()
    assert host_of(app, "a.test") == (0, None)
    assert len(fediverse.letters("/inbox")) == 11


def test_breaker_lets_one_pass_when_its_pause_is_over_and_pauses_longer(app, work, clock, alice, fediverse):
    fediverse.answer(alice.shared_inbox, Answer(502))
    for number in range(5):
        post(app, "Create", f"{UNION}/events/{number}")
    work()
    clock.turn(minutes=11)
    work()
    failures, closed_until = host_of(app, "a.test")
    assert failures > 5
    assert closed_until > clock() + timedelta(minutes=29)


def test_refusal_does_not_open_the_breaker(app, work, alice, fediverse):
    fediverse.answer(alice.shared_inbox, Answer(403))
    for number in range(6):
        post(app, "Create", f"{UNION}/events/{number}")
    work()
    assert host_of(app, "a.test") == (0, None)


def test_dead_host_does_not_hold_up_another(app, work, alice, fediverse):
    post(app, "Create", f"{UNION}/events/1", "http://nowhere.invalid/inbox", alice.shared_inbox)
    work()
    assert verbs(fediverse) == ["Create"]


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


def claimed(app):
    with app.app_context():
        tickets = claim(Delivery, Delivery.state == "pending", order=Delivery.id, limit=1)
        session().commit()
        return tickets


def test_row_of_a_killed_worker_is_taken_over_when_its_lease_ends(app, work, clock, alice, fediverse):
    post(app)
    assert len(claimed(app)) == 1
    assert claimed(app) == []
    work()
    assert fediverse.letters("/inbox") == []
    clock.turn(minutes=2, seconds=1)
    work()
    assert rows(app) == [("delivered", 2, 202)]


def test_late_worker_does_not_overwrite_what_another_found(app, clock, alice, fediverse):
    """The first one's POST ends after its lease, with a failure; the second has delivered meanwhile."""
    post(app)
    ((number, lease),) = claimed(app)
    started, let_go = threading.Event(), threading.Event()

    def slow(arrived):
        if not started.is_set():
            started.set()
            assert let_go.wait(10)
            return Answer(403)
        return Answer(202)

    fediverse.answer(alice.shared_inbox, slow)

    def late():
        with app.app_context():
            delivery.carry(number, lease)

    thread = threading.Thread(target=late)
    thread.start()
    assert started.wait(10)
    clock.turn(minutes=3)
    with app.app_context():
        assert delivery.carry_due() == 1
    assert rows(app) == [("delivered", 2, 202)]
    let_go.set()
    thread.join(10)
    assert rows(app) == [("delivered", 2, 202)]


def test_claims_of_several_workers_never_overlap(app, fediverse):
    inboxes = [fediverse.address(f"h{number}.test", "/inbox") for number in range(40)]
    post(app, "Create", f"{UNION}/events/1", *inboxes)
    begin = threading.Barrier(4)
    taken, failures = [], []

    def worker():
        try:
            begin.wait(10)
            with app.app_context():
                while tickets := claim(Delivery, Delivery.state == "pending", order=Delivery.id, limit=3):
                    session().commit()
                    taken.extend(number for number, _ in tickets)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == 40


def test_several_carriers_send_each_delivery_once(app, fediverse):
    inboxes = [fediverse.address("a.test", f"/{number}") for number in range(20)]
    for inbox in inboxes:
        fediverse.answer(inbox, Answer(202))
    post(app, "Create", f"{UNION}/events/1", *inboxes)
    begin, failures = threading.Barrier(3), []

    def carrier():
        try:
            begin.wait(10)
            while True:
                with app.app_context():
                    if not delivery.carry_due(2):
                        return
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=carrier) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert sorted(one.path for one in fediverse.arrived) == sorted(f"/{number}" for number in range(20))
    assert rows(app) == [("delivered", 1, 202)] * 20


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


def test_retry_now_opens_the_breaker_again(app, work, clock, alice, fediverse):
    fediverse.answer(alice.shared_inbox, Answer(502))
    for number in range(5):
        post(app, "Create", f"{UNION}/events/{number}")
    work()
    fediverse.answer(alice.shared_inbox, Answer(202))
    with app.app_context():
        assert delivery.retry_now(Delivery.host.startswith("a.test")) == 5
        session().commit()
    work()
    assert [state for state, _, _ in rows(app)] == ["delivered"] * 5
