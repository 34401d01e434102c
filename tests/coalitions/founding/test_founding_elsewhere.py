"""Projects elsewhere ask persons of ours to found them; nobody but the person answers, and nothing else is believed."""

import pytest

from actors import local, remote
from actors.database import session
from actors.models import ORGANISATION
from flask_maillage.coalitions import claims, memberships
from flask_maillage.coalitions.founding import consenting, projects
from flask_maillage.people import accounts, roles
from tests.publications.gatherings import speaking

ANN = "http://localhost/actors/ann"
AS_FOUNDER = {"as": "founder"}


@pytest.fixture
def say(app, client, clock, work):
    return speaking(app, client, clock, work)


@pytest.fixture
def mill(fediverse):
    found = fediverse.actor("mill", "b.test", kind="Group", phase="proposed", progress="concept")
    found.document["kind"] = "maillage:Project"
    found.publish_profile()
    return found


def invite(say, project, number=1, **more):
    return say(project, "Invite", ANN, number, target=project.iri, **({"instrument": AS_FOUNDER} | more))


def asked(app, project):
    with app.app_context():
        founder = projects.between(remote.find(project.iri), local.find("ann"))
        return founder and (founder.state, founder.iri, founder.stands_for and founder.stands_for.iri)


def consent(app, project):
    with app.app_context():
        consenting.consent(projects.between(remote.find(project.iri), local.find("ann")))
        session().commit()


def test_a_person_of_ours_consents_to_a_project_elsewhere_by_a_letter_with_both_claims(app, say, work, fediverse, mill):
    assert invite(say, mill) == "done"
    assert asked(app, mill) == ("invited", mill.activity("Invite", ANN, 1)["id"], None)
    consent(app, mill)
    work()
    (accept,) = [letter for letter in fediverse.letters("/users/mill/inbox") if letter["type"] == "Accept"]
    assert (accept["actor"], accept["object"]["id"]) == (ANN, asked(app, mill)[1])
    assert (accept["object"]["type"], accept["object"]["object"]) == ("Invite", ANN)
    assert accept["proof"]["verificationMethod"] == f"{ANN}#ed25519-key"
    shown = accept["result"]
    assert (shown["type"], shown["subject"], shown["object"], shown["role"]) == (
        "Relationship",
        mill.iri,
        ANN,
        "founder",
    )
    with app.app_context():
        member = memberships.find(remote.find(mill.iri), local.find("ann"))
        assert (member.role, claims.is_confirmed(member)) == ("founder", True)
        assert roles.role_of(accounts.by_handle("ann"), remote.find(mill.iri)) is None
        assert remote.find(mill.iri).phase == "proposed"  # its own server says when it begins


def test_nobody_but_a_project_asks_and_nobody_but_a_person_is_asked(app, say, fediverse, mill):
    stranger = fediverse.actor("eve", "c.test", "mallory")
    bakers = fediverse.actor("bakers", "b.test", "mallory", kind="Group")
    invite(say, mill)
    for sender, thing, target in (
        (stranger, ANN, mill.iri),
        (bakers, ANN, bakers.iri),
        (bakers, ANN, mill.iri),
        (mill, "http://localhost/actors/union", mill.iri),
    ):
        assert say(sender, "Invite", thing, 7, target=target, instrument=AS_FOUNDER) == "ignored", (sender.iri, thing)
    with app.app_context():
        assert [one.person.handle for one in session().query(projects.Founder)] == ["ann"]


def test_an_invitation_is_answered_once_and_can_be_taken_back_before(app, say, mill):
    assert invite(say, mill) == "done"
    assert invite(say, mill, 2) == "done"  # it asks once more, in other words
    assert (
        say(mill, "Undo", {"id": asked(app, mill)[1], "type": "Invite", "actor": mill.iri, "object": ANN}, 3) == "done"
    )
    assert asked(app, mill)[0] == "withdrawn"
    with pytest.raises(projects.NotPossible, match="taken back"):
        consent(app, mill)
    assert invite(say, mill, 4) == "done"
    consent(app, mill)
    assert invite(say, mill, 5) == "ignored"
    assert say(mill, "Undo", asked(app, mill)[1], 6) == "ignored"
    assert asked(app, mill)[0] == "consented"


def test_one_stands_for_an_organisation_as_far_as_its_own_server_knows(app, say, fediverse, mill):
    with app.app_context():
        local.create("bakers", ORGANISATION, "Bakers")
        session().commit()
    assert invite(say, mill, context="http://localhost/actors/nobody") == "ignored"
    assert invite(say, mill, 2, context="http://localhost/actors/bakers") == "done"
    with pytest.raises(projects.NotPossible, match="One stands for an organisation"):
        consent(app, mill)  # ann is nobody in it, and it is ours
    town = fediverse.actor("town", "b.test", "mallory", kind="Organization")
    with app.app_context():
        remote.remember(town.document)
        session().commit()
    assert invite(say, mill, 3, context=town.iri) == "done"
    consent(app, mill)  # the project's server knows who belongs to it
    assert asked(app, mill)[::2] == ("consented", town.iri)
