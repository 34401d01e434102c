"""Late ones that are held: admitted by a person, with a reason and a seat's proof, or left refused; by nobody else."""

import json

import pytest
from sqlalchemy import select

from actors.database import session
from actors.models import Actor
from actors.node import now
from flask_maillage.calls import admitting, audit, letters
from flask_maillage.calls.acting import Acting
from flask_maillage.calls.admitting import NotHeld
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.desk import roles as desk
from flask_maillage.calls.models import CallLetter, Dossier, Receipt
from flask_maillage.calls.shapes import Shape
from flask_maillage.mail import queue
from tests.calls import committee, making
from tests.calls.fixtures import fixture
from tests.federated_calls.cast import CALL, moment
from tests.federated_calls.play import staged
from tests.reader import Reader

BY = Acting(iri="https://node-a.example/actors/ann", coordinator=True)


@pytest.fixture
def stage(database_url, tmp_path, monkeypatch):
    monkeypatch.setattr(queue, "is_on", lambda: True)
    with staged(database_url, tmp_path, "https://node-a.example") as found:
        found.prepare("call", "deadline-extended", "offer-owner-down")
        yield found


def proven(stage):
    stage.prepare("receipt-in-time-elsewhere")
    stage.clock.moment = moment("2027-01-14T07:00:00Z")


def waiting():
    (one,) = admitting.held(making.found(CALL), now())
    return one


def test_admitted_with_a_proof_it_is_registered_and_the_receipt_says_why(stage):
    proven(stage)
    with stage.app.app_context():
        found = waiting()
        assert found.in_time.received_at == moment("2027-01-13T22:59:59Z")
        dossier = admitting.admit(making.found(CALL), found.letter.id, BY, " Our node was down. ", now())
        assert (dossier.late, dossier.admitted_by, dossier.admission_reason) == (True, BY.iri, "Our node was down.")
        session().commit()
        assert admitting.held(making.found(CALL), now()) == []
        last = audit.records(making.found(CALL))[-1]
        assert (last["act"], last["by"], last["subject"]) == (
            "admit",
            BY.iri,
            f"{CALL}/dossiers/{dossier.identifier}",
        )
        assert "down" not in json.dumps(audit.records(making.found(CALL)))
        with pytest.raises(NotHeld):
            admitting.admit(making.found(CALL), found.letter.id, BY, "Again", now())
    wanted = fixture("receipt-admitted")["object"]
    (sent,) = [one["object"] for one in stage.sent("Create") if "admittedBecause" in one["object"]]
    same = ("inReplyTo", "version", "digestMultibase", "to", "admittedBecause", "type", "context")
    assert {name: sent[name] for name in same} == {name: wanted[name] for name in same}
    with stage.app.app_context():
        own = session().scalars(select(Receipt).where(Receipt.seat_key == "etuc-1")).one()
        assert own.matches


def test_a_receipt_that_came_before_the_offer_is_a_proof_too(database_url, tmp_path):
    with staged(database_url, tmp_path, "https://node-a.example") as stage:
        stage.prepare("call", "deadline-extended", "receipt-in-time-elsewhere", "offer-owner-down")
        with stage.app.app_context():
            assert waiting().in_time is not None


@pytest.mark.parametrize("wrong", ["no proof", "no reason", "not a coordinator", "decided", "too old"])
def test_without_all_of_it_nobody_is_admitted(stage, wrong):
    if wrong != "no proof":
        proven(stage)
    with stage.app.app_context():
        call = making.found(CALL)
        number = waiting().letter.id
        if wrong == "decided":
            call.content = call.content.model_copy(update={"status": "decided"})
            session().commit()
        if wrong == "too old":
            stage.clock.turn(days=15)
        by = Acting(iri=BY.iri, seat="ires") if wrong == "not a coordinator" else BY
        reason = " " if wrong == "no reason" else "Our node was down."
        with pytest.raises((Refused, NotHeld)):
            admitting.admit(call, number, by, reason, now())
        session().rollback()
        assert session().scalars(select(Dossier)).all() == []


