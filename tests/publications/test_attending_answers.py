"""Registrations that wait for a person, answers in Friendica's manner, floods, and two workers for one last place."""

import threading

import pytest
from sqlalchemy import select

from actors import local, remote
from actors.database import session, writing
from actors.rates import Rates
from flask_maillage.coalitions import memberships
from flask_maillage.coalitions.models import Membership
from flask_maillage.publications import leaving, publishing
from flask_maillage.publications.attending import handlers, registering, taking_part
from flask_maillage.publications.models import Attendance, Publication
from flask_maillage.publications.rules import NotPossible
from inboxes import opening
from tests import postgresql
from tests.publications.gatherings import BOTH, event_of_ours, part, speaking, states

pytestmark = postgresql.BOTH

UNION = "http://localhost/actors/union"


@pytest.fixture
def say(app, client, clock, work):
    """Let a remote actor say something, have it opened, and give what became of the letter."""
    return speaking(app, client, clock, work)


def answers(fediverse, name="alice"):
    return fediverse.letters(f"/users/{name}/inbox")


def judge(app, work, handle, *, accept):
    """Answer a registration as the people of the event do."""
    with app.app_context():
        found = next(one for one in session().scalars(select(Attendance)) if one.actor.handle == handle)
        registering.answer(found, accept=accept)
        session().commit()
    work()


def test_registration_on_approval_waits_for_a_person(app, say, work, fediverse):
    event, alice = event_of_ours(app, join_mode="restricted"), fediverse.actor("alice", "a.test")
    assert say(alice, "Join", event) == "done"
    assert (states(app), answers(fediverse)) == ({"alice": "requested"}, [])
    judge(app, work, "alice", accept=True)
    (accept,) = answers(fediverse)
    assert (accept["type"], accept["object"]["id"]) == ("Accept", f"{alice.iri}/activities/1")
    judge(app, work, "alice", accept=False)
    reject = answers(fediverse)[-1]
    assert (reject["type"], reject["object"]["id"]) == ("Reject", f"{alice.iri}/activities/1")
    assert reject["content"] == "Your registration was not accepted."
    assert states(app) == {"alice": "refused"}


def test_person_cannot_accept_more_than_there_are_places(app, say, work, fediverse):
    event = event_of_ours(app, join_mode="restricted", capacity=1)
    for name, host in (("alice", "a.test"), ("bob", "b.test")):
        say(fediverse.actor(name, host), "Join", event)
    judge(app, work, "alice", accept=True)
    with pytest.raises(NotPossible):
        judge(app, work, "bob", accept=True)
    assert states(app) == {"alice": "accepted", "bob": "requested"}


@pytest.mark.parametrize("target", BOTH)
def test_accept_of_the_event_is_a_yes_that_expects_no_answer(app, say, fediverse, target):
    event, bob = event_of_ours(app), fediverse.actor("bob", "friendica.test")
    assert say(bob, "Accept", event, inbox=target, to=[UNION]) == "done"
    assert (states(app), answers(fediverse, "bob")) == ({"bob": "accepted"}, [])


@pytest.mark.parametrize("form", ["by id", "embedded"])
def test_no_and_perhaps_free_the_place(app, say, fediverse, form):
    event = event_of_ours(app, capacity=1)
    thing = event if form == "by id" else {"id": event, "type": "Event"}
    alice, bob, carol = (fediverse.actor(name, f"{name}.test") for name in ("alice", "bob", "carol"))
    assert say(alice, "Accept", thing) == "done"
    assert say(bob, "Accept", thing) == "done"
    assert [letter["type"] for letter in answers(fediverse, "bob")] == ["Reject"]
    assert answers(fediverse, "bob")[0]["object"]["type"] == "Accept"
    assert say(alice, "TentativeAccept", thing, 2) == "done"
    assert say(bob, "Accept", thing, 2) == "done"
    assert say(bob, "Reject", thing, 3) == "done"
    assert say(carol, "Join", thing) == "done"
    assert states(app) == {"alice": "tentative", "bob": "declined", "carol": "accepted"}


@pytest.mark.parametrize("form", ["by id", "embedded"])
def test_undo_of_a_yes_takes_it_back(app, say, fediverse, form):
    event, bob = event_of_ours(app), fediverse.actor("bob", "friendica.test")
    say(bob, "Accept", event)
    yes = bob.activity("Accept", event)
    assert say(bob, "Undo", yes["id"] if form == "by id" else yes, 2) == "done"
    assert states(app) == {"bob": "left"}


def test_undo_of_a_perhaps_takes_it_back(app, say, fediverse):
    event, bob = event_of_ours(app), fediverse.actor("bob", "friendica.test")
    say(bob, "TentativeAccept", event)
    assert say(bob, "Undo", bob.activity("TentativeAccept", event)["id"], 2) == "done"
    assert states(app) == {"bob": "left"}


