"""Letters of one sender are opened in the order of their arrival, however many workers there are."""

from sqlalchemy import select

from actors import followers, local, remote
from actors.database import session
from inboxes import opening
from inboxes.models import Letter
from tests.fediverse import Answer


def take(app):
    """Claim what may be opened now, as one worker does, and return the letters' types."""
    with app.app_context():
        tickets = opening.claim(Letter, Letter.state == "waiting", ~opening._waits_behind(), order=Letter.id, limit=20)
        session().commit()
        numbers = [number for number, _ in tickets]
        return tickets, [letter.type for letter in session().scalars(select(Letter).where(Letter.id.in_(numbers)))]


def test_later_letter_of_a_sender_waits_until_the_earlier_is_settled(app, client, clock, fediverse):
    alice, bob = fediverse.actor("alice", "a.test"), fediverse.actor("bob", "b.test", "bob")
    follow = alice.activity("Follow", "http://localhost/actors/union")
    alice.post(client, follow, now=clock())
    alice.post(client, alice.activity("Undo", follow, 2), now=clock())
    bob.post(client, bob.activity("Block", "http://localhost/actors/union"), now=clock())

    tickets, types = take(app)
    assert sorted(types) == ["Block", "Follow"]
    assert take(app)[1] == [], "another worker must not open the Undo while the Follow is in hand"
    with app.app_context():
        for number, lease in tickets:
            opening.open_letter(number, lease)

    assert take(app)[1] == ["Undo"]


def test_letter_put_back_holds_nobody_up(app, client, clock, work, fediverse):
    alice = fediverse.actor("alice", "a.test")
    missing = fediverse.address("c.test", "/users/carol")
    fediverse.answer(missing, Answer(503))
    with app.app_context():
        follow_alice(alice)
    alice.post(client, alice.activity("Announce", missing, 1), now=clock())
    alice.post(client, alice.activity("Follow", "http://localhost/actors/union", 2), now=clock())
    work()

    with app.app_context():
        states = dict(session().execute(select(Letter.type, Letter.state)).all())
    assert states == {"Announce": "waiting", "Follow": "done"}


def follow_alice(alice):
    """Let one of ours follow Alice."""
    followers.record(local.find("union"), remote.remember(alice.document), iri="http://localhost/f", state="accepted")
    session().commit()
