"""A node that asks every server to sign (`MAILLAGE_AUTHORISED_FETCH`): what it gives to whom, and no way around it."""

import re
from urllib.parse import urlsplit

import pytest

from actors import local, policy, remote
from actors.database import BIND, session
from flask_maillage.app import create_app
from flask_maillage.publications import publishing
from tests.actors.test_documents import ACTIVITY
from tests.conftest import config_of
from tests.fediverse import Answer
from tests.inboxes.letters import nothing_written
from tests.publications.circle import read
from tests.publications.test_objects import content

UNION, RELAY = "http://localhost/actors/union", "http://localhost/actors/relay"
STUB = {"@context", "id", "type", "preferredUsername", "inbox", "publicKey", "assertionMethod", "endpoints"}


@pytest.fixture
def app(database_url, tmp_path, clock, fediverse):
    config = config_of(database_url, tmp_path, MAILLAGE_AUTHORISED_FETCH=True)
    made = create_app(config, clock=clock, client=fediverse.client(clock))
    yield made
    with made.app_context():
        made.extensions["sqlalchemy"].engines[BIND].dispose()


@pytest.fixture
def alice(fediverse):
    return fediverse.actor("alice", "a.test")


@pytest.fixture
def event(app):
    with app.app_context():
        publication = publishing.draft(local.find("union"), content())
        publishing.publish(publication)
        session().commit()
        return publication.iri, urlsplit(publication.page).path


def every_address(app, page):
    """Return an address for every route that answers a GET, filled with what is there."""
    handle, slug, identifier = page.removeprefix("/@").split("/")
    words = {"handle": handle, "slug": slug, "identifier": identifier, "page_handle": handle, "number": "1"}
    words |= {"part": "replies", "version": "2.1", "filename": "maillage.css", "form": "atom", "kind": "event"}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        options = {name: re.findall(r"any\(([^)]*)\):" + name, rule.rule) for name in rule.arguments}
        values = {name: (found[0].split(",")[0] if found else words.get(name, "1")) for name, found in options.items()}
        values |= {name: words[name] for name in rule.arguments if name in ("slug",)}
        yield rule, re.sub(r"<(?:[^<>]*:)?(\w+)>", lambda match, known=values: known[match.group(1)], rule.rule)


def test_no_route_gives_a_document_to_who_does_not_sign(app, client, event):
    """mastodon#15589: the secure mode had a way around it at one address."""
    documents = set()
    for rule, path in every_address(app, event[1]):
        answer = client.get(path, headers=ACTIVITY)
        if rule.endpoint.startswith("maillage_documents."):
            documents.add(rule.endpoint)
            if rule.endpoint == "maillage_documents.actor":
                continue
            assert (answer.status_code, "Signature" in answer.vary) == (401, True), path
        assert not (answer.status_code == 200 and answer.mimetype == "application/activity+json"), path
        assert answer.status_code != 303 or "/actors/" not in answer.location, path
    assert {"maillage_documents.outbox_page", "maillage_documents.activity", "maillage_documents.part"} <= documents


@pytest.mark.parametrize("path", ["/@union", "page"])
def test_a_page_leads_nobody_to_a_document_unsigned(client, clock, alice, event, path):
    path = event[1] if path == "page" else path
    assert client.get(path, headers=ACTIVITY).status_code == 401
    assert client.get(path, headers={"Accept": "text/html"}).status_code == 200
    assert read(client, path, alice, clock).status_code == 303


def test_a_browser_is_led_from_an_id_to_its_page(client, event):
    answer = client.get(urlsplit(event[0]).path, headers={"Accept": "text/html"})
    assert (answer.status_code, urlsplit(answer.location).path) == (303, event[1])


@pytest.mark.parametrize("scheme", ["cavage", "rfc9421"])
def test_who_signs_gets_the_document_for_itself_alone(client, clock, alice, event, scheme):
    answer = read(client, event[0], alice, clock, scheme)
    assert (answer.status_code, answer.json["id"]) == (200, event[0])
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert {"Accept", "Signature", "Signature-Input"} <= set(answer.vary)
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("spoil", ["nonsense", "another's", "old"])
def test_a_bad_signature_is_answered_401(client, clock, fediverse, alice, event, spoil):
    bob = fediverse.actor("bob", "b.test", "bob")
    if spoil == "old":
        clock.turn(hours=-2)
    headers = read(client, event[0], alice, clock).request.headers
    if spoil == "old":
        clock.turn(hours=2)
    signature = {"nonsense": "nonsense", "another's": headers["Signature"].replace(alice.key_id, bob.key_id)}
    sent = {"Date": headers["Date"], "Signature": signature.get(spoil, headers["Signature"])}
    assert read(client, event[0], None, None, **sent).status_code == 401


