"""Groups of ours: who asks, who is invited, who goes; only their own people decide, and strangers see a number."""

import pytest
from sqlalchemy import select

from actors import local, remote
from actors.database import session
from actors.models import Actor
from flask_maillage.coalitions import handlers, memberships
from flask_maillage.coalitions.models import Membership
from inboxes.pruning import prune
from tests.inboxes.letters import nothing_written
from tests.publications.gatherings import BOTH, event_of_ours, speaking
from tests.publications.gatherings import states as registrations

UNION = "http://localhost/actors/union"
HEADERS = {"Accept": "application/activity+json"}


@pytest.fixture
def say(app, client, clock, work):
    """Let a remote actor say something, have it opened, and give what became of the letter."""
    return speaking(app, client, clock, work)


@pytest.fixture
def garden(fediverse):
    return fediverse.actor("garden", "g.test", kind="Group")


def states(app):
    with app.app_context():
        return {found.member.handle: found.state for found in session().scalars(select(Membership))}


def answer(app, work, what, handle="garden"):
    with app.app_context():
        member = session().scalars(select(Actor).where(Actor.handle == handle)).one()
        memberships.answer(memberships.find(local.find("union"), member), what)
        session().commit()
    work()


def letters(fediverse, verb, name="garden"):
    return [letter for letter in fediverse.letters(f"/users/{name}/inbox") if letter["type"] == verb]


@pytest.mark.parametrize("target", BOTH)
def test_who_asks_waits_for_the_groups_people(app, client, say, work, fediverse, garden, target):
    assert say(garden, "Join", UNION, inbox=target, participationMessage="We share the charter") == "done"
    assert states(app) == {"garden": "requested"}
    assert fediverse.letters() == []
    assert client.get("/actors/union/members", headers=HEADERS).json["totalItems"] == 0
    answer(app, work, "accept")
    (accept,) = letters(fediverse, "Accept")
    assert (accept["actor"], accept["to"], accept["cc"]) == (UNION, [garden.iri], [])
    assert accept["object"] == {
        "id": f"{garden.iri}/activities/1",
        "type": "Join",
        "actor": garden.iri,
        "object": UNION,
    }
    result = accept["result"]
    assert (result["type"], result["subject"], result["object"]) == ("Relationship", UNION, garden.iri)
    assert (result["relationship"], result["role"]) == ("https://w3id.org/maillage#hasMember", "member")
    assert accept["proof"]["cryptosuite"] == "eddsa-jcs-2022"
    assert states(app) == {"garden": "member"}


def test_strangers_see_which_organisations_belong_and_of_persons_only_how_many(
    app, client, say, work, fediverse, garden
):
    bob = fediverse.actor("bob", "b.test")
    for who in (garden, bob):
        say(who, "Join", UNION)
        answer(app, work, "accept", who.document["preferredUsername"])
    collection = client.get("/actors/union/members", headers=HEADERS)
    assert (collection.json["totalItems"], collection.json["type"]) == (2, "OrderedCollection")
    assert [one["object"] for one in collection.json["orderedItems"]] == [garden.iri]
    pages = client.get("/@union").text + client.get("/@union/members").text + client.get("/@union/members/history").text
    assert "Garden" in pages
    assert "Bob" not in pages
    assert bob.iri not in pages + collection.text
    assert client.get("/@union/members/manage").status_code in (302, 303, 403)


@pytest.mark.parametrize("form", ["Join of the group", "Join of oneself", "Offer of oneself", "Offer of a Join"])
@pytest.mark.parametrize("instrument", ["admin", "becomeadmin", {"as": "adminandrole", "rules": "Directeur"}, ["x"]])
def test_instrument_gives_no_right(app, say, work, garden, form, instrument):
    join = garden.activity("Join", UNION, 77)
    letters = {
        "Join of the group": ("Join", UNION, {}),
        "Join of oneself": ("Join", garden.iri, {"target": UNION}),
        "Offer of oneself": ("Offer", garden.iri, {"target": UNION}),
        "Offer of a Join": ("Offer", join, {}),
    }
    verb, thing, more = letters[form]
    assert say(garden, verb, thing, instrument=instrument, **more) == "done"
    assert states(app) == {"garden": "requested"}
    answer(app, work, "accept")
    with app.app_context():
        assert session().scalars(select(Membership)).one().role == "member"


