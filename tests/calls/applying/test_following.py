"""What becomes of an application stands on its page in words, with a way on; members and guests are told of it."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from actors import policy, remote
from actors.database import reading, session
from federation.activities import activity_of
from flask_maillage.calls import admitting, letters
from flask_maillage.calls.applying import drafts, outcomes, reminding, sending, taking
from flask_maillage.calls.deciding import confirming
from flask_maillage.calls.models import Dossier
from flask_maillage.calls.models.letters import HELD
from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.taken import Taken
from flask_maillage.mail.models import Mail
from flask_maillage.people.notifying.models import Notification
from flask_maillage.publications.call_parts import Seat
from flask_maillage.web.dates import day_in_words
from inboxes.registry import Ignored
from tests.calls import decided, making
from tests.calls.applying import drafted
from tests.calls.applying.test_writing import SEATS, TYPED, a_call, begin, send, sent, the_draft, write
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _beside_the_requests(app):
    with app.app_context(), reading():
        yield


@pytest.fixture
def reader(app):
    person = Reader(app)
    assert person.sign_in().status_code == 303
    return person


def applied(reader, iri, **typed):
    path = begin(reader, iri)
    assert write(reader, path, **TYPED | typed).status_code == 303
    return send(reader, path).location


def decide(iri, *outcomes):
    """Publish decisions about the applications to a call in their order, after every seat found them admissible."""
    session().rollback()
    call = making.found(iri)
    call.status = "deliberating"
    for dossier in decided.dossiers(call):
        decided.opine(dossier, "admissible")
    decided.publish(call, *outcomes)
    session().commit()


def mails():
    session().rollback()
    return session().scalars(select(Mail).order_by(Mail.id)).all()


def told():
    session().rollback()
    return [(one.kind, one.detail.split(" ")[0]) for one in session().scalars(select(Notification))]


def test_what_the_owner_refuses_is_said_in_words_and_is_sent_again_once_mended(app, reader):
    iri = a_call(app, one_per_applicant=True)
    first = applied(reader, iri)
    second = applied(reader, iri, name="Another", initiative_name="Another")
    page = reader.get(second)
    assert "Not taken" in page.text
    assert "Correct it, and send it again" in page.text
    draft = drafts.find(second.rpartition("/")[2])
    assert draft.refusal["reasonCode"] == "second-for-applicant"
    assert ("application", "refused") in told()
    assert len(session().scalars(select(Dossier)).all()) == 1

    reader.post(f"{first}/withdraw", reader.form(reader.get(f"{first}/withdraw")))
    assert f"{second}/write" in page.text
    assert send(reader, f"{second}/write").location == second
    assert "received by those who run the call on" in reader.get(second).text
    assert len({letter.iri for letter in sent()}) == 3, "a refused one goes in a letter of its own"


def test_what_is_admitted_after_all_is_refused_no_more_in_whatever_order_one_hears_of_it(app, reader):
    path = applied(reader, a_call(app))
    session().rollback()
    draft, offer = the_draft(), sent()[0]
    draft.state, draft.refusal, offer.refused = "refused", {"reasonCode": "late"}, "late"
    session().commit()
    assert "Not taken" in reader.get(path).text
    session().rollback()
    draft, offer = the_draft(), sent()[0]
    owner = making.found(offer.call_iri).actor
    receipt = next(one for one in sent("Create{Receipt}") if one.sender_iri == owner.iri)
    document = letters.document_of(receipt)
    taken = Taken(Shape.RECEIPT, activity_of(document), owner, (draft.actor,), receipt, dict)
    assert taking.take_receipt(taken) == "the owner's receipt"

    refused = {"id": offer.iri, "type": "Offer", "actor": draft.actor.iri}
    document = {"id": f"{owner.iri}/1", "type": "Reject", "actor": owner.iri, "object": refused, "reasonCode": "late"}
    with pytest.raises(Ignored):
        taking.take_refusal(replace(taken, shape=Shape.REFUSAL, activity=activity_of(document)))
    assert (draft.state, offer.refused) == ("registered", None)
    session().commit()
    assert "It is too late" not in reader.get(path).text


def test_a_correction_keeps_what_was_before_and_one_that_is_late_leaves_it_standing(app, reader, clock):
    iri = a_call(app)
    path = applied(reader, iri)
    clock.turn(minutes=5)
    write(reader, f"{path}/write", a_objectives="Fifty riders")
    assert send(reader, f"{path}/write").location == path
    page = reader.get(path).text
    assert "Version 2" in page
    assert "Version 1" in page
    assert "Fifty riders" in page
    assert "Forty riders" in page
    assert page.count("of 2 members") == 2
    assert page.count("Not confirmed yet: ") == 1, "of the last version alone"
    first, second = (json.loads(letter.document)["object"] for letter in (*sent(), *sent("Update{Agreement}")))
    assert second["published"] == first["published"]
    assert second["application"]["version"] == 2

    write(reader, f"{path}/write", a_objectives="Sixty riders")
    assert f'href="{path}"' in reader.get("/my").text
    check = f"{path}/check"
    values = reader.form(reader.get(check))
    clock.turn(days=400)
    values["csrf_token"] = reader.form(reader.get(check))["csrf_token"]
    late = reader.post(check, values)
    assert late.status_code == 422
    assert "It is too late" in late.text
    assert "Nothing was sent, to nobody." in late.text
    assert len(sent("Update{Agreement}")) == 1
    assert session().scalars(select(Dossier)).one().version == 2


def test_what_is_taken_back_can_be_erased_too_and_stays_ones_own(app, reader):
    path = applied(reader, a_call(app))
    values = reader.form(reader.get(f"{path}/withdraw"))
    assert reader.post(f"{path}/withdraw", values | {"erase": "y"}).location == path
    session().expire_all()
    dossier = session().scalars(select(Dossier)).one()
    assert (dossier.state, dossier.name, dossier.purged_at is not None) == ("withdrawn", "", True)
    assert len(sent("Delete{Agreement}")) == 1
    assert reader.get(path).status_code == 200
    assert the_draft().content["name"]


def test_taking_it_back_is_asked_first_and_done_once(app, reader):
    path = applied(reader, a_call(app))
    page = reader.get(f"{path}/withdraw")
    assert "This cannot be undone" in page.text
    assert the_draft().state == "registered"
    values = reader.form(page)
    for _time in range(2):
        assert reader.post(f"{path}/withdraw", values).location == path
    assert len(sent("Undo{Offer}")) == 1
    assert session().scalars(select(Dossier)).one().state == "withdrawn"
    assert "Withdrawn" in reader.get(path).text
    assert sent("Delete{Agreement}") == []

    asked = reader.get(f"{path}/withdraw")
    assert "It is taken back already." in asked.text
    for _time in range(2):
        assert reader.post(f"{path}/withdraw", reader.form(asked) | {"answer": "erase"}).location == path
    session().expire_all()
    assert len(sent("Delete{Agreement}")) == 1
    assert session().scalars(select(Dossier)).one().purged_at is not None
    assert f"{path}/withdraw" not in reader.get(path).text
    assert reader.get(f"{path}/write").location == path


def too_late(monkeypatch, clock, send):
    """Send after the deadline, as a node does whose clock is behind: the owner refuses it and holds it."""
    with monkeypatch.context() as patched:
        clock.turn(days=400)
        patched.setattr(sending, "closed", lambda _call: None)
        return send()


def test_what_came_too_late_says_until_when_it_is_held_and_can_be_taken_back(app, reader, clock, monkeypatch):
    iri = a_call(app)
    path = too_late(monkeypatch, clock, lambda: applied(reader, iri))
    page = reader.get(path).text
    assert "Not taken" in page
    session().rollback()
    offer = sent()[0]
    assert f"until {day_in_words(offer.held_until, making.found(iri).timezone)}" in page
    assert "Nothing of it" not in page
    asked = reader.get(f"{path}/withdraw")
    assert "forget what it says" in asked.text
    assert reader.post(f"{path}/withdraw", reader.form(asked)).location == path
    session().expire_all()
    assert (the_draft().state, the_draft().refusal, sent()[0].held_until) == ("withdrawn", None, None)
    assert admitting.held(making.found(iri), clock()) == []
    assert len(sent("Undo{Offer}")) == 1
    assert sent()[0].document, "what a member wrote stays their own"


def test_what_is_held_no_more_is_said_to_be_kept_nowhere(app, reader, clock, monkeypatch):
    iri = a_call(app)
    path = too_late(monkeypatch, clock, lambda: applied(reader, iri))
    clock.turn(days=14)
    page = reader.get(path).text
    assert "Nothing of it is kept there." in page
    assert f"{path}/withdraw" not in page
    assert reader.get(f"{path}/withdraw").location == path


def test_of_a_call_elsewhere_it_is_fourteen_days_from_the_refusal(app, reader, clock, monkeypatch):
    iri = a_call(app)
    too_late(monkeypatch, clock, lambda: applied(reader, iri))
    session().rollback()
    draft, call = the_draft(), SimpleNamespace(row=SimpleNamespace(local=False))
    (refusal,) = letters.about(sent()[0].agreement_iri, Shape.REFUSAL)
    assert outcomes.held_until(draft, call) == refusal.received_at + HELD
    clock.turn(days=15)
    assert outcomes.held_until(draft, call) is None


@pytest.mark.parametrize(
    ("outcome", "words"),
    [("selected", "It is selected"), ("reserve", "On the reserve list"), ("declined", "Not selected")],
)
def test_a_decision_stands_on_the_page_with_its_reasons_and_is_told(app, reader, outcome, words):
    iri = a_call(app)
    path = applied(reader, iri)
    _guest, token = drafted.guest_of(making.found(iri))
    session().commit()
    assert send(reader, f"/applications/{token}/write").status_code == 303
    before = len(mails())
    decide(iri, outcome, "declined" if outcome != "declined" else "reserve")

    page = reader.get(path).text
    assert words in page
    assert "Because." in page
    assert ("Rank 1 of the reserve" in page) == (outcome == "reserve")
    assert (f'href="{path}/place"' in page) == (outcome == "selected")
    for listing in (reader.get("/my/applications").text, reader.get("/my").text):
        assert words in listing, "instead of that it is registered"
        assert ("Confirm the place until" in listing) == (outcome == "selected")
    assert f'href="{path}/write"' not in page, "what is decided is not corrected"
    assert [kind for kind, _word in told()].count("call_decided") == 1
    to_guest = [mail for mail in mails()[before:] if mail.recipient == "zoe@example.org"]
    assert len(to_guest) == 1, "one mail for one decision"
    theirs = re.search(r"http://localhost(/applications/\S+)", to_guest[0].text)[1]
    assert "Because." in reader.get(theirs).text


def test_a_place_is_confirmed_once_and_only_named_in_public_with_a_tick(app, reader):
    iri = a_call(app)
    path = applied(reader, iri)
    decide(iri, "selected")
    values = reader.form(reader.get(f"{path}/place")) | {"answer": "accept"}
    for _time in range(2):
        assert reader.post(f"{path}/place", values).location == path
    (letter,) = sent("confirmation")
    assert json.loads(letter.document)["publicise"] is False
    dossier = session().scalars(select(Dossier)).one()
    assert dossier.state == "confirmed"
    assert not dossier.publicise
    assert "You confirmed the place on" in reader.get(path).text
    assert "You confirmed the place on" in reader.get("/my/applications").text


def test_who_has_not_confirmed_is_warned_three_days_before_and_once(app, reader, clock):
    iri = a_call(app)
    applied(reader, iri)
    _guest, token = drafted.guest_of(making.found(iri))
    session().commit()
    send(reader, f"/applications/{token}/write")
    decide(iri, "selected", "selected")
    assert reminding.warn_before_confirmations_end() == 0
    until = session().scalars(select(Dossier.confirm_by)).first()
    clock.turn(seconds=(until - timedelta(days=2) - clock()).total_seconds())
    before = len(mails())
    assert [reminding.warn_before_confirmations_end() for _time in range(3)] == [1, 1, 0]
    assert ("application", "confirm") in told()
    (to_guest,) = [mail for mail in mails()[before:] if mail.recipient == "zoe@example.org"]
    assert "expires soon" in to_guest.text


def test_who_has_confirmed_is_not_warned(app, reader, clock):
    iri = a_call(app)
    path = applied(reader, iri)
    decide(iri, "selected")
    until = session().scalars(select(Dossier.confirm_by)).one()
    reader.post(f"{path}/place", reader.form(reader.get(f"{path}/place")) | {"answer": "accept"})
    session().rollback()
    clock.turn(seconds=(until - timedelta(days=2) - clock()).total_seconds())
    assert reminding.warn_before_confirmations_end() == 0


def test_a_place_that_nobody_confirmed_in_time_is_gone_and_the_page_says_so(app, reader, clock):
    iri = a_call(app)
    path = applied(reader, iri)
    decide(iri, "selected")
    clock.turn(days=60)
    assert reader.get(f"{path}/place").location == path
    assert f'href="{path}/place"' not in reader.get(path).text
    assert confirming.expire_confirmations() == 1
    assert "Not confirmed in time" in reader.get(path).text


def test_where_one_member_cannot_be_reached_nothing_goes_and_the_page_says_whom(app, reader, fediverse):
    seat = fediverse.actor("seat", "b.test", "bob")
    remote.remember(seat.document)
    session().commit()
    iri = a_call(app, committee=(*SEATS, Seat(key="far", name="Far", actor=seat.iri)))
    path = begin(reader, iri)
    write(reader, path, **TYPED)
    policy.block("b.test", "")
    session().commit()
    answer = send(reader, path)
    assert answer.status_code == 422
    assert seat.iri in answer.text
    assert "it goes to all or to nobody" in answer.text
    assert not sent()
    assert the_draft().state == "draft"
    assert not session().scalars(select(Dossier)).all()


def test_letters_of_others_change_nothing(app, reader):
    iri = a_call(app)
    path = applied(reader, iri)
    draft = the_draft()
    letter = drafted.decided(draft, making.found(iri))
    letter.sender_iri = "http://localhost/actors/couriers"
    session().commit()
    assert "It is selected" not in reader.get(path).text
    assert sending.why_not_answer(draft, None).code == "unknown-application"
