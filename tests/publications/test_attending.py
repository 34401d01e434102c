"""Registrations for our events as they arrive: who gets which answer, and what the list says; by effect."""

import pytest
from sqlalchemy import select

from actors import followers, local, remote
from actors.database import session
from actors.models import Posted
from flask_maillage.publications import publishing
from flask_maillage.publications.models import DIRECT, FOLLOWERS, Publication
from tests import postgresql
from tests.inboxes.letters import cavage, nothing_written
from tests.publications.gatherings import BOTH, change, event_of_ours, part, speaking, states

pytestmark = postgresql.BOTH

UNION = "http://localhost/actors/union"


@pytest.fixture
def say(app, client, clock, work):
    """Let a remote actor say something, have it opened, and give what became of the letter."""
    return speaking(app, client, clock, work)


def answers(fediverse, name="alice"):
    return fediverse.letters(f"/users/{name}/inbox")


@pytest.mark.parametrize("target", BOTH)
def test_join_from_mobilizon_gets_a_place_and_its_own_join_back(app, say, fediverse, target):
    event, alice = event_of_ours(app), fediverse.actor("alice", "a.test")
    others = ["http://b.test/users/bob", "http://c.test/users/carol"]
    join = {"participationMessage": "There will be two of us", "to": [alice.iri, UNION], "cc": others}
    assert say(alice, "Join", event, inbox=target, **join) == "done"
    assert part(app, "alice") | {"answered_at": None} == {
        "state": "accepted",
        "iri": f"{alice.iri}/activities/1",
        "message": "There will be two of us",
        "answered_at": None,
    }
    (accept,) = answers(fediverse)
    assert (accept["type"], accept["actor"], accept["to"], accept["cc"]) == ("Accept", UNION, [alice.iri], [])
    assert accept["object"] == {
        "id": f"{alice.iri}/activities/1",
        "type": "Join",
        "actor": alice.iri,
        "object": event,
    }


def test_event_tells_how_many_come_and_not_who(app, client, say, fediverse):
    event, alice = event_of_ours(app, capacity=5), fediverse.actor("alice", "a.test")
    say(alice, "Join", event)
    say(fediverse.actor("bob", "b.test"), "Join", event)
    headers = {"Accept": "application/activity+json"}
    document = client.get(event, headers=headers).json
    assert (document["participantCount"], document["remainingAttendeeCapacity"]) == (2, 3)
    assert document["attendees"] == {"id": f"{event}/attendees", "type": "OrderedCollection", "totalItems": 2}
    collection = client.get(f"{event}/attendees", headers=headers).json
    assert (collection["totalItems"], collection.keys() & {"items", "orderedItems", "first"}) == (2, set())
    assert alice.iri not in str(document) + str(collection)
    page = client.get(event.replace("/actors/", "/@")).text
    assert "3 of 5 left" in page
    assert "Alice" not in page


@pytest.mark.parametrize("language", ["en", "fr"])
def test_who_comes_to_a_full_event_is_told_so(app, say, fediverse, language):
    event = event_of_ours(app, capacity=1, row={"language": language})
    assert say(fediverse.actor("alice", "a.test"), "Join", event) == "done"
    assert say(fediverse.actor("bob", "b.test"), "Join", event) == "done"
    (reject,) = answers(fediverse, "bob")
    assert (reject["type"], reject["to"], reject["object"]["object"]) == (
        "Reject",
        [fediverse.address("b.test", "/users/bob")],
        event,
    )
    assert reject["content"] == {"en": "This event is full.", "fr": "Il n'y a plus de place."}[language]
    assert states(app) == {"alice": "accepted", "bob": "refused"}


def test_place_of_who_leaves_goes_to_the_next(app, say, fediverse):
    event = event_of_ours(app, capacity=1)
    alice, bob = fediverse.actor("alice", "a.test"), fediverse.actor("bob", "b.test")
    say(alice, "Join", event, participationMessage="me")
    say(bob, "Join", event)
    assert say(alice, "Leave", event, 2) == "done"
    assert (part(app, "alice")["state"], part(app, "alice")["message"]) == ("left", "")
    say(bob, "Join", event, 2)
    assert states(app) == {"alice": "left", "bob": "accepted"}
    assert [letter["type"] for letter in answers(fediverse, "bob")] == ["Reject", "Accept"]


