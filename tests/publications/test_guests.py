"""People without an account register by e-mail: a link confirms it, nobody learns an address, all of it is erased."""

import re

import pytest
from sqlalchemy import func, select

from actors.database import session
from actors.node import node
from flask_maillage.app import create_app
from flask_maillage.mail.models import Mail
from flask_maillage.publications.attending import guests, links
from flask_maillage.publications.kinds.registration import Ask, Registration
from flask_maillage.publications.models import Attendance, Guest, Publication
from inboxes import worker
from inboxes.pruning import prune
from tests import postbox as postboxes
from tests.conftest import config_of
from tests.publications.gatherings import change, event_of_ours
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ZOE = {"name": "Zoé <b>", "email": "zoe@example.org", "message": "I come\nlate"}


@pytest.fixture
def box():
    with postboxes.postbox() as box:
        yield box


@pytest.fixture
def app(database_url, tmp_path, clock, fediverse, box):
    """A node that sends its mail by the postbox."""
    mail = {"MAILLAGE_MAIL_SERVER": "127.0.0.1", "MAILLAGE_MAIL_PORT": box.port, "MAILLAGE_MAIL_SECURITY": "none"}
    made = create_app(config_of(database_url, tmp_path, **mail), clock=clock, client=fediverse.client(clock))
    yield made
    with made.app_context():
        made.extensions["sqlalchemy"].engines["maillage"].dispose()


@pytest.fixture
def reader(app):
    return Reader(app)


@pytest.fixture
def work(app):
    return lambda: worker.run_until_idle(app)


def page_of(event):
    return event.replace("http://localhost/actors/", "/@")


def register(reader, event, **typed):
    return reader.post(f"{page_of(event)}/register", ZOE | typed)


def link(box, number=-1):
    """Return the path of the last link in a mail that is not the event's page."""
    return re.findall(r"http://localhost(/registrations/\S+)", box.text(number))[-1]


def count(app, model):
    with app.app_context():
        return session().scalar(select(func.count()).select_from(model))


def parts(app):
    with app.app_context():
        return {part.address: part.state for part in session().scalars(select(Attendance))}


def come(reader, box, work, event, **typed):
    """Register, follow the link and press the button; return the page of the registration."""
    assert register(reader, event, **typed).status_code == 303
    work()
    confirmed = reader.post(link(box))
    assert confirmed.status_code == 303
    work()
    return confirmed.location


def test_guest_registers_by_a_link_and_a_button(app, reader, box, work):
    event = event_of_ours(app, capacity=5)
    assert f"{page_of(event)}/register" in reader.get(page_of(event)).text
    sent = register(reader, event)
    assert (sent.status_code, sent.location) == (303, f"{page_of(event)}/register/sent")
    assert "Open the link" in reader.get(sent.location).text
    work()
    assert box.recipients == ["zoe@example.org"]
    assert "Please confirm" in box.last()["Subject"]
    assert parts(app) == {}
    shown = reader.get(link(box))
    assert "</span> Zoé</p>" in shown.text
    assert (shown.headers["Referrer-Policy"], shown.headers["Cache-Control"]) == ("same-origin", "private, no-store")
    assert parts(app) == {}
    own = reader.post(link(box)).location
    assert parts(app) == {"zoe@example.org": "accepted"}
    work()
    assert "You take part" in box.last()["Subject"]
    assert f"Add to my calendar:\nhttp://localhost{page_of(event)}.ics\n" in box.text()
    assert reader.get(f"{page_of(event)}.ics").content_type.startswith("text/calendar")
    assert "You take part." in reader.get(own).text
    assert "4 of 5 left" in reader.get(page_of(event)).text


def test_nothing_that_a_stranger_typed_stands_in_a_mail_to_somebody_else(app, reader, box, work):
    event = event_of_ours(app)
    register(reader, event, name="Win at https://evil.example", message="https://evil.example/2")
    work()
    assert "evil.example" not in box.arrived[0].as_string()


def test_answer_is_the_same_whether_the_address_is_known_or_not(app, reader, box, work):
    event = event_of_ours(app)
    come(reader, box, work, event)
    known, unknown = register(reader, event), register(reader, event, email="yan@example.org")
    assert (known.status_code, known.location, known.data) == (unknown.status_code, unknown.location, unknown.data)
    work()
    subjects = {mail["To"]: mail["Subject"] for mail in box.arrived[-2:]}
    assert "Your registration" in subjects["zoe@example.org"]
    assert "Please confirm" in subjects["yan@example.org"]
    assert parts(app) == {"zoe@example.org": "accepted"}


