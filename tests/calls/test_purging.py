"""After its time nothing of what an application said is left: in no table, in no file, and the log still holds."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from actors import local
from actors.database import session
from actors.node import now
from flask_maillage.calls import audit, letters, private_files
from flask_maillage.calls.afterwards import chores, openness, purging
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.models import CallLetter, Counts, Decision, Dossier, Draft, Guest
from flask_maillage.calls.shapes import Shape
from flask_maillage.mail import queue
from flask_maillage.mail.models import Mail
from tests.calls import making
from tests.calls.said import COURIERS, WORDS, call, declined, everything, of, riders, work_through

__all__ = ["call", "riders"]


def test_an_application_is_erased_a_month_after_its_people_were_told(app, clock, call, riders):
    with app.app_context():
        decided_at = now()
        identifier = declined(making.found(call), riders.iri).identifier
        session().commit()
    assert WORDS in everything(app)
    work_through(app)
    assert of(app, Shape.NOTICE) == []

    clock.turn(days=335)
    work_through(app)
    work_through(app)
    (notice,) = of(app, Shape.NOTICE)
    assert notice["to"] == [riders.iri]
    thing = notice["object"]
    assert (thing["type"], thing["notice"]) == ("Note", "purge")
    assert thing["inReplyTo"] == f"{riders.iri}/applications/1"
    assert thing["context"] == f"{call}/dossiers/{identifier}"
    due = letters.whole_second(decided_at).replace(year=decided_at.year + 1)
    assert thing["deleteAfter"] == f"{due:%Y-%m-%dT%H:%M:%SZ}"

    clock.turn(days=28)
    work_through(app)
    assert WORDS in everything(app)
    clock.turn(days=3)
    work_through(app)
    assert WORDS not in everything(app)

    (purge,) = of(app, Shape.PURGE)
    assert purge["type"] == "Delete"
    assert set(purge["to"]) == {riders.iri, COURIERS}
    assert purge["object"] == {
        "id": f"{call}/dossiers/{identifier}",
        "type": "Tombstone",
        "formerType": "Dossier",
        "inReplyTo": f"{riders.iri}/applications/1",
    }
    with app.app_context():
        found = session().query(Dossier).one()
        assert (found.state, found.purged_at is not None) == ("declined", True)
        assert [one["act"] for one in audit.records(found.call)] == ["purge"]
        assert audit.verify_all() == {}
        assert session().query(Decision.outcome).scalar() == "declined"
        assert session().query(Counts).count() == 1
    work_through(app)
    assert len(of(app, Shape.PURGE)) == 1


def test_counts_are_those_of_before(app, clock, call, riders):
    with app.app_context():
        for number in range(1, 5):
            declined(making.found(call), riders.iri, number)
        session().commit()
        before = openness.of(making.found(call))
    for _day in range(2):
        clock.turn(days=370)
        work_through(app)
    with app.app_context():
        assert openness.of(making.found(call)) == before
        assert before.totals == {"applications": 4, "selected": 0}
        assert session().query(Dossier).filter(Dossier.purged_at.is_(None)).count() == 0


def test_a_guest_is_told_by_mail_and_forgotten(app, clock, call, monkeypatch):
    monkeypatch.setattr(queue, "is_on", lambda: True)
    with app.app_context():
        relay = local.ensure_application()
        guest = Guest(
            call_id=making.found(call).id,
            identifier="g1",
            email=f"{WORDS.lower()}@example.org",
            name=f"{WORDS} guest",
            language="fr",
            asked_at=now(),
        )
        session().add(guest)
        session().flush()
        draft = Draft(
            identifier="1",
            actor_id=relay.id,
            guest_id=guest.id,
            call_iri=call,
            content={"name": f"{WORDS} draft"},
            state="sent",
            offer_iri="x",
            saved_at=now(),
        )
        session().add(draft)
        session().flush()
        private_files.store(f"{WORDS} draft".encode(), title="a.txt", media_type="text/plain", draft=draft)
        declined(making.found(call), "http://localhost/actors/relay", guest_id=guest.id)
        session().commit()
    clock.turn(days=340)
    work_through(app)
    with app.app_context():
        assert of(app, Shape.NOTICE) == []
        mail = session().scalars(select(Mail)).one()
        assert (mail.recipient, WORDS in mail.text) == (f"{WORDS.lower()}@example.org", False)
        assert "Votre candidature sera effacée le" in mail.text
        session().query(Mail).delete()
        session().commit()
    clock.turn(days=31)
    work_through(app)
    with app.app_context():
        assert session().scalars(select(Mail.purpose)).all() == ["call: purge"]
        session().query(Mail).delete()
        session().commit()
    assert WORDS.lower() not in everything(app).lower()


def test_a_guest_who_sent_nothing_that_was_taken_is_forgotten_after_the_call(app, clock, call):
    with app.app_context():
        relay, publication = local.ensure_application(), making.found(call)
        asked = {"identifier": "g1", "email": f"{WORDS.lower()}@example.org", "language": "fr", "asked_at": now()}
        guest = Guest(call_id=publication.id, **asked)
        session().add(guest)
        session().flush()
        more = {"content": {"name": f"{WORDS} draft"}, "state": "refused", "offer_iri": "x", "refusal": {"a": "late"}}
        session().add(
            Draft(identifier="1", actor_id=relay.id, guest_id=guest.id, call_iri=call, saved_at=now(), **more)
        )
        agreement = f"{relay.iri}/applications/1"
        letter = {"sender_iri": relay.iri, "iri": "x", "verb": str(Shape.OFFER), "call_iri": call, "digest": "z"}
        held = CallLetter(agreement_iri=agreement, sent=True, received_at=now(), document=f'"{WORDS}"', **letter)
        session().add(held)
        deadline = publication.ends_at
        session().commit()
    with app.app_context():
        chores.forget_guests(deadline)
    assert WORDS in everything(app)
    with app.app_context():
        chores.forget_guests(deadline + timedelta(days=1))
    assert WORDS.lower() not in everything(app).lower()


@pytest.mark.parametrize("state", ["selected", "submitted"])
def test_what_is_selected_or_not_decided_is_kept(app, clock, call, riders, state):
    with app.app_context():
        publication = making.found(call)
        if state == "selected":
            making.selected(publication, [1], applicant=riders.iri)
        else:
            publication.status = "deliberating"
            making.dossier_of(publication, 1, applicant=riders.iri)
        session().commit()
    for _year in range(3):
        clock.turn(days=400)
        work_through(app)
    with app.app_context():
        found = session().query(Dossier).one()
        assert (found.purge_at, found.purged_at) == (None, None)


def test_what_was_taken_back_waits_for_its_call_and_holds_nothing_else_up(app, clock, call, riders):
    another = making.call_of(app, name="Another one", details={"retention_months": 1})
    with app.app_context():
        declined(making.found(call), riders.iri)
        going_on = making.found(another)
        going_on.status = "deliberating"
        taken_back = {"state": "withdrawn", "withdrawn_at": now(), "decided_by": None, "decided_at": None}
        declined(going_on, riders.iri, 2, **taken_back)
        session().commit()
    for _day in range(2):
        clock.turn(days=380)
        work_through(app)
    with app.app_context():
        first, second = session().scalars(select(Dossier).order_by(Dossier.id))
        assert (first.purged_at is not None, second.purge_at, second.purged_at) == (True, None, None)
        second.call.status = "decided"
        session().commit()
    work_through(app)
    clock.turn(days=31)
    work_through(app)
    assert WORDS not in everything(app)


def test_what_is_selected_from_the_reserve_after_the_notice_is_kept(app, clock, call, riders):
    with app.app_context():
        declined(making.found(call), riders.iri, state="reserve", rank=1)
        session().commit()
    clock.turn(days=340)
    work_through(app)
    with app.app_context():
        found = session().query(Dossier).one()
        found.state, found.rank, found.place_id = "selected", None, making.places_of(found.call)[0].id
        found.decided_at, found.confirm_by = now(), now() + timedelta(days=14)
        session().commit()
    clock.turn(days=60)
    work_through(app)
    assert WORDS in everything(app)
    with app.app_context():
        assert session().query(Dossier.purge_at).scalar() is None


def test_who_is_late_to_be_told_has_thirty_days_all_the_same(app, clock, call, riders):
    with app.app_context():
        declined(making.found(call), riders.iri)
        session().commit()
    clock.turn(days=500)
    work_through(app)
    assert len(of(app, Shape.NOTICE)) == 1
    assert WORDS in everything(app)
    clock.turn(days=29)
    work_through(app)
    assert WORDS in everything(app)
    clock.turn(days=2)
    work_through(app)
    assert WORDS not in everything(app)


def test_nobody_erases_before_the_day(app, call, riders):
    with app.app_context():
        found = declined(making.found(call), riders.iri)
        purging.plan(found, found.call)
        with pytest.raises(Refused) as refused:
            purging.purge(found)
        assert refused.value.refusal.code == "too-early"
        session().rollback()
