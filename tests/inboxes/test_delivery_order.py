"""In which order things leave, and what a Delete calls back."""

import pytest
from sqlalchemy import delete

from actors import local, outbox
from actors.database import session
from actors.models import Delivery
from tests import postgresql
from tests.fediverse import Answer
from tests.inboxes.letters import UNION
from tests.inboxes.parcels import follower, post, rows

pytestmark = postgresql.BOTH


@pytest.fixture
def alice(app, fediverse):
    """A follower of the union on a.test."""
    return follower(app, fediverse, "alice", "a.test")


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


def withdraw(app, *inboxes, thing=f"{UNION}/events/1"):
    with app.app_context():
        outbox.post(local.find("union"), "Delete", thing, to=[], inboxes=inboxes)
        cancelled = outbox.cancel_pending(thing)
        session().commit()
        return cancelled


def sent(fediverse):
    return [(one.host, one.json["type"]) for one in fediverse.arrived if one.method == "POST"]


def test_delete_overtakes_a_pending_create_and_tells_nobody_who_never_got_it(app, work, clock, alice, fediverse):
    bob = follower(app, fediverse, "bob", "b.test", "bob")
    carol = follower(app, fediverse, "carol", "c.test", "mallory")
    fediverse.answer(bob.shared_inbox, Answer(500))
    post(app, "Create", f"{UNION}/events/1", bob.shared_inbox)
    work()
    post(app, "Create", f"{UNION}/events/1", alice.shared_inbox)
    post(app, "Update", f"{UNION}/events/1", alice.shared_inbox, bob.shared_inbox)
    assert withdraw(app, alice.shared_inbox, bob.shared_inbox, carol.shared_inbox) == 3
    fediverse.answer(bob.shared_inbox, Answer(202))
    clock.turn(hours=1)
    work()
    assert sorted(sent(fediverse)) == [
        ("b.test", "Create"),
        ("b.test", "Create"),
        ("b.test", "Delete"),
        ("c.test", "Delete"),
    ]
    assert [verb for host, verb in sent(fediverse) if host == "b.test"][-1] == "Delete"


def test_delete_goes_out_where_the_rows_that_would_tell_may_be_pruned(app, work, clock, alice, fediverse):
    """The Create arrived and its row went after seven days; an Update that waits does not hide that."""
    post(app)
    work()
    clock.turn(days=8)
    with app.app_context():
        session().execute(delete(Delivery))
        session().commit()
    post(app, "Update")
    assert withdraw(app, alice.shared_inbox) == 1
    work()
    assert sent(fediverse) == [("a.test", "Create"), ("a.test", "Delete")]
