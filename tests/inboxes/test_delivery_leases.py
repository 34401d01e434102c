"""Several workers, some of them killed or late: each delivery is in one hand, and none is lost."""

import threading

import pytest

from actors.database import session
from actors.leases import claim
from actors.models import Delivery
from inboxes import delivery, turns
from tests import postgresql
from tests.fediverse import Answer
from tests.inboxes.letters import UNION
from tests.inboxes.parcels import follower, post, rows

pytestmark = postgresql.BOTH


@pytest.fixture
def alice(app, fediverse):
    """A follower of the union on a.test."""
    return follower(app, fediverse, "alice", "a.test")


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


def test_no_more_than_two_of_a_host_are_taken_up_however_many_ask_at_once(app, fediverse):
    for number in range(3):
        inboxes = [fediverse.address("a.test", f"/{number}/{one}") for one in range(10)]
        post(app, "Create", f"{UNION}/events/{number}", *inboxes)
    begin, taken, failures = threading.Barrier(8), [], []

    def ask():
        try:
            begin.wait(10)
            with app.app_context():
                for _ in range(3):
                    taken.append(turns.next_ticket())
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert len([ticket for ticket in taken if ticket is not None]) == 2