@pytest.mark.parametrize(
    "verb", ["Leave", "Leave of oneself", "Undo", "Undo by id", "Delete", "Remove", "Remove Member"]
)
def test_member_goes_in_every_form(app, say, work, garden, verb):
    say(garden, "Join", UNION)
    answer(app, work, "accept")
    join = garden.activity("Join", UNION)
    member = {"id": f"{garden.iri}#member", "type": "Member", "actor": garden.iri, "object": UNION}
    letters = {
        "Leave": ("Leave", UNION, {}),
        "Leave of oneself": ("Leave", garden.iri, {"target": UNION}),
        "Undo": ("Undo", join, {}),
        "Undo by id": ("Undo", join["id"], {}),
        "Delete": ("Delete", garden.iri, {"target": UNION}),
        "Remove": ("Remove", garden.iri, {"target": f"{UNION}/members"}),
        "Remove Member": ("Remove", member, {"origin": UNION}),
    }
    kind, thing, more = letters[verb]
    assert say(garden, kind, thing, 2, **more) == "done"
    assert states(app) == {"garden": "left"}
    with app.app_context():
        assert remote.find(garden.iri).gone_at is None


@pytest.mark.parametrize("verb", ["Leave", "Undo", "Delete", "Remove", "Add", "Accept", "Reject", "Join"])
@pytest.mark.parametrize("host", ["g.test", "evil.test", "a member"])
def test_nobody_else_changes_who_belongs(app, say, work, fediverse, garden, verb, host):
    say(garden, "Join", UNION)
    mallory = fediverse.actor("mallory", "evil.test" if host == "a member" else host, "mallory")
    if host == "a member":
        say(mallory, "Join", UNION)
        answer(app, work, "accept", "mallory")
    before = states(app)
    join = garden.activity("Join", UNION)
    letters = {
        "Leave": (garden.iri, {"target": UNION}),
        "Undo": (join, {}),
        "Delete": (garden.iri, {"target": UNION}),
        "Remove": (garden.iri, {"target": f"{UNION}/members"}),
        "Add": (mallory.iri, {"target": f"{UNION}/members"}),
        "Accept": (join, {}),
        "Reject": (join, {}),
        "Join": (garden.iri, {"target": UNION}),
    }
    thing, more = letters[verb]
    assert say(mallory, verb, thing, 2, **more) == "ignored"
    assert states(app) == before


@pytest.mark.parametrize("target", BOTH)
def test_join_in_anothers_name_is_refused_at_the_door(app, client, clock, work, fediverse, garden, target):
    mallory = fediverse.actor("mallory", "evil.test", "mallory")
    letter = mallory.activity("Join", UNION) | {"actor": garden.iri}
    with nothing_written(app, fediverse, fetches=1):
        assert mallory.post(client, letter, target, now=clock()).status_code == 401
        work()


def test_refusal_and_removal_reach_the_one_concerned(app, say, work, fediverse, garden):
    say(garden, "Join", UNION)
    answer(app, work, "reject")
    (reject,) = letters(fediverse, "Reject")
    assert (reject["object"]["id"], reject["to"]) == (f"{garden.iri}/activities/1", [garden.iri])
    say(garden, "Join", UNION, 2)
    answer(app, work, "accept")
    answer(app, work, "remove")
    (remove,) = letters(fediverse, "Remove")
    assert (remove["object"], remove["target"], remove["origin"]) == (garden.iri, f"{UNION}/members", UNION)
    assert {"proof"} <= reject.keys() & remove.keys()
    assert states(app) == {"garden": "removed"}


