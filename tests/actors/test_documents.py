"""What peers read of our actors and publications: every address leads somewhere, every rule of §2.2–2.3 holds."""

import json
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from actors import documents, followers, iris, local, outbox, remote
from actors.database import session
from actors.identifiers import new_identifier
from actors.models import Posted
from actors.node import now
from federation import keys
from federation.activities import PUBLIC

ACTIVITY = {"Accept": "application/activity+json"}
ANSWER = "application/activity+json; charset=utf-8"
ACTORS = {"union": "Group", "couriers": "Group", "ann": "Person", "relay": "Application"}


def get(client, path, **headers):
    return client.get(urlsplit(path).path, headers={**ACTIVITY, **headers})


def strings(value):
    if isinstance(value, dict):
        value = [child for key, child in value.items() if key != "@context"]
    if isinstance(value, list):
        return [found for child in value for found in strings(child)]
    return [value] if isinstance(value, str) else []


def leads_somewhere(app, iri):
    matcher = app.url_map.bind("localhost")
    for method in ("GET", "POST"):
        try:
            matcher.match(urlsplit(iri).path, method=method)
        except HTTPException:
            continue
        return True
    return False


@pytest.mark.parametrize("handle", ACTORS)
def test_every_address_in_an_actor_leads_somewhere(app, client, handle):
    document = get(client, f"/actors/{handle}").json
    ours = [iri for iri in strings(document) if iri.startswith("http://localhost")]
    assert len(ours) > 8
    assert [iri for iri in ours if not leads_somewhere(app, iri)] == []


def test_every_minted_address_leads_somewhere(app):
    with app.app_context():
        identifier = new_identifier(now())
        minted = [
            iris.home(),
            iris.actor("union"),
            iris.application(),
            iris.actor_page("union"),
            iris.actor_page("bob@b.test"),
            iris.collection("union", "outbox"),
            iris.collection_page("union", "outbox", 1),
            iris.shared_inbox(),
            iris.key("union"),
            iris.activity("union", identifier),
            *(iris.publication("union", slug, identifier) for slug in ("calls", "events", "initiatives")),
            *(iris.publication_page("union", slug, identifier) for slug in ("calls", "events", "initiatives")),
        ]
        assert all(iris.is_ours(iri) for iri in minted)
    assert [iri for iri in minted if not leads_somewhere(app, iri)] == []


@pytest.mark.parametrize(
    ("iri", "ours"),
    [
        ("http://localhost/actors/union", True),
        ("HTTP://LocalHost:80/actors/union", True),
        ("http://localhost.evil.test/actors/union", False),
        ("http://localhost:8080/actors/union", False),
        ("https://localhost/actors/union", False),
        ("http://localhost@evil.test/", False),
    ],
)
def test_ours_is_told_from_what_looks_like_it(app, iri, ours):
    with app.app_context():
        assert iris.is_ours(iri) == ours


@pytest.mark.parametrize("handle", ACTORS)
def test_actor_document_is_what_every_peer_accepts(client, handle):
    response = get(client, f"/actors/{handle}")
    actor = response.json
    iri = f"http://localhost/actors/{handle}"

    assert (response.status_code, response.headers["Content-Type"]) == (200, ANSWER)
    assert "Accept" in response.vary
    assert (actor["id"], actor["type"], actor["preferredUsername"]) == (iri, ACTORS[handle], handle)
    assert actor["@context"][0] == "https://www.w3.org/ns/activitystreams"
    assert actor["publicKey"]["id"] == f"{iri}#main-key"
    assert actor["publicKey"]["owner"] == iri
    assert actor["publicKey"]["publicKeyPem"].startswith("-----BEGIN PUBLIC KEY-----\n")
    assert keys.load_public(actor["publicKey"]["publicKeyPem"]).key_size >= 2048
    assert "PRIVATE" not in response.text
    assert actor["endpoints"]["sharedInbox"] == "http://localhost/inbox"
    assert actor["webfinger"] == f"{handle}@localhost"
    for name in ("inbox", "outbox", "followers", "following", "url"):
        assert actor[name].startswith("http://localhost/"), name
    assert actor["name"]
    assert isinstance(actor["attachment"], list)
    assert "null" not in json.dumps(actor).replace("nullable", "")
    assert len(response.data) < 60_000


def test_actor_document_has_no_private_half_of_another_actor(app, client):
    with app.app_context():
        private = {handle: [key.private_encrypted for key in local.find(handle).keys] for handle in ACTORS}
    for handle, halves in private.items():
        assert halves
        text = get(client, f"/actors/{handle}").text
        assert [half for half in halves if half in text] == []


