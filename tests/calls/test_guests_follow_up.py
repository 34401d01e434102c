"""A guest who was selected follows it up behind the link of their application, and is told by mail; nobody else is."""

import pytest
from sqlalchemy import select

from actors import remote
from actors.database import session
from actors.node import now
from flask_maillage.calls import cohorts
from flask_maillage.calls.afterwards import purging
from flask_maillage.calls.applying import drafts, links, sending
from flask_maillage.calls.applying.the_call import TheCall
from flask_maillage.calls.following import people, writing
from flask_maillage.calls.following.saying import FollowUp
from flask_maillage.calls.models import CallLetter, Entry
from flask_maillage.mail.models import Mail
from flask_maillage.people.notifying.models import Notification
from flask_maillage.publications.call_parts import Seat
from tests.calls import committee, decided, followed, making
from tests.calls.applying import drafted
from tests.reader import Reader

ZOE, YAN = "zoe@example.org", "yan@example.org"
PAGES = ("follow-up", "follow-up/contact", "follow-up/outputs")


@pytest.fixture
def call(app, fediverse):
    """A decided call in whose first cohort two guests stand; one reads French."""
    judge, guide = decided.seat(fediverse), followed.coordinating(fediverse)
    seats = (
        Seat(key="ires", name="A", actor=judge.iri),
        Seat(key="guide", name="A guide", actor=guide.iri, coordinates=True),
    )
    iri = making.call_of(app, details={"committee": seats, "maximum_selected": 4, "cohorts": decided.COHORTS})
    with app.app_context():
        found = making.found(iri)
        remote.remember(judge.document)
        followed.remember(guide)
        for email, language in ((ZOE, "fr"), (YAN, "en")):
            guest, _token = drafted.guest_of(found, email)
            guest.language = language
            sending.send(drafts.of_guest(guest), TheCall(found))
        session().flush()
        found.status = "deliberating"
        for dossier in decided.dossiers(found):
            decided.opine(dossier, "admissible", seats=("ires", "guide"))
        decided.publish(found, "selected", "selected")
        for dossier in decided.dossiers(found):
            dossier.state, dossier.confirmed_at = "confirmed", now()
            session().flush()
            cohorts.place(found, dossier, "1", decided.COORDINATOR)
        session().commit()
    return iri


@pytest.fixture
def zoe(app, call):
    return page_of(app, call, 0)


@pytest.fixture
def yan(app, call):
    return page_of(app, call, 1)


@pytest.fixture
def reader(app):
    return Reader(app)


def page_of(app, call, number):
    """Return the address of a guest's application."""
    with app.app_context():
        guest = decided.dossiers(making.found(call))[number].guest
        return f"/applications/{links.token(guest, links.OWN)}"


def write(app, call, content, kind="contact", number=0):
    with app.app_context():
        dossier = decided.dossiers(making.found(call))[number]
        writing.write(decided.union(), people.of_dossier(dossier), FollowUp(entry=kind), content, name="Ann")
        session().commit()


def entries(app):
    with app.app_context():
        return [(one.entry, one.content, one.dossier_id) for one in session().scalars(select(Entry).order_by(Entry.id))]


def mails_to(app, email):
    """Return the mails to somebody about what was written."""
    with app.app_context():
        query = select(Mail).where(Mail.recipient == email, Mail.text.contains("/follow-up")).order_by(Mail.id)
        return [(mail.subject, mail.text) for mail in session().scalars(query)]


