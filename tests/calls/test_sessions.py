"""Sessions of cohorts (FC-58): an event for its people, who is invited as what, what they answer."""

import json

import pytest
from sqlalchemy import select

from actors.database import session
from actors.models import Posted
from flask_maillage.calls import codes, cohorts
from flask_maillage.calls.models import SessionRole
from flask_maillage.calls.sessions import inviting, links, people
from flask_maillage.mail.models import Mail
from flask_maillage.publications.models import DIRECT
from tests.calls import decided, gathered, making

BY = gathered.BY


@pytest.fixture
def call(app, fediverse):
    iri = gathered.call_of(app, fediverse)
    with app.app_context():
        yield making.found(iri)


def answers(held):
    session().expire_all()
    return {role.name: role.answer for role in people.roles_in(held)}


def invites():
    query = select(Posted).where(Posted.type == "Invite").order_by(Posted.id)
    return [json.loads(posted.body) for posted in session().scalars(query)]


def test_a_session_is_an_event_for_its_leaders_who_are_invited_by_letters_of_the_documents_shape(call):
    held = gathered.held(call)
    one, two, *_ = decided.dossiers(call)

    assert held.event.visibility == DIRECT
    assert {who.actor.iri for who in held.event.audience} == {decided.UNION, one.applicant_iri, two.applicant_iri}
    assert answers(held) == {"Application 1": "waiting", "Application 2": "waiting"}
    first, second = invites()
    assert first["id"].startswith(f"{held.event.iri}/invites/")
    assert (first["type"], first["actor"], first["to"]) == ("Invite", decided.UNION, [one.applicant_iri])
    assert (first["object"], first["instrument"]) == (one.applicant_iri, {"as": "leader"})
    assert first["target"]["id"] == held.event.iri
    assert first["target"]["cohort"] == gathered.cohort_ids(call)[0]
    assert second["object"] == two.applicant_iri


def test_a_cohort_has_one_session_and_who_does_not_coordinate_makes_none(call):
    gathered.held(call)
    with pytest.raises(gathered.holding.HeldAlready):
        gathered.held(call)
    cohort = gathered.holding.cohort_named(call, "2")
    stranger = decided.Acting(iri="https://x.test/actors/mallory")
    with pytest.raises(codes.Refused):
        gathered.holding.hold(call, cohort, gathered.content(), stranger)


@pytest.mark.parametrize(
    ("verb", "answer"), [("Accept", "accepted"), ("TentativeAccept", "tentative"), ("Reject", "declined")]
)
def test_who_is_invited_elsewhere_answers_by_letter(app, call, fediverse, tell, verb, answer):
    held = gathered.held(call)
    session().commit()
    first = invites()[0]
    group = decided.applicant(fediverse, 1)
    stub = {"id": first["id"], "type": "Invite", "actor": decided.UNION}

    assert tell(group, verb, stub, to=[decided.UNION]) == "done"
    assert answers(held) == {"Application 1": answer, "Application 2": "waiting"}


def test_an_answer_by_its_bare_id_counts_and_a_later_one_but_none_written_before(call, fediverse, tell):
    held = gathered.held(call)
    session().commit()
    iri, group = invites()[0]["id"], decided.applicant(fediverse, 1)

    assert tell(group, "Accept", iri, published="2026-11-20T10:00:00Z") == "done"
    assert tell(group, "Reject", iri, published="2026-11-20T11:00:00Z") == "done"
    assert tell(group, "Accept", iri, published="2026-11-20T10:30:00Z") == "ignored"
    assert answers(held)["Application 1"] == "declined"


def test_nobody_answers_for_somebody_else_or_uninvited(call, fediverse, tell):
    held = gathered.held(call)
    session().commit()
    invite, mallory = invites()[0]["id"], fediverse.actor("mallory", "x.test", "mallory")

    assert tell(mallory, "Accept", invite) == "ignored"
    assert tell(decided.applicant(fediverse, 2), "Accept", invite) == "ignored"
    assert tell(mallory, "Accept", held.event.iri) == "ignored"
    assert set(answers(held).values()) == {"waiting"}


def test_who_leaves_the_event_comes_no_longer(call, fediverse, tell):
    held = gathered.held(call)
    session().commit()
    group = decided.applicant(fediverse, 1)
    assert tell(group, "Accept", invites()[0]["id"]) == "done"
    assert tell(group, "Leave", held.event.iri) == "done"

    assert answers(held)["Application 1"] == "declined"


def test_an_expert_is_invited_reads_the_event_and_no_application(call, fediverse):
    held = gathered.held(call)
    expert = fediverse.actor("lawyer", "e.test", "alice")
    actor = decided.remote.remember(expert.document)
    role = inviting.invite(held, "expert", BY, actor=actor)

    assert invites()[-1]["instrument"] == {"as": "expert"}
    assert expert.iri in {who.actor.iri for who in held.event.audience}
    assert inviting.invite(held, "expert", BY, actor=actor) is role
    assert len(invites()) == 3

    inviting.take_back(role, BY)
    assert "Lawyer" not in answers(held)
    assert expert.iri not in {who.actor.iri for who in held.event.audience}
    undo = session().scalars(select(Posted).where(Posted.type == "Undo")).one()
    assert json.loads(undo.body)["object"]["id"] == role.invite_iri


def test_who_moves_to_another_cohort_leaves_its_session_and_is_invited_to_the_other(call):
    first, second = gathered.held(call, "1"), gathered.held(call, "2")
    one, *_, free = decided.dossiers(call)
    cohorts.place(call, one, "2", BY)
    cohorts.place(call, free, "1", BY)

    assert answers(first) == {"Application 2": "waiting", "Application 4": "waiting"}
    assert answers(second) == {"Application 1": "waiting", "Application 3": "waiting"}
    readers = {who.actor.iri for who in first.event.audience}
    assert one.applicant_iri not in readers
    assert free.applicant_iri in readers


def test_a_guest_who_leads_is_invited_by_mail_and_answers_by_its_link(call, client):
    gathered.guest(call, decided.dossiers(call)[0])
    held = gathered.held(call)
    session().commit()
    role = session().scalars(select(SessionRole).where(SessionRole.actor_iri.is_(None))).one()
    mail = session().scalars(select(Mail)).one()
    path = links.address(role).removeprefix("http://localhost")

    assert mail.recipient == "gus@example.org"
    assert path in mail.text
    assert "Vous êtes invité" in mail.text
    page = client.get(path)
    assert page.status_code == 200
    assert "Coaching session" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert answers(held)["Application 1"] == "waiting"
    assert client.post(path, data={"answer": "accepted"}).status_code == 303
    assert answers(held)["Application 1"] == "accepted"
    assert b"SUMMARY:Coaching session" in client.get(f"{path}/session.ics").data.replace(b";LANGUAGE=en", b"")
    assert client.post(path, data={"answer": "leader"}).status_code == 400
    assert client.get(path[:-2]).status_code == 404


def test_a_session_that_is_called_off_takes_no_answers(call, fediverse, tell):
    held = gathered.held(call)
    held.event.status = "cancelled"
    session().commit()

    assert tell(decided.applicant(fediverse, 1), "Accept", invites()[0]["id"]) == "ignored"
    assert set(answers(held).values()) == {"waiting"}
