"""Pages of a follow-up: the board of who coordinates, what a leader here and a leader of another node's call do."""

import pytest
from sqlalchemy import select

from actors.database import session
from actors.node import now
from federation.activities import CONTENT_TYPE
from federation.signatures import sign
from flask_maillage.calls import cohorts
from flask_maillage.calls.desk.entries import key_of
from flask_maillage.calls.following.reminding import remind_follow_up
from flask_maillage.calls.models import Entry
from flask_maillage.mail.models import Mail
from flask_maillage.people.notifying.models import Notification
from tests.calls import committee, decided, followed, making


@pytest.fixture
def call(app, fediverse):
    return followed.call_of(app, fediverse)


@pytest.fixture
def local(app, fediverse):
    """The call, with the first two applications those of members of this node."""
    iri = followed.call_of(app, fediverse, placed=0)
    with app.app_context():
        call = making.found(iri)
        for name, dossier in zip(("rosa", "karl"), decided.dossiers(call), strict=False):
            actor = committee.member(name)
            dossier.applicant_iri = actor.iri
            dossier.versions[-1].letter.sender_iri = actor.iri
            session().flush()
            cohorts.place(call, dossier, "1", decided.COORDINATOR)
        session().commit()
    return iri


def page_of(call):
    return call.replace("http://localhost/actors/", "/@") + "/manage/follow-up"


def dossiers(app, call):
    with app.app_context():
        return [(one.identifier, key_of(one.agreement_iri)) for one in decided.dossiers(making.found(call))]


def post(browser, path, **fields):
    page = browser.get(path).text
    token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    return browser.post(path.partition("?")[0], data={"csrf_token": token, **fields})


def test_a_coordinator_notes_a_contact_corrects_it_and_closes(app, call):
    ann = committee.sign_in(app, "ann")
    one = f"{page_of(call)}/{dossiers(app, call)[0][0]}"
    assert "none yet" in ann.get(page_of(call)).text

    assert post(ann, f"{one}?write=contact", entry="contact", content="We *spoke*.", on="2026-11-20").status_code == 303
    page = ann.get(one).text
    assert "<em>spoke</em>" in page
    assert "Friday 20 November 2026" in ann.get(page_of(call)).text
    with app.app_context():
        entry = session().scalars(select(Entry)).one()
        assert (entry.by_iri, entry.by_name, entry.facts) == (decided.UNION, "Ann", {"on": "2026-11-20"})
        replaced = key_of(entry.iri)
    post(ann, f"{one}?replace={replaced}", entry="contact", replaces=replaced, content="We wrote.")
    assert "<del" in ann.get(one).text
    post(ann, f"{one}?write=result", entry="result", content="An agreement.")
    page = ann.get(one).text
    assert "Closed" in page
    assert "?write=" not in page
    assert post(ann, one, entry="contact", content="Too late.").status_code in (303, 404)
    with app.app_context():
        assert len(session().scalars(select(Entry)).all()) == 3


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"entry": "contact", "content": ""}, "Write some words."),
        ({"entry": "contact", "content": "x", "on": "2099-01-01"}, "This day is still to come."),
        ({"entry": "next_step", "content": "x", "due": "soon"}, "There is no such day"),
        ({"entry": "orientation", "content": "x", "toward": " "}, "Say toward whom or what."),
        ({"entry": "answer", "content": "a\x00b"}, "There is a sign in it that cannot be kept."),
    ],
)
def test_what_was_typed_wrongly_is_said_and_nothing_is_written(app, call, fields, why):
    ann = committee.sign_in(app, "ann")
    one = f"{page_of(call)}/{dossiers(app, call)[0][0]}"
    answer = post(ann, f"{one}?write={fields['entry']}", **fields)

    assert answer.status_code == 422
    assert why in answer.text
    with app.app_context():
        assert session().scalars(select(Entry)).all() == []


def test_a_leaders_list_says_what_is_closed(app, local):
    ann, rosa = committee.sign_in(app, "ann"), committee.sign_in(app, "rosa")
    one = f"{page_of(local)}/{dossiers(app, local)[0][0]}"
    assert "Closed" not in rosa.get("/my/follow-up").text
    post(ann, f"{one}?write=result", entry="result", content="An agreement was *signed*.")
    page = rosa.get("/my/follow-up").text
    assert "Closed" in page
    assert "An agreement was signed." in page


