"""What members get who hold seats, on a node of seats alone and on the owner's: the fixtures, played by HTTP."""

import copy
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from actors import local, outbox
from actors.database import session
from flask_maillage.calls import arrivals, posting
from flask_maillage.calls.models import CallLetter, CommitteeCopy, GivenOpinion
from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.subjects import Subject
from flask_maillage.publications import keeping
from tests.calls.fixtures import fixture
from tests.federated_calls.cast import ASTREES, CALL, ETUC, IRES, OWNER, RIDERS, TEXTS, moment, proved
from tests.federated_calls.play import staged

A, B, D = (f"https://node-{letter}.example" for letter in "abd")
OPEN = ("call", "deadline-extended")
OFFER = fixture("offer")["id"]
MADE_HERE = ("id", "published", "attributedTo")
"""What of a receipt each node says of itself."""


@pytest.fixture
def stage(database_url, tmp_path):
    with staged(database_url, tmp_path, B) as found:
        yield found


def copies(stage):
    """Return which letters are kept for seats here: by whom, which, and whether they are shown."""
    with stage.app.app_context():
        rows = session().scalars(select(CommitteeCopy).order_by(CommitteeCopy.id)).all()
        return [(row.seat.iri, row.letter.iri, row.hidden_at is None) for row in rows]


def receipts(stage):
    return [one for one in stage.sent("Create") if one["object"].get("type") == "Receipt"]


def said(receipt):
    return {key: value for key, value in receipt["object"].items() if key not in MADE_HERE}


def changed(name, **changes):
    """Return a fixture with something else in it, proved anew by its actor."""
    document = copy.deepcopy(fixture(name)) | changes
    document.pop("proof", None)
    return proved(document)


def test_seat_gets_copies_and_confirms_each_letter_at_once(stage):
    stage.prepare(*OPEN)
    for name in ("offer", "correction", "offer-texts", "withdrawal"):
        assert stage.deliver(name)["outcome"] == "accepted", stage.last_outcome()

    sent = receipts(stage)
    expected = fixture("receipt-seat")
    assert said(sent[0]) == {key: value for key, value in expected["object"].items() if key not in MADE_HERE} | {
        "receivedAt": "2027-01-10T17:02:02Z"
    }
    assert [one["actor"] for one in sent] == [IRES] * 4
    assert all(one["proof"]["verificationMethod"] == f"{IRES}#ed25519-key" for one in sent)
    assert [(one["object"]["inReplyTo"], one["object"]["version"], one["to"]) for one in sent[1:]] == [
        (fixture("correction")["id"], 2, [RIDERS, OWNER]),
        (fixture("offer-texts")["id"], 1, [TEXTS, OWNER]),
        (fixture("withdrawal")["id"], 1, [TEXTS, OWNER]),
    ]
    inboxes = [url for url, body in stage.network.posted if body["id"] == sent[0]["id"]]
    assert sorted(inboxes) == [f"{OWNER}/inbox", f"{RIDERS}/inbox"]
    assert copies(stage) == [
        (IRES, OFFER, True),
        (IRES, fixture("correction")["id"], True),
        (IRES, fixture("offer-texts")["id"], False),
        (IRES, fixture("withdrawal")["id"], True),
    ]

    known = ("offer", "correction", "update-old-version")
    anothers = ("update-by-another", "withdrawal-by-another", "offer-in-anothers-name")
    assert [stage.deliver(name)["outcome"] for name in known + anothers] == ["ignored"] * 6
    assert (len(receipts(stage)), len(copies(stage))) == (4, 4)


def test_seat_takes_nothing_that_the_others_did_not_get_too(stage):
    stage.prepare(*OPEN)
    refused = {
        "offer-missing-recipient": "missing-recipient",
        "offer-extra-recipient": "extra-recipient",
        "offer-without-proof": "proof-missing",
        "offer-unknown-committee": "committee-changed",
        "offer-plain-0837": "malformed",
    }
    stage.clock.moment = moment("2027-01-12T10:00:00Z")
    for name, code in refused.items():
        document = fixture(name) if IRES in fixture(name)["to"] else changed(name, to=[*fixture(name)["to"], IRES])
        assert stage.post(document, to=IRES) == {"outcome": "refused", "code": code}, name
    assert (receipts(stage), copies(stage)) == ([], [])


def test_withdrawal_that_came_first_hides_what_comes_after_it(stage):
    stage.prepare(*OPEN)
    stage.clock.moment = moment("2027-01-12T12:00:00Z")
    assert stage.post(changed("withdrawal", target=CALL), to=IRES)["outcome"] == "accepted"
    assert receipts(stage) == []
    assert stage.post(fixture("offer-texts"), to=IRES)["outcome"] == "accepted"
    assert [one["object"]["inReplyTo"] for one in receipts(stage)] == [
        fixture("offer-texts")["id"],
        fixture("withdrawal")["id"],
    ]
    assert copies(stage) == [(IRES, fixture("offer-texts")["id"], False), (IRES, fixture("withdrawal")["id"], True)]


