"""What its actor takes along: a copy goes on under its new id where both sides announced the move, and only there."""

import pytest
from sqlalchemy import select

from actors import followers, following, local, remote
from actors.database import session
from flask_maillage.publications import publishing
from flask_maillage.publications.models import Publication
from tests.publications import board


@pytest.fixture
def old(fediverse):
    return fediverse.actor("depot", "old.test", "bob", "Group")


@pytest.fixture
def new(fediverse, old):
    return fediverse.actor("depot", "new.test", "alice", "Group", alsoKnownAs=[old.iri])


@pytest.fixture
def copy(app, tell, old, work):
    """Return the news that we keep of the old actor, whom the union follows."""
    with app.app_context():
        followers.answer(following.follow(local.find("union"), remote.remember(old.document)), "accepted")
        session().commit()
    work()
    assert tell(old, "Create", news(old)) == "done"
    return f"{old.iri}/1"


def news(actor, **changes):
    public = "https://www.w3.org/ns/activitystreams#Public"
    said = {"type": "Note", "name": "A strike", "content": "<p>On Monday.</p>", "published": "2026-11-01T00:00:00Z"}
    return {"id": f"{actor.iri}/1", "attributedTo": actor.iri, "to": [public], **said, **changes}


def kept(app):
    """Return what is kept: id, whose it is, and the title."""
    with app.app_context():
        return sorted((one.iri, one.actor.iri, one.name) for one in session().scalars(select(Publication)))


def move(app, tell, old, new):
    assert tell(old, "Move", old.iri, target=new.iri) == "done"
    with app.app_context():
        followers.answer(followers.between(local.find("union"), remote.find(new.iri)), "accepted")
        session().commit()


def test_a_copy_goes_on_under_its_new_id(app, tell, old, new, copy):
    move(app, tell, old, new)
    with app.app_context():
        page = session().scalars(select(Publication.identifier)).one()
    assert tell(new, "Update", news(new, alsoKnownAs=[copy], name="A longer strike")) == "done"
    assert kept(app) == [(f"{new.iri}/1", new.iri, "A longer strike")]
    with app.app_context():
        found = session().scalars(select(Publication)).one()
        assert (found.identifier, found.formerly) == (page, copy)
    assert tell(new, "Update", news(new, alsoKnownAs=[copy], name="It is over")) == "done"
    assert [name for *_, name in kept(app)] == ["It is over"]


def test_without_a_move_nobody_takes_what_is_anothers(app, tell, fediverse, old, new, copy):
    with app.app_context():
        followers.answer(following.follow(local.find("union"), remote.remember(new.document)), "accepted")
        session().commit()
    tell(new, "Update", news(new, alsoKnownAs=[copy], name="Mine now"))
    assert (copy, old.iri, "A strike") in kept(app)
    mallory = fediverse.actor("mallory", "m.test", "mallory")
    with app.app_context():
        followers.answer(following.follow(local.find("union"), remote.remember(mallory.document)), "accepted")
        session().commit()
    for claim in ([copy], copy, {"id": copy}, [copy, 7, None, {}]):
        tell(mallory, "Create", news(mallory, alsoKnownAs=claim))
    assert (copy, old.iri, "A strike") in kept(app)


def test_another_kind_takes_nothing_over(app, tell, old, new, copy):
    move(app, tell, old, new)
    event = {"type": "Event", "startTime": "2027-03-01T10:00:00Z"}
    assert tell(new, "Create", news(new, alsoKnownAs=[copy], **event)) == "done"
    assert len(kept(app)) == 2


def test_the_old_node_lists_it_once_and_keeps_its_own(app, client, tell, clock, fediverse, new):
    board.publish(app, "news", name="Before we left")
    with app.app_context():
        union = local.find("union")
        ours = session().scalars(select(Publication.iri)).one()
        union.moved_to, union.moved_at = new.iri, clock.moment
        followers.answer(following.follow(local.find("couriers"), remote.remember(new.document)), "accepted")
        session().commit()
    assert tell(new, "Update", news(new, alsoKnownAs=[ours], name="After we left")) == "done"
    first = client.get("/news").text
    assert ("After we left" in first, "Before we left" in first) == (True, False)
    assert "Before we left" in client.get("/@union").text
    with app.app_context():
        found = publishing.find_by_iri(ours)
        assert (found.state, found.local, found.actor.handle) == ("published", True, "union")
