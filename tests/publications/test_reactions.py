"""Likes and shares of ours: counted once for each actor, told as numbers, and nothing of who."""

import pytest
from sqlalchemy import func, select

from actors import followers, local, remote
from actors.database import session
from federation.activities import PUBLIC
from flask_maillage.publications import reactions
from flask_maillage.publications.models import DIRECT, UNLISTED, Like, Publication, Share
from tests.fediverse import Answer
from tests.publications import board


@pytest.fixture
def page(app):
    return board.publish(app, "call")


@pytest.fixture
def call(app, page):
    """The id of a published call of ours."""
    with app.app_context():
        return session().scalars(select(Publication.iri)).one()


@pytest.fixture
def alice(fediverse):
    return fediverse.actor("alice", "a.test")


def count(app, model):
    with app.app_context():
        return session().scalar(select(func.count()).select_from(model))


def collection(client, iri):
    response = client.get(iri.removeprefix("http://localhost"), headers={"Accept": "application/activity+json"})
    assert response.status_code == 200
    return response.get_json()


@pytest.mark.parametrize("verb", ["Like", "EmojiReact", "Announce"])
def test_reaction_counts_once_for_each_actor(app, client, tell, fediverse, alice, page, call, verb):
    forms = [call, [call], {"id": call, "type": "Article"}]
    assert [tell(alice, verb, form, content="🎉") for form in forms] == ["done", "ignored", "ignored"]
    assert tell(fediverse.actor("bob", "b.test", "bob"), verb, call) == "done"
    document = collection(client, call)
    name, word = ("shares", "2 shared it") if verb == "Announce" else ("likes", "2 like it")
    assert document[name] == f"{call}/{name}"
    counted = collection(client, document[name])
    assert {key: counted[key] for key in ("id", "type", "totalItems")} == {
        "id": f"{call}/{name}",
        "type": "OrderedCollection",
        "totalItems": 2,
    }
    assert set(counted) == {"@context", "id", "type", "totalItems"}, "who reacts is told to nobody"
    assert word in client.get(page).text
    assert "a.test" not in client.get(page).text
    french = client.get(page, headers={"Accept-Language": "fr"}).text
    assert ("2 l’ont partagé" if verb == "Announce" else "2 l’aiment") in french


def test_page_says_nothing_of_numbers_where_there_are_none(client, page):
    assert "like it" not in client.get(page).text
    assert "shared it" not in client.get(page).text


@pytest.mark.parametrize("verb", ["Like", "EmojiReact", "Announce"])
def test_undo_counts_in_every_form_and_for_oneself_only(app, client, tell, fediverse, alice, call, verb):
    model, mallory = Share if verb == "Announce" else Like, fediverse.actor("mallory", "a.test", "mallory")
    forms = {
        "whole": lambda done: done,
        "by id": lambda done: done["id"],
        "with another id": lambda done: done | {"id": f"{alice.iri}/activities/99"},
        "without id": lambda done: {key: value for key, value in done.items() if key != "id"},
        "a list of one": lambda done: [done],
    }
    for number, (name, form) in enumerate(forms.items()):
        done = alice.activity(verb, call, f"done-{number}")
        assert tell(alice, verb, call, f"done-{number}") == "done", name
        assert tell(mallory, "Undo", form(done)) == "ignored", name
        assert count(app, model) == 1
        assert tell(alice, "Undo", form(done)) == "done", name
        assert count(app, model) == 0


@pytest.mark.parametrize("verb", ["Like", "Announce"])
def test_undo_by_an_id_that_only_the_reaction_still_has(app, tell, fediverse, alice, call, verb):
    """The letter was forgotten after a month; the row keeps its id."""
    from_before = f"{alice.iri}/before"
    tell(alice, verb, call)
    with app.app_context():
        row = session().scalars(select(Share if verb == "Announce" else Like)).one()
        row.iri = from_before
        session().commit()
    assert tell(fediverse.actor("mallory", "a.test", "mallory"), "Undo", from_before) == "ignored"
    assert tell(alice, "Undo", from_before) == "done"
    assert count(app, Share if verb == "Announce" else Like) == 0


@pytest.mark.parametrize("row", [{"visibility": DIRECT}, {"state": "draft", "published_at": None}])
@pytest.mark.parametrize("verb", ["Like", "EmojiReact", "Announce"])
def test_what_not_everybody_may_read_gets_no_reactions(app, tell, alice, verb, row):
    """B16: whether there is something under the id is not told either."""
    path = board.publish(app, "call", row=row)
    with app.app_context():
        iri = session().scalars(select(Publication.iri)).one()
    assert path
    assert tell(alice, verb, iri) == "ignored"
    assert (count(app, Like), count(app, Share)) == (0, 0)


