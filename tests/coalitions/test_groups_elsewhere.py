"""Our actors in groups elsewhere: the group alone answers for itself, and a person of ours for us."""

import pytest
from sqlalchemy import select

from actors import local, remote
from actors.database import session
from flask_maillage.coalitions import claims, inviting, listing, memberships
from flask_maillage.coalitions.models import Membership
from tests.publications.gatherings import speaking

UNION, COURIERS = "http://localhost/actors/union", "http://localhost/actors/couriers"
INBOXES = ("/inbox", "/actors/couriers/inbox")


@pytest.fixture
def say(app, client, clock, work):
    """Let a remote actor say something, have it opened, and give what became of the letter."""
    return speaking(app, client, clock, work)


@pytest.fixture
def alliance(app, fediverse):
    """A group on another server, which we know."""
    found = fediverse.actor("alliance", "b.test", kind="Group")
    with app.app_context():
        remote.remember(found.document)
        session().commit()
    return found


@pytest.fixture
def neighbour(fediverse):
    """Somebody else on the group's server."""
    return fediverse.actor("neighbour", "b.test", "mallory")


def states(app):
    with app.app_context():
        return {found.member.handle: found.state for found in session().scalars(select(Membership))}


def join(app, work, alliance):
    """Let the couriers ask, and return the id of their Join."""
    with app.app_context():
        iri = memberships.join(local.find("couriers"), remote.find(alliance.iri), "We come").iri
        session().commit()
    work()
    return iri


def test_join_and_leave_go_to_the_group(app, work, fediverse, alliance):
    iri = join(app, work, alliance)
    assert states(app) == {"couriers": "requested"}
    with app.app_context():
        assert memberships.leave(local.find("couriers"), remote.find(alliance.iri))
        session().commit()
    work()
    asked, left = fediverse.letters("/users/alliance/inbox")
    assert (asked["id"], asked["type"], asked["object"]) == (iri, "Join", alliance.iri)
    assert (asked["participationMessage"], asked["to"]) == ("We come", [alliance.iri])
    assert (left["type"], left["object"]) == ("Leave", alliance.iri)
    assert states(app) == {"couriers": "left"}


@pytest.mark.parametrize("target", INBOXES)
@pytest.mark.parametrize("form", ["by id", "embedded", "Member"])
@pytest.mark.parametrize(("verb", "state"), [("Accept", "member"), ("Reject", "refused")])
def test_group_alone_answers(app, say, work, alliance, neighbour, target, form, verb, state):
    iri = join(app, work, alliance)
    member = {"id": f"{alliance.iri}/members/1", "type": "Member", "actor": COURIERS, "object": alliance.iri}
    whole = {"id": iri, "type": "Join", "actor": COURIERS, "object": alliance.iri}
    thing = {"by id": iri, "embedded": whole, "Member": member}[form]
    assert say(neighbour, verb, thing, inbox=target) == "ignored"
    assert states(app) == {"couriers": "requested"}
    assert say(alliance, verb, thing, inbox=target) == "done"
    assert states(app) == {"couriers": state}


def test_late_accept_does_not_bring_back_who_has_left(app, say, work, alliance):
    iri = join(app, work, alliance)
    with app.app_context():
        memberships.leave(local.find("couriers"), remote.find(alliance.iri))
        session().commit()
    assert say(alliance, "Accept", iri) == "ignored"
    assert states(app) == {"couriers": "left"}


def test_answer_to_a_join_that_was_never_sent_is_nothing(app, say, alliance):
    whole = {"id": f"{COURIERS}/activities/1", "type": "Join", "actor": COURIERS, "object": alliance.iri}
    assert say(alliance, "Accept", whole) == "ignored"
    assert say(alliance, "Add", COURIERS, 2, target=f"{alliance.iri}/members") == "ignored"
    assert states(app) == {}


