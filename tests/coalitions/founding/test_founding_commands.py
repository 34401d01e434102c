"""The commands of projects: what they do, and that nobody's consent is given by one."""

import re

import pytest

from actors import local
from actors.database import session
from flask_maillage.coalitions.founding import consenting, projects

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def maillage(app):
    """Run a command on the node under test in a context of its own, and return its exit code and what it says."""

    def run(*words):
        with app.app_context():
            result = app.test_cli_runner().invoke(args=["maillage", *words])
        return result.exit_code, result.output

    return run


def test_a_project_is_proposed_shown_and_asked_for(app, maillage, work, fediverse):
    zoe = fediverse.actor("zoe", "b.test")
    code, said = maillage("project", "propose", "garden", "A garden", "--by", "ann", "--progress", "concept")
    assert (code, "@garden@localhost is proposed; Ann is asked first" in said) == (0, True)
    assert maillage("project", "invite", "garden", zoe.iri)[1] == f"{zoe.iri}: invited, until 2026-12-21\n"
    with app.app_context():
        consenting.consent(projects.between(local.find("garden"), local.find("ann")))
        session().commit()
    said = maillage("project", "show", "garden")[1]
    assert "phase      proposed" in said
    assert "progress   concept" in said
    assert "consenting 1 of 3" in said
    assert re.search(r"invited    @zoe@b.test:\d+ until 2026-12-21", said)
    assert "proposed   @garden@localhost" in maillage("project", "list")[1]


def test_what_cannot_be_is_one_sentence(maillage):
    assert maillage("project", "propose", "garden", "A garden", "--by", "nobody")[0] == 1
    assert "is taken" in maillage("project", "propose", "union", "A garden", "--by", "ann")[1]
    assert (
        "does not publish for couriers"
        in maillage("project", "propose", "garden", "A garden", "--by", "ann", "--for", "couriers")[1]
    )
    assert "those who run the node founded it" in maillage("project", "invite", "couriers", "ann")[1]
    assert "is no project" in maillage("project", "show", "union")[1]


def test_how_far_a_project_is_and_that_the_node_founded_it(app, client, maillage):
    assert maillage("actor", "add", "bikes", "Bikes", "--kind", "project")[0] == 0
    assert maillage("project", "progress", "bikes", "testing") == (0, "bikes: testing\n")
    assert "founded    by the node" in maillage("project", "show", "bikes")[1]
    document = client.get("/actors/bikes", headers={"Accept": "application/activity+json"}).json
    assert (document["phase"], document["progress"]) == ("active", "testing")
    assert "In testing" in client.get("/@bikes").text
