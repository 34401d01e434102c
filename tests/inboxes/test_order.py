"""Letters of one sender are opened in the order of their arrival, however many workers there are."""

from sqlalchemy import select

from actors import followers, local, remote
from actors.database import session
from inboxes import opening
from inboxes.models import Letter
from tests import postgresql
from tests.fediverse import Answer
from tests.inboxes.letters import UNION

pytestmark = postgresql.BOTH


def take(app, limit=20):
    """Claim what may be opened now, as one worker does, and return the letters' types in the order of opening."""
    with app.app_context():
        tickets = opening._claim(limit)
        session().commit()
        types = [session().get_one(Letter, number).type for number, _ in tickets]
        return tickets, types


def open_all(app, tickets):
    with app.app_context():
        for number, lease in tickets:
            opening.open_letter(number, lease)


def say(actor, client, clock, *verbs):
    for number, verb in enumerate(verbs, 1):
        assert actor.post(client, actor.activity(verb, UNION, number), now=clock()).status_code == 202


def test_one_worker_has_all_letters_of_a_sender_that_are_under_way(app, client, clock, fediverse):
    alice, bob = fediverse.actor("alice", "a.test"), fediverse.actor("bob", "b.test", "bob")
    say(alice, client, clock, "Follow", "Like", "Undo")
    tickets, types = take(app, 2)
    assert types == ["Follow", "Like"]
    assert take(app)[1] == [], "another worker must not open the Undo while the Follow is in hand"
    say(bob, client, clock, "Block")
    assert take(app)[1] == ["Block"]
    open_all(app, tickets)
    assert take(app)[1] == ["Undo"]


def test_one_host_does_not_keep_the_letters_of_others_waiting(app, client, clock, fediverse):
    """Its letters may each make us fetch what takes for ever."""
    slow = [fediverse.actor(name, "a.test") for name in ("alice", "anna", "agnes")]
    for actor in slow:
        say(actor, client, clock, "Like")
    first, second = take(app, 1), take(app, 1)
    assert (first[1], second[1]) == (["Like"], ["Like"])
    assert take(app)[1] == []
    say(fediverse.actor("bob", "b.test", "bob"), client, clock, "Follow")
    assert take(app)[1] == ["Follow"]
    open_all(app, first[0])
    assert take(app)[1] == ["Like"]


def test_letters_of_a_killed_worker_are_opened_one_by_one_and_before_later_ones(app, client, clock, fediverse):
    alice = fediverse.actor("alice", "a.test")
    say(alice, client, clock, "Follow", "Like")
    take(app)
    alice.post(client, alice.activity("Undo", UNION, 3), now=clock())
    assert take(app)[1] == []
    clock.turn(minutes=3)
    for verb in ("Follow", "Like", "Undo"):
        tickets, types = take(app)
        assert types == [verb]
        assert take(app)[1] == []
        open_all(app, tickets)


def test_letter_that_kills_its_workers_fails_in_the_end_and_takes_none_along(app, client, clock, work, fediverse):
    alice, bob = fediverse.actor("alice", "a.test"), fediverse.actor("bob", "b.test", "bob")
    say(alice, client, clock, "Like")
    say(bob, client, clock, "Follow")
    take(app)
    for _ in range(opening.MAX_ATTEMPTS):
        clock.turn(minutes=3)
        assert take(app)[1] == ["Like"]
    clock.turn(minutes=3)
    work()
    with app.app_context():
        states = dict(session().execute(select(Letter.type, Letter.state)).all())
        attempts = session().scalar(select(Letter.attempts).where(Letter.type == "Follow"))
    assert states == {"Like": "failed", "Follow": "done"}
    assert attempts == 2


def test_letters_behind_a_slow_one_are_given_back(app, client, clock, fediverse, monkeypatch):
    alice = fediverse.actor("alice", "a.test")
    say(alice, client, clock, "Follow", "Like", "Undo")
    monkeypatch.setattr(opening, "TURN_SECONDS", -1)
    with app.app_context():
        assert opening.open_due() == 0
    assert take(app)[1] == ["Follow", "Like", "Undo"]
    with app.app_context():
        assert set(session().scalars(select(Letter.attempts))) == {1}


def test_letter_put_back_holds_nobody_up(app, client, clock, work, fediverse):
    alice = fediverse.actor("alice", "a.test")
    missing = fediverse.address("c.test", "/users/carol")
    fediverse.answer(missing, Answer(503))
    with app.app_context():
        follow_alice(alice)
    alice.post(client, alice.activity("Announce", missing, 1), now=clock())
    alice.post(client, alice.activity("Follow", UNION, 2), now=clock())
    work()

    with app.app_context():
        states = dict(session().execute(select(Letter.type, Letter.state)).all())
    assert states == {"Announce": "waiting", "Follow": "done"}


def follow_alice(alice):
    """Let one of ours follow Alice."""
    followers.record(local.find("union"), remote.remember(alice.document), iri="http://localhost/f", state="accepted")
    session().commit()