def test_keys_are_given_unsigned_and_nothing_more(client, clock, alice):
    stub = client.get("/actors/union", headers=ACTIVITY)
    assert stub.status_code == 200
    assert set(stub.json) <= STUB
    assert stub.json["publicKey"]["owner"] == UNION
    assert "Signature" in stub.vary
    assert remote.checked_actor(stub.json)["id"] == UNION
    assert "outbox" in read(client, UNION, alice, clock).json


def test_the_nodes_own_actor_is_given_whole_and_no_key_is_fetched_for_it(client, clock, fediverse, alice):
    assert "outbox" in client.get("/actors/relay", headers=ACTIVITY).json
    assert "outbox" in read(client, RELAY, alice, clock).json
    assert fediverse.arrived == []


def test_two_nodes_that_both_ask_for_signatures_do_not_ask_each_other_for_ever(
    app, client, clock, fediverse, alice, event
):
    """N17 (friendica#14692): the peer looks up the key of ours that asks it for its key, before it answers."""
    asked = []

    def gives_its_actor(request):
        asked.append(request)
        key_id = re.search(r'keyId="([^"]+)"', request.headers["signature"])[1]
        theirs = read(app.test_client(), key_id, alice, clock)
        assert theirs.status_code == 200
        assert theirs.json["publicKey"]["id"] == key_id
        return answers

    answers = fediverse.answers["a.test", "/users/alice"]
    fediverse.answer(alice.iri, gives_its_actor)
    assert read(client, event[0], alice, clock).status_code == 200
    assert len(asked) == 1


@pytest.mark.parametrize("name", ["a.test", "test"])
@pytest.mark.parametrize("path", ["/actors/union", "/actors/union/outbox", "event", "/@union"])
def test_a_blocked_host_finds_nothing_and_its_key_is_not_asked_for(
    app, client, clock, fediverse, alice, event, name, path
):
    with app.app_context():
        policy.block(name)
        session().commit()
    path = event[0] if path == "event" else path
    with nothing_written(app, fediverse):
        answer = read(client, path, alice, clock, **{"User-Agent": "Friendly/1.0 (+https://c.test)"})
    assert answer.status_code == 404


def test_a_suspended_reader_finds_nothing(app, client, clock, alice, event):
    with app.app_context():
        remote.remember(alice.document).suspended_at = clock()
        session().commit()
    assert read(client, event[0], alice, clock).status_code == 404


def test_a_stranger_is_asked_for_its_key_once_and_written_down_nowhere(app, client, clock, fediverse, alice, event):
    with nothing_written(app, fediverse, fetches=1):
        for _ in range(3):
            assert read(client, event[0], alice, clock).status_code == 200
    clock.turn(hours=2)
    assert read(client, event[0], alice, clock).status_code == 200
    assert len(fediverse.arrived) == 2


def test_a_key_that_is_remembered_is_verified_with_all_the_same(client, clock, fediverse, alice, event):
    assert read(client, event[0], alice, clock).status_code == 200
    alice.signer = type(alice.signer)(alice.key_id, fediverse.actor("bob", "b.test", "bob").signer.private_key)
    assert read(client, event[0], alice, clock).status_code == 401


def test_a_key_that_cannot_be_had_now_is_asked_for_later(client, fediverse, clock, alice, event):
    fediverse.answer(alice.iri, Answer(503))
    answer = read(client, event[0], alice, clock)
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (503, True)
    assert set(read(client, UNION, alice, clock).json) <= STUB


def test_discovery_stays_open(client):
    for path in ("/.well-known/webfinger?resource=acct:union@localhost", "/.well-known/nodeinfo", "/nodeinfo/2.1"):
        assert client.get(path).status_code == 200
