"""Letters of Communecter about belonging: its order of arguments, its three ids of a project, its `instrument`."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from actors import local, remote
from actors.database import session
from flask_maillage.coalitions import memberships
from flask_maillage.coalitions.communecter.models import ProjectAlias
from flask_maillage.coalitions.models import Membership
from flask_maillage.publications.models import Attendance
from tests.coalitions.communecter.server import COURIERS, OWNER, UNION, UUID, Communecter, of
from tests.publications.gatherings import event_of_ours
from tests.reader import Reader

Hear = Callable[..., str]
Belonging = Callable[[], dict[tuple[str, str], str]]


def row(app: Flask) -> dict[str, Any]:
    """Return what is written of the one membership."""
    with app.app_context():
        found = session().scalars(select(Membership)).one()
        return {"role": found.role, "labels": found.labels, "wish": found.wish, "state": found.state}


@pytest.mark.parametrize(
    ("instrument", "wish"),
    [
        ("contributor", None),
        ({"as": "contributor"}, None),
        ("admin", {"as_admin": True, "labels": []}),
        ("becomeadmin", {"as_admin": True, "labels": []}),
        ({"as": "withRules", "rules": "Sponsor"}, {"as_admin": False, "labels": ["Sponsor"]}),
        ("owner", None),
        ({"as": ["admin"], "rules": {"a": 1}}, None),
        (7, None),
    ],
)
def test_who_joins_in_whatever_capacity_waits_and_is_a_member_no_more(
    app: Flask, theirs: Communecter, hear: Hear, work: Callable[[], int], instrument: Any, wish: Any
) -> None:
    joiner = theirs.owner
    letter = theirs.letter("Join", joiner.iri, "join", target=f"{COURIERS}/project/created", instrument=instrument)
    assert hear(joiner, letter) == "done"
    assert row(app) == {"role": "member", "labels": [], "wish": wish, "state": "requested"}

    with app.app_context():
        memberships.answer(of(app, "couriers", OWNER), "accept")
        session().commit()
    assert (row(app)["role"], row(app)["labels"], row(app)["state"]) == ("member", [], "member")


@pytest.mark.parametrize("named", [COURIERS, f"{COURIERS}/project", f"{COURIERS}/project/created"])
def test_our_project_is_meant_by_each_of_its_ids(
    theirs: Communecter, hear: Hear, belonging: Belonging, named: str
) -> None:
    joiner = theirs.owner
    assert hear(joiner, theirs.letter("Join", joiner.iri, "join", target=named, instrument="contributor")) == "done"
    assert belonging() == {("couriers", OWNER): "requested"}
    assert hear(joiner, theirs.letter("Leave", joiner.iri, "leave", target=named)) == "done"
    assert belonging() == {("couriers", OWNER): "left"}


def test_offer_to_administer_is_a_request(theirs: Communecter, hear: Hear, app: Flask) -> None:
    letter = theirs.letter(
        "Offer", theirs.owner.iri, "offer", target=f"{COURIERS}/project/created", instrument="asadmin"
    )
    assert hear(theirs.owner, letter) == "done"
    assert row(app) == {
        "role": "member",
        "labels": [],
        "wish": {"as_admin": True, "labels": []},
        "state": "requested",
    }


def test_organisation_is_joined_and_left_by_its_own_id(theirs: Communecter, hear: Hear, belonging: Belonging) -> None:
    assert hear(theirs.owner, theirs.letter("Join", UNION, "join")) == "done"
    assert belonging() == {("union", OWNER): "requested"}
    assert hear(theirs.owner, theirs.letter("Leave", UNION, "leave")) == "done"
    assert belonging() == {("union", OWNER): "left"}


def test_event_is_joined_by_its_id_and_left_as_a_target(app: Flask, theirs: Communecter, hear: Hear) -> None:
    event = event_of_ours(app)
    assert hear(theirs.owner, theirs.letter("Join", event, "join")) == "done"
    with app.app_context():
        assert session().scalars(select(Attendance.state)).one() == "accepted"
    assert hear(theirs.owner, theirs.letter("Leave", theirs.owner.iri, "leave", target=event)) == "done"
    with app.app_context():
        assert session().scalars(select(Attendance.state)).all() in ([], ["left"])


@pytest.mark.parametrize("target", [f"{COURIERS}/project", COURIERS])
def test_delete_with_target_ends_a_membership_and_deletes_nobody(
    app: Flask, theirs: Communecter, hear: Hear, belonging: Belonging, target: str
) -> None:
    for who in (theirs.owner, theirs.other):
        join = theirs.letter("Join", who.iri, f"join-{who.host}-{who.iri[-3:]}", by=who, target=target)
        assert hear(who, join) == "done"
        with app.app_context():
            memberships.answer(of(app, "couriers", who.iri.rpartition("/")[2]), "accept")
            session().commit()

    by_other = theirs.letter("Delete", theirs.owner.iri, "delete-1", by=theirs.other, target=target)
    assert hear(theirs.other, by_other) == "ignored"
    assert set(belonging().values()) == {"member"}
    late = "2026-11-21T13:00:00+0000"
    itself = theirs.letter("Delete", theirs.owner.iri, "delete-2", target=target, published=late)
    assert hear(theirs.owner, itself) == "done"
    assert belonging() == {("couriers", OWNER): "left", ("couriers", "armelwanes"): "member"}
    with app.app_context():
        known = remote.find(theirs.owner.iri)
        assert known is not None
        assert known.gone_at is None


def test_invitation_to_a_project_is_to_its_actor_and_shows_what_it_offers(
    app: Flask, theirs: Communecter, invited: dict[str, Any], belonging: Belonging, project: dict[str, str]
) -> None:
    assert belonging() == {(UUID, "couriers"): "invited"}
    assert row(app)["wish"] == {"as_admin": True, "labels": ["Financeur", "Directeur"]}
    with app.app_context():
        aliases = {alias.iri: (alias.names, alias.actor.iri) for alias in session().scalars(select(ProjectAlias))}
    assert aliases == {
        project["activity"]: ("activity", project["actor"]),
        project["object"]: ("object", project["actor"]),
    }


@pytest.mark.parametrize("uuid", [None, "../users/u/armelwanes", "0"])
def test_project_without_an_actor_is_none_that_one_can_be_invited_to(
    theirs: Communecter, hear: Hear, belonging: Belonging, uuid: str | None
) -> None:
    thing = theirs.serve(theirs.project_object(uuid=uuid))
    letter = theirs.letter("Invite", COURIERS, "invite", target=thing, instrument={"as": "contributor"})
    assert hear(theirs.owner, letter) == "ignored"
    assert belonging() == {}


def test_project_that_names_ids_of_another_server_is_not_believed(
    theirs: Communecter, hear: Hear, belonging: Belonging
) -> None:
    foreign = theirs.fediverse.address("elsewhere.test", "/object/1")
    address = theirs.object("lies")
    theirs.fediverse.put(address, theirs.project_object(id=foreign))
    assert hear(theirs.owner, theirs.letter("Invite", COURIERS, "invite", target=address)) != "done"
    assert belonging() == {}


@pytest.mark.parametrize("kind", ["Undo", "Remove"])
def test_invitation_is_taken_back(
    theirs: Communecter, hear: Hear, invited: dict[str, Any], belonging: Belonging, kind: str
) -> None:
    assert hear(theirs.owner, theirs.letter(kind, invited["id"], "back", published="2026-11-21T11:00:00+0000")) == (
        "done"
    )
    assert belonging() == {(UUID, "couriers"): "removed"}


@pytest.mark.usefixtures("followed")
def test_follow_is_taken_back_by_a_remove_of_it(app: Flask, theirs: Communecter, hear: Hear) -> None:
    assert hear(theirs.owner, theirs.letter("Follow", UNION, "follow")) == "done"
    follow = theirs.at("/api/activitypub/activity/id/follow")
    assert hear(theirs.other, theirs.letter("Remove", follow, "away-1", by=theirs.other)) == "ignored"
    assert hear(theirs.owner, theirs.letter("Remove", follow, "away-2")) == "done"


def test_owner_accepts_one_of_ours_with_roles_and_takes_it_out_by_a_delete(
    app: Flask, theirs: Communecter, hear: Hear, invited: dict[str, Any], belonging: Belonging, project: dict[str, str]
) -> None:
    with app.app_context():
        memberships.answer_invite(of(app, UUID, "couriers"), accept=False)
        couriers, group = local.find("couriers"), remote.find(project["actor"])
        assert couriers is not None
        assert group is not None
        asked = memberships.join(couriers, group).iri
        session().commit()
    rules = {"as": "withRules", "rules": "Partenaire"}
    said = {"target": project["object"], "instrument": rules, "published": "2026-11-21T12:00:00+0000"}
    assert hear(theirs.other, theirs.letter("Accept", asked, "accept-1", by=theirs.other, **said)) == "ignored"
    assert hear(theirs.owner, theirs.letter("Accept", asked, "accept-2", **said)) == "done"
    assert belonging() == {(UUID, "couriers"): "member"}
    assert row(app)["labels"] == ["Partenaire"]

    by_other = theirs.letter("Delete", COURIERS, "delete-1", by=theirs.other, target=project["object"])
    assert hear(theirs.other, by_other) == "ignored"
    assert belonging() == {(UUID, "couriers"): "member"}
    late = {"target": project["object"], "published": "2026-11-21T12:00:00+0000"}
    assert hear(theirs.owner, theirs.letter("Delete", COURIERS, "delete-2", **late)) == "done"
    assert belonging() == {(UUID, "couriers"): "removed"}
    with app.app_context():
        assert local.find("couriers") is not None


@pytest.mark.parametrize(("kind", "state"), [("Accept", "member"), ("Reject", "refused"), ("Undo", "refused")])
@pytest.mark.parametrize("instrument", ["admin", {"as": "adminandrole", "rules": "Partenaire,Directeur"}, "root"])
def test_invitation_of_ours_is_answered_and_gives_no_right(
    app: Flask,
    theirs: Communecter,
    hear: Hear,
    work: Callable[[], int],
    belonging: Belonging,
    kind: str,
    state: str,
    instrument: Any,
) -> None:
    with app.app_context():
        couriers, owner = local.find("couriers"), remote.find(theirs.owner.iri)
        assert couriers is not None
        assert owner is not None
        iri = memberships.invite(couriers, owner).iri
        session().commit()
    work()
    said = {"target": f"{COURIERS}/project", "instrument": instrument, "published": "2026-11-21T12:00:00+0000"}
    assert hear(theirs.owner, theirs.letter(kind, iri, "answer", **said)) == "done"
    assert belonging() == {("couriers", OWNER): state}
    assert (row(app)["role"], row(app)["labels"]) == ("member", [])


def test_invitation_to_an_event_by_its_create_waits_for_a_person(app: Flask, theirs: Communecter, hear: Hear) -> None:
    thing = theirs.serve(theirs.event(to=["https://www.w3.org/ns/activitystreams#Public"]))
    created = theirs.letter("Create", thing, "create-event")["id"]
    assert hear(theirs.owner, theirs.letter("Invite", UNION, "invite", target=created)) == "done"
    with app.app_context():
        assert session().scalars(select(Attendance.state)).one() == "invited"


def test_organisation_invites_and_removes_by_its_own_id(
    app: Flask, theirs: Communecter, hear: Hear, belonging: Belonging
) -> None:
    group = theirs.organisation
    assert hear(theirs.owner, theirs.letter("Invite", COURIERS, "invite", target=group.iri)) == "done"
    assert belonging() == {("ecofriendly", "couriers"): "invited"}
    with app.app_context():
        memberships.answer_invite(of(app, "ecofriendly", "couriers"), accept=True)
        session().commit()
    said = {"target": group.iri, "published": "2026-11-21T12:00:00+0000"}
    assert hear(theirs.owner, theirs.letter("Remove", COURIERS, "remove-1", **said)) == "ignored"
    assert hear(group, theirs.letter("Remove", COURIERS, "remove-2", by=group, **said)) == "done"
    assert belonging() == {("ecofriendly", "couriers"): "removed"}


def test_people_read_what_is_wished_where_they_answer(app: Flask, theirs: Communecter, hear: Hear) -> None:
    said = {"target": UNION, "instrument": {"as": "adminandrole", "rules": "Sponsor,<b>Directeur</b>"}}
    assert hear(theirs.owner, theirs.letter("Join", theirs.owner.iri, "join", **said)) == "done"
    said = {"target": theirs.organisation.iri, "instrument": {"as": "withRules", "rules": "Partenaire"}}
    assert hear(theirs.owner, theirs.letter("Invite", UNION, "invite", **said)) == "done"
    ann = Reader(app)
    assert ann.sign_in().status_code == 303

    page = ann.get("/@union/members/manage").text
    assert "It wishes to administer. No letter gives that right: an admin gives it here." in page
    assert "It wishes to be there as: Sponsor, Directeur." in page
    invitation = ann.get("/invitations").text
    assert "To be there as: Partenaire." in invitation
    assert "To administer it, too." not in invitation
