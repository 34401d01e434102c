"""A group announces what its members let it, from when they said so, and takes it back when they do not any more."""

import json

import pytest
from sqlalchemy import select

from actors import followers, local, remote
from actors.database import session
from actors.models import Actor, Posted
from federation.activities import PUBLIC
from flask_maillage.coalitions import claims, managing, memberships
from flask_maillage.coalitions.models import Membership
from flask_maillage.publications.territories import announcing
from tests.publications import board
from tests.publications.gatherings import speaking
from tests.reader import Reader

UNION = "http://localhost/actors/union"
ONE, TWO, THREE = (f"2026-11-21T11:0{minute}:00Z" for minute in (1, 2, 3))


@pytest.fixture
def say(app, client, clock, work):
    return speaking(app, client, clock, work)


@pytest.fixture
def row(app):
    """Do something with the one membership there is, and return what that gives."""

    def of(function):
        with app.app_context():
            found = function(session().scalars(select(Membership)).one())
            session().commit()
        return found

    return of


@pytest.fixture(autouse=True)
def reader(app, fediverse):
    """Somebody elsewhere who follows the union: without anybody to read it, nothing is taken back by a letter."""
    alice = fediverse.actor("alice", "a.test")
    with app.app_context():
        copy = remote.remember(alice.document)
        followers.record(copy, local.find("union"), iri=f"{copy.iri}/follow", state="accepted")
        session().commit()


@pytest.fixture
def couriers(app, row):
    """One of ours that belongs to the union."""
    with app.app_context():
        memberships.join(local.find("couriers"), local.find("union"))
        session().commit()
    row(lambda found: memberships.answer(found, "accept"))


def posted(app, handle="union"):
    """Return what an actor of ours has announced and undone, and worked through what is to be undone."""
    with app.app_context():
        while announcing.undo_announcements():
            pass
        query = select(Posted.type).join(Actor, Actor.id == Posted.actor_id).where(Actor.handle == handle)
        return list(session().scalars(query.where(Posted.type.in_(("Announce", "Undo"))).order_by(Posted.id)))


def claim(member, **more):
    return {
        "id": f"{member.iri}/coalitions/7",
        "type": "Relationship",
        "subject": UNION,
        "relationship": claims.HAS_MEMBER,
        "object": member.iri,
        **more,
    }


def test_all_that_is_published_after_the_consent_is_announced_until_it_ends(app, clock, row, couriers):
    board.publish(app, "event", handle="couriers", name="Before")
    clock.turn(seconds=2)
    row(lambda found: managing.let_announce(found, "all"))
    assert posted(app) == []
    board.publish(app, "event", handle="couriers", name="After")
    board.publish(app, "event", name="The union's own")
    assert posted(app) == ["Announce"]
    row(lambda found: managing.let_announce(found, "none"))
    assert posted(app) == ["Announce", "Undo"]
    board.publish(app, "event", handle="couriers", name="Later")
    assert posted(app) == ["Announce", "Undo"]


def test_without_consent_nothing_is_announced(app, couriers):
    board.publish(app, "event", handle="couriers")
    assert posted(app) == []


@pytest.mark.parametrize("how", ["suspend", "leave", "remove"])
def test_what_was_announced_of_who_is_out_is_taken_back(app, row, couriers, how):
    row(lambda found: managing.let_announce(found, "all"))
    board.publish(app, "event", handle="couriers")
    ways = {
        "suspend": lambda found: managing.suspend(found, suspended=True),
        "leave": lambda found: memberships.leave(found.member, found.group),
        "remove": lambda found: memberships.answer(found, "remove"),
    }
    assert posted(app) == ["Announce"]
    row(ways[how])
    assert posted(app) == ["Announce", "Undo"]


def test_changes_of_role_leave_what_was_announced_as_it_is(app, row, couriers):
    row(lambda found: managing.let_announce(found, "all"))
    board.publish(app, "event", handle="couriers")
    row(lambda found: managing.set_terms(found, role="treasurer"))
    assert posted(app) == ["Announce"]
    with pytest.raises(memberships.NotPossible, match="First answer"):
        row(lambda found: managing.let_announce(found, "none"))


def test_member_elsewhere_is_followed_by_its_consent_and_announced(app, say, row, fediverse):
    town = fediverse.actor("town", "b.test", kind="Group")
    say(town, "Join", UNION, published=ONE)
    row(lambda found: memberships.answer(found, "accept"))
    own = claim(town, letsAnnounce="all")
    assert say(town, "Update", own, 2, published=TWO, to=[UNION]) == "done"
    assert row(lambda found: found.shares) == "all"
    with app.app_context():
        follow = session().scalars(select(Posted).where(Posted.type == "Follow")).one()
        assert json.loads(follow.body)["object"] == town.iri
        asked = follow.iri
    assert say(town, "Accept", asked, 3) == "done"
    event = town.event(published=THREE, to=[PUBLIC])
    assert say(town, "Create", event, 4, published=THREE, to=[PUBLIC]) == "done"
    assert posted(app) == ["Announce"]
    assert say(town, "Update", claim(town), 5, published=THREE, to=[UNION]) == "done"
    assert row(lambda found: found.shares) == "none"
    assert posted(app) == ["Announce", "Undo"]


@pytest.mark.parametrize("word", [True, ["all"], {"id": "all"}, "everything"])
def test_what_is_no_word_of_consent_is_none(say, row, fediverse, word):
    town = fediverse.actor("town", "b.test", kind="Group")
    say(town, "Join", UNION, published=ONE)
    row(lambda found: memberships.answer(found, "accept"))
    assert say(town, "Update", claim(town, letsAnnounce=word), 2, published=TWO) == "done"
    assert row(lambda found: found.shares) == "none"


def test_group_elsewhere_is_told_the_consent_of_ours_on_the_page_of_ones_memberships(app, client, say, row, fediverse):
    town = fediverse.actor("town", "b.test", kind="Group")
    with app.app_context():
        iri = memberships.join(local.find("union"), remote.remember(town.document)).iri
        session().commit()
    shown = claim(town, id=f"{town.iri}/members/7", subject=town.iri, object=UNION)
    say(town, "Accept", iri, result=shown)
    ann = Reader(app)
    ann.sign_in()
    for answer, said in (("let", "all"), ("forbid", None)):
        token = ann.form(ann.get("/memberships"))["csrf_token"]
        number = row(lambda found: found.id)
        sent = ann.post("/memberships", {"csrf_token": token, "who": number, "answer": answer})
        assert sent.status_code == 303
        with app.app_context():
            query = select(Posted.body).where(Posted.type == "Update").order_by(Posted.id.desc())
            told = json.loads(session().scalars(query).first())
            assert told["object"].get("letsAnnounce") == said
            assert town.iri in (*told["to"], *told.get("cc", []))