def test_a_receipt_after_the_deadline_or_of_another_text_proves_nothing(stage):
    proven(stage)
    with stage.app.app_context():
        row = session().scalars(select(Receipt)).one()
        for changed in ({"received_at": moment("2027-01-13T23:00:00Z")}, {"matches": False}, {"via": "mail"}):
            before = {name: getattr(row, name) for name in changed}
            for name, value in changed.items():
                setattr(row, name, value)
            session().flush()
            assert waiting().in_time is None
            for name, value in before.items():
                setattr(row, name, value)
        session().rollback()


def test_left_refused_it_is_erased_and_the_log_says_by_whom(stage):
    proven(stage)
    with stage.app.app_context():
        letter = waiting().letter
        admitting.refuse(making.found(CALL), letter.id, BY, now())
        session().commit()
        assert (letter.document, letter.held_until, letter.refused) == (None, None, "late")
        assert audit.records(making.found(CALL))[-1]["act"] == "leave late"
        with pytest.raises(NotHeld):
            admitting.refuse(making.found(CALL), letter.id, BY, now())


NAME = "Nightingale"


def test_no_coordinator_admits_their_own(stage):
    proven(stage)
    with stage.app.app_context():
        call, found = making.found(CALL), waiting()
        people = session().scalars(select(Actor).where(Actor.iri.in_([found.applicant, call.actor.iri])))
        with pytest.raises(Refused) as refused:
            admitting.admit(call, found.letter.id, BY, "A reason", now(), reader=desk.Reader(call, tuple(people)))
        assert refused.value.refusal.code == "own-application"


@pytest.fixture
def late(app, clock):
    """The page of what came too late to a call of ours, with one that a seat elsewhere had in time."""
    iri = committee.call(app)
    clock.moment = committee.DELIBERATING
    with app.app_context():
        committee.coordinator()
        for name in ("mallory", "rider"):
            committee.member(name)
        document = {"type": "Offer", "object": {"name": NAME, "application": {"committeeVersion": 1}}}
        letter = CallLetter(
            sender_iri=committee.member("rider").iri,
            iri="http://localhost/actors/rider/applications/1#offer-1",
            verb=str(Shape.OFFER),
            call_iri=iri,
            agreement_iri="http://localhost/actors/rider/applications/1",
            sent=False,
            received_at=now(),
            digest=letters.digest_of_document(document),
            document=json.dumps(document),
            held_until=now() + admitting.HOUR,
            refused="late",
        )
        session().add(letter)
        session().flush()
        proof = {"letter_id": letter.id, "seat_key": "ires", "by_iri": "https://b.test/actors/seat", "via": "letter"}
        said = {"iri": "https://b.test/r/1", "received_at": committee.DEADLINE, "digest": letter.digest}
        session().add(Receipt(matches=True, **proof, **said))
        session().commit()
    return iri.replace("http://localhost/actors/", "/@") + "/manage/late"


def test_only_who_coordinates_finds_the_page(app, late):
    nothing = late.replace(late.split("/")[3], "01a1fdfa-4600-7373-bfc2-fcb01a4ad9a7")
    for who in ("mallory", "rider", "ires"):
        browser = Reader(app)
        browser.sign_in(f"{who}@example.org")
        assert (
            browser.get(late).status_code == browser.post(late).status_code == browser.get(nothing).status_code == 404
        )
        assert NAME not in browser.get(late).text
    assert NAME not in Reader(app).get(late).text


def test_the_page_asks_for_a_reason_and_takes_a_no(app, late):
    browser = Reader(app)
    browser.sign_in("boss@example.org")
    page = browser.get(late)
    assert NAME in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    steps = late.removesuffix("/late")
    assert f'<a href="{late}">1 application came too late and is held</a>' in browser.get(steps).text
    sent = browser.form(page, "which")
    answer = browser.post(late, {**sent, "do": "admit", "reason": " "})
    assert (answer.status_code, "Write why you admit it" in answer.text) == (422, True)
    assert browser.post(late, {**sent, "do": "leave"}).status_code == 303
    assert NAME not in browser.get(late).text
    assert late not in browser.get(steps).text
    assert browser.post(late, {**sent, "do": "leave"}).status_code == 409