def test_followers_hear_when_an_event_becomes_full_and_free_again_and_not_in_between(app, say, clock, fediverse):
    event = event_of_ours(app, capacity=2)
    carol = fediverse.actor("carol", "c.test")
    with app.app_context():
        followers.record(remote.remember(carol.document), local.find("union"), iri="http://c.test/1", state="accepted")
        session().commit()
    names = [fediverse.actor(name, "a.test") for name in ("alice", "bob")]
    for actor in names:
        clock.turn(minutes=1)
        say(actor, "Join", event)
    clock.turn(minutes=1)
    say(names[0], "Leave", event, 2)
    updates = [letter["object"] for letter in fediverse.letters("/inbox") if letter["type"] == "Update"]
    told = [one for one in updates if one["id"] == event]
    shown = [(one["participantCount"], one["remainingAttendeeCapacity"], one["joinMode"]) for one in told]
    assert sorted(set(shown), reverse=True) == [(2, 0, "restricted"), (1, 1, "free")]
    assert told[0]["updated"] == "2026-11-21T12:02:00Z"


def test_repeated_join_takes_one_place_and_is_answered_under_its_own_id(app, say, fediverse):
    event, alice = event_of_ours(app, capacity=1), fediverse.actor("alice", "a.test")
    say(alice, "Join", event)
    say(alice, "Join", event, 2)
    assert [(letter["type"], letter["object"]["id"]) for letter in answers(fediverse)] == [
        ("Accept", f"{alice.iri}/activities/1"),
        ("Accept", f"{alice.iri}/activities/2"),
    ]
    assert states(app) == {"alice": "accepted"}
    assert say(alice, "Undo", f"{alice.iri}/activities/2", 3) == "done"
    assert states(app) == {"alice": "left"}


@pytest.mark.parametrize("target", BOTH)
def test_same_letter_twice_has_one_effect(app, client, clock, work, say, fediverse, target):
    event, alice = event_of_ours(app), fediverse.actor("alice", "a.test")
    say(alice, "Join", event, inbox=target)
    with nothing_written(app, fediverse):
        assert alice.post(client, alice.activity("Join", event), target, now=clock()).status_code == 202
        work()


def test_join_after_a_leave_counts_again_under_the_same_id_and_its_replay_does_not(
    app, client, clock, work, say, fediverse
):
    event, alice = event_of_ours(app), fediverse.actor("alice", "a.test")
    first = cavage(alice, alice.activity("Join", event), "/inbox", clock())
    first.send(client)
    work()
    clock.turn(minutes=5)
    say(alice, "Leave", event, 2)
    clock.turn(minutes=5)
    assert first.send(client).status_code == 202
    work()
    assert states(app) == {"alice": "left"}
    assert say(alice, "Join", event) == "done"
    assert states(app) == {"alice": "accepted"}


@pytest.mark.parametrize("form", ["whole", "by id", "with another id"])
def test_undo_of_a_join_counts_in_every_form(app, say, fediverse, form):
    event, alice = event_of_ours(app), fediverse.actor("alice", "a.test")
    say(alice, "Join", event)
    whole = alice.activity("Join", event)
    forms = {"whole": whole, "by id": whole["id"], "with another id": whole | {"id": f"{alice.iri}/activities/9"}}
    assert say(alice, "Undo", forms[form], 2) == "done"
    assert states(app) == {"alice": "left"}


@pytest.mark.parametrize("verb", ["Leave", "Undo"])
@pytest.mark.parametrize("host", ["a.test", "m.test"])
def test_nobody_leaves_in_anothers_name(app, say, fediverse, verb, host):
    event, alice = event_of_ours(app), fediverse.actor("alice", "a.test")
    say(alice, "Join", event)
    mallory = fediverse.actor("mallory", host, "mallory")
    thing = event if verb == "Leave" else alice.activity("Join", event)
    assert say(mallory, verb, thing, 2) == "ignored"
    assert states(app) == {"alice": "accepted"}


def test_who_takes_part_undoes_no_join_but_their_own(app, say, fediverse):
    event, alice = event_of_ours(app), fediverse.actor("alice", "a.test")
    mallory = fediverse.actor("mallory", "m.test", "mallory")
    say(alice, "Join", event)
    say(mallory, "Join", event)
    for number, thing in enumerate((alice.activity("Join", event), f"{alice.iri}/activities/1"), 2):
        assert say(mallory, "Undo", thing, number) == "ignored"
    assert states(app) == {"alice": "accepted", "mallory": "accepted"}


