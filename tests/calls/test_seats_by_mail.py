"""Seats by mail: one mail to all of them for each version, a link for each, a button that alone says that it came."""

import re

import pytest
from sqlalchemy import select

from actors.database import session
from flask_maillage.calls import letters, seats_by_mail
from flask_maillage.calls.models import ApplicationFile, CallLetter, Dossier, Receipt, Review
from flask_maillage.calls.shapes import Shape
from flask_maillage.mail import queue
from flask_maillage.mail.models import Mail
from flask_maillage.publications import seat_addresses
from flask_maillage.publications.call_parts import Seat
from flask_maillage.publications.topics import RIGHTS
from tests.calls import committee, making
from tests.calls.test_application_files import NOTE, attached, fetch
from tests.federated_calls.play import staged
from tests.fediverse import Answer

SEATS = (Seat(key="post", name="Zoé"), Seat(key="second", name="A secretary", organisation="ETUC"))
ADDRESSES = {"post": "zoe@example.org", "second": "office@example.org"}
NAMED = {"name": "Application 1", "topics": [RIGHTS]}
TEXT = "Forty riders write down what they are paid."


@pytest.fixture
def call(app):
    """The id of a call with two seats by mail and one of a member."""
    with app.app_context():
        member = Seat(key="ires", name="A researcher", actor=committee.member("ires").iri)
        session().commit()
    iri = committee.call(app, committee=(member, *SEATS), quorum=1, questions=())
    with app.app_context():
        seat_addresses.put(making.found(iri), ADDRESSES)
        session().commit()
    return iri


@pytest.fixture
def links(app, call):
    """The links of the mail about an application, by the name that stands over each."""
    with app.app_context():
        dossier = making.dossier_of(making.found(call), applicant="http://localhost/actors/couriers", content=NAMED)
        assert seats_by_mail.tell(dossier)
        session().commit()
        text = session().scalars(select(Mail)).one().text
    return dict(re.findall(r"^(.+):\nhttp://localhost(/seats/\S+)$", text, re.MULTILINE))


def receipts_of(app):
    with app.app_context():
        return [(row.seat_key, row.via, row.matches) for row in session().scalars(select(Receipt))]


def test_one_mail_goes_to_all_of_them_with_a_link_for_each_and_nothing_of_the_application(app, links):
    with app.app_context():
        mail = session().scalars(select(Mail)).one()
        assert mail.recipient.split(", ") == list(ADDRESSES.values())
        assert list(links) == ["Zoé", "A secretary"]
        assert not {TEXT, "Application 1", "A pay log"} & {mail.subject, mail.text, mail.html}
        assert "Application 1" not in mail.text + mail.html + mail.subject


def test_a_visit_says_nothing_and_the_button_says_it_once(app, client, links):
    page = client.get(links["Zoé"])
    assert page.status_code == 200
    assert TEXT in page.text
    assert "Extending rights and protection" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    client.head(links["Zoé"])
    assert receipts_of(app) == []
    assert [client.post(links["Zoé"]).status_code for _ in range(2)] == [303, 303]
    assert receipts_of(app) == [("post", "mail", True)]
    assert "I have received it" not in client.get(links["Zoé"]).text
    assert "I have received it" in client.get(links["A secretary"]).text
    with app.app_context():
        said = letters.document_of(
            session().scalars(select(CallLetter).where(CallLetter.verb == str(Shape.RECEIPT))).one()
        )
    assert (said["object"]["seat"], said["object"]["via"]) == ("post", "mail")
    assert said["to"] == ["http://localhost/actors/couriers"]
    assert not set(ADDRESSES.values()) & set(re.findall(r"[\w.]+@[\w.]+", str(said)))


@pytest.mark.parametrize(
    "wrong", ["", "x", "1.post.ffffffff.aaaaaaaaaaaaaaaaaaaaaaaa", "key", "mark", "version", "ends"]
)
def test_no_other_link_leads_anywhere(app, client, links, wrong):
    number, key, ends, mark = links["Zoé"].rpartition("/")[2].split(".")
    changed = {
        "key": f"{number}.second.{ends}.{mark}",
        "mark": f"{number}.{key}.{ends}.{mark[::-1]}",
        "version": f"{int(number, 16) + 1:x}.{key}.{ends}.{mark}",
        "ends": f"{number}.{key}.{int(ends, 16) + 1:x}.{mark}",
    }
    address = f"/seats/{changed.get(wrong, wrong)}"
    assert (client.get(address).status_code, client.post(address).status_code) == (404, 404)
    assert receipts_of(app) == []


