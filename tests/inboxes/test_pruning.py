"""What stays of a letter that was settled, for how long, and that nothing which still counts is let go of."""

import threading

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from actors import followers, local, remote
from actors.database import session
from actors.models import Delivery, Follow, Posted
from federation import errors
from flask_maillage.publications.models import Publication, Share
from inboxes import receiving, worker
from inboxes.models import Letter, LetterReader
from inboxes.pruning import KEPT_DAYS, prune
from tests import postgresql
from tests.inboxes.letters import UNION
from tests.publications.board import publish

pytestmark = postgresql.BOTH


@pytest.fixture
def say(app, client, clock, work):
    """Let a remote actor say something, and have it opened."""

    def said(actor, kind, thing, number=1, **more):
        response = actor.post(client, actor.activity(kind, thing, number, **more), now=clock())
        assert response.status_code == 202
        work()

    return said


def letters(app):
    """Return what is left of each letter: its number, state and whether its text is there."""
    with app.app_context():
        found = session().scalars(select(Letter).order_by(Letter.id))
        return [(int(one.iri.rpartition("/")[2]), one.state, bool(one.body)) for one in found]


def run(app, *more):
    with app.app_context():
        return prune(*more)[:2]


def test_text_of_a_letter_is_gone_when_it_is_settled_unless_it_failed(app, say, fediverse):
    alice = fediverse.actor("alice", "a.test")
    say(alice, "Follow", UNION)
    say(alice, "Like", UNION, 2)
    say(alice, "Create", {"id": "http://b.test/1", "type": "Event", "name": "Another's"}, 3)
    assert letters(app) == [(1, "done", False), (2, "ignored", False), (3, "failed", True)]


def test_the_database_learns_what_it_holds(app, database_url):
    publish(app, "event")
    run(app)
    with app.app_context():
        if database_url.startswith("sqlite"):
            known = "SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'maillage_publications'"
            assert session().execute(text(known), bind_arguments={"mapper": Letter}).scalar_one() > 5


def test_letter_that_waits_keeps_its_text(app, client, clock, fediverse):
    alice = fediverse.actor("alice", "a.test")
    alice.post(client, alice.activity("Follow", UNION), now=clock())
    assert letters(app) == [(1, "waiting", True)]
    clock.turn(days=90)
    assert run(app) == (0, 0)
    assert letters(app) == [(1, "waiting", True)]


def test_letters_and_deliveries_go_thirty_days_after_they_were_settled(app, say, clock, fediverse):
    alice = fediverse.actor("alice", "a.test")
    say(alice, "Follow", UNION, to=[UNION])
    clock.turn(days=7)
    assert run(app) == (0, 0)
    clock.turn(seconds=1)
    assert run(app) == (0, 1)
    clock.turn(days=KEPT_DAYS - 7, seconds=-1)
    say(alice, "Like", UNION, 2, to=[UNION])
    assert run(app) == (0, 0)
    clock.turn(seconds=1)
    assert run(app) == (1, 0)
    assert letters(app) == [(2, "ignored", False)]
    with app.app_context():
        assert session().scalars(select(LetterReader.letter_id)).all() == session().scalars(select(Letter.id)).all()
        assert session().scalars(select(LetterReader.actor_id)).all() == [local.find("union").id]
        assert session().scalars(select(Delivery.id)).all() == []
        assert session().scalars(select(Posted.type)).all() == []
        assert session().scalars(select(Follow.state)).all() == ["accepted"]


def test_delivery_that_is_pending_stays(app, clock, fediverse):
    alice = fediverse.actor("alice", "a.test")
    with app.app_context():
        posted = Posted(
            iri=f"{UNION}/activities/1",
            actor_id=local.find("union").id,
            type="Create",
            public=True,
            body="{}",
            published_at=clock(),
        )
        session().add(posted)
        session().flush()
        session().add(
            Delivery(
                activity_id=posted.id,
                inbox=alice.inbox,
                host="a.test",
                order_key="1",
                created_at=clock(),
                due_at=clock(),
            )
        )
        session().commit()
    clock.turn(days=90)
    assert run(app) == (0, 0)