@pytest.mark.parametrize(("verb", "state"), [("Accept", "member"), ("Reject", "refused"), ("Undo", "refused")])
@pytest.mark.parametrize("form", ["by id", "embedded", "under another id"])
@pytest.mark.parametrize("target", BOTH)
def test_invitation_is_answered_by_the_invited(app, say, work, fediverse, garden, verb, state, form, target):
    with app.app_context():
        memberships.invite(local.find("union"), remote.remember(garden.document), "Join us")
        session().commit()
    work()
    (invite,) = letters(fediverse, "Invite")
    assert (invite["object"], invite["target"], invite["to"]) == (garden.iri, UNION, [garden.iri])
    assert invite["content"] == "Join us"
    assert "proof" in invite
    neighbour = fediverse.actor("mallory", "g.test", "mallory")
    whole = {key: invite[key] for key in ("id", "type", "actor", "object", "target")}
    things = {"by id": invite["id"], "embedded": whole, "under another id": whole | {"id": f"{garden.iri}/x"}}
    assert say(neighbour, verb, things[form]) == "ignored"
    assert states(app) == {"garden": "invited"}
    assert say(garden, verb, things[form], inbox=target) == "done"
    assert states(app) == {"garden": state}


def test_invited_who_joins_is_a_member_and_told_so(app, say, work, fediverse, garden):
    with app.app_context():
        memberships.invite(local.find("union"), remote.remember(garden.document))
        session().commit()
    assert say(garden, "Join", UNION) == "done"
    assert states(app) == {"garden": "member"}
    assert letters(fediverse, "Accept")[0]["object"]["id"] == f"{garden.iri}/activities/1"


def test_repeated_join_of_a_member_is_answered_again(app, say, work, fediverse, garden):
    say(garden, "Join", UNION)
    answer(app, work, "accept")
    say(garden, "Join", UNION, 2)
    assert [letter["object"]["id"][-1] for letter in letters(fediverse, "Accept")] == ["1", "2"]
    assert states(app) == {"garden": "member"}


@pytest.mark.parametrize("handle", ["relay", "ann", "nobody"])
def test_what_is_no_group_has_no_members(app, say, garden, handle):
    assert say(garden, "Join", f"http://localhost/actors/{handle}") == "ignored"
    assert states(app) == {}


def test_one_server_does_not_fill_the_list_of_who_asks(app, say, fediverse, monkeypatch):
    monkeypatch.setattr(handlers, "MOST_OPEN_OF_HOST", 2)
    for name, host in (("ann1", "a.test"), ("ann2", "a.test"), ("ann3", "a.test"), ("bob", "b.test")):
        say(fediverse.actor(name, host), "Join", UNION)
    assert states(app) == {"ann1": "requested", "ann2": "requested", "bob": "requested"}


def test_who_is_deleted_belongs_to_nothing(app, say, work, garden):
    say(garden, "Join", UNION)
    answer(app, work, "accept")
    assert say(garden, "Delete", garden.iri, 2) == "done"
    assert states(app) == {}


@pytest.mark.parametrize(
    ("thing", "more"),
    [
        ({"type": "Follow", "object": UNION}, {}),
        ({"type": "Relationship", "subject": UNION}, {"target": UNION}),
        ({"type": "Role", "name": "Treasurer"}, {"target": "http://localhost/actors/ann", "context": UNION}),
        ({"type": "Badge", "name": "Friend"}, {"target": "http://localhost/actors/ann"}),
        ("http://localhost/actors/union", {}),
    ],
)
def test_other_offers_are_ignored(app, say, fediverse, garden, thing, more):
    assert say(garden, "Offer", thing, **more) == "ignored"
    assert (states(app), fediverse.letters()) == ({}, [])


def test_what_ended_is_forgotten_with_the_stranger_and_who_belongs_is_not(app, say, work, clock, fediverse, garden):
    bob = fediverse.actor("bob", "b.test")
    event = event_of_ours(app)
    for actor in (garden, bob):
        say(actor, "Join", UNION)
        say(actor, "Join", event, 2)
    answer(app, work, "accept")
    say(bob, "Leave", UNION, 3)
    say(bob, "Leave", event, 4)
    clock.turn(days=29)
    with app.app_context():
        prune()
    assert states(app) == {"garden": "member", "bob": "left"}
    clock.turn(days=2)
    with app.app_context():
        prune()
        assert remote.find(bob.iri) is None
    assert (states(app), registrations(app)) == ({"garden": "member"}, {"garden": "accepted"})
