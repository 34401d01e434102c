"""What a session brought (FC-60): written down by who coordinates and by the leader, read by nobody else."""

import pytest
from sqlalchemy import select

from actors import iris, local
from actors.database import reading, session
from flask_maillage.calls import letters
from flask_maillage.calls.desk.entries import key_of
from flask_maillage.calls.models import CallLetter, Entry
from flask_maillage.people import roles
from flask_maillage.people.models import Member
from tests.calls import decided, gathered, making
from tests.calls.test_session_pages import bea, coordinator  # noqa: F401 - fixtures
from tests.reader import Reader

TYPED = {
    "strengths": "Forty riders\nThey trust each other",
    "needs": "Cooperative law",
    "action_plan": "Ask for data | A rider | 2027-05-31\nFind a lawyer",
}


@pytest.fixture
def led(app, fediverse):
    """A call with an initiative in its first cohort that Bea, of this node, leads."""
    iri = gathered.call_of(app, fediverse)
    with app.app_context():
        call = making.found(iri)
        dossier = decided.dossiers(call)[0]
        found = {
            "path": f"{iri.replace('http://localhost/actors/', '/@')}/manage/sessions/1/outputs/{dossier.identifier}"
        }
        found["key"] = key_of(dossier.agreement_iri)
        if local.find("bea") is not None:
            dossier.applicant_iri = iris.actor("bea")
        session().commit()
    return found


def write(reader, path, **typed):
    values = reader.form(reader.get(path), "strengths")
    for name, value in (TYPED | typed).items():
        values[name] = value
    return reader.post(path, values)


def entries(app):
    with app.app_context(), reading():
        return [(one.by_iri, one.facts["outputs"]) for one in session().scalars(select(Entry).order_by(Entry.id))]


def test_a_coordinator_writes_down_what_a_session_brought_and_who_follows_is_told(app, coordinator, led):  # noqa: F811
    manage, _slash, dossier = led["path"].partition("/sessions/1/outputs/")
    assert led["path"] in coordinator.get(f"{manage}/follow-up/{dossier}").text
    assert write(coordinator, led["path"]).status_code == 303
    ((by, said),) = entries(app)
    assert by == decided.UNION
    assert said["strengths"] == ["Forty riders", "They trust each other"]
    assert said["actionPlan"][0] == {"action": "Ask for data", "responsible": "A rider", "due": "2027-05-31"}
    assert said["actionPlan"][1]["action"] == "Find a lawyer"
    with app.app_context(), reading():
        letter = session().scalars(select(CallLetter).where(CallLetter.verb == "Create{Note}")).one()
        document = letters.document_of(letter)
    assert document["object"]["followUp"]["entry"] == "outputs"
    assert document["to"][0].endswith("/users/group1")

    page = coordinator.get(led["path"])
    assert coordinator.form(page, "needs")["action_plan"] == "Ask for data | A rider | 2027-05-31\nFind a lawyer"
    assert write(coordinator, led["path"], needs="A lawyer").status_code == 303
    with app.app_context(), reading():
        first, second = session().scalars(select(Entry).order_by(Entry.id))
        assert second.supersedes == first.iri


def test_a_leader_of_this_node_writes_it_down_from_their_page(app, bea, led):  # noqa: F811
    path = f"/my/sessions/outputs/{led['key']}"
    assert path in bea.get("/my/sessions").text
    assert write(bea, path).status_code == 303
    ((by, said),) = entries(app)
    assert (by, said["needs"]) == (iris_of_bea(), ["Cooperative law"])


def iris_of_bea():
    return "http://localhost/actors/bea"


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"action_plan": "Ask | A rider | soon"}, "Line 1: write what, who and until when"),
        ({"strengths": "", "needs": "", "action_plan": ""}, "Write at least one thing"),
        ({"needs": "x" * 1001}, "longer than 1000 characters"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_reason(app, coordinator, led, typed, problem):  # noqa: F811
    answered = write(coordinator, led["path"], **typed)
    assert (answered.status_code, problem in answered.text) == (422, True)
    assert entries(app) == []


def test_nobody_else_finds_the_form(app, bea, led):  # noqa: F811
    stranger = Reader(app)
    assert stranger.get(led["path"]).status_code == 303
    assert bea.get(led["path"]).status_code == 404
    assert bea.get("/my/sessions/outputs/nothing").status_code == 404
    with app.app_context():
        member = session().scalars(select(Member).where(Member.email == "bea@example.org")).one()
        roles.grant(member, local.find("union"), "admin")
        session().commit()
    assert bea.get(led["path"].replace("/1/outputs", "/2/outputs")).status_code == 404
    assert bea.get(led["path"]).status_code == 404, "nobody coordinates their own"
