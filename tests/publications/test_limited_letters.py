"""Publishing for some: what leaves, to which inboxes, and who is told when it is changed, narrowed or withdrawn."""

import pytest
from sqlalchemy import select

from actors import followers, local, remote
from actors.database import session
from actors.models import Actor, Posted
from federation.activities import PUBLIC as EVERYONE
from flask_maillage.publications import publishing
from flask_maillage.publications.audience import Audience
from flask_maillage.publications.models import DIRECT, FOLLOWERS, PUBLIC, UNLISTED
from flask_maillage.publications.rules import NotPossible
from tests.publications.circle import changed, published
from tests.publications.test_objects import content

UNION = "http://localhost/actors/union"
CIRCLE = f"{UNION}/followers"


@pytest.fixture
def people(app, fediverse):
    """Alice follows the union, a partner follows the node, Bob nobody."""
    found = {
        "alice": fediverse.actor("alice", "a.test"),
        "partner": fediverse.actor("partner", "p.test", "bob"),
        "bob": fediverse.actor("bob", "b.test", "mallory"),
    }
    with app.app_context():
        for name, handle in (("alice", "union"), ("partner", "relay"), ("bob", None)):
            copy = remote.remember(found[name].document)
            if handle:
                followers.record(copy, local.find(handle), iri=f"{copy.iri}/f", state="accepted")
        session().commit()
    return found


@pytest.fixture
def arrived(fediverse, work):
    """Let the worker carry what waits, and give what arrived since: type, host and path of the inbox."""
    seen = []

    def carried():
        work()
        fresh = [one for one in fediverse.arrived if one.method == "POST" and one not in seen]
        seen.extend(fresh)
        return sorted((one.json["type"], one.host, one.path) for one in fresh)

    return carried


def named(app, *actors):
    with app.app_context():
        return Audience(DIRECT, tuple(remote.find(actor.iri) for actor in actors))


def revised(app, iri, readers):
    def deed(one):
        people = tuple(session().get_one(Actor, actor.id) for actor in readers.named)
        publishing.revise(one, one.content, Audience(readers.visibility, people))

    changed(app, iri, deed)


def addressing(fediverse, kind):
    letter = next(letter for letter in fediverse.letters() if letter["type"] == kind)
    return [(one["to"], one["cc"]) for one in (letter, letter["object"])]


@pytest.mark.parametrize(
    ("visibility", "audience", "letters"),
    [
        (PUBLIC, ([EVERYONE], [CIRCLE]), [("Announce", "p.test", "/inbox"), ("Create", "a.test", "/inbox")]),
        (UNLISTED, ([CIRCLE], [EVERYONE]), [("Create", "a.test", "/inbox")]),
        (FOLLOWERS, ([CIRCLE], []), [("Create", "a.test", "/inbox")]),
    ],
)
def test_who_gets_it_and_how_it_is_addressed(app, fediverse, people, arrived, visibility, audience, letters):
    published(app, visibility)
    assert arrived() == letters
    assert addressing(fediverse, "Create") == [audience, audience]
    create = next(letter for letter in fediverse.letters() if letter["type"] == "Create")
    assert ("searchableBy" in create["object"]) is (visibility == PUBLIC)


def test_what_is_for_some_goes_to_their_own_inboxes_and_to_nobody_else(app, fediverse, people, arrived):
    published(app, DIRECT, people["bob"], "couriers")
    assert arrived() == [("Create", "b.test", "/users/bob/inbox")]
    audience = ([people["bob"].iri, "http://localhost/actors/couriers"], [])
    assert [sorted(to) for to, _ in addressing(fediverse, "Create")] == [sorted(audience[0])] * 2
    with app.app_context():
        assert session().scalars(select(Posted.public)).all() == [False]


def test_a_follower_of_a_blocked_host_gets_nothing(app, people, arrived):
    with app.app_context():
        remote.find(people["alice"].iri).suspended_at = remote.find(people["alice"].iri).updated_at
        session().commit()
    published(app, FOLLOWERS)
    assert arrived() == []