def test_link_serves_once_one_purpose_and_two_days(app, reader, box, work, clock):
    event = event_of_ours(app)
    register(reader, event)
    work()
    first = link(box)
    assert (reader.client.head(first).status_code, count(app, Attendance)) == (200, 0)
    assert reader.post(first).status_code == reader.post(first).status_code == 303
    assert count(app, Attendance) == 1
    token = first.split("/")[2]
    assert reader.get(f"/registrations/{token}").status_code == 404
    assert reader.post(f"/registrations/{token}/no-reminder").status_code == 404
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), "x", "1.2.3", "é.é.é", "0.0." + "x" * 24, "f" * 99):
        assert reader.post(f"/registrations/{wrong}/confirm").status_code == 404
    register(reader, event, email="yan@example.org")
    work()
    clock.turn(days=2, seconds=1)
    assert reader.get(link(box)).status_code == 404
    assert reader.post(link(box)).status_code == 404


def test_link_of_a_guest_who_is_erased_opens_nobody_elses(app, reader, box, work, clock):
    event = event_of_ours(app)
    own = come(reader, box, work, event)
    assert reader.post(own, {"answer": "cancel"}).status_code == 200
    clock.turn(minutes=1)
    come(reader, box, work, event)
    assert reader.get(own).status_code == 404


def test_guest_cancels_and_is_forgotten_and_the_next_gets_the_place(app, reader, box, work):
    event = event_of_ours(app, capacity=1, registration=Registration(waiting_list=True))
    own = come(reader, box, work, event)
    waits = come(reader, box, work, event, email="yan@example.org")
    assert "number 1 on the waiting list" in box.text()
    assert "You are number 1 on the waiting list." in reader.get(waits).text
    cancelled = reader.post(own, {"answer": "cancel"})
    assert "your address is erased" in cancelled.text
    assert parts(app) == {"yan@example.org": "accepted"}
    work()
    assert (box.recipients[-1], "A place for you" in box.last()["Subject"]) == ("yan@example.org", True)


def test_places_are_not_held_for_who_has_not_confirmed(app, reader, box, work):
    event = event_of_ours(app, capacity=1)
    register(reader, event)
    work()
    first = link(box)
    come(reader, box, work, event, email="yan@example.org")
    own = reader.post(first).location
    work()
    assert "No place left" in box.last()["Subject"]
    assert "did not accept" in reader.get(own).text
    assert parts(app) == {"yan@example.org": "accepted", "zoe@example.org": "refused"}
    assert register(reader, event, email="xan@example.org").status_code == 422


@pytest.mark.parametrize("case", ["over", "cancelled", "no guests", "for followers", "elsewhere", "full", "no mail"])
def test_nobody_registers_where_nobody_can(app, reader, clock, case):
    registration = Registration(guests=case != "no guests")
    details = {"join_mode": "external", "external_url": "https://a.example/"} if case == "elsewhere" else {}
    event = event_of_ours(app, registration=registration, capacity=None, **details)
    if case == "over":
        clock.turn(days=90)
    elif case == "cancelled":
        change(app, event, status="cancelled")
    elif case == "for followers":
        change(app, event, visibility="followers")
    elif case == "no mail":
        app.extensions["maillage"].state["mail"] = type(app.extensions["maillage"].state["mail"])()
    elif case == "full":
        with app.app_context():
            publication = session().scalars(select(Publication).where(Publication.iri == event)).one()
            content = publication.content
            details = content.details.model_copy(update={"capacity": 1})
            publication.content = content.model_copy(update={"details": details})
            guest = Guest(publication_id=publication.id, email="a@example.org", name="A", message="", language="en")
            guest.created_at = node().clock()
            session().add(guest)
            session().flush()
            guests.confirm(guest)
            session().commit()
    assert "/register" not in reader.get(page_of(event)).text
    refused = register(reader, event)
    assert refused.status_code == (404 if case == "for followers" else 422)
    with app.app_context():
        assert session().scalars(select(Guest).where(Guest.email == "zoe@example.org")).all() == []


@pytest.mark.parametrize(
    "typed",
    [
        {"email": "zoe"},
        {"email": ""},
        {"name": " "},
        {"name": "\u202e\x01"},
        {"message": "x" * 1001},
        {"ask_0": ""},
        {"ask_0": "\x00"},
        {"ask_1": "beef"},
    ],
)
def test_wrong_field_is_told_and_nothing_is_lost(app, reader, typed):
    asks = (Ask(question="From where?", required=True), Ask(question="Meal", choices=("vegetarian", "vegan")))
    event = event_of_ours(app, registration=Registration(asks=asks))
    answered = register(reader, event, **{"ask_0": "Liège", "ask_1": "vegan"} | typed)
    assert answered.status_code == 422
    assert 'class="field-error"' in answered.text
    assert "Zoé" in answered.text or "name" in typed
    assert (count(app, Guest), count(app, Mail)) == (0, 0)


