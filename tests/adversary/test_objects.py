"""Things in another's name: the rows of `protocol.md` §4.4 about objects, each one letter sent to both inboxes.

The letters are signed as they should be and answered 202; what is looked at is that nothing came of them: no row
but the letter's own, no letter out, and no document fetched that was not the sender's to name.
"""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from actors import following, local, remote
from actors.database import session
from federation.activities import PUBLIC
from inboxes.models import Letter
from tests.conftest import Clock
from tests.fediverse import Fediverse, RemoteActor
from tests.inboxes.letters import INBOXES, UNION, rows
from tests.publications import board

OWN_ROWS = {"maillage_letters", "maillage_letter_readers", "maillage_actors", "maillage_actor_keys"}
"""What a letter of a stranger leaves in any case."""
Say = Callable[..., str]


@pytest.fixture
def bob(app: Flask, fediverse: Fediverse) -> RemoteActor:
    """A group on b.test that the union follows."""
    actor = fediverse.actor("bob", "b.test", "bob", "Group")
    befriend(app, actor)
    return actor


@pytest.fixture
def mallory(fediverse: Fediverse) -> RemoteActor:
    """A stranger."""
    return fediverse.actor("mallory", "m.test", "mallory")


@pytest.fixture
def event_of_ours(app: Flask) -> str:
    """The id of a published event of the union."""
    path = board.publish(app, "event", name="Our evening")
    return f"{UNION}/events/{path.rpartition('/')[2]}"


def befriend(app: Flask, actor: RemoteActor) -> None:
    with app.app_context():
        following.follow(local.find("union"), remote.remember(remote.look_up(actor.iri))).state = "accepted"
        session().commit()


@pytest.fixture
def nothing_comes_of(
    app: Flask, client: FlaskClient, clock: Clock, work: Callable[[], int], fediverse: Fediverse
) -> Callable[..., None]:
    """Post a letter to an inbox, and look at what is different when the worker has opened it."""

    def check(sender: RemoteActor, document: dict[str, Any], target: str, fetched: tuple[str, ...] = ()) -> None:
        work()
        before, sent = rows(app), len(fediverse.arrived)
        answer = sender.post(client, document, target, now=clock())
        work()
        after = rows(app)
        assert {name: count for name, count in after.items() if count != before[name]}.keys() <= OWN_ROWS
        with app.app_context():
            letters = session().scalars(select(Letter).where(Letter.iri == document.get("id", ""))).all()
            states = [letter.state for letter in letters if letter.sender.iri == sender.iri]
        assert (answer.status_code, states) in [(202, ["ignored"]), (202, ["failed"]), (400, []), (401, []), (403, [])]
        out = [one for one in fediverse.arrived[sent:] if one.path != sender.iri.partition(sender.host)[2][6:]]
        assert [one.method for one in out if one.method != "GET"] == []
        assert {one.host for one in out} <= {sender.host, *fetched}

    return check


BOTH = pytest.mark.parametrize("target", INBOXES)


@BOTH
@pytest.mark.parametrize("author", [["http://b.test/1", "http://b.test/2"], {}, 1, None, UNION, "x"])
def test_b08_odd_author(nothing_comes_of, bob, target, author) -> None:
    nothing_comes_of(bob, bob.activity("Create", bob.event(attributedTo=author)), target)


@BOTH
@pytest.mark.parametrize("verb", ["Create", "Update", "Delete", "Announce"])
def test_b09_object_on_our_own_host(nothing_comes_of, bob, event_of_ours, target, verb) -> None:
    iri = event_of_ours if verb in ("Update", "Delete") else f"{UNION}/events/0197"
    nothing_comes_of(bob, bob.activity(verb, bob.event() | {"id": iri}), target)


@BOTH
@pytest.mark.parametrize("host", ["b.test", "m.test"])
@pytest.mark.parametrize("verb", ["Update", "Delete", "Undo"])
def test_b11_change_by_another(app, client, clock, work, nothing_comes_of, fediverse, bob, target, host, verb) -> None:
    bob.post(client, bob.activity("Create", bob.event(), 1), now=clock())
    follow = bob.activity("Follow", UNION, 2)
    bob.post(client, follow, now=clock())
    work()
    thief = fediverse.actor("thief", host, "mallory", "Group")
    befriend(app, thief)
    things: list[Any] = [bob.event(name="Forged"), bob.event()["id"], bob.event(name="Forged", attributedTo=thief.iri)]
    if verb == "Undo":
        things = [follow, follow["id"], follow | {"actor": thief.iri}]
    for number, thing in enumerate(things):
        nothing_comes_of(thief, thief.activity(verb, thing, f"{verb}-{number}"), target)
    assert b"Forged" not in client.get("/events").data


