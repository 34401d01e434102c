"""Committees are kept by version, places by number, and who declines a seat has it no longer."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from actors import local
from actors.database import session
from actors.node import now
from flask_maillage.calls import audit, committee, declining, places
from flask_maillage.calls.models import Committee, Place, Slot
from flask_maillage.people import accounts
from flask_maillage.people.notifying.models import Notification
from flask_maillage.publications import calling, publishing
from flask_maillage.publications.call_parts import Cohort, Seat
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.kinds.call_details import CallDetails
from flask_maillage.publications.models import Publication
from flask_maillage.publications.rules import NotPossible
from tests.calls.making import call_of, dossier_of, found, places_of
from tests.publications.gatherings import speaking

IRES, ASTREES = "https://b.test/actors/ires", "https://c.test/actors/astrees"
SEATS = (Seat(key="ires", name="Odile", actor=IRES), Seat(key="etuc", role="Adviser"))


@pytest.fixture
def call(app):
    iri = call_of(app, details={"committee": SEATS, "maximum_selected": 3, "cohorts": (), "quorum": None})
    with app.app_context():
        yield found(iri)


@pytest.fixture
def inside(app):
    with app.app_context():
        yield app


def change(call: Publication, **details) -> None:
    said = details_of(call.content).model_copy(update=details)
    publishing.revise(call, call.content.model_copy(update={"details": said}))


def versions(call: Publication) -> list[int]:
    query = select(Committee.version).where(Committee.call_id == call.id).order_by(Committee.version)
    return list(session().scalars(query))


# Versions.


def test_each_change_of_who_holds_seats_is_a_version_that_says_when_it_held(call, clock):
    first = committee.current(call)
    assert (first.number, first.recipients) == (1, (call.actor.iri, IRES))
    assert first.until_at is None

    clock.turn(days=1)
    change(call, committee=(SEATS[0], SEATS[1].model_copy(update={"actor": ASTREES})))
    change(call, committee=(SEATS[0], SEATS[1].model_copy(update={"actor": ASTREES, "name": "Marie"})))
    second = committee.current(call)

    assert versions(call) == [1, 2]
    assert second.recipients == (call.actor.iri, IRES, ASTREES)
    assert committee.version(call, 1).until_at == second.from_at == now()
    assert committee.version(call, 3) is None
    assert committee.at(call, now() - timedelta(seconds=1)).number == 1
    assert committee.at(call, now()).number == 2
    assert committee.at(call, first.from_at - timedelta(seconds=1)) is None


def test_two_changes_within_a_second_are_two_versions(call):
    change(call, committee=SEATS[:1])
    change(call, committee=SEATS)

    assert versions(call) == [1, 2, 3]
    assert committee.version(call, 2).until_at > committee.version(call, 2).from_at


@pytest.mark.parametrize(("later", "taken"), [(timedelta(hours=24, seconds=-1), True), (timedelta(hours=24), False)])
def test_a_version_that_was_replaced_is_taken_for_a_day(call, clock, later, taken):
    clock.turn(days=1)
    change(call, committee=SEATS[:1])
    since = committee.current(call).from_at

    assert committee.acceptable(call, 1, since + later) is taken
    assert committee.acceptable(call, 2, since + later)
    assert not committee.acceptable(call, 3, since)
    assert not committee.acceptable(call, 0, since)


def test_an_application_has_to_name_the_whole_committee_and_nobody_else(call):
    sitting, owner = committee.current(call), call.actor.iri

    assert committee.whole(sitting, [IRES, owner]) == ([], [])
    assert committee.whole(sitting, [owner, ASTREES]) == ([IRES], [ASTREES])


def test_a_step_of_the_call_makes_no_version_and_what_is_withdrawn_none_either(call):
    calling.step(call, "cancelled", reason="No money.")
    publishing.withdraw(call)

    assert versions(call) == [1]


def test_a_call_from_before_committees_were_kept_gets_its_version_once(call):
    session().delete(session().scalars(select(Committee)).one())
    session().commit()
    assert committee.current(call).recipients == (call.actor.iri, IRES), "as the call says it"

    assert [committee.settle_committees() for _ in range(2)] == [1, 0]
    assert versions(call) == [1]


# Places.


def test_there_are_as_many_places_as_can_be_selected_and_more_when_that_is_raised(call):
    assert [one.number for one in places_of(call)] == [1, 2, 3]
    change(call, maximum_selected=5)
    assert [one.number for one in places_of(call)] == [1, 2, 3, 4, 5]
    assert [one.number for one in places.free(call, 9)] == [1, 2, 3, 4, 5]
    assert [(one["number"], one["act"]) for one in audit.records(call)] == [(1, "raise places")]
    change(call, maximum_selected=5)
    assert audit.count(call) == 1


def test_a_call_without_a_number_gets_its_places_when_they_are_taken(inside):
    call = found(call_of(inside, details={"maximum_selected": None, "cohorts": ()}))

    assert places_of(call) == []
    assert [one.number for one in places.free(call, 2)] == [1, 2]


def test_a_cohort_has_a_slot_for_each_place_and_keeps_those_that_are_held(inside):
    cohorts = CallDetails(cohorts=(Cohort(name="One", capacity=2), Cohort(name="Two", capacity=1))).cohorts
    call = found(call_of(inside, details={"maximum_selected": 3, "cohorts": cohorts}))
    slots = session().scalars(select(Slot).where(Slot.call_id == call.id).order_by(Slot.id)).all()
    assert [(one.cohort, one.number) for one in slots] == [
        (cohorts[0].key, 1),
        (cohorts[0].key, 2),
        (cohorts[1].key, 1),
    ]
    held = {"state": "in_cohort", "place_id": places_of(call)[0].id, "slot_id": slots[1].id}
    dossier_of(call, **held, decided_by=call.actor.iri, decided_at=now())
    session().commit()

    smaller = (cohorts[0].model_copy(update={"capacity": 1}), cohorts[1].model_copy(update={"capacity": 2}))
    with pytest.raises(NotPossible, match="cannot become smaller") as refusal:
        change(call, cohorts=smaller)
    assert refusal.value.field == "cohorts"
    session().rollback()

    change(call, cohorts=(cohorts[0].model_copy(update={"name": "First", "capacity": 3}),))
    left = session().scalars(select(Slot).where(Slot.call_id == call.id).order_by(Slot.number)).all()
    assert [(one.cohort, one.number) for one in left] == [(cohorts[0].key, number) for number in (1, 2, 3)]
    assert session().scalar(select(func.count()).select_from(Place)) == 3


# Declining.


@pytest.fixture
def say(app, client, clock, work):
    return speaking(app, client, clock, work)


def test_who_declines_a_seat_has_it_no_longer_and_people_are_told(app, say, fediverse):
    odile, stranger = fediverse.actor("odile", "b.test"), fediverse.actor("mallory", "e.test")
    seats = (Seat(key="ires", name="Odile", actor=odile.iri), Seat(key="etuc", role="Adviser"))
    iri = call_of(app, details={"committee": seats, "quorum": 2})

    say(stranger, "Reject", iri, to=[iris_of("union")])
    with app.app_context():
        assert committee.current(found(iri)).number == 1

    thing = {"id": iri, "type": "Article", "attributedTo": iris_of("union")}
    say(odile, "Reject", thing, to=[iris_of("union")])
    with app.app_context():
        sitting = committee.current(found(iri))
        assert (sitting.number, sitting.actors) == (2, ())
        assert [seat.key for seat in sitting.seats] == ["ires", "etuc"], "a seat by mail now"
        told = session().scalars(select(Notification)).all()
        assert [(one.kind, one.actor.iri, one.member.actor.handle) for one in told] == [
            ("seat_declined", odile.iri, "ann")
        ]
        record = audit.records(found(iri))[-1]
        assert (record["act"], record["by"], record["subject"]) == ("decline seat", odile.iri, None)
        assert audit.verify(found(iri)) == []


def test_a_seat_of_nobody_but_its_actor_goes_with_it(inside):
    bea = accounts.add("bea@example.org", "Bea", "bea", "twelve apples").actor
    seats = (Seat(key="bea", actor=bea.iri), Seat(key="etuc", role="Adviser"))
    session().commit()
    call = found(call_of(inside, details={"committee": seats, "quorum": 2}))
    bea = local.find("bea")
    assert [(one.iri, seat.key) for one, seat in committee.seats_of(bea)] == [(call.iri, "bea")]

    declining.decline(bea, call)

    assert [seat.key for seat in committee.current(call).seats] == ["etuc"]
    assert details_of(call.content).quorum == 1
    assert committee.seats_of(bea) == []


def iris_of(handle: str) -> str:
    return f"http://localhost/actors/{handle}"