def test_unlisted_counts_too_and_other_things_do_not(app, tell, alice):
    board.publish(app, "call", row={"visibility": UNLISTED})
    with app.app_context():
        iri = session().scalars(select(Publication.iri)).one()
    assert tell(alice, "Like", iri) == "done"
    for thing in (f"{iri}x", f"{iri}/likes", "http://localhost/", {"type": "Article"}, "http://a.test/1", []):
        assert tell(alice, "Like", thing) == "ignored", thing


def test_likes_of_copies_are_nobodys_business(app, tell, alice):
    board.receive(app, "call")
    with app.app_context():
        iri = session().scalars(select(Publication.iri)).one()
    assert tell(alice, "Like", iri) == "ignored"


def test_one_host_cannot_count_without_end(app, tell, fediverse, call, monkeypatch):
    monkeypatch.setattr(reactions, "MAX_OF_HOST", 2)
    for verb in ("Like", "Announce"):
        told = [tell(fediverse.actor(f"m{number}", "m.test"), verb, call) for number in range(3)]
        assert told == ["done", "done", "ignored"]
        assert tell(fediverse.actor("alice", "a.test"), verb, call) == "done"


def test_what_somebody_liked_goes_with_them_and_with_the_publication(app, tell, fediverse, alice, call):
    bob = fediverse.actor("bob", "b.test", "bob")
    for who in (alice, bob):
        tell(who, "Like", call)
        tell(who, "Announce", call)
    assert tell(alice, "Delete", alice.iri) == "done"
    assert (count(app, Like), count(app, Share)) == (1, 1)
    with app.app_context():
        path = session().scalars(select(Publication)).one().page
    board.withdraw(app, path)
    assert (count(app, Like), count(app, Share)) == (0, 0)


@pytest.mark.parametrize("kind", ["Like", "Delete", "Dislike", "Undo", "Update", "Add", "Lock"])
def test_what_a_group_wraps_is_nobodys_word(app, tell, fediverse, alice, call, kind):
    """FEP-1b12: a group announces what happens in it. A wrapped Update leads to its object, and is not believed."""
    group = fediverse.actor("group", "g.test", kind="Group")
    wrapped = alice.activity(kind, {"id": call, "type": "Article", "name": "Forged"}, 7)
    told = tell(group, "Announce", wrapped)
    assert told == ("done" if kind == "Update" else "ignored")
    assert count(app, Like) == 0
    with app.app_context():
        assert session().scalars(select(Publication.name)).one() != "Forged"


def test_announce_of_an_activity_by_its_id_leads_to_its_object(app, tell, fediverse, alice):
    follow(app, alice)
    event = alice.event()
    create = alice.activity("Create", event["id"], 70)
    fediverse.put(event["id"], event)
    fediverse.put(create["id"], create)
    assert tell(alice, "Announce", create["id"]) == "done"
    with app.app_context():
        assert session().scalars(select(Publication.iri)).one() == event["id"]
    elsewhere = alice.activity("Create", fediverse.address("m.test", "/1"), 71)
    fediverse.put(elsewhere["id"], elsewhere)
    assert tell(alice, "Announce", elsewhere["id"]) == "ignored"
    assert not [one for one in fediverse.arrived if one.host == "m.test"]


def test_announce_of_what_is_limited_or_out_of_reach_shows_nothing(app, tell, fediverse, alice):
    """B16; and B15: the text that the Announce carries is never believed."""
    follow(app, alice)
    bob = fediverse.actor("bob", "b.test", "bob")
    follow(app, bob)
    limited = bob.event("limited", to=[bob.followers], cc=[])
    fediverse.put(limited["id"], limited)
    gone = bob.event("gone")
    fediverse.answer(gone["id"], Answer(410))
    secret = bob.event("secret")
    fediverse.answer(secret["id"], Answer(404))
    for thing in (limited, gone, secret):
        for form in (thing["id"], thing | {"to": [PUBLIC]}, bob.activity("Create", thing | {"to": [PUBLIC]}, 80)):
            assert tell(alice, "Announce", form, to=[PUBLIC]) in ("ignored", "failed")
    assert count(app, Publication) == 0


def follow(app, actor):
    with app.app_context():
        known = remote.remember(actor.document)
        followers.record(local.find("union"), known, iri="http://localhost/f", state="accepted")
        session().commit()