@BOTH
@pytest.mark.parametrize("form", ["never sent", "by a third party", "addressed to another"])
def test_b14_accept_that_answers_nothing(app, nothing_comes_of, fediverse, bob, mallory, target, form) -> None:
    with app.app_context():
        asked = fediverse.actor("carol", "c.test", "alice")
        relation = following.follow(local.find("couriers"), remote.remember(remote.look_up(asked.iri)))
        follow = {"id": relation.iri, "type": "Follow", "actor": relation.follower.iri, "object": asked.iri}
        session().commit()
    things: dict[str, Any] = {
        "never sent": {"id": f"{UNION}/activities/1", "type": "Follow", "actor": UNION, "object": mallory.iri},
        "by a third party": follow,
        "addressed to another": follow | {"object": mallory.iri},
    }
    nothing_comes_of(mallory, mallory.activity("Accept", things[form]), target)
    with app.app_context():
        assert following.followers.between(local.find("couriers"), remote.find(asked.iri)).state == "pending"


@BOTH
def test_b15_announce_with_a_foreign_text(client, clock, work, fediverse, bob, target) -> None:
    carol = fediverse.actor("carol", "c.test", "alice", "Group")
    fediverse.put(carol.event()["id"], {"@context": "https://www.w3.org/ns/activitystreams", **carol.event()})
    document = bob.activity("Announce", carol.event(name="Forged", content="Forged"), to=[PUBLIC])
    assert bob.post(client, document, target, now=clock()).status_code == 202
    work()
    page = client.get("/events").text
    assert "An open evening" in page
    assert "Forged" not in page


@BOTH
@pytest.mark.parametrize(
    "served", ["followers only", "direct", "not there", "as JSON", "another id", "in another name"]
)
def test_b16_announce_of_what_is_not_for_everyone(nothing_comes_of, client, fediverse, bob, target, served) -> None:
    carol = fediverse.actor("carol", "c.test", "alice", "Group")
    thing = {"@context": "https://www.w3.org/ns/activitystreams", **carol.event()}
    changes: dict[str, dict[str, Any]] = {
        "followers only": {"to": [carol.followers], "cc": []},
        "direct": {"to": [UNION], "cc": []},
        "another id": {"id": carol.event(2)["id"]},
        "in another name": {"attributedTo": bob.iri},
    }
    more = {"content_type": "application/json"} if served == "as JSON" else {}
    if served != "not there":
        fediverse.put(carol.event()["id"], thing | changes.get(served, {}), **more)
    nothing_comes_of(bob, bob.activity("Announce", carol.event()["id"], to=[PUBLIC]), target, ("c.test",))
    assert "An open evening" not in client.get("/events").text


@BOTH
@pytest.mark.parametrize("form", ["by another", "not listed", "to itself", "to one of ours"])
def test_b21_move_that_is_not_confirmed(app, nothing_comes_of, fediverse, bob, mallory, target, form) -> None:
    new = fediverse.actor("new", "n.test", "alice", "Group", alsoKnownAs=[bob.iri] if form == "by another" else [])
    sender = mallory if form == "by another" else bob
    goal = {"to itself": bob.iri, "to one of ours": UNION}.get(form, new.iri)
    document = sender.activity("Move", bob.iri, target=goal)
    nothing_comes_of(sender, document, target, ("n.test", "b.test"))
    with app.app_context():
        assert following.followers.between(local.find("union"), remote.find(bob.iri)).state == "accepted"


@BOTH
@pytest.mark.parametrize("verb", ["Join", "Leave", "Offer", "Accept", "TentativeAccept", "Like", "Follow"])
def test_b26_answer_in_anothers_name(nothing_comes_of, bob, mallory, event_of_ours, target, verb) -> None:
    thing: Any = UNION if verb == "Follow" else event_of_ours
    if verb == "Offer":
        thing = {"type": "Agreement", "id": f"{bob.iri}/agreements/1", "attributedTo": bob.iri}
    document = bob.activity(verb, thing, target=event_of_ours)
    nothing_comes_of(mallory, document, target)


@BOTH
@pytest.mark.parametrize("field", ["inReplyTo", "attributedTo", "object", "replies", "context"])
def test_n13_chain_of_references_is_not_followed(
    client, clock, work, fediverse, bob, event_of_ours, target, field
) -> None:
    """Every document leads to the next one, a thousand deep or in a circle."""

    def linked(number: int) -> dict[str, Any]:
        iri = fediverse.address("c.test", f"/notes/{number}")
        following_one = fediverse.address("c.test", f"/notes/{(number + 1) % 1000}")
        return {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": iri,
            "type": "Announce" if field == "object" else "Note",
            "attributedTo": fediverse.address("c.test", "/notes/0"),
            "actor": fediverse.address("c.test", "/notes/0"),
            "content": "x",
            "to": [PUBLIC],
            field: following_one,
        }

    for number in range(1000):
        fediverse.put(linked(number)["id"], linked(number))
    for number, verb in enumerate(["Announce", "Create", "Update"]):
        bob.post(client, bob.activity(verb, linked(0)["id"], f"chain-{number}", to=[PUBLIC]), target, now=clock())
    reply = bob.event("reply", type="Note", inReplyTo=[event_of_ours, linked(0)["id"]])
    bob.post(client, bob.activity("Create", reply, "chain-reply"), target, now=clock())
    work()
    assert len([one for one in fediverse.arrived if one.host == "c.test"]) <= 12
