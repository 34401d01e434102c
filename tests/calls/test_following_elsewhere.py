"""The follow-up of another server's call, for a member whose seat coordinates it: read there, written by letters."""

import pytest
from sqlalchemy import select

from actors.database import session
from flask_maillage.calls.desk.entries import key_of
from flask_maillage.calls.models import CallLetter
from flask_maillage.calls.shapes import Shape
from flask_maillage.publications.call_parts import Seat
from flask_maillage.publications.models import Publication
from tests.calls import committee, far_owner
from tests.calls.far_owner import Owner
from tests.inboxes import vouching
from tests.reader import Reader

CONTEXT = "https://www.w3.org/ns/activitystreams"
SPOKE = "The data came, in part"


@pytest.fixture
def owner(app, clock, fediverse):
    """The owner of a decided call: Ires of this node holds a seat that coordinates, Etuc one that does not."""
    made = Owner(fediverse)
    with app.app_context():
        seats = tuple(
            Seat(key=key, name=f"Somebody of {key}", actor=committee.member(key).iri, coordinates=key == "ires")
            for key in ("ires", "etuc")
        )
        far_owner.publish(made, seats, status="decided")
        far_owner.copied(made, made.agreement, committee.member("ires"), committee.member("etuc"))
        session().commit()
    clock.moment = committee.DECIDED
    made.item["state"] = "followed_up"
    return made


@pytest.fixture
def board(app, owner):
    """The address of the board here."""
    with app.app_context():
        call = session().scalars(select(Publication).where(Publication.iri == owner.call)).one()
        return call.page.removeprefix("http://localhost") + "/manage/follow-up"


def visit(app, who):
    reader = Reader(app)
    assert reader.sign_in(f"{who}@example.org").status_code == 303
    return reader


def note(owner, number, by, **said):
    return {
        "id": f"{by}/entries/{number}",
        "type": "Note",
        "attributedTo": by,
        "context": f"{owner.dossier}/follow-up",
        "published": f"2027-02-0{number}T10:00:00Z",
        "content": said.pop("content", f"<p onclick=x>{SPOKE}</p>"),
        "followUp": said,
    }


def serve(owner, *notes):
    """Let the owner list one initiative that is followed, with what was written about it."""
    collection = f"{owner.dossier}/follow-up"
    owner.serve(owner.item, state=owner.item["state"], followUp=collection)
    owner.put(collection, {"id": collection, "type": "OrderedCollection", "first": f"{collection}/page/1"})
    page = {"id": f"{collection}/page/1", "type": "OrderedCollectionPage", "orderedItems": list(notes)}
    owner.put(page["id"], page)


def test_a_seat_that_coordinates_reads_how_it_stands_with_its_own_signature(app, owner, board):
    contact = {"name": "A rider", "email": "rider@riders.example"}
    serve(
        owner,
        note(owner, 1, owner.actor.iri, entry="contact"),
        note(owner, 2, owner.actor.iri, entry="next_step", due="2027-02-05", content="<p>Ask the lawyer</p>"),
        note(owner, 3, owner.applicant.iri, entry="contact_details", contact=contact),
        "nonsense",
    )
    reader = visit(app, "ires")
    assert board in reader.get("/my").text
    listed = reader.get(board)
    assert "A pay log" in listed.text
    assert "Monday 1 February 2027" in listed.text
    assert "overdue" in listed.text
    assert listed.headers["Cache-Control"] == "private, no-store"
    one = reader.get(f"{board}/{key_of(owner.agreement)}").text
    assert SPOKE in one
    assert "onclick" not in one
    assert "rider@riders.example" in one
    assert "?write=result" not in one
    assert SPOKE in reader.get(f"{board}.csv").text
    with app.app_context():
        assert owner.asked()[1] == {f"{committee.member('ires').iri}#main-key"}
        kept = select(CallLetter.id).where(CallLetter.verb == str(Shape.ENTRY))
        assert session().scalars(kept).all() == []


