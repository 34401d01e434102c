"""Applications are erased when their applicant, or for seats the owner, says so; what is held or copied has an end."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from actors import local, remote
from actors.database import session
from actors.models import Actor
from actors.node import now
from federation.activities import activity_of
from flask_maillage.calls import audit, posting
from flask_maillage.calls.afterwards import chores
from flask_maillage.calls.models import CallLetter, CommitteeCopy, Dossier, Draft, GivenOpinion
from flask_maillage.calls.shapes import Shape
from flask_maillage.publications.models import Publication
from inboxes.registry import Ignored
from tests.calls import making
from tests.calls.said import COURIERS, WORDS, call, declined, everything, of, riders, sweep
from tests.publications import board

__all__ = ["call", "riders"]


def seat_here(app, riders):
    """Let a member of ours have got an application to a partner's call as a seat, and thought something of it."""
    call = board.receive(app, "call")
    with app.app_context():
        theirs = session().scalars(select(Publication).where(~Publication.local)).one()
        seat = local.find("couriers")
        offer = {"id": f"{riders.iri}/1#offer", "type": "Offer", "actor": riders.iri, "object": f"{WORDS} offer"}
        letter = CallLetter(
            sender_iri=riders.iri,
            iri=offer["id"],
            verb=str(Shape.OFFER),
            call_iri=theirs.iri,
            agreement_iri=f"{riders.iri}/1",
            sent=False,
            received_at=now(),
            digest="z",
            document=json.dumps(offer),
        )
        session().add(letter)
        session().flush()
        given = {"opinion": "admissible", "scores": {}, "content": f"{WORDS} why", "private_note": f"{WORDS} note"}
        about = {"seat_actor_id": seat.id, "call_iri": theirs.iri}
        session().add(CommitteeCopy(**about, letter_id=letter.id))
        session().add(GivenOpinion(**about, **given, agreement_iri=f"{riders.iri}/1"))
        session().commit()
    return call


def take(app, sender_iri, verb, thing, shape):
    """Let a letter to the couriers arrive, and say what was done."""
    document = {"id": f"{sender_iri}/{verb}", "type": verb, "actor": sender_iri, "to": [COURIERS], "object": thing}
    with app.app_context():
        sender = session().scalars(select(Actor).where(Actor.iri == sender_iri)).one()
        try:
            done = posting.take_in(activity_of(document), sender, shape=shape, received_at=now(), fetch=dict)
        except Ignored:
            done = None
        session().commit()
        return done


def tombstone(riders):
    return {
        "id": "https://partner.test/dossiers/1",
        "type": "Tombstone",
        "formerType": "Dossier",
        "inReplyTo": f"{riders.iri}/1",
    }


def test_a_seat_erases_what_it_got_and_thought_when_the_owner_says_so(app, call, riders):
    seat_here(app, riders)
    assert take(app, riders.iri, "Delete", tombstone(riders), Shape.PURGE) is None
    assert WORDS in everything(app)
    with app.app_context():
        owner = board.partner().iri
    assert take(app, owner, "Delete", tombstone(riders), Shape.PURGE) == "erased 1 copies"
    assert WORDS not in everything(app)


def test_a_seat_erases_when_the_applicant_says_so(app, call, riders):
    seat_here(app, riders)
    with app.app_context():
        owner = board.partner().iri
    assert take(app, owner, "Delete", f"{riders.iri}/1", Shape.ERASURE) is None
    assert WORDS in everything(app)
    assert take(app, riders.iri, "Delete", f"{riders.iri}/1", Shape.ERASURE) == "erased 1 copies"
    assert WORDS not in everything(app)


@pytest.mark.parametrize("state", ["submitted", "declined", "selected"])
def test_an_applicant_has_everything_erased_at_once(app, call, riders, state):
    with app.app_context():
        publication = making.found(call)
        found = declined(publication, riders.iri)
        if state == "selected":
            found.place_id, found.confirm_by = making.places_of(publication)[0].id, now()
        if state == "submitted":
            found.decided_by = found.decided_at = None
        found.state = state
        identifier = found.identifier
        session().commit()
    done = take(app, riders.iri, "Delete", f"{riders.iri}/applications/1", Shape.ERASURE)

    assert done == f"erased: {identifier}"
    with app.app_context():
        found = session().query(Dossier).one()
        assert (found.state, found.place_id, found.purged_at is not None) == ("withdrawn", None, True)
        assert [one["act"] for one in audit.records(found.call)] == ["withdraw", "erase"]
        assert audit.records(found.call)[1]["letter"] == f"{riders.iri}/Delete"
        left = session().query(CallLetter.verb).filter(CallLetter.document.is_not(None)).order_by(CallLetter.id)
        assert [row.verb for row in left] == [Shape.ERASURE, Shape.PURGE]
    with app.app_context():
        sweep()
    assert WORDS not in everything(app)
    (purge,) = of(app, Shape.PURGE)
    assert set(purge["to"]) == {riders.iri, COURIERS}


def test_nobody_has_anothers_application_erased(app, call, riders, fediverse):
    with app.app_context():
        declined(making.found(call), riders.iri)
        other = fediverse.actor("mallory", "d.test", "mallory", kind="Group")
        remote.remember(other.document)
        session().commit()
    assert take(app, other.iri, "Delete", f"{riders.iri}/applications/1", Shape.ERASURE) is None
    assert WORDS in everything(app)


def test_copies_of_a_seat_go_when_their_time_is_over(app, clock, call, riders):
    seat_here(app, riders)
    with app.app_context():
        session().query(CommitteeCopy).one().erase_at = now() + timedelta(days=1)
        session().commit()
        assert chores.forget_held() == 0
    clock.turn(days=2)
    with app.app_context():
        assert chores.forget_held() == 1
    assert WORDS not in everything(app)


def test_what_came_late_is_held_for_its_time_and_no_longer(app, clock, call, riders):
    with app.app_context():
        declined(making.found(call), riders.iri)
        letter = session().query(CallLetter).one()
        letter.held_until = now() + timedelta(days=14)
        session().commit()
    clock.turn(days=13)
    with app.app_context():
        assert chores.forget_held() == 0
    clock.turn(days=2)
    with app.app_context():
        assert chores.forget_held() == 1
        assert session().query(CallLetter).one().document is None


def test_what_came_late_from_a_member_of_ours_stays_their_own_copy(app, clock, call, riders):
    with app.app_context():
        own = local.find("couriers")
        written = {"content": {}, "state": "sent", "offer_iri": "x", "saved_at": now()}
        session().add(Draft(identifier="1", actor_id=own.id, call_iri=call, **written))
        declined(making.found(call), own.iri)
        letter = session().query(CallLetter).one()
        letter.held_until, letter.sent = now() + timedelta(days=14), True
        session().commit()
    clock.turn(days=15)
    with app.app_context():
        assert chores.forget_held() == 1
        letter = session().query(CallLetter).one()
        assert (letter.held_until, WORDS in letter.document) == (None, True)
