"""Who is in which cohort: each in one at most, none over its capacity, those who change places all at once (FC-57)."""

import pytest
from sqlalchemy import select

from actors.database import session
from actors.node import now
from flask_maillage.calls import audit, cohorts, letters
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.models import CallLetter, Placement
from flask_maillage.calls.registering import withdrawing
from flask_maillage.publications.kinds.call import details_of
from tests.calls import decided, making

BY = decided.COORDINATOR
STRANGER = decided.Acting(iri="https://x.test/actors/mallory")


@pytest.fixture
def call(app, fediverse):
    """A decided call with four selected applications, of which three are confirmed, and two cohorts of two."""
    iri = decided.call_of(app, fediverse, 4, maximum_selected=4, cohorts=decided.COHORTS)
    with app.app_context():
        found = making.found(iri)
        decided.publish(found, *["selected"] * 4)
        for dossier in decided.dossiers(found)[:3]:
            dossier.state, dossier.confirmed_at = "confirmed", now()
        session().commit()
        yield found


def letters_of(call):
    query = select(CallLetter).where(CallLetter.call_iri == call.iri, CallLetter.verb == "placement")
    return [letters.document_of(letter) for letter in session().scalars(query.order_by(CallLetter.id))]


def where(call):
    return list(cohorts.placed(call).values())


def test_a_confirmed_application_is_placed_by_a_letter_of_the_documents_shape(call):
    first = decided.dossiers(call)[0]
    cohorts.place(call, first, "1", BY)

    assert (first.state, first.slot.cohort) == ("in_cohort", "1")
    (letter,) = letters_of(call)
    seat = details_of(call.content).committee[0].actor
    assert (letter["type"], letter["placement"]) == ("Add", {"number": 1})
    assert letter["target"].startswith(call.iri)
    assert letter["to"] == [first.applicant_iri, seat]
    assert letter["object"]["type"] == "Agreement"
    last = audit.records(call)[-1]
    assert (last["act"], last["from"], last["to"]) == ("place", "confirmed", "in_cohort")
    assert audit.verify(call) == []


def test_a_cohort_is_never_fuller_than_it_is_large(call):
    names = [dossier.identifier for dossier in decided.dossiers(call)[:3]]
    with pytest.raises(cohorts.Full):
        cohorts.arrange(call, dict.fromkeys(names, "1"), BY)
    session().rollback()

    assert where(call) == ["", "", ""]
    assert letters_of(call) == []


def test_a_place_that_is_held_is_not_given_again(call):
    one, two, three, _ = decided.dossiers(call)
    for dossier in (one, two):
        cohorts.place(call, dossier, "1", BY)
    with pytest.raises(cohorts.Full):
        cohorts.place(call, three, "1", BY)

    assert one.slot_id != two.slot_id


def test_those_who_change_places_do_so_at_once(call):
    one, two, _, _ = decided.dossiers(call)
    cohorts.arrange(call, {one.identifier: "1", two.identifier: "2"}, BY)
    cohorts.arrange(call, {one.identifier: "2", two.identifier: "1"}, BY)

    assert where(call)[:2] == ["2", "1"]
    swaps = {letter["placement"].get("swap") for letter in letters_of(call)[2:]}
    assert len(swaps) == 1
    assert None not in swaps
    assert [letter["placement"]["number"] for letter in letters_of(call)] == [1, 1, 2, 2]


def test_who_did_not_confirm_is_in_no_cohort(call):
    with pytest.raises(Refused):
        cohorts.place(call, decided.dossiers(call)[0], "1", STRANGER)
    session().rollback()
    selected = decided.dossiers(call)[3]
    cohorts.place(call, selected, "1", BY)

    assert selected.state == "selected"
    assert letters_of(call) == []


def test_a_page_that_is_out_of_date_moves_nobody(call):
    one = decided.dossiers(call)[0]
    cohorts.place(call, one, "1", BY)
    with pytest.raises(cohorts.Moved):
        cohorts.arrange(call, {one.identifier: "2"}, BY, seen={one.identifier: ""})


def test_a_withdrawal_leaves_the_cohort_and_tells_so(call):
    one = decided.dossiers(call)[0]
    cohorts.place(call, one, "1", BY)
    withdrawing.mark(one, by=decided.union(), at=now(), letter=None)

    assert (one.state, one.place_id, one.slot_id) == ("withdrawn", None, None)
    assert [letter["type"] for letter in letters_of(call)] == ["Add", "Remove"]
    assert session().scalars(select(Placement.cohort).order_by(Placement.number)).all() == ["1", None]