@pytest.mark.parametrize(
    "path",
    [
        "/actors/nobody",
        "/actors/Union",
        "/actors/union%00",
        "/actors/%ff",
        "/actors/union/outbox/page/0",
        "/actors/union/outbox/page/2",
        "/actors/union/outbox/page/99999999999999999999999999",
        "/actors/union/activities/x",
        "/actors/union/activities/%00",
        "/actors/nobody/outbox",
        "/actors/nobody/followers",
        "/actors/nobody/inbox/x",
        "/actors/union/calls/%00",
        "/actors/union/calls/1",
        "/actors/union/events/page/99999999999999999999999999",
        "/actors/union/calls/page/99999999999999999999999999",
        "/actors/union/upcoming/page/0",
        "/@union%00",
        "/@union@a%00.test",
    ],
)
def test_what_is_not_there_is_not_found(client, path):
    assert client.get(path, headers=ACTIVITY).status_code == 404


@pytest.mark.parametrize(
    ("accept", "answer"),
    [
        ("application/activity+json", "document"),
        ('application/ld+json; profile="https://www.w3.org/ns/activitystreams"', "document"),
        ("application/ld+json", "document"),
        ('application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"', "document"),
        ("text/html;q=0.5, application/activity+json;q=0.9", "document"),
        ("Application/Activity+JSON", "document"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "page"),
        ("*/*", "page"),
        ("application/activity+json;q=0", "page"),
        ("application/json", "page"),
        ("", "page"),
        (None, "page"),
    ],
)
def test_the_same_id_answers_servers_and_leads_browsers_to_the_page(client, accept, answer):
    response = client.get("/actors/union", headers={} if accept is None else {"Accept": accept})
    assert "Accept" in response.vary
    if answer == "document":
        assert (response.status_code, response.headers["Content-Type"]) == (200, ANSWER)
    else:
        assert (response.status_code, response.location) == (303, "http://localhost/@union")


def test_deleted_actor_is_a_tombstone_everywhere(app, client):
    with app.app_context():
        local.find("union").gone_at = now()
        session().commit()
    response = get(client, "/actors/union")
    assert (response.status_code, response.headers["Content-Type"]) == (410, ANSWER)
    assert response.json["type"] == "Tombstone"
    assert (response.json["id"], response.json["formerType"]) == ("http://localhost/actors/union", "Group")
    for part in ("outbox", "outbox/page/1", "followers", "following", "calls", "upcoming"):
        assert get(client, f"/actors/union/{part}").status_code == 410, part


def test_followers_are_counted_and_not_named(app, client, fediverse):
    with app.app_context():
        for name, key, state in (("alice", "alice", "accepted"), ("bob", "bob", "pending")):
            actor = remote.remember(fediverse.actor(name, "a.test", key).document)
            followers.record(actor, local.find("union"), iri=f"{actor.iri}/1", state=state)
            followers.record(local.find("union"), actor, iri=iris.activity("union", name), state=state)
        session().commit()
    for name in ("followers", "following"):
        response = get(client, f"/actors/union/{name}")
        assert (response.json["totalItems"], response.json["id"]) == (1, f"http://localhost/actors/union/{name}")
        assert "first" not in response.json
        assert "a.test" not in response.text
        assert get(client, f"/actors/union/{name}/page/1").status_code == 404


def test_outbox_lists_public_activities_alone_newest_first_in_pages(app, client):
    with app.app_context():
        union = local.find("union")
        for number in range(25):
            outbox.post(union, "Create", f"http://localhost/x/{number}", to=[PUBLIC], inboxes=[])
        secret = outbox.post(union, "Create", "http://localhost/secret", to=["http://a.test/u"], inboxes=[]).iri
        session().commit()
    first = get(client, "/actors/union/outbox").json
    assert (first["type"], first["totalItems"]) == ("OrderedCollection", 25)
    seen, page = [], first["first"]
    while page:
        document = get(client, page).json
        assert (document["id"], document["partOf"]) == (page, first["id"])
        seen += [item["object"] for item in document["orderedItems"]]
        page = document.get("next")
    assert seen == [f"http://localhost/x/{number}" for number in reversed(range(25))]
    assert get(client, secret).status_code == 404
    with app.app_context():
        public = session().scalars(select(Posted.iri).where(Posted.public)).first()
    assert get(client, public).json["id"] == public


def test_answer_may_be_asked_for_again_without_its_body(client):
    response = get(client, "/actors/union")
    again = get(client, "/actors/union", **{"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_collection_that_tells_only_its_size_has_no_first_page(app):
    with app.app_context():
        assert "first" not in documents.collection("http://localhost/x", 3, paged=False)