@pytest.mark.parametrize("target", BOTH)
def test_join_in_anothers_name_is_refused_at_the_door(app, client, clock, work, fediverse, target):
    event, alice = event_of_ours(app), fediverse.actor("alice", "a.test")
    mallory = fediverse.actor("mallory", "m.test", "mallory")
    letter = mallory.activity("Join", event) | {"actor": alice.iri}
    with nothing_written(app, fediverse, fetches=1):
        assert mallory.post(client, letter, target, now=clock()).status_code == 401
        work()


@pytest.mark.parametrize("mode", ["external", "none"])
def test_join_where_one_registers_elsewhere_is_answered_by_ignore(app, say, fediverse, mode):
    event = event_of_ours(app, join_mode=mode, external_url="https://tickets.example/1")
    assert say(fediverse.actor("alice", "a.test"), "Join", event) == "done"
    (ignore,) = answers(fediverse)
    assert (ignore["type"], ignore["object"]) == ("Ignore", fediverse.address("a.test", "/users/alice/activities/1"))
    assert states(app) == {}


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("over", "This event is over."),
        ("cancelled", "This event was cancelled."),
        ("draft", "Registration is not open for this event."),
        ("withdrawn", "This event was withdrawn."),
    ],
)
def test_join_of_an_event_that_is_not_open_is_refused_with_the_reason(app, clock, say, fediverse, case, reason):
    event = event_of_ours(app)
    if case == "over":
        clock.turn(days=90)
    elif case == "cancelled":
        change(app, event, status="cancelled")
    elif case == "draft":
        change(app, event, state="draft", published_at=None)
    else:
        with app.app_context():
            publishing.withdraw(session().scalars(select(Publication).where(Publication.iri == event)).one())
            session().commit()
    assert say(fediverse.actor("alice", "a.test"), "Join", event) == "done"
    (reject,) = answers(fediverse)
    assert (reject["type"], reject["content"]) == ("Reject", reason)
    assert states(app) == {}


@pytest.mark.parametrize("visibility", [FOLLOWERS, DIRECT])
def test_event_that_is_not_for_everyone_is_not_there_for_strangers(app, say, fediverse, visibility):
    event = event_of_ours(app, row={"visibility": visibility})
    alice, bob = fediverse.actor("alice", "a.test"), fediverse.actor("bob", "b.test")
    with app.app_context():
        followers.record(remote.remember(bob.document), local.find("union"), iri="http://b.test/1", state="accepted")
        session().commit()
    assert say(alice, "Join", event) == "ignored"
    assert answers(fediverse) == []
    assert say(bob, "Join", event) == ("done" if visibility == FOLLOWERS else "ignored")


@pytest.mark.parametrize(
    "thing", ["http://localhost/actors/union/events/0197", "http://localhost/", "https://elsewhere.test/events/1"]
)
def test_join_of_what_is_no_event_of_ours_is_ignored(app, say, fediverse, thing):
    assert say(fediverse.actor("alice", "a.test"), "Join", thing) == "ignored"
    assert answers(fediverse) == []


def test_nothing_of_a_registration_is_public(app, client, say, fediverse):
    event, alice = event_of_ours(app), fediverse.actor("alice", "a.test")
    say(alice, "Join", event, participationMessage="A secret")
    with app.app_context():
        accept = session().scalars(select(Posted).where(Posted.type == "Accept")).one()
        assert (accept.public, accept.iri.startswith(UNION)) == (False, True)
    headers = {"Accept": "application/activity+json"}
    assert client.get(accept.iri, headers=headers).status_code == 404
    seen = client.get("/actors/union/outbox/page/1", headers=headers).text + client.get("/feed.atom").text
    assert alice.iri not in seen
    assert "A secret" not in seen


def test_who_is_deleted_takes_its_place_with_it(app, say, fediverse):
    event, alice = event_of_ours(app, capacity=1), fediverse.actor("alice", "a.test")
    say(alice, "Join", event)
    assert say(alice, "Delete", alice.iri, 2) == "done"
    assert states(app) == {}
    say(fediverse.actor("bob", "b.test"), "Join", event)
    assert states(app) == {"bob": "accepted"}
