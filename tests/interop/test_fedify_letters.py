"""What we publish reaches Fedify as objects of its vocabulary, and what Fedify publishes reaches our pages."""

import json

import pytest
from sqlalchemy import func, select

from actors.database import session
from actors.models import Actor
from federation.activities import PUBLIC
from flask_maillage.publications import publishing
from flask_maillage.publications.models import Like, Publication, Share
from inboxes.models import Letter
from tests.interop.board import CONTENTS, NOW, change, letter, name_of_copy, publish, settled
from tests.nodes import until

SCHEMES = ["rfc9421", "cavage"]


@pytest.mark.parametrize(
    ("kind", "as2_type"), [("call", "Article"), ("event", "Event"), ("initiative", "Article")], ids=str
)
def test_our_create_update_and_delete_arrive_typed(node, fedify, kind, as2_type):
    handle = f"author_of_{kind}"
    author = node.add_actor(handle)
    fedify.tell("follow", whom=author)
    fedify.arrival("Accept", actorId=author)
    content = CONTENTS[kind](NOW)

    iri = publish(node, handle, content)
    create = fedify.arrival("Create", objectId=iri)
    assert create["actorId"] == author
    assert (create["toIds"], create["ccIds"]) == ([PUBLIC], [f"{author}/followers"])
    assert (create["object"]["type"], create["object"]["name"]) == (as2_type, content.name)
    assert create["object"]["attributionId"] == author

    change(node, iri, lambda found: publishing.revise(found, content.model_copy(update={"name": "Named anew"})))
    update = fedify.arrival("Update", objectId=iri)
    assert (update["object"]["type"], update["object"]["name"]) == (as2_type, "Named anew")
    assert update["object"]["updated"]

    change(node, iri, publishing.withdraw)
    delete = fedify.arrival("Delete", objectId=iri)
    assert delete["object"]["type"] == "Tombstone"
    assert delete["object"]["id"] == iri
    assert fedify.lookup(iri) is None


def test_node_announces_to_fedify_what_its_actors_publish(node, fedify):
    relay = f"{node.base_url}/actors/relay"
    node.add_actor("announced")
    fedify.tell("follow", whom=relay)
    fedify.arrival("Accept", actorId=relay)

    iri = publish(node, "announced", CONTENTS["event"](NOW))

    announce = fedify.arrival("Announce", objectId=iri)
    assert announce["actorId"] == relay
    assert announce["object"]["type"] == "Event"  # which Fedify fetched from its id


@pytest.mark.parametrize("scheme", SCHEMES)
def test_its_create_update_and_delete_change_our_pages(node, fedify, scheme):
    handle = f"reader_{scheme}"
    reader = node.add_actor(handle)
    node.follow(handle, fedify.iri)
    event = fedify.event(name=f"An evening in {scheme}")

    fedify.send(fedify.activity("Create", event), scheme=scheme)
    until("the copy", lambda: name_of_copy(node, event["id"]) == f"An evening in {scheme}")
    assert f"An evening in {scheme}" in node.get("/events", "text/html").text

    renamed = {**event, "name": f"A morning in {scheme}", "updated": NOW.isoformat()}
    fedify.send(fedify.activity("Update", renamed), to=reader, scheme=scheme)
    until("the change", lambda: name_of_copy(node, event["id"]) == f"A morning in {scheme}")

    fedify.send(fedify.activity("Delete", {"type": "Tombstone", "id": event["id"]}), to=reader, scheme=scheme)
    until("the copy to go", lambda: name_of_copy(node, event["id"]) is None)
    assert scheme not in node.get("/events", "text/html").text


def test_its_note_is_news_from_whom_somebody_here_follows(node, fedify):
    reader = node.add_actor("reader_of_notes")
    node.follow("reader_of_notes", fedify.iri)
    note = fedify.event(type="Note", content="<p>Hello.</p>")
    for name in ("name", "startTime", "endTime"):
        del note[name]
    create = fedify.activity("Create", note)

    fedify.send(create, to=reader)

    assert settled(node, create["id"]).state == "done"
    assert name_of_copy(node, note["id"]) is not None
    assert "Hello." in node.get("/news", "text/html").text


