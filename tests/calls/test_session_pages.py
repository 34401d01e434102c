"""Pages of sessions of cohorts: made by who coordinates the call, answered by those invited."""

from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from actors.database import reading, session
from flask_maillage.calls.models import CohortSession
from flask_maillage.calls.sessions import people
from flask_maillage.people import accounts
from flask_maillage.publications.models import Publication
from tests.calls import gathered
from tests.publications.gatherings import speaking
from tests.reader import Reader

TYPED = {
    "starts": "2026-12-11T09:30",
    "ends": "2026-12-11T16:00",
    "online_url": "https://meet.test/room",
    "locality": "",
}


@pytest.fixture
def iri(app, fediverse):
    return gathered.call_of(app, fediverse)


@pytest.fixture
def manage(iri):
    return iri.replace("http://localhost/actors/", "/@") + "/manage/sessions"


@pytest.fixture
def coordinator(app):
    ann = Reader(app)
    assert ann.sign_in().status_code == 303
    return ann


@pytest.fixture
def bea(app):
    """Somebody with an account whom others may find, but without a role for the union."""
    with app.app_context():
        accounts.add("bea@example.org", "Bea", "bea", "twelve apples").actor.federated = True
        session().commit()
    found = Reader(app)
    assert found.sign_in("bea@example.org", "twelve apples").status_code == 303
    return found


def make(reader, manage, key="1", **typed):
    page = reader.get(f"{manage}/{key}")
    return reader.post(f"{manage}/{key}", reader.fill(page, **(TYPED | typed)))


def said(app):
    """Return what everybody who is invited says, by name and role."""
    with app.app_context(), reading():
        held = session().scalars(select(CohortSession)).one()
        return {(role.name, role.role): role.answer for role in people.roles_in(held)}


def test_a_coordinator_makes_the_session_of_a_cohort_with_its_programme(app, coordinator, manage):
    listed = coordinator.get(manage)
    assert (listed.status_code, "Make the session" in listed.text) == (200, True)
    form = coordinator.form(coordinator.get(f"{manage}/1"), "programme")
    assert "session | Application 1" in form["programme"]
    assert make(coordinator, manage).status_code == 303

    page = coordinator.get(f"{manage}/1").text
    assert "Application 1" in page
    assert "no answer yet" in page
    with app.app_context(), reading():
        event = session().scalars(select(Publication).where(Publication.kind == "event")).one()
        assert [item.name for item in event.content.details.programme][1:3] == ["Application 1", "Application 2"]
        assert event.visibility == "direct"
    assert "Who is invited" in coordinator.get(manage).text


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"ends": "2026-12-11T08:00"}, "It must end after it starts."),
        ({"online_url": ""}, "Say where it is"),
        ({"programme": "nonsense"}, "Line 1"),
        ({"starts": ""}, "Say when it starts"),
    ],
)
def test_what_cannot_be_held_is_refused_with_a_reason(app, coordinator, manage, typed, problem):
    answered = make(coordinator, manage, **typed)
    assert answered.status_code == 422
    assert problem in answered.text
    with app.app_context(), reading():
        assert session().scalars(select(CohortSession)).all() == []


def test_nobody_else_finds_these_pages(app, coordinator, bea, manage):
    assert make(coordinator, manage).status_code == 303
    stranger = Reader(app)
    for path in (manage, f"{manage}/1", f"{manage}/9"):
        assert bea.get(path).status_code == 404
        assert stranger.get(path).status_code == 303
    assert coordinator.get(f"{manage}/9").status_code == 404
    form = {"do": "invite", "role": "expert", "who": "@bea"}
    assert bea.post(f"{manage}/1", form).status_code in (400, 404)


def test_a_member_is_invited_as_an_expert_and_answers_on_their_page(app, coordinator, bea, manage):
    make(coordinator, manage)
    page = coordinator.get(f"{manage}/1")
    values = {"csrf_token": coordinator.form(page)["csrf_token"], "do": "invite", "role": "expert", "who": "@bea"}
    assert coordinator.post(f"{manage}/1", values).status_code == 303
    assert said(app)["Bea", "expert"] == "waiting"

    assert "Your sessions" in bea.get("/my").text
    own = bea.get("/my/sessions")
    assert "You are invited as an expert." in own.text
    form = bea.form(own, "who")
    assert bea.post("/my/sessions", form | {"answer": "tentative"}).status_code == 303
    assert said(app)["Bea", "expert"] == "tentative"
    with app.app_context(), reading():
        event = session().scalars(select(Publication).where(Publication.kind == "event")).one()
        number, path = event.id, event.page.removeprefix("http://localhost")
    assert "BEGIN:VEVENT" in bea.get(f"/my/sessions/{number}/session.ics").text
    assert Reader(app).get(f"/my/sessions/{number}/session.ics").status_code == 303
    assert coordinator.get(f"/my/sessions/{number}/session.ics").status_code == 404
    shown = bea.get(path)
    assert shown.status_code == 200
    form = {"csrf_token": bea.form(shown)["csrf_token"], "answer": "no", "message": ""}
    assert bea.post(f"{path}/take-part", form).status_code == 303
    assert said(app)["Bea", "expert"] == "declined"

    page = coordinator.get(f"{manage}/1")
    assert "does not come" in page.text
    with app.app_context(), reading():
        role = next(one for one in people.roles_in(session().scalars(select(CohortSession)).one()) if one.name == "Bea")
        row = role.id
    values = {"csrf_token": coordinator.form(page)["csrf_token"], "do": "withdraw", "who": row}
    assert coordinator.post(f"{manage}/1", values).status_code == 303
    assert bea.get(path).status_code == 404
    assert "Coaching" not in bea.get("/my/sessions").text


def test_whom_nobody_knows_is_not_invited(app, coordinator, manage):
    make(coordinator, manage)
    page = coordinator.get(f"{manage}/1")
    token = coordinator.form(page)["csrf_token"]
    for who in ("@nobody", "https://e.test/users/nobody", ""):
        values = {"csrf_token": token, "do": "invite", "role": "expert", "who": who}
        assert coordinator.post(f"{manage}/1", values).status_code == 422
    assert {role for _name, role in said(app)} == {"leader"}


def test_a_session_elsewhere_is_answered_there_by_letter(app, client, clock, work, fediverse, coordinator):
    """A node with a cohort of its own invites the union as a leader: the event comes with the invitation."""
    owner = fediverse.actor("platform", "n.test", "bob", kind="Group")
    event = owner.event(7, name="Session elsewhere", to=["http://localhost/actors/union"], cc=[])
    event |= {"cohort": f"{owner.iri}/calls/1/cohorts/1", "startTime": "2027-01-11T18:00:00Z"}
    event |= {"endTime": "2027-01-11T20:00:00Z"}
    say = speaking(app, client, clock, work)
    more = {"target": event, "instrument": {"as": "leader"}, "content": "You are invited as the leader."}
    assert say(owner, "Invite", "http://localhost/actors/union", to=["http://localhost/actors/union"], **more) == "done"

    own = coordinator.get("/my/sessions")
    assert "Session elsewhere" in own.text
    form = coordinator.form(own, "who")
    assert coordinator.post("/my/sessions", form | {"answer": "accepted"}).status_code == 303
    assert coordinator.post("/my/sessions", form | {"answer": "nonsense"}).status_code == 400
    work()
    answered = fediverse.letters(urlsplit(owner.inbox).path)[-1]
    assert (answered["type"], answered["object"]["type"]) == ("Accept", "Invite")
    assert answered["object"]["id"] == f"{owner.iri}/activities/1"
    assert answered["to"] == [owner.iri]