def test_answers_are_kept_with_what_was_asked(app, reader, box, work):
    asks = (Ask(question="From where?", required=True), Ask(question="Meal", choices=("vegetarian", "vegan")))
    event = event_of_ours(app, registration=Registration(asks=asks))
    come(reader, box, work, event, ask_0="Liège")
    with app.app_context():
        assert session().scalars(select(Attendance)).one().answers == [{"question": "From where?", "answer": "Liège"}]


def test_nobody_makes_us_write_again_and_again(app, reader, box, work):
    event = event_of_ours(app)
    codes = [register(reader, event).status_code for _ in range(9)]
    work()
    assert (set(codes), len(box.arrived)) == ({303}, 6)
    codes = [register(reader, event, email=f"n{number}@example.org").status_code for number in range(25)]
    assert codes[-1] == 429
    assert count(app, Guest) <= 30


def test_addresses_that_nobody_confirms_are_bounded_and_forgotten(app, reader, clock, monkeypatch):
    monkeypatch.setattr(guests, "MOST_UNCONFIRMED", 1)
    event = event_of_ours(app)
    register(reader, event)
    assert register(reader, event, email="yan@example.org").status_code == 422
    clock.turn(days=3, seconds=1)
    with app.app_context():
        prune()
    assert count(app, Guest) == 0


def test_guests_are_erased_some_days_after_the_event(app, reader, box, work, clock):
    event = event_of_ours(app)
    come(reader, box, work, event)
    with app.app_context():
        ends = session().scalars(select(Publication.ends_at).where(Publication.iri == event)).one()
    for after, left in (({"days": 30}, 1), ({"seconds": 1}, 0)):
        clock.moment = (ends if left else clock.moment) + type(ends - ends)(**after)
        with app.app_context():
            prune()
        assert (count(app, Guest), count(app, Attendance)) == (left, left)


def test_addresses_and_names_are_for_editors_alone(app, reader, box, work, client):
    event = event_of_ours(app)
    come(reader, box, work, event, name="Zoe Quixotic")
    editor = Reader(app)
    editor.sign_in()
    listed = editor.get(f"{page_of(event)}/attendees")
    assert "Zoe Quixotic" in listed.text
    assert "zoe@example.org" in listed.text
    headers = {"Accept": "application/activity+json"}
    documents = (event, f"{event}/attendees", "/actors/union/outbox/page/1")
    exits = [client.get(path, headers=headers).text for path in documents]
    paths = (page_of(event), "/events", "/feed.atom", "/feed.json", "/calendar.ics", "/@union/feed.atom")
    exits += [client.get(path).text for path in paths]
    assert all("Building collective" in text for text in (exits[0], *exits[3:]))
    assert not [text for text in exits if "Quixotic" in text or "zoe@" in text]


def test_guest_is_shown_only_who_chose_so(app, reader, box, work, client):
    event = event_of_ours(app)
    come(reader, box, work, event, name="Zoe Open", shown="y")
    come(reader, box, work, event, name="Yan Closed", email="yan@example.org")
    page = client.get(page_of(event)).text
    assert "Among those who come: Zoe Open" in page
    assert "Yan" not in page
    assert "Zoe Open" not in client.get(event, headers={"Accept": "application/activity+json"}).text


def test_people_of_the_event_answer_a_guest_by_mail(app, reader, box, work):
    event = event_of_ours(app, join_mode="restricted")
    own = come(reader, box, work, event)
    assert "waits for an answer" in box.last()["Subject"]
    editor = Reader(app)
    editor.sign_in()
    page = f"{page_of(event)}/attendees"
    for answer, subject in (("accept", "You take part"), ("reject", "was not accepted")):
        editor.post(page, editor.form(editor.get(page), "who").to_dict() | {"answer": answer})
        work()
        assert subject in box.last()["Subject"]
    assert "did not accept" in reader.get(own).text


def test_mails_and_pages_are_in_the_language_of_who_registers(app, reader, box, work):
    event = event_of_ours(app)
    reader.get("/?lang=fr")
    come(reader, box, work, event)
    assert "Merci de confirmer" in box.arrived[0]["Subject"]
    assert "Vous participez" in box.last()["Subject"]
    assert "La page de l’événement" in box.text()


def test_token_is_signed_for_one_purpose(app):
    event = event_of_ours(app)
    with app.app_context():
        number = session().scalars(select(Publication.id).where(Publication.iri == event)).one()
        guest = Guest(publication_id=number, email="a@example.org", name="A", message="", language="en")
        guest.created_at = node().clock()
        session().add(guest)
        session().flush()
        made = {purpose: links.token(guest, purpose) for purpose in links.LIFETIMES}
        assert {
            (purpose, other) for purpose in made for other in made if links.guest_with(made[purpose], other) is not None
        } == {(purpose, purpose) for purpose in made}
        assert "a@example.org" not in "".join(made.values())
