"""Files of applications: given to those to whom they were sent, fetched by the owner, and told of where they lack."""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from actors import iris, remote
from actors.database import session
from actors.node import now
from federation.activities import CONTENT_TYPE
from federation.signatures import sign
from flask_maillage.calls import letters, private_files, receipts
from flask_maillage.calls.models import ApplicationFile, CallLetter, Draft, PrivateFile
from flask_maillage.calls.registering import dossiers, files
from flask_maillage.calls.shapes import Shape
from flask_maillage.files.storing import digest_of
from flask_maillage.publications import publishing
from flask_maillage.publications.call_parts import Question, Seat
from flask_maillage.publications.kinds.call import details_of
from tests.calls import committee, making
from tests.fediverse import Answer
from tests.files import nasty

PDF, NOTE = "application/pdf", nasty.pdf(1)
OTHERS = ("nobody", "stranger", "server", "member", "other")


@pytest.fixture
def people(app, fediverse):
    """Actors elsewhere whom this node knows, but for the stranger."""
    made = {
        "stranger": fediverse.actor("stranger", "s.test", "mallory"),
        "server": fediverse.actor("relay", "b.test", "alice", kind="Application"),
        "other": fediverse.actor("other", "d.test", "bob", kind="Group"),
        "member": fediverse.actor("neighbour", "b.test", "alice"),
        "owner": fediverse.actor("union", "o.test", "mallory", kind="Group"),
        "applicant": fediverse.actor("riders", "d.test", "alice", kind="Group"),
        "seat": fediverse.actor("seat", "b.test", "bob"),
    }
    with app.app_context():
        for name, actor in made.items():
            if name != "stranger":
                remote.remember(actor.document, confirmed=actor.key_id)
        session().commit()
    return made


@pytest.fixture
def read(client, clock, people):
    """Return what a reader is answered at an address of this node."""

    def answered(who, address):
        path, headers = address.removeprefix("http://localhost"), {}
        if who in people:
            signed = sign(people[who].signer, "GET", f"http://localhost{path}", None, now=clock(), scheme="cavage")
            headers = dict(signed)
        return client.get(path, headers={"Accept": CONTENT_TYPE, **headers}, buffered=True)

    return answered


@pytest.fixture
def call(app, people):
    """The id of a call of ours that asks for a file of one page, with a seat elsewhere."""
    seats = (Seat(key="seat", name="Seat", actor=people["seat"].iri), Seat(key="post", name="A secretary"))
    asked = (Question(key="note", label="A note", answer="file", media_types=(PDF,), pages=1),)
    return committee.call(app, committee=seats, quorum=1, questions=asked)


def attached(url, data=NOTE, **more):
    return {"url": url, "mediaType": PDF, "size": len(data), "digestMultibase": digest_of(data), "name": "N.pdf"} | more


def applied(call, people, data=NOTE, *, url="", agreement="", number=1, **more):
    """Register an application that names a file, with the owner's receipt, and return what is to be fetched."""
    found = making.found(call)
    applicant = people["applicant"].iri
    url = url or f"{applicant}/files/1"
    dossier = making.dossier_of(found, number, applicant=applicant)
    if agreement:
        dossier.agreement_iri = agreement
    version = dossier.versions[0]
    said = attached(url, data, **more)
    row = ApplicationFile(
        version_id=version.id,
        key="note",
        url=url,
        title=said["name"],
        media_type=said["mediaType"],
        size=said["size"],
        digest=said["digestMultibase"],
        pages=1,
        due_at=now(),
    )
    session().add(row)
    receipts.make(found.actor, version.letter, to=[applicant], version=1, dossier=dossiers.iri_of(dossier))
    session().commit()
    return SimpleNamespace(number=row.id, url=url, dossier=dossiers.iri_of(dossier))


