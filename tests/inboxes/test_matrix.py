"""Every verb that peers are known to send has a function, in the package that owns the consequence; or it is ignored.

The rows are those of `reference/events.md` §3.6 and `reference/protocol.md` §2.5, with the type of the object.
"""

from types import SimpleNamespace

import pytest

import flask_maillage.parts  # noqa: F401 - registers the functions
from federation.activities import activity_of
from inboxes.registry import ITSELF, UNKNOWN, WITH_TARGET, claimed, handler_for
from tests.calls.fixtures import fixture
from tests.publications.gatherings import outcome

FOLLOWING = "inboxes.handlers.following"
PROFILES = "inboxes.handlers.profiles"
PUBLICATIONS = "flask_maillage.publications.handlers"
REACTIONS = "flask_maillage.publications.reactions"
EVENTS = "flask_maillage.publications.attending.handlers"
GROUPS = "flask_maillage.coalitions.handlers"
ANSWERS = "flask_maillage.coalitions.answers"
CALLS = "flask_maillage.calls.handlers"
MATRIX = [
    ("Follow", "Application", FOLLOWING),
    ("Follow", UNKNOWN, FOLLOWING),
    ("Undo", "Follow", FOLLOWING),
    ("Undo", UNKNOWN, FOLLOWING),
    ("Accept", "Follow", FOLLOWING),
    ("Accept", UNKNOWN, FOLLOWING),
    ("Reject", "Follow", FOLLOWING),
    ("Create", "Event", PUBLICATIONS),
    ("Create", "Article", PUBLICATIONS),
    ("Create", "Project", PUBLICATIONS),
    ("Create", "Note", PUBLICATIONS),
    ("Update", "Event", PUBLICATIONS),
    ("Update", "Article", PUBLICATIONS),
    ("Update", ITSELF, PROFILES),
    ("Update", "Person", PROFILES),
    ("Announce", UNKNOWN, PUBLICATIONS),
    ("Announce", "Event", PUBLICATIONS),
    ("Announce", "Create", PUBLICATIONS),
    ("Undo", "Announce", REACTIONS),
    ("Delete", UNKNOWN, PUBLICATIONS),
    ("Delete", "Tombstone", PUBLICATIONS),
    ("Delete", ITSELF, PROFILES),
    ("Delete", WITH_TARGET, GROUPS),
    ("Join", "Event", EVENTS),
    ("Join", UNKNOWN, GROUPS),
    ("Join", "Group", GROUPS),
    ("Join", ITSELF, GROUPS),
    ("Leave", "Event", EVENTS),
    ("Leave", UNKNOWN, GROUPS),
    ("Leave", ITSELF, GROUPS),
    ("Undo", "Join", ANSWERS),
    ("Accept", "Event", EVENTS),
    ("Reject", "Event", EVENTS),
    ("TentativeAccept", "Event", EVENTS),
    ("Undo", "TentativeAccept", ANSWERS),
    ("Accept", "Join", ANSWERS),
    ("Accept", "Member", ANSWERS),
    ("Reject", "Join", ANSWERS),
    ("Reject", "Member", ANSWERS),
    ("Accept", "Invite", ANSWERS),
    ("Reject", "Invite", ANSWERS),
    ("Undo", "Invite", ANSWERS),
    ("Accept", "Offer", CALLS),
    ("Reject", "Offer", CALLS),
    ("Ignore", "Join", GROUPS),
    ("Ignore", UNKNOWN, GROUPS),
    ("Offer", "Person", GROUPS),
    ("Offer", "Badge", GROUPS),
    ("Invite", "Event", GROUPS),
    ("Invite", "Group", GROUPS),
    ("Invite", UNKNOWN, GROUPS),
    ("Like", UNKNOWN, REACTIONS),
    ("Undo", "Like", REACTIONS),
    ("EmojiReact", UNKNOWN, REACTIONS),
    ("Block", UNKNOWN, PROFILES),
    ("Undo", "Block", PROFILES),
    ("Move", ITSELF, "inboxes.handlers.moving"),
    ("Add", UNKNOWN, "inboxes.handlers.collecting"),
    ("Remove", UNKNOWN, "inboxes.handlers.collecting"),
    ("Flag", UNKNOWN, "flask_maillage.moderation.handlers"),
]
IGNORED = ["Dislike", "Listen", "View", "Read", "Question", "Travel", "Arrive", "TentativeReject", "Nonsense"]


@pytest.mark.parametrize(("verb", "object_type", "module"), MATRIX)
def test_verb_is_handled_where_its_consequence_lies(verb: str, object_type: str, module: str) -> None:
    handler = handler_for(verb, object_type)

    assert handler is not None
    assert handler.__module__ == module


@pytest.mark.parametrize("name", ["offer", "correction", "withdrawal", "receipt-seat", "decision-selected", "review"])
def test_letter_about_an_application_is_told_by_its_shape(name: str) -> None:
    letter = fixture(name)

    handler = claimed(activity_of(letter), SimpleNamespace(iri=letter["actor"]))  # type: ignore[arg-type]

    assert handler is not None
    assert handler.__module__ == "flask_maillage.calls.claiming"


@pytest.mark.parametrize("verb", IGNORED)
def test_other_verb_is_taken_and_ignored(app, client, clock, work, fediverse, verb):
    alice = fediverse.actor("alice", "a.test")
    letter = alice.activity(verb, "http://localhost/actors/union")
    assert alice.post(client, letter, now=clock()).status_code == 202
    work()
    assert outcome(app, letter["id"]) == ("ignored", f"{verb} is not handled here")
