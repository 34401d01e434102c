"""Members write and send applications: to everybody at once or to nobody, with every fault said at its field."""

import io
import json
import re
from pathlib import Path

import pytest
from sqlalchemy import select, update

from actors import remote
from actors.database import reading, session
from actors.models import Delivery
from flask_maillage.calls.models import CallLetter, Draft, PrivateFile
from flask_maillage.mail.models import Mail
from flask_maillage.people import accounts
from flask_maillage.publications.kinds.call_details import Question, Seat
from flask_maillage.publications.topics import RIGHTS
from tests.calls import making
from tests.files import nasty
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FIXTURES = Path(__file__).parent.parent.parent / "federated_calls"
COUNTING = json.loads((FIXTURES / "counting.json").read_text(encoding="utf-8"))
QUESTIONS = (
    Question(key="objectives", label="Objectives", required=True, characters=20),
    Question(key="one", label="In one line", answer="short"),
    Question(key="help", label="Help", answer="choice", choices=("Legal advice", "Funding"), several=True),
    Question(key="sort", label="Sort", answer="choice", choices=("New", "Old")),
    Question(key="note", label="Note", answer="file", media_types=("application/pdf",), pages=1),
)
SEATS = (
    Seat(key="ires", name="A researcher", organisation="IRES", actor="http://localhost/actors/couriers"),
    Seat(key="etuc", name="A secretary", organisation="ETUC"),
)
TYPED = {
    "name": "A pay log",
    "initiative_name": "A pay log kept by riders",
    "country": "FR",
    "topics": [RIGHTS],
    "sectors": "Delivery, Transport",
    "a_objectives": "Forty riders",
    "a_help": ["Legal advice", "Funding"],
    "people-0-name": "A rider",
    "people-0-id": "@couriers",
}


@pytest.fixture(autouse=True)
def _beside_the_requests(app):
    with app.app_context(), reading():
        yield


@pytest.fixture
def reader(app):
    person = Reader(app)
    assert person.sign_in().status_code == 303
    return person


def page_of(iri):
    return iri.replace("http://localhost/actors/", "/@")


def a_call(app, **details):
    said = {"questions": QUESTIONS, "committee": SEATS, "note_characters": 150, "note_pages": None}
    return making.call_of(app, details=said | details)


def begin(reader, iri, name="A union"):
    page = reader.get(f"{page_of(iri)}/apply")
    number = re.search(rf'value="(\d+)"[^>]*> <label[^>]*>{name}<', page.text)[1]
    answer = reader.post(f"{page_of(iri)}/apply", reader.fill(page, actor=number))
    assert answer.status_code == 303
    return answer.location


def write(reader, path, do="check", **typed):
    values = reader.fill(reader.get(path), **typed)
    values["do"] = do
    return reader.post(path, values, content_type="multipart/form-data")


def send(reader, path):
    check = path.replace("/write", "/check")
    return reader.post(check, reader.form(reader.get(check)))


def the_draft():
    session().rollback()
    return session().scalars(select(Draft)).one()


def sent(verb="Offer"):
    session().rollback()
    return session().scalars(select(CallLetter).where(CallLetter.verb == verb).order_by(CallLetter.id)).all()