def sent_from_here(app, people, *, data=NOTE, state="sent"):
    """Write an application of our couriers that went to a call elsewhere, with its file, and return its address."""
    owner = people["owner"].iri
    with app.app_context():
        actor = committee.member("rider")
        draft = Draft(
            identifier="d1",
            actor_id=actor.id,
            call_iri=f"{owner}/calls/1",
            content={},
            version=1,
            state=state,
            offer_iri=f"{actor.iri}/applications/d1#offer-1",
            saved_at=now(),
        )
        session().add(draft)
        session().flush()
        file = private_files.store(data, title="Our note.pdf", media_type=PDF, pages=1, uploader=actor, draft=draft)
        url = iris.of_call(actor.handle, "files", file.name)
        answers = [{"key": "text", "text": "Words"}, {"key": "note", "attachment": attached(url, data)}]
        document = {
            "id": draft.offer_iri,
            "type": "Offer",
            "actor": actor.iri,
            "to": [owner, people["seat"].iri],
            "object": {"application": {"version": 1, "answers": answers}},
        }
        session().add(
            CallLetter(
                sender_iri=actor.iri,
                iri=draft.offer_iri,
                verb=str(Shape.OFFER),
                call_iri=draft.call_iri,
                agreement_iri=f"{actor.iri}/applications/d1",
                sent=True,
                received_at=now(),
                digest=letters.digest_of_document(document),
                document=json.dumps(document),
            )
        )
        session().commit()
        return url


def test_the_file_is_given_to_the_owner_and_the_seats_as_a_download(app, read, people):
    url = sent_from_here(app, people)
    for who in ("owner", "seat"):
        answer = read(who, url)
        assert (answer.status_code, answer.data) == (200, NOTE)
        assert answer.headers["Content-Disposition"] == 'attachment; filename="Our note.pdf"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_to_all_others_the_file_is_what_never_existed(app, read, people):
    url = sent_from_here(app, people)
    for who in OTHERS:
        found, never = read(who, url), read(who, f"{url[:-3]}zzz")
        assert found.status_code == never.status_code == 404, who
        assert found.data == never.data
        assert sorted(found.headers) == sorted(never.headers)
    assert read("owner", url.replace("/rider/", "/union/")).status_code == 404


def test_the_file_of_an_application_that_was_taken_back_is_nobodys(app, read, people):
    url = sent_from_here(app, people, state="withdrawn")
    assert read("owner", url).status_code == 404


def test_who_left_the_committee_reads_the_file_no_more(app, read, people, call):
    url = sent_from_here(app, people)
    with app.app_context():
        session().execute(update(Draft).values(call_iri=call))
        session().commit()
    assert read("seat", url).status_code == 200
    with app.app_context():
        found = making.found(call)
        left = details_of(found.content).model_copy(update={"committee": (Seat(key="post", name="A secretary"),)})
        publishing.revise(found, found.content.model_copy(update={"details": left}))
        session().commit()
    assert read("seat", url).status_code == 404


def test_a_file_that_was_chosen_and_not_sent_is_nobodys(app, read, people):
    sent_from_here(app, people)
    with app.app_context():
        draft = session().scalars(select(Draft)).one()
        other = private_files.store(b"not sent", title="a.txt", media_type="text/plain", draft=draft)
        session().commit()
        url = iris.of_call(draft.actor.handle, "files", other.name)
    assert read("owner", url).status_code == 404


def fetch(app):
    with app.app_context():
        while files.fetch_application_files():
            pass
        rows = session().scalars(select(ApplicationFile).order_by(ApplicationFile.id)).all()
        return [(row.state, row.code, row.attempts) for row in rows]


def test_the_owner_fetches_the_file_once_in_its_own_name_and_seats_read_its_copy(app, call, fediverse, people, read):
    with app.app_context():
        made = applied(call, people)
    fediverse.answer(made.url, Answer(200, NOTE, PDF))
    assert fetch(app) == fetch(app) == [("kept", None, 1)]
    asked = [one for one in fediverse.arrived if one.path.endswith("/files/1")]
    assert len(asked) == 1
    assert "/actors/union#main-key" in asked[0].headers["signature"]
    (said,) = read("seat", made.dossier).json["files"]
    assert said == {"key": "note", "version": 1, "url": f"{made.dossier}/files/1/note"}
    for who in ("seat", "applicant"):
        answer = read(who, said["url"])
        assert (answer.status_code, answer.data) == (200, NOTE)
        assert answer.headers["Cache-Control"] == "private, no-store"
    for who in OTHERS:
        found, never = read(who, said["url"]), read(who, f"{made.dossier}x/files/1/note")
        assert found.status_code == never.status_code == 404, who
        assert found.data == never.data