def gone(app, call, how):
    """Let something happen after which a link is to lead nowhere."""
    found, dossier = making.found(call), session().scalars(select(Dossier)).one()
    details = found.content.details
    if how == "another address":
        seat_addresses.put(found, ADDRESSES | {"post": "lou@example.org"})
    elif how == "an actor":
        seats = [seat if seat.key != "post" else replace_actor(seat) for seat in details.committee]
        found.details = found.details | {"committee": [seat.model_dump(mode="json") for seat in seats]}
    elif how == "left":
        seats = [seat.model_dump(mode="json") for seat in details.committee if seat.key != "post"]
        found.details = found.details | {"committee": seats}
    elif how == "purged":
        dossier.purged_at = dossier.registered_at
    elif how == "recused":
        session().add(
            Review(
                dossier_id=dossier.id,
                seat_key="post",
                number=1,
                iri=f"{call}/r",
                by_iri=found.actor.iri,
                opinion="recused",
                scores={},
                content="",
                received_at=dossier.registered_at,
            )
        )
    session().commit()


def replace_actor(seat):
    return seat.model_copy(update={"actor": "https://b.test/actors/zoe"})


@pytest.mark.parametrize("how", ["another address", "an actor", "left", "purged", "recused"])
def test_a_link_is_dead_once_the_seat_may_not_read(app, client, call, links, how):
    assert client.get(links["Zoé"]).status_code == 200
    with app.app_context():
        gone(app, call, how)
    assert client.get(links["Zoé"]).status_code == client.post(links["Zoé"]).status_code == 404
    assert TEXT not in client.get(links["Zoé"]).text


def test_a_link_is_dead_after_a_time(client, clock, links):
    clock.turn(days=501)
    assert client.get(links["Zoé"]).status_code == 404


def test_a_corrected_version_is_told_of_and_one_that_was_taken_back_too(app, client, links):
    with app.app_context():
        dossier = session().scalars(select(Dossier)).one()
        dossier.version = 2
        session().commit()
    assert "This application was corrected since" in client.get(links["Zoé"]).text
    with app.app_context():
        dossier = session().scalars(select(Dossier)).one()
        dossier.state, dossier.withdrawn_at = "withdrawn", dossier.registered_at
        session().commit()
    assert "took this application back" in client.get(links["Zoé"]).text


def test_files_are_read_by_the_link_from_the_owners_copy(app, client, fediverse, links):
    url = fediverse.address("d.test", "/files/1")
    fediverse.answer(url, Answer(200, NOTE, "application/pdf"))
    with app.app_context():
        version = session().scalars(select(Dossier)).one().versions[0]
        answers = [{"key": "note", "attachment": attachment(url)}]
        version.content = version.content | {"answers": answers}
        session().add(
            ApplicationFile(
                version_id=version.id,
                key="note",
                url=url,
                title="N.pdf",
                media_type="application/pdf",
                size=len(NOTE),
                digest=attachment(url)["digestMultibase"],
                due_at=version.received_at,
            )
        )
        session().commit()
    assert "not here yet" in client.get(links["Zoé"]).text
    assert client.get(f"{links['Zoé']}/files/note").status_code == 404
    assert fetch(app)[0][0] == "kept"
    assert f'href="{links["Zoé"]}/files/note"' in client.get(links["Zoé"]).text
    answer = client.get(f"{links['Zoé']}/files/note", buffered=True)
    assert (answer.data, answer.headers["Cache-Control"]) == (NOTE, "private, no-store")
    assert client.get(f"{links['Zoé'][:-1]}/files/note").status_code == 404


def attachment(url):
    return {"type": "Document", "pages": 1} | attached(url)


def test_letters_that_arrive_make_one_mail_for_each_version(database_url, tmp_path, monkeypatch):
    monkeypatch.setattr(queue, "is_on", lambda: True)
    with staged(database_url, tmp_path, "https://node-a.example") as stage:
        stage.prepare("call", "deadline-extended")
        with stage.app.app_context():
            found = making.found("https://node-a.example/actors/platform_workers/calls/1")
            seat_addresses.put(found, {"etuc-2": "office@example.org", "etuc-1": "has@an-actor.example"})
            session().commit()
        stage.prepare("offer", "correction")
        with stage.app.app_context():
            mails = session().scalars(select(Mail).where(Mail.purpose == "application: committee")).all()
            assert len(mails) == 2
