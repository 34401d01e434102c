"""Who is suspended, gone or lost, and goes on writing: what that still changes here, and who may come back."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from actors import followers, remote
from actors.database import session
from actors.models import ActorKey, Follow
from tests.conftest import Clock
from tests.fediverse import Answer, Fediverse, RemoteActor
from tests.inboxes.letters import INBOXES, UNION, cavage

BOTH = pytest.mark.parametrize("target", INBOXES)


@pytest.fixture
def alice(app: Flask, client: FlaskClient, clock: Clock, fediverse: Fediverse, work) -> RemoteActor:
    """Somebody who follows the union."""
    actor = fediverse.actor("alice", "a.test")
    assert write(client, clock, actor, 1) == 202
    work()
    fediverse.arrived.clear()
    return actor


def write(client, clock, actor, number, target="/inbox", kind="Follow", thing=UNION) -> int:
    """Send a letter, and return how it was answered."""
    return cavage(actor, actor.activity(kind, thing, number), target, clock()).send(client).status_code


def relations(app: Flask) -> list[str]:
    with app.app_context():
        return list(session().scalars(select(Follow.state)))


@BOTH
@pytest.mark.parametrize("kind", ["Follow", "Update", "Like"])
def test_who_is_suspended_changes_no_profile_by_a_new_key(app, client, clock, work, fediverse, alice, target, kind):
    with app.app_context():
        remote.find(alice.iri).suspended_at = clock()
        session().commit()
    rotated = fediverse.actor("alice", "a.test", "bob")
    rotated.document |= {"name": "Elsewhere", "summary": "<p>Changed</p>"}
    rotated.publish_profile()
    assert write(client, clock, rotated, 2, target, kind, rotated.iri if kind == "Update" else UNION) == 202
    work()
    with app.app_context():
        kept = remote.find(alice.iri)
        assert (kept.name, kept.summary, kept.suspended_at is not None) == ("Alice", "", True)
        old = alice.document["publicKey"]["publicKeyPem"]
        assert [key.public_pem for key in session().scalars(select(ActorKey).where(ActorKey.actor_id == kept.id))] == [
            old
        ]


@BOTH
def test_whose_inbox_was_gone_is_heard_again_when_it_is_there(app, client, clock, work, fediverse, alice, target):
    """410 at a personal inbox ends everything; a server that answered so by mistake was never heard again."""
    with app.app_context():
        followers.lose(alice.inbox, gone=True)
        session().commit()
    assert relations(app) == ["rejected"]
    assert write(client, clock, alice, 2, target) == 202
    work()
    assert relations(app) == ["accepted"]
    assert [letter["type"] for letter in fediverse.letters()] == ["Accept"]


@BOTH
@pytest.mark.parametrize("shown", [410, 404, "another key", "another actor"])
def test_who_is_not_there_is_not_heard_and_asked_for_once(app, client, clock, work, fediverse, alice, target, shown):
    with app.app_context():
        followers.lose(alice.inbox, gone=True)
        session().commit()
    if isinstance(shown, int):
        fediverse.answer(alice.iri, Answer(shown))
    elif shown == "another key":
        fediverse.actor("alice", "a.test", "bob")
    else:
        fediverse.put(alice.iri, fediverse.actor("bob", "a.test").document)
    for number in (2, 3):
        assert write(client, clock, alice, number, target) == 202
    work()
    assert relations(app) == ["rejected"]
    assert [one.path for one in fediverse.arrived if one.path == "/users/alice"] == ["/users/alice"]
    with app.app_context():
        assert remote.find(alice.iri).gone_at is not None


@BOTH
def test_who_deleted_itself_does_not_come_back_by_a_letter(app, client, clock, work, fediverse, alice, target):
    assert write(client, clock, alice, 2, target, "Delete", alice.iri) == 202
    work()
    fediverse.arrived.clear()
    assert write(client, clock, alice, 3, target) == 202
    work()
    assert (fediverse.arrived, relations(app)) == ([], ["rejected"])