@pytest.mark.parametrize("target", ["members", "group"])
@pytest.mark.parametrize("form", ["id", "Member", "Relationship"])
def test_group_adds_who_asked_and_removes_who_belongs(app, say, work, alliance, neighbour, form, target):
    join(app, work, alliance)
    collection = alliance.iri + ("/members" if target == "members" else "")
    things = {
        "id": COURIERS,
        "Member": {"type": "Member", "actor": COURIERS, "object": alliance.iri},
        "Relationship": {"type": "Relationship", "subject": alliance.iri, "object": COURIERS},
    }
    assert say(neighbour, "Add", things[form], target=collection) == "ignored"
    assert say(alliance, "Add", things[form], target=collection) == "done"
    assert states(app) == {"couriers": "member"}
    assert say(neighbour, "Remove", things[form], 2, target=collection) == "ignored"
    assert say(alliance, "Remove", things[form], 2, origin=collection) == "done"
    assert states(app) == {"couriers": "removed"}
    assert say(alliance, "Add", things[form], 3, target=collection) == "ignored"
    assert states(app) == {"couriers": "removed"}


@pytest.mark.parametrize("shape", ["AS2", "Mobilizon", "Offer"])
@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("accept", [True, False])
def test_invitation_in_every_shape_is_answered_by_a_person(app, say, work, fediverse, shape, known, accept):
    group = fediverse.actor("alliance", "b.test", kind="Group")
    if known:
        with app.app_context():
            remote.remember(group.document)
            session().commit()
    verb = "Offer" if shape == "Offer" else "Invite"
    thing, target = (group.iri, COURIERS) if shape == "Mobilizon" else (COURIERS, group.iri)
    assert say(group, verb, thing, target=target, instrument={"as": "admin"}, content="Come") == "done"
    with app.app_context():
        found = session().scalars(select(Membership)).one()
        assert (found.state, found.role, found.message) == ("invited", "member", "Come")
        memberships.answer_invite(found, accept=accept)
        session().commit()
    work()
    (answer,) = fediverse.letters("/users/alliance/inbox")
    assert (answer["type"], answer["actor"]) == ("Accept" if accept else "Reject", COURIERS)
    assert (answer["object"], answer["to"]) == (f"{group.iri}/activities/1", [group.iri])
    assert answer["proof"]["verificationMethod"].startswith(COURIERS)
    assert states(app) == {"couriers": "member" if accept else "refused"}


def test_invitation_by_a_moderator_on_the_groups_server_counts_and_by_a_stranger_does_not(
    app, say, fediverse, alliance, neighbour
):
    stranger = fediverse.actor("mallory", "evil.test", "mallory")
    assert say(stranger, "Invite", COURIERS, target=alliance.iri) == "ignored"
    assert states(app) == {}
    assert say(neighbour, "Invite", alliance.iri, target=COURIERS) == "done"
    assert states(app) == {"couriers": "invited"}
    assert say(stranger, "Undo", f"{neighbour.iri}/activities/1", 2) == "ignored"
    assert say(neighbour, "Undo", f"{neighbour.iri}/activities/1", 2) == "done"
    assert states(app) == {"couriers": "removed"}


def test_one_server_does_not_fill_the_invitations(app, say, fediverse, monkeypatch):
    monkeypatch.setattr(inviting, "MOST_OPEN_OF_HOST", 2)
    for name in ("one", "two", "three"):
        group = fediverse.actor(name, "b.test", kind="Group")
        say(group, "Invite", COURIERS, target=group.iri)
    with app.app_context():
        assert len(session().scalars(select(Membership)).all()) == 2


def test_person_is_no_group_to_be_invited_to(app, say, neighbour):
    assert say(neighbour, "Invite", COURIERS, target=neighbour.iri) == "ignored"
    assert states(app) == {}


def test_two_of_ours_need_no_letter(app, work, fediverse):
    with app.app_context():
        union, couriers = local.find("union"), local.find("couriers")
        assert memberships.join(couriers, union).state == "requested"
        memberships.answer(memberships.find(union, couriers), "accept")
        assert listing.count(union, claims.GROUP) == 1
        memberships.answer(memberships.find(union, couriers), "remove")
        assert memberships.invite(union, couriers).state == "invited"
        memberships.answer_invite(memberships.find(union, couriers), accept=True)
        session().commit()
    work()
    assert fediverse.letters() == []
    assert states(app) == {"couriers": "member"}