def test_nobody_gets_applications_to_calls_in_which_they_have_no_seat(stage):
    elsewhere = fixture("deadline-extended")["object"]
    elsewhere = json.loads(json.dumps(elsewhere).replace(IRES, f"{B}/actors/somebody"))
    stage.network.documents[CALL] = elsewhere
    assert stage.deliver("offer") == {"outcome": "ignored"}
    assert (receipts(stage), copies(stage)) == ([], [])


def test_call_that_is_not_known_is_read_at_its_owners(stage):
    stage.network.documents[CALL] = fixture("deadline-extended")["object"]
    assert stage.deliver("offer")["outcome"] == "accepted", stage.last_outcome()
    assert copies(stage) == [(IRES, OFFER, True)]


def test_who_declined_gets_no_more_and_who_is_recused_is_shown_none(stage):
    stage.prepare(*OPEN)
    with stage.app.app_context():
        seat = local.find("ires_seat")
        about = {"seat_actor_id": seat.id, "call_iri": CALL, "agreement_iri": fixture("offer")["object"]["id"]}
        said = {"opinion": "recused", "review_iri": f"{IRES}/reviews/1", "sent_at": stage.clock()}
        session().add(GivenOpinion(**about, **said, scores={}))
        session().commit()
    assert stage.deliver("offer")["outcome"] == "accepted"
    assert copies(stage) == [(IRES, OFFER, False)]
    with stage.app.app_context():
        outbox.post(local.find("ires_seat"), "Reject", CALL, to=[OWNER], inboxes=[f"{OWNER}/inbox"])
        session().commit()
    assert stage.deliver("offer-texts")["outcome"] == "ignored"
    assert len(copies(stage)) == 1


def test_copies_go_a_month_after_their_call_is_archived(stage):
    stage.prepare(*OPEN)
    stage.deliver("offer")
    with stage.app.app_context():
        assert session().scalars(select(CommitteeCopy.erase_at)).all() == [None]
        call = keeping.find(CALL)
        call.content = call.content.model_copy(update={"status": "archived"})
        session().commit()
    stage.work()
    assert len(copies(stage)) == 1
    stage.clock.moment += timedelta(days=31)
    stage.work()
    assert copies(stage) == []
    with stage.app.app_context():
        assert session().scalars(select(CallLetter.document).where(CallLetter.iri == OFFER)).one() is None


def test_seat_on_the_owners_node_is_treated_alike(database_url, tmp_path):
    with staged(database_url, tmp_path, A) as stage:
        stage.prepare(*OPEN, "offer-texts", "offer")
        of_seats = [one for one in receipts(stage) if one["actor"] == ETUC]
        expected = fixture("receipt-local-seat")["object"]
        assert said(of_seats[1]) == {key: value for key, value in expected.items() if key not in MADE_HERE}
        for name in ("receipt-seat", "receipt-of-another-text"):
            stage.deliver(name)
        states = {"ires": "received", "etuc-1": "received", "etuc-2": "waiting", "astrees": "waiting"}
        assert tally(stage, OFFER) == ("received", states, 2, 4)
        assert others(stage, OFFER) == {"astrees": 1}

        stage.clock.moment = moment("2027-01-12T12:00:00Z")
        assert stage.post(changed("withdrawal", to=[OWNER]), to=OWNER) == {"outcome": "accepted"}
        assert copies(stage) == [(ETUC, fixture("offer-texts")["id"], False), (ETUC, OFFER, True)]
        assert stage.deliver("offer-late") == {"outcome": "refused", "code": "late"}
        assert len(copies(stage)) == 2


def test_applicant_sees_whom_a_letter_reached_and_whom_not(database_url, tmp_path):
    with staged(database_url, tmp_path, D) as stage:
        stage.prepare(*OPEN)
        answers = {"node-a": 503, "node-b": 202, "node-c": 410}
        stage.network.answer = lambda url: answers[url.split("//")[1].split(".")[0]]
        with stage.app.app_context():
            thing = fixture("offer")["object"]
            about = {"shape": Shape.OFFER, "subject": Subject(CALL, thing["id"]), "target": CALL}
            iri = posting.send(local.find("riders"), "Offer", thing, to=thing["to"], **about).iri
            session().commit()
        stage.work()
        states = {"ires": "waiting", "etuc-1": "waiting", "etuc-2": "waiting", "astrees": "failed"}
        assert tally(stage, iri) == ("waiting", states, 0, 4)
        with stage.app.app_context():
            ways = arrivals.ways_of(session().scalars(select(CallLetter).where(CallLetter.iri == iri)).one())
            found = {who: (way.arrived, way.is_lost, way.attempts) for who, way in ways.items()}
        assert found == {
            OWNER: (False, False, 1),
            ETUC: (False, False, 1),
            IRES: (True, False, 1),
            ASTREES: (False, True, 1),
        }


def tally(stage, iri):
    with stage.app.app_context():
        found = arrivals.tally(session().scalars(select(CallLetter).where(CallLetter.iri == iri)).one())
        return found.owner_state, {one.seat.key: one.state for one in found.seats}, found.received, found.of


def others(stage, iri):
    with stage.app.app_context():
        found = arrivals.tally(session().scalars(select(CallLetter).where(CallLetter.iri == iri)).one())
        return {one.seat.key: len(one.others) for one in found.seats if one.others}
