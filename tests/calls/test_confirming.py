"""A place is confirmed or given back by whom it is for, in time; what is not, expires, and a person fills it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from actors.database import session
from flask_maillage.calls import audit, letters
from flask_maillage.calls.deciding import confirming, opening
from flask_maillage.calls.models import CallLetter, Decision, Dossier
from flask_maillage.people.notifying.models import Notification
from tests.calls import decided, making
from tests.calls.fixtures import fixture
from tests.publications.gatherings import outcome


@pytest.fixture
def iri(app, fediverse):
    """A call with two places: the first two are selected, the third is the reserve."""
    found = decided.call_of(app, fediverse, 3)
    with app.app_context():
        decided.publish(making.found(found), "selected", "selected", "reserve")
        session().commit()
    return found


@pytest.fixture
def answer(app, client, clock, work, fediverse, iri):
    """Let somebody answer the first selection, and return what became of the letter."""
    with app.app_context():
        first = session().scalars(select(Decision).order_by(Decision.id)).first()
        result, decision = first.result_iri, first.iri

    def answered(verb="Accept", number=1, by=1, proof=True, **more):
        actor = decided.applicant(fediverse, by)
        thing = {"id": result, "type": "Agreement", "attributedTo": decided.UNION}
        said = {"to": [decided.UNION], "inReplyTo": decision} | more
        letter = actor.activity(verb, thing, number, **said)
        letter = decided.vouch(actor, letter, clock()) if proof else letter
        assert actor.post(client, letter, "/actors/union/inbox", now=clock()).status_code == 202
        work()
        return outcome(app, letter["id"])[0]

    return answered


def dossier(number=1):
    return session().scalars(select(Dossier).order_by(Dossier.id)).all()[number - 1]


def refusals(fediverse):
    return [one["reasonCode"] for one in fediverse.letters() if "reasonCode" in one]


def told():
    query = select(Notification.detail).where(Notification.kind == "place_opened")
    return list(session().scalars(query.order_by(Notification.id)))


@pytest.mark.parametrize("publicise", [True, False, None])
def test_who_is_selected_confirms(app, answer, fediverse, publicise):
    assert answer(**({} if publicise is None else {"publicise": publicise})) == "done"
    with app.app_context():
        assert (dossier().state, dossier().publicise) == ("confirmed", bool(publicise))
        last = audit.records(dossier().call)[-1]
        assert (last["act"], last["from"], last["to"]) == ("confirm", "selected", "confirmed")
        assert last["digest"]
        assert told() == []
    assert refusals(fediverse) == []


def test_who_gives_the_place_back_opens_it_and_nobody_is_moved_up(app, answer, clock):
    assert answer("Reject") == "done"
    with app.app_context():
        assert [one.state for one in decided.dossiers(dossier().call)] == ["refused", "selected", "reserve"]
        assert dossier().place_id is None
        assert set(told()) == {"1"}
        assert opening.first_of_reserve(dossier().call).id == dossier(3).id
        decided.publish(dossier().call, "", "", "selected")
        assert dossier(3).state == "selected"


def test_last_second_counts_and_the_next_one_does_not(app, answer, clock, fediverse):
    with app.app_context():
        until = dossier().confirm_by
    clock.moment = until
    assert answer() == "done"
    with app.app_context():
        assert dossier().state == "confirmed"


def test_too_late_is_refused_and_changes_nothing(app, answer, clock, fediverse, monkeypatch):
    monkeypatch.setattr(confirming, "_expire", lambda found: False)
    with app.app_context():
        clock.moment = dossier().confirm_by + timedelta(seconds=1)
    answer()
    assert refusals(fediverse) == ["confirmation-expired"]
    with app.app_context():
        assert dossier().state == "selected"


def test_a_decision_that_was_superseded_is_confirmed_by_nobody(app, answer, fediverse):
    with app.app_context():
        decided.publish(dossier().call, "declined", "", "")
        session().commit()
    answer()
    assert refusals(fediverse) == ["superseded"]


@pytest.mark.parametrize("change", ["by another", "to others alone"])
def test_what_is_not_the_applicants_to_say_is_ignored(app, answer, fediverse, change):
    wrong = {"by another": {"by": 2}, "to others alone": {"to": ["http://localhost/actors/ann"]}}[change]
    assert answer(**wrong) == "ignored"
    assert refusals(fediverse) == []
    with app.app_context():
        assert dossier().state == "selected"


@pytest.mark.parametrize("what", ["no proof", "publicise in words"])
def test_what_is_badly_made_is_refused(app, answer, fediverse, what):
    answer(**({"proof": False} if what == "no proof" else {"publicise": "yes"}))
    assert refusals(fediverse) == ["proof-missing" if what == "no proof" else "malformed"]
    with app.app_context():
        assert dossier().state == "selected"


def test_a_selection_expires_with_a_superseding_letter_and_tells_coordinators(app, clock, iri, work, fediverse):
    with app.app_context():
        clock.moment = dossier().confirm_by
        assert confirming.expire_confirmations() == 0
        clock.turn(seconds=1)
        assert confirming.expire_confirmations() == 2
        assert confirming.expire_confirmations() == 0
        call = dossier().call
        assert [one.state for one in decided.dossiers(call)] == ["expired", "expired", "reserve"]
        letter = session().scalars(select(CallLetter).where(CallLetter.verb == "decision").order_by(CallLetter.id))
        document = letters.document_of(list(letter)[-1])
        assert (document["type"], document["decision"]["outcome"]) == ("Reject", "expired")
        assert set(document) == set(fixture("decision-expired"))
        assert set(document["decision"]) == set(fixture("decision-expired")["decision"])
        assert document["content"] == "<p>Not confirmed in time.</p>"
        assert document["decision"]["head"]["number"] == audit.count(call)
        assert audit.verify(call) == []
        assert set(told()) == {"1"}
        decided.publish(call, "", "", "selected")
        assert dossier(3).state == "selected"


def test_what_somebody_has_in_mind_survives_the_expiry(app, clock, iri):
    with app.app_context():
        decided.wish(dossier().call, "declined")
        session().commit()
        clock.moment = dossier().confirm_by + timedelta(seconds=1)
        confirming.expire_confirmations()
        numbers = select(Decision.number, Decision.outcome).where(Decision.dossier_id == dossier().id)
        assert session().execute(numbers.order_by(Decision.number)).all() == [
            (1, "selected"),
            (2, "expired"),
            (3, "declined"),
        ]
