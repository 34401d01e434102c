"""What others put first: by the Add and Remove of their own featured collection alone."""

import pytest
from sqlalchemy import select

from actors import followers, local, remote
from actors.database import session
from flask_maillage.publications.models import Publication


@pytest.fixture
def bob(app, fediverse):
    """A group whom the union follows."""
    featured = fediverse.address("b.test", "/users/bob/featured")
    bob = fediverse.actor("bob", "b.test", "bob", "Group", featured=featured)
    with app.app_context():
        known = remote.remember(bob.document)
        followers.record(local.find("union"), known, iri="http://localhost/f", state="accepted")
        session().commit()
    return bob


@pytest.fixture
def events(bob, tell):
    """Two events of bob's, the second one later."""
    made = [bob.event(1, name="The first evening"), bob.event(2, name="A second one", startTime="2026-12-12T18:00:00Z")]
    made[1]["endTime"] = "2026-12-12T20:00:00Z"
    for event in made:
        assert tell(bob, "Create", event) == "done"
    return made


def first(app):
    with app.app_context():
        query = select(Publication.name).where(Publication.featured_at.is_not(None))
        return session().scalars(query).all()


def test_what_is_added_stands_first_until_it_is_removed(app, client, tell, bob, events):
    target = bob.document["featured"]
    forms = [events[1]["id"], events[1], [events[1]["id"]]]
    for form in forms:
        assert tell(bob, "Add", form, target=target) == "done"
        assert first(app) == ["A second one"]
    page = client.get(f"/@bob@{bob.iri.split('/')[2]}").text
    assert "Highlighted" in page
    assert page.index("A second one") < page.index("The first evening")
    assert tell(bob, "Remove", events[1]["id"], target=target) == "done"
    assert first(app) == []
    assert "Highlighted" not in client.get(f"/@bob@{bob.iri.split('/')[2]}").text


def test_nobody_puts_anything_into_anothers_collection(app, tell, fediverse, bob, events):
    target = bob.document["featured"]
    mallory = fediverse.actor("mallory", "b.test", "mallory", featured=f"{bob.iri}/featured/x")
    assert tell(mallory, "Add", events[0]["id"], target=target) == "ignored"
    assert tell(mallory, "Add", events[0]["id"], target=mallory.document["featured"]) == "ignored"
    assert first(app) == []
    tell(bob, "Add", events[0]["id"], target=target)
    assert tell(mallory, "Remove", events[0]["id"], target=target) == "ignored"
    assert first(app) == ["The first evening"]


def test_unknown_things_and_collections_are_ignored(app, tell, bob, events):
    target = bob.document["featured"]
    for thing in (f"{bob.iri}/events/9", "http://localhost/actors/union", {"type": "Note"}, [], "x"):
        assert tell(bob, "Add", thing, target=target) == "ignored", thing
    for other in (None, 7, [], f"{bob.iri}/other", {"type": "OrderedCollection"}, "http://localhost/actors/union"):
        for verb in ("Add", "Remove"):
            assert tell(bob, verb, events[0]["id"], target=other) == "ignored", other
    assert first(app) == []