def test_more_than_one_batch_is_pruned(app, say, clock, fediverse, monkeypatch):
    monkeypatch.setattr("inboxes.pruning.BATCH", 2)
    alice = fediverse.actor("alice", "a.test")
    for number in range(1, 6):
        say(alice, "Like", UNION, number)
    clock.turn(days=KEPT_DAYS + 1)
    assert run(app) == (5, 0)
    assert letters(app) == []


def test_fewer_days_than_letters_have_to_be_known_are_refused(app):
    with app.app_context(), pytest.raises(ValueError, match="30 days"):
        prune(KEPT_DAYS - 1)


def test_follow_is_still_undone_by_its_id_when_its_letter_is_gone(app, say, clock, fediverse):
    alice = fediverse.actor("alice", "a.test")
    say(alice, "Follow", UNION)
    clock.turn(days=KEPT_DAYS + 1)
    assert run(app)[0] == 1
    say(alice, "Undo", f"{alice.iri}/activities/1", 2)
    with app.app_context():
        assert followers.between(remote.find(alice.iri), local.find("union")) is None


def test_announce_is_still_undone_by_its_id_when_its_letter_is_gone(app, say, clock, fediverse):
    alice = fediverse.actor("alice", "a.test")
    publish(app, "event")
    with app.app_context():
        ours = session().scalars(select(Publication.iri)).one()
    say(alice, "Announce", ours)
    assert shares(app) == 1
    clock.turn(days=KEPT_DAYS + 1)
    assert run(app)[0] == 1
    say(alice, "Undo", f"{alice.iri}/activities/1", 2)
    assert shares(app) == 0


def shares(app):
    with app.app_context():
        return session().scalar(select(func.count()).select_from(Share))


def test_follow_counts_again_under_its_id_within_the_time_and_after_it(app, say, clock, fediverse):
    alice = fediverse.actor("alice", "a.test")
    say(alice, "Follow", UNION)
    clock.turn(days=KEPT_DAYS - 1)
    say(alice, "Undo", alice.activity("Follow", UNION), 2)
    run(app)
    clock.turn(minutes=1)
    say(alice, "Follow", UNION)
    with app.app_context():
        assert followers.between(remote.find(alice.iri), local.find("union")).state == "accepted"
    assert letters(app) == [(1, "done", False), (2, "done", False)]
    clock.turn(days=KEPT_DAYS + 1)
    say(alice, "Undo", alice.activity("Follow", UNION), 3)
    assert run(app)[0] == 2
    clock.turn(minutes=1)
    say(alice, "Follow", UNION)
    with app.app_context():
        assert followers.between(remote.find(alice.iri), local.find("union")).state == "accepted"


def test_worker_prunes_without_being_told(app, say, clock, fediverse, monkeypatch):
    alice = fediverse.actor("alice", "a.test")
    say(alice, "Like", UNION)
    clock.turn(days=KEPT_DAYS + 1)
    pruned, stop = threading.Event(), threading.Event()

    def noticed():
        counts = prune()
        pruned.set()
        return counts

    monkeypatch.setattr(worker, "prune", noticed)
    thread = threading.Thread(target=worker.run_forever, args=(app, stop), kwargs={"carriers": 1})
    thread.start()
    try:
        assert pruned.wait(20)
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()
    assert letters(app) == []


def test_command_prunes_and_says_how_many(app, say, clock, fediverse):
    alice = fediverse.actor("alice", "a.test")
    say(alice, "Follow", UNION)
    clock.turn(days=40)

    def command(*words):
        with app.app_context():
            return app.test_cli_runner().invoke(args=["maillage", "delivery", "prune", *words])

    assert command("--days", "41").output == "0 letters, 1 deliveries, 0 activities, 0 actors, 0 hosts are gone.\n"
    assert command("--days", "29").exit_code == 2
    assert command().output == "1 letters, 0 deliveries, 1 activities, 0 actors, 0 hosts are gone.\n"


def test_busy_database_is_told_as_such(app, client, clock, fediverse, monkeypatch):
    def locked(*arguments, **more):
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr(receiving, "_write", locked)
    alice = fediverse.actor("alice", "a.test")
    response = alice.post(client, alice.activity("Follow", UNION), now=clock())
    assert (response.status_code, response.text) == (503, "The server is busy now.\n")
    assert int(response.headers["Retry-After"]) > 0
    assert errors.Busy.safe != errors.Unreachable.safe
