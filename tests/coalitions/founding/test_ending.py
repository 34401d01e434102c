"""Projects end with what came of them: closed, or merged into another to which followers and members go."""

import pytest

from actors import followers, local, remote
from actors.database import session
from actors.documents import actor_document
from actors.models import PROJECT
from flask_maillage.coalitions import memberships
from flask_maillage.coalitions.founding import ending, projects
from flask_maillage.people import accounts, roles
from tests.reader import Reader

HEADERS = {"Accept": "application/activity+json"}
COURIERS, BIKES = "http://localhost/actors/couriers", "http://localhost/actors/bikes"


@pytest.fixture
def zoe(app, work, fediverse):
    """Somebody elsewhere who follows the couriers and belongs to them."""
    found = fediverse.actor("zoe", "b.test")
    with app.app_context():
        copy, couriers = remote.remember(found.document), local.find("couriers")
        followers.record(copy, couriers, iri=f"{found.iri}/follows/1", state="accepted")
        memberships.begin(memberships.record(couriers, copy, "requested", iri=f"{found.iri}/joins/1"))
        local.create("bikes", PROJECT, "Bikes")
        session().commit()
    return found


def types(fediverse):
    return [letter["type"] for letter in fediverse.letters() if letter["actor"] == COURIERS]


def test_a_closed_project_says_what_came_of_it_and_publishes_nothing(app, client, work, fediverse, zoe):
    with app.app_context():
        couriers = local.find("couriers")
        with pytest.raises(projects.NotPossible, match="Say what came of it"):
            ending.close(couriers, " ")
        ending.close(couriers, "A contract for 400 riders.")
        session().commit()
        ann = accounts.by_handle("ann")
        roles.grant(ann, local.find("couriers"), "admin")
        assert not roles.may(ann, roles.PUBLISH, local.find("couriers"))
        with pytest.raises(projects.NotPossible, match="Only an active project"):
            ending.close(local.find("couriers"), "Again.")
    work()
    (update,) = [letter for letter in fediverse.letters() if letter["type"] == "Update"]
    assert (update["object"]["phase"], update["object"]["outcome"]) == ("closed", "A contract for 400 riders.")
    page = client.get("/@couriers")
    assert (page.status_code, "A contract for 400 riders." in page.text) == (200, True)


def test_a_merged_project_leads_to_the_other_with_its_followers_and_invites_its_members(
    app, client, work, fediverse, zoe
):
    with app.app_context():
        invited = ending.merge(local.find("couriers"), actor_document(local.find("bikes")), administers_both=True)
        session().commit()
    work()
    assert invited == 1
    assert types(fediverse) == ["Update", "Move"]
    move = fediverse.letters()[-1] if fediverse.letters()[-1]["type"] == "Move" else fediverse.letters()[-2]
    assert (move["object"], move["target"]) == (COURIERS, BIKES)
    (invite,) = [letter for letter in fediverse.letters() if letter["type"] == "Invite"]
    assert (invite["actor"], invite["object"]) == (BIKES, zoe.iri)
    document = client.get("/actors/couriers", headers=HEADERS).json
    assert (document["phase"], document["movedTo"]) == ("merged", BIKES)
    assert COURIERS in client.get("/actors/bikes", headers=HEADERS).json["alsoKnownAs"]
    assert client.get("/@couriers").location == "/@bikes"
    assert "Couriers together" in client.get("/@bikes").text


def test_nobody_is_merged_into_what_has_not_agreed(app, work, fediverse, zoe):
    mill = fediverse.actor("mill", "c.test", kind="Group", phase="active")
    mill.document["kind"] = "maillage:Project"
    with app.app_context():
        for target in (mill.document, actor_document(local.find("bikes"))):
            with pytest.raises(projects.NotPossible, match="has to agree first"):
                ending.merge(local.find("couriers"), target)
        with pytest.raises(projects.NotPossible, match="an active project only"):
            ending.merge(local.find("couriers"), actor_document(local.find("union")), administers_both=True)
        session().rollback()
        ending.merge(local.find("couriers"), mill.document | {"alsoKnownAs": [COURIERS]})
        session().commit()
    work()
    assert types(fediverse) == ["Update", "Move"]


@pytest.fixture
def ann(app):
    with app.app_context():
        roles.grant(accounts.by_handle("ann"), local.find("couriers"), "admin")
        session().commit()
    reader = Reader(app)
    reader.sign_in()
    return reader


def send(reader, do, **typed):
    page = reader.get("/@couriers/project")
    return reader.post("/@couriers/project", {"csrf_token": reader.form(page)["csrf_token"], "do": do, **typed})


def test_its_administrator_says_how_far_it_is_and_ends_it(app, ann, zoe):
    assert send(ann, "progress", progress="testing").status_code == 303
    assert "In testing" in ann.get("/@couriers").text
    assert send(ann, "close", outcome=" ").status_code == 422
    refused = send(ann, "merge", into="@bikes")
    assert (refused.status_code, "has to agree first" in refused.text) == (422, True)
    with app.app_context():
        roles.grant(accounts.by_handle("ann"), local.find("bikes"), "admin")
        session().commit()
    assert send(ann, "merge", into="@nobody").status_code == 422
    assert send(ann, "merge", into="@couriers").status_code == 422
    assert send(ann, "merge", into="@bikes").location == "/@couriers"
    assert ann.get("/@couriers").location.endswith("/@bikes")
    assert Reader(app).get("/@bikes/project").status_code == 303


def test_the_page_of_a_project_elsewhere_leads_its_readers_nowhere(app, client, fediverse, zoe):
    mill = fediverse.actor("mill", "c.test", kind="Group", phase="merged")
    mill.document["kind"] = "maillage:Project"
    with app.app_context():
        copy = remote.remember(mill.document)
        copy.moved_to = zoe.iri
        session().commit()
        path = f"/@{copy.page_handle}"
        assert copy.phase == "merged"
    assert client.get(path).status_code == 200
