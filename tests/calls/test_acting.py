"""What somebody is to a call comes from rows: who acts for its owner, who holds a seat now, whose an application is."""

import pytest

from actors import local
from actors.node import now
from flask_maillage.calls.acting import STRANGER, Acting, acting, of_guest, of_mail_seat, of_member
from flask_maillage.people import accounts, roles
from flask_maillage.publications import publishing
from flask_maillage.publications.call_parts import Seat
from flask_maillage.publications.kinds.call_details import CallDetails
from flask_maillage.publications.models import Publication
from tests.calls.standing import Row
from tests.publications.board import sample_of


@pytest.fixture(autouse=True)
def _context(app):
    with app.app_context():
        yield


@pytest.fixture
def bea(_context):
    return accounts.add("bea@example.org", "Bea", "bea", "twelve apples")


def seated(*seats: Seat) -> Publication:
    """Return a published call of the union with this committee."""
    call = publishing.draft(local.find("union"), sample_of("call", now(), details=CallDetails(committee=seats)))
    publishing.publish(call)
    return call


def test_who_publishes_for_the_owner_coordinates_and_who_administers_the_node_does_not(bea):
    call, union = seated(), local.find("union")
    assert acting(call, union) == Acting(iri=union.iri, actor_id=union.id, coordinator=True)
    for role in ("member", "editor", "admin"):
        roles.grant(bea, union, role)
        assert acting(call, bea.actor).coordinator is of_member(call, bea).coordinator is (role != "member")
    roles.grant(accounts.add("cem@example.org", "Cem", "cem", "twelve pears"), union, "admin")
    roles.revoke(bea, union)

    bea.is_admin = bea.is_moderator = True

    assert acting(call, bea.actor).is_stranger
    assert of_member(call, bea).is_stranger


def test_a_seat_is_held_by_its_actor_for_as_long_as_the_committee_has_it(bea):
    seats = (Seat(key="b", actor=bea.actor.iri), Seat(key="c", actor=local.find("couriers").iri, coordinates=True))
    call = seated(*seats)
    roles.grant(bea, local.find("couriers"), "editor")

    assert acting(call, bea.actor) == Acting(iri=bea.actor.iri, actor_id=bea.actor.id, seat="b")
    assert acting(call, local.find("couriers")).coordinates
    assert of_member(call, bea).seat == "b"
    assert acting(call, bea.actor, recused=True, reviewed=True).recused

    content = call.content
    call.details = content.details.model_copy(update={"committee": seats[1:]}).model_dump(mode="json")

    assert acting(call, bea.actor).is_stranger
    assert of_member(call, bea) == acting(call, local.find("couriers"))


def test_an_application_is_its_applicants(bea):
    call, couriers = seated(), local.find("couriers")
    row = Row(applicant_iri=couriers.iri)
    assert not of_member(call, bea, row).applicant

    roles.grant(bea, couriers, "editor")

    assert of_member(call, bea, row) == Acting(iri=couriers.iri, actor_id=couriers.id, applicant=True)
    assert acting(call, couriers, row).applicant
    assert acting(call, bea.actor, row).is_stranger
    assert acting(call, couriers).is_stranger


def test_a_guests_application_is_that_guests_alone_and_the_nodes_that_sends_it(bea):
    relay = local.application()
    row = Row(applicant_iri=relay.iri, guest_id=7)

    assert of_guest(7, row) == Acting(iri=relay.iri, applicant=True, guest=True)
    assert of_guest(8, row) == STRANGER
    call = seated()
    assert acting(call, relay, row).guest
    bea.is_admin = True
    assert of_member(call, bea, row).is_stranger


def test_a_mail_seat_is_one_without_an_actor(bea):
    call = seated(Seat(key="m", name="A secretary"), Seat(key="b", actor=bea.actor.iri))

    assert of_mail_seat(call, "m") == Acting(seat="m")
    assert of_mail_seat(call, "b") == of_mail_seat(call, "gone") == of_mail_seat(call, "") == STRANGER


def test_nobody_and_who_is_gone_or_suspended_is_a_stranger(bea):
    call = seated(Seat(key="b", actor=bea.actor.iri))
    assert acting(call, None) == of_member(call, None) == STRANGER

    bea.actor.suspended_at = now()

    assert acting(call, bea.actor) == of_member(call, bea) == STRANGER
