"""What who registered hears later, reminders once, and the list of who comes as a table for editors alone."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from actors import local
from actors.database import session
from actors.models import Posted
from flask_maillage.cli.commands import maillage
from flask_maillage.mail.models import Mail
from flask_maillage.people import accounts
from flask_maillage.publications import publishing
from flask_maillage.publications.attending import following_up, guests, taking_part
from flask_maillage.publications.kinds.registration import Ask, Registration
from flask_maillage.publications.models import Attendance, Guest, Publication
from tests.publications.gatherings import event_of_ours
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def found(event):
    return session().scalars(select(Publication).where(Publication.iri == event)).one()


def guest(app, event, email="zoe@example.org", **more):
    with app.app_context():
        row = Guest(publication_id=found(event).id, email=email, message="", language="en", **{"name": "Zoe"} | more)
        row.created_at = app.extensions["maillage"].clock()
        session().add(row)
        session().flush()
        guests.confirm(row)
        session().query(Mail).delete()
        session().commit()


def revise(app, event, **changes):
    with app.app_context():
        publishing.revise(found(event), found(event).content.model_copy(update=changes))
        session().commit()


def mails(app, work=None):
    with app.app_context():
        return sorted((mail.recipient, mail.subject.partition(":")[0]) for mail in session().scalars(select(Mail)))


def remind(app):
    with app.app_context():
        while following_up.remind():
            pass


def starts(app, event):
    with app.app_context():
        return found(event).starts_at


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"starts_at": 1, "ends_at": 1}, "Changed"),
        ({"place": None}, "Changed"),
        ({"status": "cancelled"}, "Cancelled"),
        ({"status": "postponed"}, "Postponed"),
        ({"name": "Another name"}, None),
    ],
)
def test_guests_hear_of_what_they_plan_by(app, changes, told):
    event = event_of_ours(app)
    guest(app, event)
    with app.app_context():
        moved = {key: getattr(found(event), key) + timedelta(hours=1) for key in changes if key.endswith("_at")}
    revise(app, event, **changes | moved)
    assert mails(app) == ([("zoe@example.org", told)] if told else [])


def test_guests_of_what_is_withdrawn_are_told_and_forgotten(app):
    event = event_of_ours(app)
    guest(app, event)
    with app.app_context():
        publishing.withdraw(found(event))
        session().commit()
        assert session().scalars(select(Guest)).all() == session().scalars(select(Attendance)).all() == []
        assert "Building collective groups" in session().scalars(select(Mail.text)).one()
    assert mails(app) == [("zoe@example.org", "Withdrawn")]


def test_reminder_goes_once_to_guests_and_members_who_take_part(app, clock):
    event = event_of_ours(app, registration=Registration(remind_days=2))
    guest(app, event)
    guest(app, event, "yan@example.org", wants_reminder=False)
    with app.app_context():
        accounts.find("ann@example.org").language = "fr"
        for handle in ("ann", "couriers"):
            taking_part.join(local.find(handle), found(event))
        session().commit()
    begins = starts(app, event)
    clock.moment = begins - timedelta(days=2, seconds=1)
    remind(app)
    assert mails(app) == []
    clock.turn(seconds=1)
    remind(app)
    remind(app)
    assert [who for who, _subject in mails(app)] == ["ann@example.org", "zoe@example.org"]
    with app.app_context():  # a member reads the language that they chose, whatever the event's
        said = dict(session().execute(select(Mail.recipient, Mail.text)).all())
    assert "Vous participez à cet événement" in said["ann@example.org"]
    assert "You take part in this event" in said["zoe@example.org"]
    with app.app_context():
        quiet = {mail.recipient: bool(mail.unsubscribe) for mail in session().scalars(select(Mail))}
    assert quiet == {"ann@example.org": False, "zoe@example.org": True}


def test_reminder_moves_with_its_event_and_is_not_sent_of_what_is_called_off(app, clock):
    event = event_of_ours(app, registration=Registration(remind_days=2))
    guest(app, event)
    begins = starts(app, event)
    revise(app, event, starts_at=begins + timedelta(days=10), ends_at=begins + timedelta(days=11))
    clock.moment = begins
    remind(app)
    assert mails(app) == [("zoe@example.org", "Changed")]
    revise(app, event, status="cancelled")
    clock.turn(days=9)
    remind(app)
    assert mails(app) == [("zoe@example.org", "Cancelled"), ("zoe@example.org", "Changed")]


@pytest.mark.parametrize("days", [None, 5])
def test_followers_are_reminded_by_a_share_where_its_people_chose_so(app, clock, days):
    event = event_of_ours(app, registration=Registration(announce_days=days, remind_days=None))
    clock.moment = starts(app, event) - timedelta(days=4)
    remind(app)
    remind(app)
    with app.app_context():
        shares = select(Posted.public).where(Posted.type == "Announce", Posted.actor_id == local.find("union").id)
        assert session().scalars(shares).all() == ([True] if days else [])


@pytest.fixture
def listed(app):
    """An event with a guest who writes formulas."""
    event = event_of_ours(app, registration=Registration(asks=(Ask(question="=1+1"), Ask(question="Meal"))))
    answers = [{"question": "=1+1", "answer": "@SUM(A1)"}, {"question": "Asked before", "answer": "yes"}]
    guest(app, event, name='=HYPERLINK("https://evil.example")', answers=answers)
    return event


def rows(data):
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_table_has_the_answers_and_no_formula(app, listed):
    ann = Reader(app)
    ann.sign_in()
    answer = ann.get(f"{listed.replace('http://localhost/actors/', '/@')}/attendees.csv")
    (row,) = rows(answer.data)
    assert (row["address"], row["state"], row["Asked before"], row["Meal"]) == (
        "zoe@example.org",
        "accepted",
        "yes",
        "",
    )
    assert (row["name"], row["'=1+1"]) == ('\'=HYPERLINK("https://evil.example")', "'@SUM(A1)")
    assert answer.headers["Cache-Control"] == "private, no-store"
    told = app.test_cli_runner().invoke(maillage, ["event", "attendees", listed, "--csv"]).stdout_bytes
    assert rows(told) == [row]


def test_table_is_not_there_for_others(app, client, listed):
    assert client.get(f"{listed.replace('http://localhost/actors/', '/@')}/attendees.csv").status_code == 404


def test_editor_notes_who_was_there(app, listed):
    ann, page = Reader(app), f"{listed.replace('http://localhost/actors/', '/@')}/attendees"
    ann.sign_in()
    for answer, is_there in (("there", True), ("not_there", False)):
        ann.post(page, ann.form(ann.get(page), "who").to_dict() | {"answer": answer})
        assert bool(rows(ann.get(f"{page}.csv").data)[0]["was_there"]) is is_there