@pytest.mark.parametrize(
    ("visibility", "told"),
    [(FOLLOWERS, [("Delete", "a.test", "/inbox")]), (DIRECT, [("Delete", "b.test", "/users/bob/inbox")])],
)
def test_withdrawing_tells_exactly_those_who_got_it(app, fediverse, people, arrived, visibility, told):
    iri, _ = published(app, visibility, *([people["bob"]] if visibility == DIRECT else []))
    arrived()
    late = fediverse.actor("late", "late.test")
    with app.app_context():
        copy = remote.remember(late.document)
        followers.record(copy, local.find("union"), iri=f"{copy.iri}/f", state="accepted")
        followers.remove(remote.find(people["alice"].iri), local.find("union"))
        session().commit()
    changed(app, iri, publishing.withdraw)
    assert arrived() == told
    delete = next(letter for letter in fediverse.letters() if letter["type"] == "Delete")
    assert EVERYONE not in [*delete["to"], *delete["cc"]]


def test_narrowing_tells_who_stays_and_takes_it_from_all_others(app, client, fediverse, people, arrived):
    iri, _ = published(app, PUBLIC)
    arrived()
    revised(app, iri, Audience(FOLLOWERS))
    assert arrived() == [("Delete", "p.test", "/inbox"), ("Undo", "p.test", "/inbox"), ("Update", "a.test", "/inbox")]
    assert addressing(fediverse, "Update") == [([CIRCLE], [])] * 2
    undo = next(letter for letter in fediverse.letters() if letter["type"] == "Undo")
    assert (undo["object"]["type"], undo["object"]["object"]) == ("Announce", iri)
    revised(app, iri, named(app, people["alice"]))
    assert arrived() == [("Update", "a.test", "/users/alice/inbox")]


def test_what_is_still_on_its_way_to_those_it_is_no_longer_for_is_called_back(app, people, arrived):
    iri, _ = published(app, PUBLIC)
    revised(app, iri, named(app, people["alice"]))
    letters = arrived()
    assert ("Announce", "p.test", "/inbox") not in letters
    assert [one for one in letters if one[1] == "p.test" and one[0] not in ("Delete", "Undo")] == []
    assert ("Update", "a.test", "/users/alice/inbox") in letters


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (UNLISTED, PUBLIC),
        (FOLLOWERS, PUBLIC),
        (FOLLOWERS, UNLISTED),
        (DIRECT, FOLLOWERS),
        (DIRECT, PUBLIC),
    ],
)
def test_what_was_published_for_few_is_never_shown_to_more(app, people, arrived, before, after):
    iri, _ = published(app, before, *([people["bob"]] if before == DIRECT else []))
    arrived()
    with pytest.raises(NotPossible):
        revised(app, iri, Audience(after))
    assert arrived() == []


def test_nobody_is_added_to_those_who_were_named(app, people, arrived):
    iri, _ = published(app, DIRECT, people["bob"])
    arrived()
    with pytest.raises(NotPossible):
        revised(app, iri, named(app, people["bob"], people["alice"]))
    with pytest.raises(NotPossible):
        revised(app, iri, Audience(DIRECT))
    assert arrived() == []


def test_what_is_for_nobody_is_not_published(app):
    with pytest.raises(NotPossible):
        published(app, DIRECT)


def test_a_draft_may_be_for_more_again(app, people, arrived):
    with app.app_context():
        one = publishing.draft(
            local.find("union"), content(), readers=Audience(DIRECT, (remote.find(people["bob"].iri),))
        )
        publishing.revise(one, one.content, Audience(FOLLOWERS))
        assert (one.visibility, one.audience) == (FOLLOWERS, [])
        publishing.publish(one)
        session().commit()
    assert arrived() == [("Create", "a.test", "/inbox")]
