"""Publishing, revising and withdrawing as a server elsewhere sees them: the letters, and what is served meanwhile."""

from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from actors import followers, local, remote
from actors.database import session
from actors.models import Delivery, Posted
from federation import keys
from federation.activities import PUBLIC
from federation.signatures import Received, verify
from flask_maillage.publications import publishing
from flask_maillage.publications.models import Publication
from tests.fediverse import Answer
from tests.publications.test_objects import content

UNION, RELAY = "http://localhost/actors/union", "http://localhost/actors/relay"


@pytest.fixture
def audience(app, fediverse):
    """Alice follows the union, a partner follows the node, and Zoe both."""
    names = (("alice", "a.test", "alice"), ("partner", "p.test", "bob"), ("zoe", "z.test", "mallory"))
    actors = {name: fediverse.actor(name, host, key) for name, host, key in names}
    follows = (("alice", "union"), ("partner", "relay"), ("zoe", "union"), ("zoe", "relay"))
    with app.app_context():
        for name, handle in follows:
            copy = remote.remember(actors[name].document)
            followers.record(copy, local.find(handle), iri=f"{copy.iri}/{handle}", state="accepted")
        session().commit()
    return actors


@pytest.fixture
def event(app):
    with app.app_context():
        publication = publishing.draft(local.find("union"), content())
        session().commit()
        return publication.iri


@pytest.fixture
def act(app, event):
    """Do something with the event and commit it, each time in a context and a transaction of its own."""

    def acted(deed, *arguments):
        with app.app_context():
            deed(found(event), *arguments)
            session().commit()

    return acted


def found(iri):
    """Return a publication in the context in hand."""
    return session().scalars(select(Publication).where(Publication.iri == iri)).one()


def sent(fediverse):
    """Return and forget what arrived elsewhere: host, verb, actor."""
    letters = [(one.host, one.json["type"], one.json["actor"]) for one in fediverse.arrived if one.method == "POST"]
    fediverse.arrived.clear()
    return sorted(letters)


def test_draft_leaves_the_node_nowhere(app, work, audience, event, fediverse):
    work()
    assert sent(fediverse) == []


def test_publication_is_created_for_followers_and_announced_to_partners(work, audience, act, event, fediverse):
    act(publishing.publish)
    work()
    letters = [one.json for one in fediverse.arrived if one.method == "POST"]
    create = next(letter for letter in letters if letter["type"] == "Create")
    announce = next(letter for letter in letters if letter["type"] == "Announce")
    assert sent(fediverse) == [
        ("a.test", "Create", UNION),
        ("p.test", "Announce", RELAY),
        ("z.test", "Announce", RELAY),
        ("z.test", "Create", UNION),
    ]
    assert create["object"]["id"] == event
    assert (
        (create["to"], create["cc"])
        == (create["object"]["to"], create["object"]["cc"])
        == (
            [PUBLIC],
            [f"{UNION}/followers"],
        )
    )
    assert create["object"]["attributedTo"] == create["actor"]
    assert announce["object"] == event
    assert not {"bto", "bcc"} & (create.keys() | announce.keys())


def test_letters_are_signed_by_who_acts(app, client, work, audience, act, fediverse):
    act(publishing.publish)
    work()
    for arrived in [one for one in fediverse.arrived if one.method == "POST"]:
        actor = client.get(urlsplit(arrived.json["actor"]).path, headers={"Accept": "application/activity+json"}).json
        assert f'keyId="{actor["publicKey"]["id"]}"' in arrived.headers["signature"]
        base = f"http://{arrived.headers['host']}"
        request = Received("POST", arrived.path, arrived.headers, arrived.body, base)
        verify(request, keys.load_public(actor["publicKey"]["publicKeyPem"]), now=app.extensions["maillage"].clock())


def test_revision_and_withdrawal_reach_everyone_once(client, work, clock, audience, act, event, fediverse):
    act(publishing.publish)
    work()
    sent(fediverse)
    clock.turn(minutes=1)
    act(publishing.revise, content(name="Another evening"))
    work()
    update = fediverse.letters("/inbox")[0]
    assert (update["object"]["name"], update["object"]["updated"]) == ("Another evening", "2026-11-21T12:01:00Z")
    everyone = ("a.test", "p.test", "z.test")
    assert sent(fediverse) == [(host, "Update", UNION) for host in everyone]

    act(publishing.withdraw)
    work()
    assert fediverse.letters("/inbox")[0]["object"] == {"id": event, "type": "Tombstone", "formerType": "Event"}
    assert sent(fediverse) == [(host, "Delete", UNION) for host in everyone]
    gone = client.get(urlsplit(event).path, headers={"Accept": "application/activity+json"})
    assert gone.status_code == 410


def test_revision_without_a_change_sends_nothing(work, audience, act, fediverse):
    act(publishing.publish)
    work()
    sent(fediverse)
    act(publishing.revise, content())
    work()
    assert sent(fediverse) == []


def test_withdrawal_overtakes_what_was_never_tried(work, audience, act, fediverse):
    """Who never got it is not told of it by a Delete either."""
    act(publishing.publish)
    act(publishing.withdraw)
    work()
    assert sent(fediverse) == []


def test_withdrawal_waits_behind_what_was_tried(work, clock, audience, act, fediverse):
    fediverse.answer(audience["alice"].shared_inbox, Answer(503))
    act(publishing.publish)
    work()
    act(publishing.withdraw)
    fediverse.answer(audience["alice"].shared_inbox, Answer(202))
    clock.turn(hours=2)
    work()
    assert [one.json["type"] for one in fediverse.arrived if one.host == "a.test" and one.method == "POST"] == [
        "Create",
        "Create",
        "Delete",
    ]


def test_rolled_back_publication_leaves_nothing_to_deliver(app, audience, event):
    with app.app_context():
        publishing.publish(found(event))
        assert session().scalars(select(Delivery)).all() != []
        session().rollback()
    with app.app_context():
        assert found(event).state == "draft"
        assert session().scalars(select(Posted)).all() == []
        assert session().scalars(select(Delivery)).all() == []


def test_nothing_leaves_for_a_follower_who_waits_for_approval(app, work, act, fediverse):
    with app.app_context():
        copy = remote.remember(fediverse.actor("alice", "a.test").document)
        followers.record(copy, local.find("union"), iri=f"{copy.iri}/1", state="pending")
        session().commit()
    act(publishing.publish)
    work()
    assert sent(fediverse) == []


def test_what_is_sent_is_what_is_served(client, work, audience, act, event, fediverse):
    act(publishing.publish)
    work()
    create = next(letter for letter in fediverse.letters("/inbox") if letter["type"] == "Create")
    accept = {"Accept": "application/activity+json"}
    served = client.get(urlsplit(event).path, headers=accept).json
    assert {key: value for key, value in served.items() if key != "@context"} == create["object"]
    outbox = client.get("/actors/union/outbox/page/1", headers=accept).json["orderedItems"]
    assert [item["id"] for item in outbox] == [create["id"]]
    assert client.get(urlsplit(create["id"]).path, headers=accept).json == create