@pytest.mark.parametrize("verb", ["Accept", "Reject", "TentativeAccept"])
def test_answer_to_an_event_that_takes_none_leaves_no_row(app, say, fediverse, verb):
    event = event_of_ours(app, join_mode="external", external_url="https://tickets.test/")
    bob = fediverse.actor("bob", "friendica.test")
    assert say(bob, verb, event) == ("done" if verb == "Accept" else "ignored")
    assert states(app) == {}
    assert [letter["type"] for letter in answers(fediverse, "bob")] == (["Ignore"] if verb == "Accept" else [])


def test_one_server_does_not_fill_the_list(app, say, fediverse, monkeypatch):
    monkeypatch.setattr(handlers, "MOST_OF_HOST", 2)
    event = event_of_ours(app)
    for name, host in (("ann", "a.test"), ("bob", "a.test"), ("carol", "a.test"), ("dan", "d.test")):
        say(fediverse.actor(name, host), "Join", event)
    assert states(app) == {"ann": "accepted", "bob": "accepted", "dan": "accepted"}
    assert answers(fediverse, "carol") == []


def test_who_joins_and_leaves_all_the_time_waits(app, say, fediverse):
    app.extensions["maillage"].rates = Rates({"registrations of an actor": "3 per 10 minutes"})
    event, alice = event_of_ours(app), fediverse.actor("alice", "a.test")
    became = [say(alice, "Join" if number % 2 else "Leave", event, number) for number in range(1, 8)]
    assert became[:5] == ["done"] * 5
    assert became[-1] == "waiting"
    assert say(fediverse.actor("bob", "b.test"), "Join", event) == "done"


def test_message_is_plain_text_of_a_bounded_length(app, say, fediverse):
    event, alice = event_of_ours(app), fediverse.actor("alice", "a.test")
    say(alice, "Join", event, participationMessage="a\x07b\u202e" + "x" * 5000)
    assert part(app, "alice")["message"][:3] == "abx"
    assert len(part(app, "alice")["message"]) <= 1000


def test_two_workers_give_the_last_places_once(app, client, clock, fediverse):
    event = event_of_ours(app, capacity=3)
    for number in range(12):
        actor = fediverse.actor(f"n{number}", f"n{number}.test")
        assert actor.post(client, actor.activity("Join", event), now=clock()).status_code == 202
    failures = []

    def work():
        with app.app_context():
            try:
                while opening.open_due(2):
                    pass
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(states(app).values()) == ["accepted"] * 3 + ["refused"] * 9


def test_concurrent_decisions_wait_for_each_other(app, fediverse):
    event = event_of_ours(app, capacity=2)
    with app.app_context(), writing():
        numbers = [remote.remember(fediverse.actor(f"n{n}", f"n{n}.test").document).id for n in range(8)]
        session().commit()
    barrier = threading.Barrier(8)

    def register(number):
        with app.app_context(), writing():
            barrier.wait()
            found = session().scalars(select(Publication).where(Publication.iri == event)).one()
            actor = session().get(type(found.actor), number)
            registering.register(found, actor, iri=f"{actor.iri}/joins/1")
            session().commit()

    threads = [threading.Thread(target=register, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(states(app).values()) == ["accepted"] * 2 + ["refused"] * 6


def test_member_takes_part_in_an_event_of_ours_without_a_letter(app, fediverse, work):
    event = event_of_ours(app, capacity=1)
    with app.app_context():
        found = session().scalars(select(Publication).where(Publication.iri == event)).one()
        assert taking_part.join(local.find("ann"), found).state == "accepted"
        assert taking_part.join(local.find("couriers"), found).state == "refused"
        assert taking_part.leave(local.find("ann"), found)
        session().commit()
    work()
    assert fediverse.letters() == []
    assert states(app) == {"ann": "left", "couriers": "refused"}


def test_who_comes_hears_of_a_withdrawal_and_is_forgotten(app, say, work, fediverse):
    event, alice = event_of_ours(app), fediverse.actor("alice", "a.test")
    say(alice, "Join", event)
    with app.app_context():
        publishing.withdraw(session().scalars(select(Publication).where(Publication.iri == event)).one())
        session().commit()
    work()
    assert fediverse.letters("/inbox")[-1]["type"] == "Delete"
    assert states(app) == {}
    assert say(alice, "Leave", event, 2) == "ignored"


def test_actor_of_ours_who_leaves_for_good_takes_part_in_nothing(app, work, fediverse):
    event = event_of_ours(app, capacity=1)
    with app.app_context():
        couriers = local.find("couriers")
        taking_part.join(couriers, session().scalars(select(Publication).where(Publication.iri == event)).one())
        memberships.join(couriers, local.find("union"))
        leaving.delete_actor(couriers)
        session().commit()
    assert states(app) == {}
    with app.app_context():
        assert session().scalars(select(Membership)).all() == []
