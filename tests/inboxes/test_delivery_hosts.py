"""What the health of a host means for its deliveries, and that no host keeps another waiting."""

import json
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from actors.database import session
from actors.models import Delivery, Host
from inboxes import delivery, polling, turns
from tests import postgresql
from tests.fediverse import Answer
from tests.inboxes.letters import UNION
from tests.inboxes.parcels import follower, host_of, post, rows, verbs
from tests.nodes import until

pytestmark = postgresql.BOTH


@pytest.fixture
def alice(app, fediverse):
    """A follower of the union on a.test."""
    return follower(app, fediverse, "alice", "a.test")


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


class Hanging:
    """An inbox that answers nothing before it is let go, and counts who waits there."""

    def __init__(self):
        self.let_go, self._lock = threading.Event(), threading.Lock()
        self.waiting = self.most = 0

    def __call__(self, arrived):
        with self._lock:
            self.waiting += 1
            self.most = max(self.most, self.waiting)
        self.let_go.wait(4)
        with self._lock:
            self.waiting -= 1
        return Answer(202)


@contextmanager
def carriers(app, count):
    """Let several threads deliver until nothing is due, as those of several workers do."""
    stop, failures = threading.Event(), []

    def carry():
        try:
            while not stop.is_set():
                with app.app_context():
                    done = delivery.carry_due(1)
                if not done:
                    stop.wait(0.01)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=carry) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(20)
    assert failures == []


def posts(fediverse, host):
    return sum((one.method, one.host) == ("POST", host) for one in fediverse.arrived)


def test_host_that_hangs_gets_two_at_once_and_delays_no_other(app, alice, fediverse):
    bob = follower(app, fediverse, "bob", "b.test", "bob")
    hanging = Hanging()
    fediverse.answer(alice.shared_inbox, hanging)
    for number in range(20):
        post(app, "Create", f"{UNION}/events/{number}", alice.shared_inbox)
    for number in range(20):
        post(app, "Create", f"{UNION}/events/{number}", bob.shared_inbox)
    with carriers(app, 4):
        until("the healthy host to have all", lambda: posts(fediverse, "b.test") == 20)
        until("two to hang", lambda: hanging.most >= 2)
        assert posts(fediverse, "a.test") < 20
        hanging.let_go.set()
        until("the rest", lambda: {state for state, _, _ in rows(app)} == {"delivered"})
    assert hanging.most == 2


def test_hosts_that_failed_hold_half_of_the_carriers_at_most(app, clock, fediverse):
    hanging = Hanging()
    names = [f"h{number}.test" for number in range(8)]
    for name in names:
        fediverse.answer(fediverse.address(name, "/inbox"), hanging)
    post(app, "Create", f"{UNION}/events/1", *(fediverse.address(name, "/inbox") for name in names))
    with app.app_context():
        session().execute(update(Host).values(failures=1))
        session().commit()
    with carriers(app, 8):
        until("four to hang", lambda: hanging.waiting == 4)
        with app.app_context():
            assert turns.next_ticket() is None
        well = fediverse.address("well.test", "/inbox")
        fediverse.answer(well, Answer(202))
        post(app, "Create", f"{UNION}/events/2", well)
        until("the healthy one", lambda: any(one.host == "well.test" for one in fediverse.arrived))
        assert hanging.most == 4
        hanging.let_go.set()


def test_hosts_are_served_in_turn(app, clock, fediverse):
    inboxes = [fediverse.address(f"{name}.test", "/inbox") for name in "abc"]
    for inbox in inboxes:
        fediverse.answer(inbox, Answer(403))
        for number in range(4):
            post(app, "Create", f"{UNION}/events/{number}", inbox)
    for _ in range(12):
        clock.turn(seconds=1)
        with app.app_context():
            assert delivery.carry_due(1) == 1
    assert "".join(one.host[0] for one in fediverse.arrived) == "abc" * 4


def test_after_a_long_stop_a_host_is_served_at_a_measured_pace(app, clock, alice, fediverse, monkeypatch):
    monkeypatch.setattr(turns, "PER_MINUTE", 3)
    for number in range(8):
        post(app, "Create", f"{UNION}/events/{number}")
    clock.turn(days=1)
    counts = []
    for _ in range(3):
        with app.app_context():
            counts.append(delivery.carry_due(10))
        clock.turn(seconds=60)
    assert counts == [3, 3, 2]


def test_too_many_requests_hold_the_whole_host_and_count_as_no_failure(app, work, clock, alice, fediverse):
    fediverse.answer(alice.shared_inbox, Answer(429, headers={"Retry-After": "3600"}))
    for number in range(3):
        post(app, "Create", f"{UNION}/events/{number}")
    work()
    clock.turn(minutes=59)
    work()
    assert len(fediverse.letters("/inbox")) == 1
    assert host_of(app, "a.test") == (0, clock() + timedelta(minutes=1))
    fediverse.answer(alice.shared_inbox, Answer(202))
    clock.turn(minutes=1)
    work()
    assert [state for state, _, _ in rows(app)] == ["delivered"] * 3