def test_a_decided_call_leads_members_to_where_they_offer_what_they_know(app, client, call):
    page = page_of(call).removesuffix("/manage/follow-up")
    assert "/experts/offer" in committee.sign_in(app, "ann").get(page).text
    assert "/experts/offer" not in client.get(page).text


def test_nobody_else_finds_these_pages(app, client, call):
    with app.app_context():
        committee.member("rosa")
        session().commit()
    rosa, (identifier, key) = committee.sign_in(app, "rosa"), dossiers(app, call)[0]
    board, led = page_of(call), f"/my/follow-up/{key}"
    paths = (board, f"{board}.csv", f"{board}/{identifier}", led, f"{led}/contact")
    for answer in [rosa.get(path) for path in paths]:
        assert answer.status_code == 404
        assert "Application" not in answer.text
    assert "Application" not in rosa.get("/my/follow-up").text
    assert [client.get(path).status_code for path in paths] == [303] * 5


def test_the_table_has_each_entry_and_computes_nothing(app, call):
    ann = committee.sign_in(app, "ann")
    one = f"{page_of(call)}/{dossiers(app, call)[0][0]}"
    post(ann, f"{one}?write=orientation", entry="orientation", content="See them.", toward="=cmd()")
    lines = ann.get(f"{page_of(call)}.csv").text.lstrip("\ufeff").splitlines()

    assert lines[0] == "initiative,applicant,cohort,state,day,entry,by,text,toward,due,replaced"
    assert lines[1].startswith(
        "Application 1,Group1,Session 1,followed_up,2026-11-21,orientation,Ann,See them.,'=cmd()"
    )
    assert lines[2] == "Application 2,Group2,Session 1,in_cohort,,,,,,,"
    assert len(lines) == 3


def test_nobody_coordinates_the_follow_up_of_their_own_initiative(app, local):
    with app.app_context():
        committee.coordinator("rosa")
        session().commit()
    rosa, ((own, _key), (other, _other_key), _third) = committee.sign_in(app, "rosa"), dossiers(app, local)
    assert rosa.get(f"{page_of(local)}/{own}").status_code == 404
    assert own not in rosa.get(page_of(local)).text
    assert "?write=result" in rosa.get(f"{page_of(local)}/{other}").text


def test_leaders_of_this_node_answer_and_share_contacts_with_who_shares_theirs(app, local):
    rosa, karl = committee.sign_in(app, "rosa"), committee.sign_in(app, "karl")
    (_one, of_rosa), (_two, of_karl), _third = dossiers(app, local)
    assert (
        post(rosa, f"/my/follow-up/{of_rosa}?write=answer", entry="answer", content="It *goes* on.").status_code == 303
    )
    page = rosa.get(f"/my/follow-up/{of_rosa}").text
    assert "<em>goes</em>" in page
    assert f"/my/sessions/outputs/{of_rosa}" in page
    assert rosa.get(f"/my/sessions/outputs/{of_rosa}").status_code == 200
    assert rosa.get(f"/my/follow-up/{of_karl}").status_code == 404
    assert post(rosa, f"/my/follow-up/{of_rosa}", entry="result", content="We close.").status_code == 404

    nothing = post(rosa, f"/my/follow-up/{of_rosa}/contact", name="Rosa", email="", telephone="")
    assert nothing.status_code == 422
    post(rosa, f"/my/follow-up/{of_rosa}/contact", name="Rosa", email="rosa@riders.example")
    assert "rosa@riders.example" not in karl.get(f"/my/follow-up/{of_karl}/contact").text
    post(karl, f"/my/follow-up/{of_karl}/contact", name="Karl", telephone="+32 1")
    assert "rosa@riders.example" in karl.get(f"/my/follow-up/{of_karl}/contact").text
    assert "+32 1" in rosa.get(f"/my/follow-up/{of_rosa}/contact").text
    assert rosa.head(f"/my/follow-up/{of_rosa}/contact").status_code == 200
    post(rosa, f"/my/follow-up/{of_rosa}/contact", do="withdraw")
    assert "rosa@riders.example" not in karl.get(f"/my/follow-up/{of_karl}/contact").text
    assert "+32 1" not in rosa.get(f"/my/follow-up/{of_rosa}/contact").text