def test_from_the_page_of_a_call_to_its_committee(app, reader):
    iri = a_call(app)
    assert f"{page_of(iri)}/apply" in reader.get(page_of(iri)).text
    begun = reader.get(f"{page_of(iri)}/apply").text
    assert "A researcher, IRES" in begun
    assert "gets it by mail" in begun
    assert "12 months" in begun
    path = begin(reader, iri)

    assert write(reader, path, **TYPED).location == path.replace("write", "check")
    looked = reader.get(path.replace("write", "check")).text
    assert "Forty riders" in looked
    assert "Extending rights and protection" in looked
    assert "France" in looked
    assert "It goes to 2 members of the committee" in looked
    assert not sent(), "nothing goes before somebody says so"
    answer = send(reader, path)
    assert answer.location == path.removesuffix("/write")

    (letter,) = sent()
    document = json.loads(letter.document)
    assert set(document["to"]) == {"http://localhost/actors/union", "http://localhost/actors/couriers"}
    assert document["to"] == document["object"]["to"]
    assert not document["cc"]
    assert document["target"] == document["object"]["context"] == iri
    assert document["proof"]["verificationMethod"] == "http://localhost/actors/union#ed25519-key"
    application = document["object"]["application"]
    assert application["territory"] == "FR"
    assert application["sectors"] == ["Delivery", "Transport"]
    assert application["people"] == [{"name": "A rider", "id": "http://localhost/actors/couriers"}]
    assert {"key": "help", "choices": ["Legal advice", "Funding"]} in application["answers"]
    draft = the_draft()
    assert (draft.state, draft.offer_iri, draft.version) == ("registered", letter.iri, 1)
    page = reader.get(answer.location).text
    assert "received by those who run the call on" in page
    assert "Extending rights and protection" in page
    mails = session().scalars(select(Mail)).all()
    assert not any("Forty" in mail.subject for mail in mails)
    (copy,) = [mail for mail in mails if mail.subject.startswith("Sent: ")]
    assert copy.recipient == "ann@example.org"
    assert "Forty riders" in copy.text


def test_what_is_sent_twice_goes_once(app, reader):
    path = begin(reader, a_call(app))
    write(reader, path, **TYPED)
    check = path.replace("/write", "/check")
    values = reader.form(reader.get(check))
    assert reader.post(check, values).status_code == 303
    assert reader.post(check, values).location == path.removesuffix("/write")
    assert len(sent()) == 1


def test_every_fault_is_said_at_its_field_and_nothing_is_lost(app, reader):
    path = begin(reader, a_call(app))
    answer = write(reader, path, name="A log", country="JP", a_one="x" * 201, initiative_name="", a_sort="New")
    assert answer.status_code == 422
    for field, words in {
        "country": "One cannot apply to this call from this territory",
        "a_objectives": "An answer that is required is missing",
        "a_one": "At most 200 characters are possible, and these are 201",
        "initiative_name": "Say which initiative it is about",
    }.items():
        assert words in re.search(rf'id="{field}-error".*', answer.text)[0], field
        assert f'<a href="#{field}">' in answer.text, "each in the summary too"
    assert "All answers together may have 150 characters, and have 201" in answer.text
    assert 'value="A log"' in reader.get(path).text
    assert reader.get(path.replace("write", "check")).location == f"{path}?check=1"
    assert "is required is missing" in reader.get(f"{path}?check=1").text


def test_an_answer_is_counted_as_the_document_counts(app, reader):
    vectors = [one for one in COUNTING if one["length"]]
    asked = tuple(Question(key=f"q{n}", label=one["what"], characters=one["length"]) for n, one in enumerate(vectors))
    path = begin(reader, a_call(app, questions=asked))
    fits = TYPED | {f"a_q{n}": one["text"] for n, one in enumerate(vectors)}
    assert write(reader, path, **fits).status_code == 303
    answer = write(reader, path, **fits | {f"a_q{n}": f"{one['text']}!!!" for n, one in enumerate(vectors)})
    for n, one in enumerate(vectors):
        error = re.search(rf'id="a_q{n}-error".*', answer.text)
        assert error, one["what"]
        assert f"At most {one['length']} characters" in error[0], one["what"]


