"""The documents by which Mobilizon and Friendica register, as they send them, through the inbox; and what we answer.

The files in `rsvp/` are the examples of the project: letters of peers, and the shape of our answers to them.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import Clock
from tests.fediverse import Fediverse, RemoteActor
from tests.publications.gatherings import event_of_ours, outcome, part, states

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

FOLDER = Path(__file__).parent / "rsvp"
OURS = {"@context", "id", "published"}
"""What is each answer's own: when and under which id it was given."""


@pytest.fixture
def alice(fediverse: Fediverse) -> RemoteActor:
    return fediverse.actor("alice", "mobilizon.test")


@pytest.fixture
def bob(fediverse: Fediverse) -> RemoteActor:
    return fediverse.actor("bob", "friendica.test", "bob")


class Examples:
    """The examples, with their hosts, actors and the event mapped to those of a test."""

    def __init__(self, fediverse: Fediverse, event: str, alice: RemoteActor, bob: RemoteActor) -> None:
        self.names = {
            "https://node-a.example/actors/la_ruche/events/128": event,
            "https://node-a.example/actors/la_ruche": "http://localhost/actors/union",
            "https://mobilizon.example/@alice": alice.iri,
            "https://mobilizon.example/": fediverse.address("mobilizon.test"),
            "https://friendica.example/profile/bob": bob.iri,
            "https://friendica.example/": fediverse.address("friendica.test"),
        }

    def read(self, name: str) -> dict[str, Any]:
        """Return a document; longer names are mapped before what they begin with."""
        text = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
        for theirs, ours in self.names.items():
            text = text.replace(theirs, ours)
        found: dict[str, Any] = json.loads(text)
        return found


@pytest.fixture
def say(client: FlaskClient, clock: Clock, work: Callable[[], int], app: Flask) -> Callable[..., str]:
    """Let a remote actor post a whole document, have it opened, and give what became of it."""

    def said(actor: RemoteActor, document: dict[str, Any]) -> str:
        assert actor.post(client, document, "/actors/union/inbox", now=clock()).status_code == 202
        work()
        return outcome(app, document["id"])[0]

    return said


def answer_to(fediverse: Fediverse) -> dict[str, Any]:
    """Return the one letter that alice's inbox got, without what is its own."""
    (letter,) = fediverse.letters("/users/alice/inbox")
    assert letter["id"].startswith("http://localhost/actors/union/")
    return {name: value for name, value in letter.items() if name not in OURS}


def shape(document: dict[str, Any]) -> dict[str, Any]:
    """Return what an answer is like; ours says besides that nobody else gets it."""
    return {name: value for name, value in document.items() if name not in OURS} | {"cc": []}


def test_join_of_mobilizon_is_a_place_and_answered_in_the_shape_of_21(
    app: Flask, fediverse: Fediverse, alice: RemoteActor, bob: RemoteActor, say: Callable[..., str]
) -> None:
    examples = Examples(fediverse, event_of_ours(app), alice, bob)
    join = examples.read("20-rsvp-join-from-mobilizon")
    assert say(alice, join) == "done"
    found = part(app, "alice")
    assert (found["state"], found["iri"], found["message"]) == ("accepted", join["id"], "Je viens à deux")
    assert answer_to(fediverse) == shape(examples.read("21-rsvp-accept"))


def test_join_of_what_is_full_is_answered_in_the_shape_of_22_with_the_reason(
    app: Flask, fediverse: Fediverse, alice: RemoteActor, bob: RemoteActor, say: Callable[..., str]
) -> None:
    examples = Examples(fediverse, event_of_ours(app, capacity=1), alice, bob)
    assert say(bob, examples.read("25-rsvp-accept-from-friendica")) == "done"
    assert say(alice, examples.read("20-rsvp-join-from-mobilizon")) == "done"
    assert states(app) == {"bob": "accepted", "alice": "refused"}
    example = shape(examples.read("22-rsvp-reject-full"))
    assert answer_to(fediverse) == example | {"content": "This event is full."}


def test_leave_of_mobilizon_frees_the_place_and_is_not_answered(
    app: Flask, fediverse: Fediverse, alice: RemoteActor, bob: RemoteActor, say: Callable[..., str]
) -> None:
    examples = Examples(fediverse, event_of_ours(app, capacity=1), alice, bob)
    say(alice, examples.read("20-rsvp-join-from-mobilizon"))
    assert say(alice, examples.read("23-rsvp-leave")) == "done"
    assert say(bob, examples.read("25-rsvp-accept-from-friendica")) == "done"
    assert states(app) == {"alice": "left", "bob": "accepted"}
    assert answer_to(fediverse)["type"] == "Accept"


def test_join_of_what_takes_no_registrations_is_answered_in_the_shape_of_24(
    app: Flask, fediverse: Fediverse, alice: RemoteActor, bob: RemoteActor, say: Callable[..., str]
) -> None:
    examples = Examples(fediverse, event_of_ours(app, join_mode="none"), alice, bob)
    say(alice, examples.read("20-rsvp-join-from-mobilizon"))
    assert answer_to(fediverse) == shape(examples.read("24-rsvp-ignore"))
    assert states(app) == {}


def test_accept_of_friendica_is_a_place_and_needs_no_answer(
    app: Flask, fediverse: Fediverse, alice: RemoteActor, bob: RemoteActor, say: Callable[..., str]
) -> None:
    examples = Examples(fediverse, event_of_ours(app), alice, bob)
    letter = examples.read("25-rsvp-accept-from-friendica")
    assert say(bob, letter) == "done"
    found = part(app, "bob")
    assert (found["state"], found["iri"]) == ("accepted", letter["id"])
    assert fediverse.letters() == []