def test_a_guest_reads_answers_corrects_and_who_coordinates_is_told(app, call, zoe, reader):
    assert reader.get(zoe).text.count(f'href="{zoe}/follow-up"') == 1
    write(app, call, "We *spoke*.")
    page = reader.get(f"{zoe}/follow-up")
    assert "<em>spoke</em>" in page.text
    assert f'href="{zoe}"' in page.text
    assert (page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("private, no-store", "same-origin")

    form = reader.get(f"{zoe}/follow-up?write=answer")
    assert reader.post(f"{zoe}/follow-up", reader.fill(form, content="")).status_code == 422
    assert reader.post(f"{zoe}/follow-up", reader.fill(form, content="It *goes* on.")).status_code == 303
    page = reader.get(f"{zoe}/follow-up").text
    assert "<em>goes</em>" in page
    assert "Drivers&#39; breakfast, <time" in page
    assert page.count("?replace=") == 1, "their own alone is corrected"
    assert [one[:2] for one in entries(app)][1:] == [("answer", "<p>It <em>goes</em> on.</p>")]
    board = call.replace("http://localhost/actors/", "/@") + "/manage/follow-up"
    with app.app_context():
        identifier = decided.dossiers(making.found(call))[0].identifier
        told = session().scalars(select(Notification).where(Notification.kind == "follow_up_news")).one()
        assert (told.member.name, told.detail) == ("Ann", identifier)
        written = session().scalars(select(CallLetter.document).where(CallLetter.verb == "entry")).all()
        assert not any(ZOE in document for document in written)
    assert "<em>goes</em>" in committee.sign_in(app, "ann").get(f"{board}/{identifier}").text


def test_a_guest_is_mailed_once_in_their_language_without_a_word_of_it(app, call, zoe, reader):
    write(app, call, "Secret.")
    ((subject, text),) = mails_to(app, ZOE)
    assert subject.startswith("La coordination de «")
    assert "Lire ce qui a été écrit" in text
    assert "Secret" not in text
    assert "A pay log" not in text
    path = text.partition("http://localhost")[2].split()[0]
    assert "Secret." in reader.get(path).text
    assert mails_to(app, YAN) == []
    with app.app_context():
        assert session().scalars(select(Notification).where(Notification.kind == "follow_up_entry")).all() == []

    form = reader.get(f"{zoe}/follow-up?write=answer")
    reader.post(f"{zoe}/follow-up", reader.fill(form, content="We answer."))
    write(app, call, "Closed.", "result")
    assert len(mails_to(app, ZOE)) == 2, "what they wrote themselves is not told to them"
    assert "?write=" not in reader.get(f"{zoe}/follow-up").text
    assert reader.get(f"{zoe}/follow-up/outputs").status_code == 200


def test_who_coordinates_elsewhere_writes_and_the_guest_is_mailed_once(
    app, client, clock, work, call, fediverse, capsys
):
    guide = followed.coordinating(fediverse)
    with app.app_context():
        dossier = decided.dossiers(making.found(call))[1]
        named = [decided.UNION, dossier.applicant_iri]
        letter = followed.entry(guide.iri, followed.collection(call, dossier), "contact", clock(), to=named)
    for _time in range(2):
        guide.post(client, letter, "/actors/union/inbox", now=clock())
        work()
    sent = [mail for mail in capsys.readouterr().err.split("\nTo: ") if "in the follow-up of your initiative" in mail]
    assert [mail.partition("\n")[0] for mail in sent] == [YAN]
    assert "We spoke." not in sent[0]


def test_guests_share_contacts_with_who_shares_theirs_and_take_them_back(app, call, zoe, yan, reader):
    page = reader.get(f"{zoe}/follow-up/contact")
    assert 'value="Zoé"' in page.text
    assert ZOE not in page.text, "the address that is mailed is nobody's to see: who wants writes one"
    assert reader.post(f"{zoe}/follow-up/contact", reader.fill(page, email="zoe@riders.example")).status_code == 303
    assert "zoe@riders.example" not in reader.get(f"{yan}/follow-up/contact").text
    reader.submit(f"{yan}/follow-up/contact", telephone="+32 1")
    assert "zoe@riders.example" in reader.get(f"{yan}/follow-up/contact").text
    assert "+32 1" in reader.get(f"{zoe}/follow-up/contact").text
    reader.submit(f"{zoe}/follow-up/contact", do="withdraw")
    assert "zoe@riders.example" not in reader.get(f"{yan}/follow-up/contact").text
    assert "+32 1" not in reader.get(f"{zoe}/follow-up/contact").text


def test_a_guest_writes_down_what_the_session_brought(app, call, zoe, reader):
    assert (
        reader.post(f"{zoe}/follow-up/outputs", reader.form(reader.get(f"{zoe}/follow-up/outputs"))).status_code == 422
    )
    answer = reader.submit(f"{zoe}/follow-up/outputs", needs="A lawyer")
    assert (answer.status_code, answer.location) == (303, f"{zoe}/follow-up")
    assert "A lawyer" in reader.get(answer.location).text
    assert [one[0] for one in entries(app)] == ["outputs"]


def test_looking_changes_nothing_and_a_post_without_the_forms_token_neither(app, call, zoe, reader):
    for page in PAGES:
        for method in (reader.client.get, reader.client.head):
            assert method(f"{zoe}/{page}").status_code == 200
    for page, fields in zip(
        PAGES, ({"entry": "answer", "content": "x"}, {"name": "Z", "telephone": "1"}, {"needs": "x"}), strict=True
    ):
        assert reader.post(f"{zoe}/{page}", fields).status_code in (400, 422)
    assert entries(app) == []
    assert reader.post(f"{zoe}/follow-up", {"entry": "result", "content": "We close."}).status_code == 404


def nothing(reader, path):
    """Tell whether each page of a follow-up answers as one that never was."""
    never = reader.get("/applications/nobodys/follow-up")
    found = [reader.get(f"{path}/{page}") for page in PAGES] + [reader.post(f"{path}/{page}") for page in PAGES]
    return never.status_code == 404 and all((one.status_code, one.text) == (404, never.text) for one in found)


def test_nobody_elses_link_an_old_one_or_one_for_another_purpose_leads_there(app, call, zoe, yan, reader, clock):
    number, _ends, _mark = zoe.rpartition("/")[2].split(".")
    _number, ends, mark = yan.rpartition("/")[2].split(".")
    with app.app_context():
        confirm = links.token(decided.dossiers(making.found(call))[0].guest, links.CONFIRM)
    assert nothing(reader, f"/applications/{number}.{ends}.{mark}")
    assert nothing(reader, f"/applications/{confirm}")
    write(app, call, "Of Zoe alone.")
    assert "Of Zoe alone." not in reader.get(f"{yan}/follow-up").text
    clock.turn(days=1101)
    assert nothing(reader, zoe)


def test_what_is_not_confirmed_or_was_taken_back_has_no_follow_up(app, call, zoe, reader):
    for state in ("selected", "withdrawn"):
        with app.app_context():
            dossier = decided.dossiers(making.found(call))[0]
            dossier.state, dossier.slot_id = state, None
            if state == "withdrawn":
                dossier.place_id = dossier.decided_by = dossier.decided_at = None
            session().commit()
        assert nothing(reader, zoe)
        assert "/follow-up" not in reader.get(zoe).text


def test_after_its_erasure_nothing_is_there(app, call, zoe, yan, reader):
    write(app, call, "We spoke.")
    with app.app_context():
        dossier = decided.dossiers(making.found(call))[0]
        purging.erase(dossier, dossier.call, by=decided.UNION, act="purge", readers=[])
        session().commit()
    assert nothing(reader, zoe)
    assert reader.get(f"{yan}/follow-up").status_code == 200
