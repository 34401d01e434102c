"""What somebody takes who stands in another's place: their page's address, their turn to be asked, a place refused."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from actors import followers, local, remote
from actors.database import session
from flask_maillage.publications.attending import registering
from flask_maillage.publications.models import Attendance
from tests.conftest import Clock
from tests.fediverse import Fediverse, RemoteActor
from tests.inboxes.letters import INBOXES, UNION, cavage
from tests.publications.gatherings import event_of_ours, speaking, states

ALICES_ADDRESS, MALLORYS_ADDRESS = "192.0.2.1", "192.0.2.66"


def befriend(app: Flask, actor: RemoteActor) -> None:
    """Let the union follow somebody."""
    with app.app_context():
        copy = remote.remember(actor.document)
        followers.record(local.find("union"), copy, iri=f"{UNION}/activities/{actor.host}", state="accepted")
        session().commit()


def test_an_event_is_not_found_by_the_address_of_anothers_page(app, client, clock, work, fediverse):
    """`url` is written by whoever publishes: under the address of a bank's page stands the bank's, or nothing."""
    bob, mallory = (fediverse.actor(name, f"{name}.test", name, "Group") for name in ("bob", "mallory"))
    for actor in (mallory, bob):
        befriend(app, actor)
    page = fediverse.address("bob.test", "/evening")
    mallory.post(client, mallory.activity("Create", mallory.event(1, name="Forged", url=page)), now=clock())
    work()
    assert "Forged" not in client.get("/search", query_string={"q": page}).text
    bob.post(client, bob.activity("Create", bob.event(1, name="Genuine", url=page)), now=clock())
    work()
    found = client.get("/search", query_string={"q": page}).text
    assert ("Genuine" in found, "Forged" in found) == (True, False)


def test_an_actor_is_not_found_by_the_address_of_anothers_page(app, client, fediverse):
    page = fediverse.address("bob.test", "/@bob")
    mallory = fediverse.actor("mallory", "mallory.test", "mallory", "Group", url=page)
    befriend(app, mallory)
    assert "mallory@" not in client.get("/search", query_string={"q": page}).text
    bob = fediverse.actor("bob", "bob.test", "bob", "Group", url=page)
    befriend(app, bob)
    found = client.get("/search", query_string={"q": page}).text
    assert ("bob@" in found, "mallory@" in found) == (True, False)


def test_a_local_page_is_found_whoever_else_claims_its_address(app, client, fediverse):
    mallory = fediverse.actor("mallory", "mallory.test", "mallory", "Group", url="http://localhost/@union")
    befriend(app, mallory)
    found = client.get("/search", query_string={"q": "http://localhost/@union"}).text
    assert ("A union" in found, "mallory@" in found) == (True, False)


@pytest.mark.parametrize("target", INBOXES)
def test_nobody_uses_up_the_question_for_anothers_new_key(
    client: FlaskClient, clock: Clock, fediverse: Fediverse, target: str
) -> None:
    """Mallory knocks in Alice's name every few minutes, so that the key that Alice has since is never asked for."""
    alice, mallory = fediverse.actor("alice", "a.test"), fediverse.actor("mallory", "m.test", "mallory")
    cavage(alice, alice.activity("Follow", UNION), target, clock()).send(client, REMOTE_ADDR=ALICES_ADDRESS)
    rotated = fediverse.actor("alice", "a.test", "bob")
    forged = cavage(mallory, alice.activity("Like", UNION, 2), target, clock(), key_id=alice.key_id)
    for _ in range(3):
        assert forged.send(client, REMOTE_ADDR=MALLORYS_ADDRESS).status_code == 401
    assert len([one for one in fediverse.arrived if one.path == "/users/alice"]) == 2
    letter = cavage(rotated, rotated.activity("Like", UNION, 3), target, clock())
    assert letter.send(client, REMOTE_ADDR=ALICES_ADDRESS).status_code == 202


def test_nobody_alone_uses_up_what_may_be_asked_of_anothers_host(
    app: Flask, client: FlaskClient, clock: Clock, fediverse: Fediverse
) -> None:
    """Mallory names one key after the other of Alice's host, so that nobody new is heard from there."""
    mallory = fediverse.actor("mallory", "m.test", "mallory")
    keys = (fediverse.address("a.test", f"/users/nobody{number}#main-key") for number in range(100))
    for number, key in enumerate(keys):
        letter = mallory.activity("Follow", UNION, number) | {"actor": key.partition("#")[0]}
        letter["id"] = f"{letter['actor']}/{number}"
        draft = cavage(mallory, letter, "/inbox", clock(), key_id=key)
        assert draft.send(client, REMOTE_ADDR=MALLORYS_ADDRESS).status_code in (401, 429)
    alice = fediverse.actor("alice", "a.test")
    letter = cavage(alice, alice.activity("Follow", UNION), "/inbox", clock())
    assert letter.send(client, REMOTE_ADDR=ALICES_ADDRESS).status_code == 202


@pytest.mark.parametrize("between", [None, "Leave", "TentativeAccept"])
def test_who_was_turned_away_does_not_take_a_place_by_asking_once_more(app, client, clock, work, fediverse, between):
    """In a free event everybody gets a place at once, but not who was sent out of it by its people."""
    say = speaking(app, client, clock, work)
    event, alice = event_of_ours(app), fediverse.actor("alice", "a.test")
    say(alice, "Join", event, 1)
    _answer(app, "alice", accept=False)
    if between:
        say(alice, between, event, 2)
    say(alice, "Join", event, 3)
    assert states(app) == {"alice": "requested"}
    _answer(app, "alice", accept=True)
    say(alice, "Leave", event, 4)
    say(alice, "Join", event, 5)
    assert states(app) == {"alice": "accepted"}


def _answer(app: Flask, handle: str, *, accept: bool) -> None:
    with app.app_context():
        found = next(one for one in session().scalars(select(Attendance)) if one.actor.handle == handle)
        registering.answer(found, accept=accept)
        session().commit()
