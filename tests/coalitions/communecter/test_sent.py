"""What goes to a server of Communecter, in the form that it documents; others get the same as ever."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from actors import local, remote
from actors.database import session
from flask_maillage.coalitions import memberships
from flask_maillage.publications import publishing
from tests.coalitions.communecter.server import COURIERS, OWNER, PUBLIC, UNION, UUID, Communecter, of
from tests.fediverse import Fediverse, RemoteActor
from tests.publications.circle import changed, published

Hear = Callable[..., str]
Work = Callable[[], int]
ACTIVITY_JSON = {"Accept": "application/activity+json"}


def sent(theirs: Communecter, verb: str, *actors: RemoteActor) -> list[Any]:
    """Return what arrived at the server with a verb, at its shared inbox or at those of these actors."""
    paths = {"/inbox", *(actor.inbox.partition(theirs.owner.document["id"].split("/")[2])[2] for actor in actors)}
    arrived = (one for one in theirs.fediverse.arrived if one.method == "POST" and one.path in paths)
    return [one.json for one in arrived if one.host == theirs.owner.host and one.json["type"] == verb]


def act(app: Flask, work: Work, what: Callable[[], Any]) -> None:
    """Let somebody here do something, and carry what follows."""
    with app.app_context():
        what()
        session().commit()
    work()


def joined(theirs: Communecter, hear: Hear, app: Flask, work: Work, group: str) -> None:
    """Let their owner join a group of ours, whose people accept."""
    owner = theirs.owner
    assert hear(owner, theirs.letter("Join", owner.iri, "join", target=f"http://localhost/actors/{group}")) == "done"
    act(app, work, lambda: memberships.answer(of(app, group, OWNER), "accept"))


def test_event_goes_by_its_id_and_its_changes_beside_it(
    app: Flask, theirs: Communecter, fediverse: Fediverse, hear: Hear, client: FlaskClient, work: Work
) -> None:
    alice = fediverse.actor("alice", "a.test")
    for who, letter in (
        (theirs.owner, theirs.letter("Follow", UNION, "follow")),
        (alice, alice.activity("Follow", UNION, 1)),
    ):
        assert hear(who, letter) == "done"
    (accept,) = sent(theirs, "Accept", theirs.owner)
    assert accept["object"] == theirs.at("/api/activitypub/activity/id/follow")

    iri, _ = published(app, "public", name="An open evening")
    work()
    (create,) = sent(theirs, "Create", theirs.owner)
    assert (create["object"], create["actor"], "proof" in create) == (iri, UNION, False)
    assert PUBLIC in create["to"]
    (whole,) = (letter for letter in fediverse.letters("/inbox") if isinstance(letter.get("object"), dict))
    assert whole["object"]["id"] == iri, "others get it whole"

    thing = client.get(iri.removeprefix("http://localhost"), headers=ACTIVITY_JSON).json
    assert {"type", "id", "attachment", "attributedTo", "content", "name", "startTime", "endTime", "published"} <= (
        thing.keys()
    )
    changed(app, iri, publishing.tell_again)
    work()
    (update,) = sent(theirs, "Update", theirs.owner)
    assert (update["object"], update["name"], update["content"]) == (iri, "An open evening", thing["content"])


def test_who_follows_a_project_is_told_what_it_is(
    theirs: Communecter, hear: Hear, client: FlaskClient, work: Work
) -> None:
    assert hear(theirs.owner, theirs.letter("Follow", COURIERS, "follow")) == "done"
    (create,) = sent(theirs, "Create", theirs.owner)
    assert (create["actor"], create["object"]) == (COURIERS, f"{COURIERS}/project")

    thing = client.get("/actors/couriers/project", headers=ACTIVITY_JSON).json
    assert (thing["type"], thing["id"], thing["attributedTo"]) == ("Project", f"{COURIERS}/project", COURIERS)
    assert {"attachment", "name", "published", "url", "uuid", "slug"} <= thing.keys()
    made = client.get("/actors/couriers/project/created", headers=ACTIVITY_JSON).json
    assert (made["id"], made["type"], made["object"]) == (f"{COURIERS}/project/created", "Create", thing["id"])
    for other in ("/actors/union/project", "/actors/union/project/created", "/actors/nobody/project"):
        assert client.get(other, headers=ACTIVITY_JSON).status_code == 404

    joiner = theirs.other
    letter = theirs.letter("Join", joiner.iri, "join", by=joiner, target=create["id"], instrument="contributor")
    assert hear(joiner, letter) == "done", "by the id of the Create that it got"


@pytest.mark.parametrize("group", ["couriers", "union"])
def test_who_joined_is_accepted_by_the_bare_id_and_taken_out(
    app: Flask, theirs: Communecter, hear: Hear, work: Work, group: str
) -> None:
    joined(theirs, hear, app, work, group)
    (accept,) = sent(theirs, "Accept", theirs.owner)
    thing = COURIERS + "/project" if group == "couriers" else UNION
    assert (accept["object"], accept["target"], accept["instrument"]) == (
        theirs.at("/api/activitypub/activity/id/join"),
        thing,
        "contributor",
    )
    act(app, work, lambda: memberships.answer(of(app, group, OWNER), "remove"))
    (removed,) = sent(theirs, "Delete" if group == "couriers" else "Remove", theirs.owner)
    assert (removed["object"], removed["target"]) == (theirs.owner.iri, thing)


@pytest.mark.parametrize("group", ["couriers", "union"])
def test_invitation_names_the_create_of_a_project_and_an_organisation_itself(
    app: Flask, theirs: Communecter, work: Work, group: str
) -> None:
    def invite() -> None:
        ours, owner = local.find(group), remote.find(theirs.owner.iri)
        assert ours is not None
        assert owner is not None
        memberships.invite(ours, owner)

    act(app, work, invite)
    (letter,) = sent(theirs, "Invite", theirs.owner)
    target = COURIERS + "/project/created" if group == "couriers" else UNION
    assert (letter["object"], letter["target"]) == (theirs.owner.iri, target)
    assert letter.get("instrument") == ({"as": "contributor"} if group == "couriers" else None)


def test_one_of_ours_accepts_joins_and_leaves_a_project_in_its_words(
    app: Flask, theirs: Communecter, work: Work, invited: dict[str, Any], project: dict[str, str]
) -> None:
    act(app, work, lambda: memberships.answer_invite(of(app, UUID, "couriers"), accept=True))
    (accept,) = sent(theirs, "Accept", theirs.project)
    assert (accept["object"], accept["target"]) == (invited["id"], project["object"])
    assert accept["instrument"] == {"as": "adminandrole", "rules": "Financeur,Directeur"}

    def leave() -> None:
        memberships.leave(of(app, UUID, "couriers").member, of(app, UUID, "couriers").group)

    act(app, work, leave)
    (left,) = sent(theirs, "Leave", theirs.project)
    assert (left["object"], left["target"]) == (COURIERS, project["object"])

    def join() -> None:
        memberships.join(of(app, UUID, "couriers").member, of(app, UUID, "couriers").group)

    act(app, work, join)
    (join_letter,) = sent(theirs, "Join", theirs.project)
    assert (join_letter["object"], join_letter["target"]) == (COURIERS, project["activity"])
    assert join_letter["instrument"] == "contributor"
