"""Taking part in the browser and by command: members, the event's people, invitations; and who may not."""

import pytest
from sqlalchemy import select

from actors import local, remote
from actors.database import reading, session
from flask_maillage.coalitions import memberships
from flask_maillage.coalitions.models import Membership
from flask_maillage.people import accounts
from flask_maillage.publications import keeping
from flask_maillage.publications.attending import registering, taking_part
from flask_maillage.publications.models import Attendance, Publication
from tests.publications import board
from tests.publications.gatherings import event_of_ours, speaking
from tests.reader import Reader

UNION = "http://localhost/actors/union"


@pytest.fixture(autouse=True)
def _beside_the_requests(app):
    """Give the test a context of its own, which no request of a `Reader` shares, and never the write lock."""
    with app.app_context(), reading():
        yield


@pytest.fixture
def reader(app):
    ann = Reader(app)
    assert ann.sign_in().status_code == 303
    return ann


@pytest.fixture
def stranger(app):
    """Somebody with an account, but no role for the union."""
    accounts.add("bea@example.org", "Bea", "bea", "twelve apples")
    session().commit()
    bea = Reader(app)
    assert bea.sign_in("bea@example.org", "twelve apples").status_code == 303
    return bea


@pytest.fixture
def say(app, client, clock, work):
    """Let a remote actor say something, have it opened, and give what became of the letter."""
    return speaking(app, client, clock, work)


def path_of(event):
    return event.replace("http://localhost/actors/", "/@")


def stored(model=Attendance):
    session().rollback()
    return {(found.actor if model is Attendance else found.member).handle: found.state for found in all_of(model)}


def all_of(model):
    return session().scalars(select(model)).all()


def press(reader, path, answer, *, action=None, **more):
    """Press a button of a page: the form that has this answer, with its token."""
    page = reader.get(path)
    assert f'value="{answer}"' in page.text
    values = {"csrf_token": reader.form(page)["csrf_token"], "answer": answer, **more}
    return reader.post(action or path, values)


@pytest.mark.parametrize("where", ["here", "elsewhere"])
def test_member_takes_part_and_no_longer_by_a_button(app, reader, work, fediverse, where):
    page = path_of(event_of_ours(app)) if where == "here" else board.receive(app, "event")
    answered = press(reader, page, "yes", action=f"{page}/take-part")
    assert (answered.status_code, answered.location) == (303, page)
    assert stored() == {"ann": "accepted" if where == "here" else "requested"}
    assert ("You take part." if where == "here" else "have not answered yet") in reader.get(page).text
    assert press(reader, page, "no", action=f"{page}/take-part").status_code == 303
    assert stored() == {"ann": "left"}


def test_button_is_not_there_for_strangers_and_past_events(app, client, clock, reader):
    page = path_of(event_of_ours(app))
    assert "take-part" not in client.get(page).text
    assert "take-part" in reader.get(page).text
    clock.turn(days=90)
    assert "take-part" not in reader.get(page).text


@pytest.mark.parametrize("path", ["take-part", "attendees"])
def test_who_is_not_signed_in_signs_in_first(app, client, path):
    page = path_of(event_of_ours(app))
    answered = client.post(f"{page}/{path}", data={"answer": "yes"})
    assert (answered.status_code, answered.location.startswith("/sign-in")) == (303, True)
    assert stored() == {}


def test_form_without_its_token_changes_nothing(app, reader):
    page = path_of(event_of_ours(app))
    assert reader.post(f"{page}/take-part", {"answer": "yes"}).status_code == 400
    assert stored() == {}


def test_editors_see_who_comes_and_answer(app, reader, say, work, fediverse):
    event = event_of_ours(app, join_mode="restricted")
    alice = fediverse.actor("alice", "a.test")
    say(alice, "Join", event, participationMessage="<b>Two</b> of us")
    page = f"{path_of(event)}/attendees"
    shown = reader.get(page)
    assert "Alice" in shown.text
    assert "asks to come: 1" in shown.text
    assert "<blockquote>Two of us</blockquote>" in shown.text
    assert shown.headers["Cache-Control"] == "private, no-store"
    number = str(all_of(Attendance)[0].id)
    session().rollback()
    assert press(reader, page, "accept", who=number).status_code == 303
    assert stored() == {"alice": "accepted"}
    assert press(reader, page, "reject", who=number).status_code == 303
    assert stored() == {"alice": "refused"}
    work()
    assert [letter["type"] for letter in fediverse.letters("/users/alice/inbox")] == ["Accept", "Reject"]


