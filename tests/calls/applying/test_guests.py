"""People without an account apply by e-mail: after a link, on pages that only their link opens, through the node."""

import json
import re

import pytest
from sqlalchemy import select

from actors.database import reading, session
from flask_maillage.calls.applying import drafts, guests, links, sending
from flask_maillage.calls.applying.the_call import TheCall
from flask_maillage.calls.models import CallLetter, Draft, Guest
from flask_maillage.mail.models import Mail
from tests.calls import making
from tests.calls.applying import drafted
from tests.calls.applying.test_writing import SEATS, TYPED, a_call, page_of, send, write
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ZOE = "zoe@example.org"


@pytest.fixture(autouse=True)
def _beside_the_requests(app):
    with app.app_context(), reading():
        yield


@pytest.fixture
def reader(app):
    return Reader(app)


def ask(reader, iri, email=ZOE):
    path = f"{page_of(iri)}/apply"
    return reader.post(path, reader.fill(reader.get(path), email=email))


def mails():
    session().rollback()
    return session().scalars(select(Mail).order_by(Mail.id)).all()


def link_in(mail):
    return re.search(r"http://localhost(/applications/\S+)", mail.text)[1]


def test_a_guest_confirms_writes_sends_and_never_shows_their_address(app, reader):
    iri = a_call(app)
    answer = ask(reader, iri)
    assert "A mail is on its way" in reader.get(answer.location).text
    link = link_in(mails()[0])
    assert "Yes, this is my address" in reader.get(link).text
    reader.client.head(link)
    assert not session().scalars(select(Draft)).all(), "programmes that look at mails open every link"
    path = reader.post(link).location

    faults = write(reader, path, name="A pay log")
    assert faults.status_code == 422
    assert "Write your name" in re.search(r'id="applicant_name-error".*', faults.text)[0]
    said = {name: value for name, value in TYPED.items() if not name.startswith("people")}
    assert write(reader, path, **said, applicant_name="Zoé").status_code == 303
    page = reader.get(send(reader, path).location)
    assert "received by those who run the call on" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"

    session().rollback()
    written = session().scalars(select(CallLetter)).all()
    (offer,) = [one for one in written if one.verb == "Offer"]
    document = json.loads(offer.document)
    assert document["actor"] == document["object"]["attributedTo"] == "http://localhost/actors/relay"
    assert document["object"]["application"]["applicant"] == {"name": "Zoé"}
    assert not any(ZOE in one.document for one in written if one.document)
    subjects = [mail.subject for mail in mails()]
    assert any(subject.startswith("Sent: ") for subject in subjects)
    assert any("is registered" in subject for subject in subjects)
    assert {mail.recipient for mail in mails() if "Forty" in mail.text} == {ZOE}
    coordinator = Reader(app)
    coordinator.sign_in()
    assert "Zoé · France" in coordinator.get(f"{page_of(iri)}/manage/applications").text


def test_a_link_that_was_used_leads_to_the_same_application(app, reader):
    ask(reader, a_call(app))
    link = link_in(mails()[0])
    first = reader.post(link)
    count = len(mails())
    second = reader.post(link)
    draft = session().scalars(select(Draft)).one()
    assert len(mails()) == count
    for answer in (first, second):
        guest = links.guest_with(answer.location.split("/")[2], links.OWN)
        assert guest.id == draft.guest_id


def test_links_that_are_over_or_anothers_lead_nowhere(app, reader, clock):
    iri = a_call(app)
    call = making.found(iri)
    one, token = drafted.guest_of(call)
    other, _token = drafted.guest_of(call, "yan@example.org")
    session().commit()
    confirm = links.token(one, links.CONFIRM)
    number, ends, mark = token.split(".")
    for wrong in (f"{other.id:x}.{ends}.{mark}", f"{number}.{int(ends, 16) + 1:x}.{mark}", confirm, "nobodys", "1.1.é"):
        for page in ("", "/write", "/check", "/withdraw", "/place", "/copy"):
            assert reader.get(f"/applications/{wrong}{page}").status_code == 404
    assert reader.get(f"/applications/{token}/confirm").status_code == 404, "each link is for one purpose"
    assert reader.get(f"/applications/{token}").status_code == 200
    clock.turn(days=3)
    over = reader.get(f"/applications/{confirm}/confirm")
    assert over.status_code == 404
    assert "Ask for a new link" in over.text
    assert reader.post(f"/applications/{confirm}/confirm").status_code == 404


def test_guest_who_has_it_erased_is_led_to_the_call_and_known_no_more(app, reader):
    found = making.found(a_call(app))
    guest, token = drafted.guest_of(found)
    sending.send(drafts.of_guest(guest), TheCall(found))
    session().commit()
    values = reader.form(reader.get(f"/applications/{token}/withdraw"))
    led = reader.post(f"/applications/{token}/withdraw", values | {"erase": "y"}).location
    assert led == found.page.removeprefix("http://localhost")
    assert reader.get(f"/applications/{token}").status_code == 404
    session().expire_all()
    assert session().query(Guest.email).scalar() is None


def test_guest_takes_back_what_came_too_late_and_nothing_of_it_is_kept(app, reader, clock, monkeypatch):
    found = making.found(a_call(app))
    guest, token = drafted.guest_of(found)
    clock.turn(days=400)
    with monkeypatch.context() as patched:
        patched.setattr(sending, "closed", lambda _call: None)
        sending.send(drafts.of_guest(guest), TheCall(found))
    session().commit()
    page = f"/applications/{token}"
    assert "is held by those who run the call until" in reader.get(page).text
    assert reader.post(f"{page}/withdraw", reader.form(reader.get(f"{page}/withdraw"))).location == page
    session().expire_all()
    (offer,) = session().scalars(select(CallLetter).where(CallLetter.verb == "Offer")).all()
    assert (offer.held_until, offer.document) == (None, None)
    assert "Withdrawn" in reader.get(page).text


def test_nobody_learns_who_applies(app, reader):
    iri = a_call(app)
    drafted.guest_of(making.found(iri))
    session().commit()
    known, unknown = ask(reader, iri), ask(reader, iri, "nobody@example.org")
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    to_known, to_unknown = mails()[-2:]
    assert not link_in(to_known).endswith("/confirm"), "who has confirmed gets the link of their application"
    assert link_in(to_unknown).endswith("/confirm")


def test_addresses_that_nobody_confirms_are_forgotten(app, reader, clock):
    iri = a_call(app)
    drafted.guest_of(making.found(iri), "yan@example.org")
    session().commit()
    ask(reader, iri)
    clock.turn(days=4)
    guests.let_go(clock())
    assert [guest.email for guest in session().scalars(select(Guest))] == ["yan@example.org"]


def test_guests_are_not_asked_where_the_call_is_not_for_everybody_to_apply(app, reader):
    iri = a_call(app, committee=SEATS, apply_url="https://form.example/apply")
    assert reader.get(f"{page_of(iri)}/apply").status_code == 404