def test_probe_of_a_closed_host_is_one_delivery(app, work, clock, alice, fediverse):
    fediverse.answer(alice.shared_inbox, Answer(502))
    for number in range(9):
        post(app, "Create", f"{UNION}/events/{number}")
    work()
    assert host_of(app, "a.test")[0] == 5
    for failures, minutes in ((6, 10), (7, 30), (8, 120), (9, 720), (10, 1440), (11, 1440)):
        assert host_of(app, "a.test")[1] == clock() + timedelta(minutes=minutes)
        clock.turn(minutes=minutes)
        before = len(fediverse.letters("/inbox"))
        work()
        assert len(fediverse.letters("/inbox")) == before + 1
        assert host_of(app, "a.test")[0] == failures


def fail_for(app, work, clock, days):
    for _ in range(days):
        post(app)
        clock.turn(days=1)
        work()


def about(app, name="a.test"):
    with app.app_context():
        return session().scalars(select(Host).where(Host.name.startswith(name))).one()


def test_host_that_fails_on_seven_days_is_given_up_until_it_writes(
    app, client, work, clock, alice, fediverse, monkeypatch
):
    caught_up = []
    monkeypatch.setattr(polling, "poll_host_soon", caught_up.append)
    fediverse.answer(alice.shared_inbox, Answer(503))
    fail_for(app, work, clock, 6)
    assert (about(app).failing_days, about(app).unavailable_at, about(app).missed_at) == (6, None, None)
    fail_for(app, work, clock, 1)
    assert (about(app).failing_days, about(app).unavailable_at, about(app).missed_at) == (7, clock(), clock())
    assert {state for state, _, _ in rows(app)} == {"expired"}
    count, fetched = len(rows(app)), len(fediverse.letters("/inbox"))
    post(app)
    clock.turn(days=1)
    work()
    assert (len(rows(app)), len(fediverse.letters("/inbox"))) == (count, fetched)

    fediverse.answer(alice.shared_inbox, Answer(202))
    assert alice.post(client, alice.activity("Like", UNION), now=clock()).status_code == 202
    found = about(app)
    assert (found.failures, found.failing_days, found.failing_since) == (0, 0, None)
    assert (found.unavailable_at, found.missed_at) == (None, None)
    assert caught_up == [found.name]
    post(app)
    work()
    assert rows(app)[-1] == ("delivered", 1, 202)


def test_many_failures_on_one_day_are_one_failing_day(app, work, clock, alice, fediverse):
    fediverse.answer(alice.shared_inbox, Answer(503))
    post(app)
    for _ in range(12):
        work()
        clock.turn(minutes=55)
    assert about(app).failing_days == 1
    assert about(app).failures > 5


def test_answer_between_them_makes_failing_days_begin_anew(app, work, clock, alice, fediverse):
    fediverse.answer(alice.shared_inbox, Answer(503))
    fail_for(app, work, clock, 5)
    fediverse.answer(alice.shared_inbox, Answer(403))
    fail_for(app, work, clock, 1)
    fediverse.answer(alice.shared_inbox, Answer(503))
    fail_for(app, work, clock, 5)
    assert (about(app).failing_days, about(app).unavailable_at) == (5, None)


def test_hosts_that_nothing_goes_to_get_no_row(app, client, work, clock, fediverse):
    for number in range(20):
        stranger = fediverse.actor("stranger", f"s{number}.test")
        assert stranger.post(client, stranger.activity("Like", UNION), now=clock()).status_code == 202
    work()
    with app.app_context():
        assert session().scalar(select(func.count()).select_from(Host)) == 0


def test_paused_host_waits_and_forgotten_host_gets_nothing(app, work, clock, alice, fediverse):
    def command(*words):
        with app.app_context():
            return app.test_cli_runner().invoke(args=["maillage", "delivery", *words])

    post(app)
    name = about(app).name
    assert command("pause", name).exit_code == 0
    work()
    assert fediverse.letters() == []
    shown = command("hosts").output
    assert name in shown
    assert "paused" in shown
    assert command("resume", name).exit_code == 0
    work()
    assert verbs(fediverse) == ["Create"]
    post(app, "Update")
    assert command("forget", name).output == f"1 deliveries are called back; {name} is forgotten.\n"
    work()
    assert verbs(fediverse) == ["Create"]
    assert command("pause", "nobody.test").exit_code == 1


def test_command_shows_which_hosts_fail_since_when_and_what_waits(app, work, clock, alice, fediverse):
    fediverse.answer(alice.shared_inbox, Answer(503))
    for number in range(6):
        post(app, "Create", f"{UNION}/events/{number}")
    work()
    with app.app_context():
        shown = app.test_cli_runner().invoke(args=["maillage", "delivery", "hosts"]).output
    assert "6 waiting" in shown
    assert "failing since 2026-11-21 12:00" in shown
    assert "breaker open until 2026-11-21 12:10" in shown