def test_list_of_who_comes_is_for_the_events_people_alone(app, client, stranger):
    page = f"{path_of(event_of_ours(app))}/attendees"
    assert client.get(page).status_code == 303
    assert stranger.get(page).status_code == 403
    assert stranger.get(f"{board.receive(app, 'event')}/attendees").status_code == 403


def test_editor_answers_nobody_of_another_event(app, reader, say, fediverse):
    first, second = event_of_ours(app, join_mode="restricted"), event_of_ours(app)
    say(fediverse.actor("alice", "a.test"), "Join", first)
    number = str(all_of(Attendance)[0].id)
    session().rollback()
    token = reader.form(reader.get(path_of(second)))["csrf_token"]
    values = {"csrf_token": token, "who": number, "answer": "accept"}
    assert reader.post(f"{path_of(second)}/attendees", values).status_code == 400
    assert stored() == {"alice": "requested"}


def test_members_of_a_group_are_answered_on_its_page(app, reader, stranger, client, say, work, fediverse):
    garden = fediverse.actor("garden", "g.test", kind="Group")
    say(garden, "Join", UNION)
    assert client.get("/@union/members/manage").status_code == 303
    assert stranger.get("/@union/members/manage").status_code == 403
    assert "/@union/members/manage" in reader.get("/@union").text
    assert "/@union/members/manage" not in stranger.get("/@union").text
    number = str(all_of(Membership)[0].id)
    session().rollback()
    assert press(reader, "/@union/members/manage", "accept", who=number).status_code == 303
    assert stored(Membership) == {"garden": "member"}
    assert press(reader, "/@union/members/manage", "remove", who=number).status_code == 303
    assert stored(Membership) == {"garden": "removed"}
    assert "Garden is told." in reader.get("/@union/members/manage").text
    assert "Garden" not in reader.get("/@union/members/manage").text
    for path in ("/@relay/members/manage", "/@ann/members/manage", "/@nobody/members/manage"):
        assert reader.get(path).status_code == 404


@pytest.mark.parametrize("answer", ["accept", "reject"])
def test_invitations_are_answered_on_their_page(app, reader, stranger, say, work, fediverse, answer):
    group = fediverse.actor("group", "m.test", kind="Group")
    event = group.event(1)
    kept = keeping.keep(event, remote.remember(group.document))
    taking_part.invite(kept, local.find("ann"), iri=f"{group.iri}/invites/1")
    memberships.record(remote.find(group.iri), local.find("union"), "invited", iri=f"{group.iri}/invites/2")
    session().commit()
    assert "An open evening" in reader.get("/invitations").text
    assert "An open evening" not in stranger.get("/invitations").text
    numbers = {"event": str(all_of(Attendance)[0].id), "group": str(all_of(Membership)[0].id)}
    session().rollback()
    token = stranger.form(stranger.get("/account"))["csrf_token"]
    for kind, number in numbers.items():
        values = {"csrf_token": token, "who": number, "to": kind, "answer": answer}
        assert stranger.post("/invitations", values).status_code == 400
        assert press(reader, "/invitations", answer, who=number, to=kind).status_code == 303
    assert stored() == {"ann": "accepted" if answer == "accept" else "declined"}
    assert stored(Membership) == {"union": "member" if answer == "accept" else "refused"}
    work()
    sent = [(letter["type"], letter["object"]) for letter in fediverse.letters("/users/group/inbox")]
    assert sorted(sent) == [(answer.capitalize(), f"{group.iri}/invites/{number}") for number in (1, 2)]


def test_event_that_is_full_says_so_to_who_comes_late(app, reader):
    event = event_of_ours(app, capacity=1)
    found = session().scalars(select(Publication).where(Publication.iri == event)).one()
    registering.register(found, local.find("couriers"), iri="http://localhost/actors/couriers/activities/1")
    session().commit()
    page = path_of(event)
    assert press(reader, page, "yes", action=f"{page}/take-part").status_code == 303
    assert "did not accept your registration" in reader.get(page).text
    assert "0 of 1 left" in reader.get(page).text