def test_what_a_seat_writes_goes_to_the_owner_and_the_leader_and_stands_there_meanwhile(app, owner, board, work):
    serve(owner)
    reader, one = visit(app, "ires"), f"{board}/{key_of(owner.agreement)}"
    assert reader.submit(f"{one}?write=answer", content="Yes, *do* it.").status_code == 303
    assert "<em>do</em>" in reader.get(one).text
    work()
    sent = owner.fediverse.letters("/users/owners/inbox")[-1]
    seat_iri = sent["actor"]
    assert sent["to"] == [owner.actor.iri, owner.applicant.iri]
    assert (sent["object"]["context"], sent["object"]["followUp"]) == (
        f"{owner.dossier}/follow-up",
        {"entry": "answer"},
    )
    serve(owner, {**note(owner, 4, seat_iri, entry="answer"), "id": sent["object"]["id"]})
    shown = reader.get(one).text
    assert SPOKE in shown
    assert "<em>do</em>" not in shown  # once the owner lists it, it stands there once


def test_what_the_owner_does_not_take_is_marked(app, owner, board, work, client, clock):
    serve(owner)
    reader, one = visit(app, "ires"), f"{board}/{key_of(owner.agreement)}"
    reader.submit(f"{one}?write=answer", content="Too late.")
    work()
    sent = owner.fediverse.letters("/users/owners/inbox")[-1]
    said = {"id": sent["id"], "type": "Create", "object": sent["object"]["id"]}
    refused = owner.actor.activity("Reject", said, to=[sent["actor"]], reasonCode="closed")
    with app.app_context():
        inbox = committee.member("ires").inbox.removeprefix("http://localhost")
    letter = vouching.vouched(refused, f"{owner.actor.iri}#ed25519-key", clock())
    assert owner.actor.post(client, letter, inbox, now=clock()).status_code == 202
    work()
    assert "This was not taken by the server of the call" in reader.get(one).text


def test_while_the_owner_is_down_nothing_is_shown_and_nothing_is_sent(app, owner, board):
    serve(owner, note(owner, 1, owner.actor.iri, entry="contact"))
    reader, one = visit(app, "ires"), f"{board}/{key_of(owner.agreement)}"
    form = reader.form(reader.get(f"{one}?write=answer"), "content")
    owner.be_down()
    for address in (board, one):
        assert "The server of the call did not answer" in reader.get(address).text
    assert reader.get(f"{board}.csv").status_code == 503
    assert reader.post(one, {**form, "content": "Hello"}).status_code == 503
    with app.app_context():
        assert session().scalars(select(CallLetter.id).where(CallLetter.verb == str(Shape.ENTRY))).all() == []


def test_a_closed_one_is_read_and_nothing_is_written_about_it(app, owner, board):
    owner.item["state"] = "closed"
    serve(owner, note(owner, 1, owner.actor.iri, entry="result"))
    reader, one = visit(app, "ires"), f"{board}/{key_of(owner.agreement)}"
    assert "Closed" in reader.get(board).text
    assert SPOKE in reader.get(one).text
    assert "?write=" not in reader.get(one).text


def test_other_seats_and_members_find_nothing_and_ask_nothing(app, owner, board):
    serve(owner)
    with app.app_context():
        committee.member("mallory")
        session().commit()
    for who in ("etuc", "mallory"):
        reader = visit(app, who)
        for address in (board, f"{board}.csv", f"{board}/{key_of(owner.agreement)}"):
            assert reader.get(address).status_code == 404
    assert owner.asked()[0] == []


def test_a_member_who_coordinates_is_led_from_the_notification_to_the_board(
    app, owner, board, work, client, clock, capsys
):
    serve(owner)
    with app.app_context():
        seat = committee.member("ires")
        to, inbox = [owner.applicant.iri, seat.iri], seat.inbox.removeprefix("http://localhost")
    told = {"type": "Create", "to": to, "object": {**note(owner, 1, owner.actor.iri, entry="contact"), "to": to}}
    told |= {"id": f"{owner.actor.iri}/entries/1#create-1", "actor": owner.actor.iri, "@context": [CONTEXT]}
    assert owner.actor.post(client, told, inbox, now=clock()).status_code == 202
    work()
    mail = capsys.readouterr().err  # where mails of a node without a server for them go
    assert f"http://localhost{board}\n" in mail
    assert SPOKE not in mail
