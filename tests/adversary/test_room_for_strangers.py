"""What strangers could make us keep or count without an end: ids said to be deleted, and addresses of their own."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from actors import followers, local, remote
from actors.database import session
from actors.models import Tombstone
from actors.rates import Rates
from federation.activities import PUBLIC
from flask_maillage.publications.models import Publication, Reply
from tests.conftest import Clock
from tests.fediverse import Fediverse
from tests.inboxes.letters import INBOXES, UNION, cavage
from tests.publications.gatherings import event_of_ours, speaking


def tombstones(app: Flask) -> int:
    with app.app_context():
        return session().scalar(select(func.count()).select_from(Tombstone)) or 0


def test_deletes_of_what_we_never_had_leave_nothing_for_ever(app, client, clock, work, fediverse):
    say = speaking(app, client, clock, work)
    mallory = fediverse.actor("mallory", "m.test", "mallory")
    for number in range(5):
        assert say(mallory, "Delete", f"{mallory.iri}/things/{number}", number) == "ignored"
    assert tombstones(app) == 0


def test_delete_of_a_stranger_that_overtakes_its_reply_counts_all_the_same(app, client, clock, work, fediverse):
    say = speaking(app, client, clock, work)
    alice, event = fediverse.actor("alice", "a.test"), event_of_ours(app)
    note = {"id": f"{alice.iri}/notes/1", "type": "Note", "attributedTo": alice.iri, "content": "<p>Taken back.</p>"}
    say(alice, "Delete", note["id"], 1)
    assert say(alice, "Create", note | {"inReplyTo": event, "to": [PUBLIC]}, 2) == "ignored"
    assert say(alice, "Create", note | {"id": f"{note['id']}0", "inReplyTo": event, "to": [PUBLIC]}, 3) == "done"
    with app.app_context():
        assert [reply.iri for reply in session().scalars(select(Reply))] == [f"{note['id']}0"]


def test_delete_of_a_stranger_that_overtakes_its_letter_to_one_of_ours_counts_all_the_same(
    app, client, clock, work, fediverse
):
    say = speaking(app, client, clock, work)
    alice = fediverse.actor("alice", "a.test")
    thing = alice.event(1, to=[UNION], cc=[])
    say(alice, "Delete", thing["id"], 1)
    assert say(alice, "Create", thing, 2, to=[UNION]) == "ignored"
    assert say(alice, "Create", thing | {"id": f"{thing['id']}0"}, 3, to=[UNION]) == "done"
    with app.app_context():
        assert [kept.iri for kept in session().scalars(select(Publication).where(~Publication.local))] == [
            f"{thing['id']}0"
        ]


def test_what_somebody_relays_as_deleted_keeps_nothing_of_the_relays_own_away(app, client, clock, work, fediverse):
    """The hint is stored in the relay's name, and is about whatever it says."""
    say = speaking(app, client, clock, work)
    alice, relay = fediverse.actor("alice", "a.test"), fediverse.actor("relay", "r.test", "bob", "Group")
    with app.app_context():
        copy = remote.remember(relay.document)
        followers.record(local.find("union"), copy, iri=f"{UNION}/activities/f", state="accepted")
        session().commit()
    own = relay.event(1)
    hint = alice.activity("Delete", own["id"], 9)
    assert relay.post(client, hint, now=clock()).status_code == 202
    work()
    assert say(relay, "Create", own, 2) == "done"


@pytest.mark.parametrize("target", INBOXES)
@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("", "unknown", False),
    ],
)
def test_a_network_of_ipv6_is_one_caller(
    app: Flask,
    client: FlaskClient,
    clock: Clock,
    fediverse: Fediverse,
    target: str,
    first: str,
    second: str,
    together: bool,
) -> None:
    """Who has one address there has 2^64: each counted alone, no rate would ever be reached."""
    app.extensions["maillage"].rates = Rates({"inbox": "2 per minute"})
    draft = cavage(fediverse.actor("alice", "a.test"), b"{}", target, clock())
    for _ in range(2):
        assert draft.send(client, REMOTE_ADDR=first).status_code == 400
    assert draft.send(client, REMOTE_ADDR=first).status_code == 429
    assert draft.send(client, REMOTE_ADDR=second).status_code == (429 if together else 400)


@pytest.mark.parametrize(
    ("rate", "path"),
    [("webfinger", "/.well-known/webfinger?resource=acct:x@localhost"), ("paging", "/actors/union/outbox/page/1")],
)
def test_readers_of_a_network_of_ipv6_are_one_caller(app: Flask, client: FlaskClient, rate: str, path: str) -> None:
    app.extensions["maillage"].rates = Rates({rate: "2 per minute"})
    answers = [
        client.get(path, environ_overrides={"REMOTE_ADDR": f"2001:db8::{number:x}"}).status_code for number in range(3)
    ]
    assert (answers[0] == answers[1] != 429, answers[2]) == (True, 429)