def test_a_leader_is_told_of_an_entry_without_a_word_of_it(app, local, clock):
    ann = committee.sign_in(app, "ann")
    identifier, key = dossiers(app, local)[0]
    post(ann, f"{page_of(local)}/{identifier}?write=contact", entry="contact", content="Secret.")
    with app.app_context():
        told = session().scalars(select(Notification).where(Notification.kind == "follow_up_entry")).one()
        assert told.member.name == "Rosa"
        (mail,) = session().scalars(
            select(Mail).where(Mail.recipient == "rosa@example.org", Mail.purpose.contains("follow_up_entry"))
        )
        assert f"/my/follow-up/{key}" in mail.text
        assert "Secret" not in mail.text
        assert "Application 1" not in mail.text


def reminders(app):
    with app.app_context():
        query = select(Notification).where(Notification.kind == "follow_up_due").order_by(Notification.id)
        return [row.detail.rpartition(" ")[0] for row in session().scalars(query)]


def remind(app):
    with app.app_context():
        return remind_follow_up()


def test_coordinators_are_reminded_once_for_each_gap(app, call, clock):
    clock.turn(days=59)
    assert remind(app) == 0
    clock.turn(days=1)
    assert remind(app) == 2
    assert remind(app) == 0
    ann = committee.sign_in(app, "ann")
    assert "No contact for 60 days" in ann.get(page_of(call)).text
    post(ann, f"{page_of(call)}/{dossiers(app, call)[0][0]}?write=contact", entry="contact", content="We spoke.")
    clock.turn(days=30)
    assert remind(app) == 0
    clock.turn(days=30)
    assert remind(app) == 1
    assert reminders(app) == ["silent"] * 3


def test_coordinators_are_reminded_of_the_next_step_that_holds(app, call, clock):
    ann = committee.sign_in(app, "ann")
    one = f"{page_of(call)}/{dossiers(app, call)[0][0]}"
    post(ann, f"{one}?write=next_step", entry="next_step", content="Ask.", due="2026-12-01")
    clock.turn(minutes=1)
    post(ann, f"{one}?write=next_step", entry="next_step", content="Ask again.", due="2026-12-05")
    clock.turn(days=11)
    assert remind(app) == 0
    clock.turn(days=4)
    assert "overdue" in ann.get(page_of(call)).text
    assert remind(app) == 1
    assert remind(app) == 0
    assert reminders(app) == ["next step"]


def test_contacts_stand_in_the_owners_collection_for_who_shares_theirs(app, client, clock, call, fediverse):
    ways = {
        "1": decided.applicant(fediverse, 1),
        "2": decided.applicant(fediverse, 2),
        "guide": followed.coordinating(fediverse),
        "seat": decided.seat(fediverse),
    }

    def seen(who):
        path = call.removeprefix("http://localhost") + "/desk/cohorts/page/1"
        signed = sign(ways[who].signer, "GET", f"http://localhost{path}", None, now=clock(), scheme="cavage")
        items = client.get(path, headers={"Accept": CONTENT_TYPE, **signed}).json["orderedItems"]
        return [one["email"] for item in items for one in item.get("contacts", [])]

    def share(number, email):
        with app.app_context():
            dossier = decided.dossiers(making.found(call))[number - 1]
            facts = {"contact": {"name": "A", "email": email}} if email else {}
            iri = f"https://d.test/e/{number}-{email}"
            session().add(
                Entry(
                    dossier_id=dossier.id,
                    iri=iri,
                    by_iri=dossier.applicant_iri,
                    entry="contact_details",
                    content="",
                    facts=facts,
                    at=now(),
                )
            )
            session().commit()
        clock.turn(seconds=1)

    share(1, "one@riders.example")
    assert (seen("1"), seen("2"), seen("guide"), seen("seat")) == (
        ["one@riders.example"],
        [],
        ["one@riders.example"],
        [],
    )
    share(2, "two@riders.example")
    assert seen("2") == ["one@riders.example", "two@riders.example"]
    share(1, "")
    assert (seen("1"), seen("2"), seen("guide")) == ([], ["two@riders.example"], ["two@riders.example"])