def test_files_are_looked_at_when_they_are_chosen(app, reader):
    path = begin(reader, a_call(app))
    two = {"a_note": (io.BytesIO(nasty.pdf(2)), "two.pdf")}
    assert "This PDF has 2 pages" in write(reader, path, **TYPED | two).text
    text = {"a_note": (io.BytesIO(b"words"), "note.txt")}
    assert "A file is not of a kind that is accepted" in write(reader, path, **TYPED | text).text
    one = {"a_note": (io.BytesIO(nasty.pdf(1)), "C:\\our note.pdf")}
    assert write(reader, path, **TYPED | one).status_code == 303
    (kept,) = session().scalars(select(PrivateFile)).all()
    assert kept.draft_id == the_draft().id
    assert write(reader, path, do="save").status_code == 303
    assert "our note.pdf" in reader.get(path.replace("write", "check")).text, "kept by a form without the file"
    write(reader, path, do="save", r_note="y")
    assert not any(answer["key"] == "note" for answer in the_draft().content["answers"])


def test_it_saves_itself_and_says_when_somebody_else_wrote(app, reader, clock):
    path = begin(reader, a_call(app))
    values = reader.fill(reader.get(path), name="First")
    values["do"] = "autosave"
    answer = reader.post(path, values)
    assert answer.status_code == 200
    assert answer.json["edit"] == path
    clock.turn(seconds=5)
    assert reader.post(path, values).status_code == 409, "the form that is open elsewhere"
    values["version"] = answer.json["version"]
    values["name"] = "Second"
    assert reader.post(path, values).status_code == 200
    assert the_draft().content["name"] == "Second"
    clock.turn(seconds=5)
    values["do"] = "save"
    assert "somebody else changed this meanwhile" in reader.post(path, values).text


def test_others_find_nothing(app, reader, client):
    path = begin(reader, a_call(app))
    accounts.add("bea@example.org", "Bea", "bea", "twelve apples")
    session().commit()
    stranger = Reader(app)
    assert stranger.get(path).status_code == 303
    stranger.sign_in("bea@example.org", "twelve apples")
    for page in ("", "/write", "/check", "/withdraw", "/place", "/copy"):
        answer = stranger.get(path.replace("/write", page))
        assert answer.status_code == 404
    own = reader.get(path)
    assert own.headers["Cache-Control"] == "private, no-store"
    assert own.headers["X-Robots-Tag"] == "noindex"


def test_after_the_deadline_nothing_is_sent(app, reader, clock):
    path = begin(reader, a_call(app))
    write(reader, path, **TYPED)
    check = path.replace("/write", "/check")
    values = reader.form(reader.get(check))
    clock.turn(days=400)
    values["csrf_token"] = reader.form(reader.get(check))["csrf_token"]
    answer = reader.post(check, values)
    assert answer.status_code == 422
    assert "It is too late" in answer.text
    assert not sent()
    assert the_draft().state == "draft"


def test_whom_an_application_has_not_reached_is_named_until_it_does(app, reader, clock, fediverse):
    elsewhere = fediverse.actor("ines", "b.test", "bob")
    remote.remember(elsewhere.document)
    session().commit()
    seat = Seat(key="ines", name="Ines", actor=elsewhere.iri)
    path = begin(reader, a_call(app, committee=(seat,)))
    write(reader, path, **TYPED)
    page = send(reader, path).location
    became = (
        ({"attempts": 0}, None),
        ({"attempts": 1}, "yet; it is tried again"),
        ({"state": "expired", "settled_at": clock()}, ", and not tried any more"),
        ({"state": "delivered"}, None),
    )
    for values, words in became:
        session().rollback()
        assert session().execute(update(Delivery).values(values)).rowcount == 1
        session().commit()
        said = re.findall(
            r"Not delivered to ([\w ]+?)(yet; it is tried again|, and not tried any more)", reader.get(page).text
        )
        assert [(name.strip(), rest) for name, rest in said] == ([(elsewhere.document["name"], words)] if words else [])


def test_a_call_that_names_another_page_takes_none_here(app, reader):
    iri = a_call(app, apply_url="https://form.example/apply")
    assert reader.get(f"{page_of(iri)}/apply").status_code == 404
    assert f"{page_of(iri)}/apply" not in reader.get(page_of(iri)).text