def test_its_announce_of_its_own_event_is_read_from_its_server(node, fedify):
    reader = node.add_actor("reader_of_shares")
    node.follow("reader_of_shares", fedify.iri)
    event = fedify.event(name="An evening that is announced")
    fedify.tell("publish", object=event)
    announce = fedify.activity("Announce", event["id"])

    fedify.send(announce, to=reader)

    until("the copy", lambda: name_of_copy(node, event["id"]) == "An evening that is announced")
    asked = [one for one in fedify.requests("GET") if one["url"] == event["id"]]
    assert fedify.tell("verify", request=asked[0]) == f"{node.base_url}/actors/relay#main-key"


def test_its_announce_of_ours_is_counted_and_taken_back(node, fedify):
    author = node.add_actor("author_shared")
    iri = publish(node, "author_shared", CONTENTS["event"](NOW))
    announce = fedify.activity("Announce", iri)

    fedify.send(announce, to=author)
    until("the share", lambda: shares(node, iri) == 1)

    fedify.send(fedify.activity("Undo", announce), to=author)
    until("the share to go", lambda: shares(node, iri) == 0)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_its_like_is_counted_and_taken_back(node, fedify, scheme):
    author = node.add_actor(f"author_liked_{scheme}")
    iri = publish(node, f"author_liked_{scheme}", CONTENTS["initiative"](NOW))
    like = fedify.activity("Like", iri)

    fedify.send(like, to=author, scheme=scheme)

    found = settled(node, like["id"])
    assert (found.sender.iri, found.type, found.state) == (fedify.iri, "Like", "done")
    assert likers(node, iri) == [fedify.iri]

    fedify.send(fedify.activity("Undo", like), to=author, scheme=scheme)
    until("the like to go", lambda: likers(node, iri) == [])


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    "spoil",
    [
        {"body": "{}"},
        {"headers": {"Date": "Sat, 01 Jan 2022 00:00:00 GMT"}},
        {"headers": {"Digest": "SHA-256=AAAA", "Content-Digest": "sha-256=:AAAA:"}},
    ],
    ids=["body", "date", "digest"],
)
def test_its_letter_changed_on_the_way_is_refused(node, fedify, scheme, spoil):
    union = node.add_actor(f"spoilt_{scheme}_{'_'.join(spoil)}_{abs(hash(json.dumps(spoil)))}"[:30])
    event = fedify.event()
    create = fedify.activity("Create", event)
    if "body" in spoil:
        spoil = {"body": json.dumps({**create, "object": {**event, "name": "Something else"}})}
    send = {"inbox": f"{union}/inbox", "activity": create, "scheme": scheme}

    assert fedify.tell("post", **send, spoil=spoil) in (400, 401)
    assert letter(node, create["id"]) is None

    assert fedify.tell("post", **send) == 202, "as it was signed it is good"
    assert letter(node, create["id"]) is not None


def test_nobody_else_speaks_with_its_key(node, fedify):
    union = node.add_actor("not_spoken_for")
    activity = {**fedify.activity("Like", union), "actor": union}

    assert fedify.tell("post", inbox=f"{union}/inbox", activity=activity, scheme="rfc9421") in (401, 403)
    assert letter(node, activity["id"]) is None


def test_a_letter_that_comes_twice_is_one_letter(node, fedify):
    union = node.add_actor("told_twice")
    activity = fedify.activity("Like", union)
    for inbox, scheme in ((f"{union}/inbox", "rfc9421"), (f"{node.base_url}/inbox", "cavage")):
        assert fedify.tell("post", inbox=inbox, activity=activity, scheme=scheme) == 202

    with node.app.app_context():
        assert session().scalar(select(func.count()).where(Letter.iri == activity["id"])) == 1


def shares(node, iri):
    """Return how many share something."""
    with node.app.app_context():
        return session().scalar(select(func.count()).select_from(Share).join(Publication).where(Publication.iri == iri))


def likers(node, iri):
    """Return who likes something."""
    with node.app.app_context():
        query = select(Actor.iri).join(Like, Like.actor_id == Actor.id).join(Publication).where(Publication.iri == iri)
        return list(session().scalars(query))