@pytest.mark.parametrize(
    ("said", "given", "code"),
    [
        (NOTE, NOTE[:-1] + b" ", "file-digest"),
        (nasty.pdf(2), nasty.pdf(2), "file-pages"),
        (b"<html>", b"<html>", "file-type"),
        (nasty.pdf(1, password="secret"), None, "file-unreadable"),
    ],
)
def test_what_is_not_the_file_is_not_kept_and_the_applicant_is_told(
    app, call, fediverse, people, read, said, given, code
):
    with app.app_context():
        made = applied(call, people, said)
    fediverse.answer(made.url, Answer(200, given or said, PDF))
    assert fetch(app) == [("failed", code, 1)]
    with app.app_context():
        assert session().scalars(select(PrivateFile)).all() == []
        (update,) = (
            document
            for letter in session().scalars(select(CallLetter).where(CallLetter.verb == str(Shape.RECEIPT)))
            if (document := letters.document_of(letter))["type"] == "Update"
        )
    assert update["to"] == [people["applicant"].iri]
    assert update["object"]["incomplete"] == [{"key": "note", "reasonCode": code}]
    assert update["object"]["dossier"] == made.dossier
    assert read("seat", made.dossier).json["incomplete"] == update["object"]["incomplete"]
    assert "files" not in read("seat", made.dossier).json


def test_a_file_that_cannot_be_had_is_tried_again_for_a_week(app, call, clock, fediverse, people):
    with app.app_context():
        made = applied(call, people)
    began = clock()
    fediverse.answer(made.url, Answer(503))
    while (found := fetch(app)[0])[0] == "waiting":
        with app.app_context():
            due = session().scalars(select(ApplicationFile.due_at)).one()
        clock.moment = max(due, clock() + timedelta(minutes=1))
    assert found == ("failed", "file-unavailable", files.MOST_ATTEMPTS)
    assert timedelta(days=6, hours=12) < clock() - began < timedelta(days=8)


def test_a_longer_file_is_not_read_to_its_end(app, call, fediverse, people):
    with app.app_context():
        made = applied(call, people)
    fediverse.answer(made.url, Answer(200, NOTE + b"more", PDF))
    assert fetch(app) == [("waiting", None, 1)]


def test_files_of_applicants_here_are_taken_without_the_network(app, call, fediverse, people):
    url = sent_from_here(app, people)
    with app.app_context():
        agreement = session().scalars(select(CallLetter.agreement_iri)).one()
        applied(call, people, url=url, agreement=agreement)
        stranger = applied(call, people, url=url, number=2)
    assert fetch(app) == [("kept", None, 1), ("failed", "file-unavailable", 1)]
    assert fediverse.arrived == []
    with app.app_context():
        row = session().get(ApplicationFile, stranger.number - 1)
        assert row.file.draft_id is None
        assert private_files.read(row.file) == NOTE


def test_a_correction_with_the_same_file_fetches_it_no_second_time(app, call, fediverse, people):
    with app.app_context():
        made = applied(call, people)
    fediverse.answer(made.url, Answer(200, NOTE, PDF))
    fetch(app)
    with app.app_context():
        dossier = dossiers.find(made.dossier)
        first = session().get(ApplicationFile, made.number)
        said = {name: getattr(first, name) for name in ("key", "title", "media_type", "size", "digest", "pages")}
        session().add(ApplicationFile(version_id=dossier.versions[0].id, url=f"{made.url}2", due_at=now(), **said))
        session().commit()
    assert [state for state, _code, _attempts in fetch(app)] == ["kept", "kept"]
    assert len([one for one in fediverse.arrived if "/files/" in one.path]) == 1


def test_nothing_is_fetched_for_what_was_taken_back(app, call, fediverse, people):
    with app.app_context():
        made = applied(call, people)
        dossiers.find(made.dossier).state = "withdrawn"
        session().commit()
    assert fetch(app) == [("waiting", None, 0)]
    assert [one for one in fediverse.arrived if "/files/" in one.path] == []
