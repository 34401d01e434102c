"""The waiting list: who waits hears nothing that is decided, and gets the next place, in order and once."""

import pytest
from sqlalchemy import select

from actors import local, remote
from actors.database import session
from flask_maillage.publications import keeping, publishing
from flask_maillage.publications.attending import registering, taking_part, waiting_list
from flask_maillage.publications.kinds.registration import Registration
from flask_maillage.publications.models import Attendance, Publication
from flask_maillage.publications.rules import NotPossible
from tests.publications.gatherings import change, event_of_ours, speaking, states
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WAITING = Registration(waiting_list=True)


@pytest.fixture
def say(app, client, clock, work):
    return speaking(app, client, clock, work)


@pytest.fixture
def full(app, say, fediverse):
    """An event with one place, which alice has, and for which bob and carol wait."""
    event = event_of_ours(app, capacity=1, registration=WAITING)
    for name in ("alice", "bob", "carol"):
        assert say(fediverse.actor(name, "a.test"), "Join", event) == "done"
    return event


def heard(fediverse, name):
    return [(letter["type"], letter.get("content")) for letter in fediverse.letters(f"/users/{name}/inbox")]


def found(event):
    return session().scalars(select(Publication).where(Publication.iri == event)).one()


def revise(app, event, **details):
    with app.app_context():
        publication = found(event)
        content = publication.content
        changed = content.details.model_copy(update=details)
        publishing.revise(publication, content.model_copy(update={"details": changed}))
        session().commit()


def test_who_comes_late_is_told_their_number_and_nothing_decided(app, full, fediverse):
    assert states(app) == {"alice": "accepted", "bob": "waiting", "carol": "waiting"}
    told = "No place is left: you are number {} on the waiting list."
    assert heard(fediverse, "bob") == [("TentativeAccept", told.format(1))]
    assert heard(fediverse, "carol") == [("TentativeAccept", told.format(2))]


@pytest.mark.parametrize("verb", ["Leave", "Undo", "Reject"])
def test_free_place_goes_to_the_first_at_once(app, say, full, fediverse, verb):
    alice = fediverse.actor("alice", "a.test")
    assert say(alice, verb, alice.activity("Join", full) if verb == "Undo" else full, 2) == "done"
    assert states(app)["bob"] == "accepted"
    assert states(app)["carol"] == "waiting"
    assert [verb for verb, _ in heard(fediverse, "bob")] == ["TentativeAccept", "Accept"]
    assert [verb for verb, _ in heard(fediverse, "carol")] == ["TentativeAccept"]
    updates = [one["object"] for one in fediverse.letters("/inbox") if one["type"] == "Update"]
    assert {one["joinMode"] for one in updates if one["id"] == full} == {"restricted"}


def test_who_waits_and_leaves_comes_back_at_the_end(app, say, full, fediverse):
    bob = fediverse.actor("bob", "a.test")
    assert say(bob, "Join", full, 2) == "done"
    assert heard(fediverse, "bob")[-1] == heard(fediverse, "bob")[0]
    say(bob, "Leave", full, 3)
    say(bob, "Join", full, 4)
    assert "number 2" in heard(fediverse, "bob")[-1][1]
    say(fediverse.actor("alice", "a.test"), "Leave", full, 2)
    assert states(app) == {"alice": "left", "bob": "waiting", "carol": "accepted"}


def test_more_places_are_given_to_who_waits(app, full, work, fediverse):
    revise(app, full, capacity=2)
    work()
    assert states(app) == {"alice": "accepted", "bob": "accepted", "carol": "waiting"}
    assert [verb for verb, _ in heard(fediverse, "bob")] == ["TentativeAccept", "Accept"]
    revise(app, full, capacity=None)
    work()
    assert states(app)["carol"] == "accepted"


@pytest.mark.parametrize("end", ["over", "cancelled", "elsewhere"])
def test_nobody_is_promoted_where_nobody_registers_any_more(app, clock, full, work, end):
    if end == "over":
        clock.turn(days=90)
    elif end == "cancelled":
        change(app, full, status="cancelled")
    else:
        revise(app, full, join_mode="external", external_url="https://tickets.example/")
    with app.app_context():
        registering.leave(found(full), next(one for one in registering.attendances(found(full))).actor)
        session().commit()
    work()
    assert states(app) == {"alice": "left", "bob": "waiting", "carol": "waiting"}


def test_who_is_accepted_by_a_person_waits_where_no_place_is_left(app, say, work, fediverse):
    event = event_of_ours(app, capacity=1, join_mode="restricted", registration=WAITING)
    for name in ("alice", "bob", "carol"):
        say(fediverse.actor(name, "a.test"), "Join", event)
    assert set(states(app).values()) == {"requested"}
    with app.app_context():
        parts = {part.name: part for part in registering.attendances(found(event))}
        for name in ("Alice", "Bob"):
            registering.answer(parts[name], accept=True)
        with pytest.raises(NotPossible):
            registering.answer(parts["Bob"], accept=True)
        registering.answer(parts["Alice"], accept=False)
        session().commit()
    work()
    assert states(app) == {"alice": "refused", "bob": "accepted", "carol": "requested"}


def test_member_sees_the_number_on_the_page_and_takes_part_no_longer(app):
    event = event_of_ours(app, capacity=1, registration=WAITING)
    with app.app_context():
        taking_part.join(local.find("couriers"), found(event))
        session().commit()
    page, ann = event.replace("http://localhost/actors/", "/@"), Reader(app)
    ann.sign_in()
    token = ann.form(ann.get(page), "csrf_token")["csrf_token"]
    assert ann.post(f"{page}/take-part", {"csrf_token": token, "answer": "yes"}).status_code == 303
    assert "You are number 1 on the waiting list." in ann.get(page).text
    ann.post(f"{page}/take-part", {"csrf_token": token, "answer": "no"})
    assert states(app) == {"couriers": "accepted", "ann": "left"}


def test_worker_looks_only_where_somebody_waits(app, full):
    with app.app_context():
        assert waiting_list.promote_waiting() == 0
        session().delete(session().scalars(select(Attendance).where(Attendance.state == "accepted")).one())
        session().commit()
        assert (waiting_list.promote_waiting(), waiting_list.promote_waiting()) == (1, 0)


def test_answer_of_another_node_that_we_wait_is_noted(app, say, work, fediverse):
    group = fediverse.actor("group", "m.test", kind="Group")
    event = group.event(1)
    with app.app_context():
        kept = keeping.keep(event, remote.remember(group.document))
        iri = taking_part.join(local.find("ann"), kept).iri
        session().commit()
    for number, (verb, state) in enumerate((("TentativeAccept", "waiting"), ("Accept", "accepted")), 1):
        assert say(group, verb, {"id": iri, "type": "Join", "object": event["id"]}, number) == "done"
        assert states(app) == {"ann": state}
