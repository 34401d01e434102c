"""Coalitions elsewhere ask members of ours to sign: the text is kept as it was sent, and a person answers."""

import pytest
from sqlalchemy import select

from actors import local, remote
from actors.database import session
from actors.models import Posted
from federation import proofs
from flask_maillage.coalitions import memberships
from flask_maillage.coalitions.statements.models import Statement, StatementSignature
from flask_maillage.coalitions.statements.texts import digest_of
from flask_maillage.people import accounts, roles
from flask_maillage.people.notifying.models import Notification
from tests.publications.gatherings import speaking
from tests.reader import Reader

UNION, COURIERS = "http://localhost/actors/union", "http://localhost/actors/couriers"
ONE, TWO, THREE = (f"2026-11-21T11:0{minute}:00Z" for minute in (1, 2, 3))


@pytest.fixture
def say(app, client, clock, work):
    return speaking(app, client, clock, work)


@pytest.fixture
def alliance(app, fediverse, say):
    """A coalition on another server, to which the union belongs; ann administers the union."""
    found = fediverse.actor("alliance", "b.test", kind="Group")
    with app.app_context():
        group = remote.remember(found.document)
        iri = memberships.join(local.find("union"), group).iri
        roles.grant(accounts.find("ann@example.org"), local.find("union"), "admin")
        session().commit()
    assert say(found, "Accept", iri, "accept") == "done"
    return found


@pytest.fixture
def ann(app):
    reader = Reader(app)
    assert reader.sign_in().status_code == 303
    return reader


def text(alliance, version=1, *, phase="open", updated=ONE, source="We ask for **one** rule.", **more):
    """Return a statement of the alliance."""
    iri = f"{alliance.iri}/statements/1"
    return {
        "id": iri,
        "type": "Article",
        "attributedTo": alliance.iri,
        "name": "One rule",
        "inLanguage": "en",
        "content": "<p>Something else altogether.</p>",
        "source": {"content": source, "mediaType": "text/markdown"},
        "updated": updated,
        "url": f"{alliance.iri}/pages/1",
        "statement": {
            "version": version,
            "phase": phase,
            "digestMultibase": digest_of(iri, version, "One rule", "en", source),
        },
        **more,
    }


def kept(app):
    with app.app_context():
        query = select(Statement, StatementSignature.state).outerjoin(
            StatementSignature, StatementSignature.statement_id == Statement.id
        )
        found = session().execute(query.order_by(Statement.version)).all()
        return [(one.version, one.phase, one.text, state) for one, state in found]


def numbers(app):
    with app.app_context():
        return list(session().scalars(select(StatementSignature.id).order_by(StatementSignature.id)))


def press(reader, number, answer):
    page = reader.get(f"/statements/{number}")
    token = reader.form(page)["csrf_token"]
    return reader.post(f"/statements/{number}", {"csrf_token": token, "who": number, "answer": answer})


def test_those_who_administer_a_member_are_told_and_sign_by_a_proven_letter(
    app, say, alliance, ann, fediverse, work, clock
):
    offered = text(alliance)
    assert say(alliance, "Offer", offered, 1, to=[UNION]) == "done"
    assert say(alliance, "Offer", offered, 2, to=[UNION]) == "done"
    assert kept(app) == [(1, "open", "We ask for **one** rule.", "invited")]
    with app.app_context():
        told = session().scalars(select(Notification.kind).order_by(Notification.id)).all()
        assert told.count("statement_asked") == 1
    assert "Alliance asks A union to sign “One rule”" in ann.get("/my/notifications").text
    [number] = numbers(app)
    page = ann.get(f"/statements/{number}").text
    assert ("<strong>one</strong>" in page, "Something else" in page) == (True, False)
    assert press(ann, number, "sign").status_code == 303
    work()
    letter = next(one for one in fediverse.letters() if one["type"] == "Accept")
    assert (letter["actor"], letter["object"], letter["to"]) == (UNION, offered["id"], [alliance.iri])
    assert letter["digestMultibase"] == offered["statement"]["digestMultibase"]
    proof = proofs.read(letter, now=clock())
    with app.app_context():
        proof.verify(local.prover_of(local.find("union")).private_key.public_key())
    assert "Signed on Saturday 21 November 2026" in ann.get(f"/statements/{number}").text

    assert press(ann, number, "take back").status_code == 303
    clock.turn(seconds=1)
    work()
    undone = next(one for one in fediverse.letters() if one["type"] == "Undo")
    assert (undone["object"]["id"], undone["object"]["object"]) == (letter["id"], offered["id"])
    assert undone["published"] > letter["published"]
    assert press(ann, number, "sign").status_code == 303
    assert [row[3] for row in kept(app)] == ["signed"]


def test_declining_is_told_and_can_be_thought_over(app, say, alliance, ann, fediverse, work):
    say(alliance, "Offer", text(alliance), 1, to=[UNION])
    [number] = numbers(app)
    press(ann, number, "decline")
    work()
    letter = next(one for one in fediverse.letters() if one["type"] == "Reject")
    assert letter["digestMultibase"] == text(alliance)["statement"]["digestMultibase"]
    assert "1 common statement to sign" not in ann.get("/my").text
    press(ann, number, "sign")
    assert [row[3] for row in kept(app)] == ["signed"]


@pytest.mark.parametrize(
    "changed",
    [
        {"source": {"content": "We ask for none."}},
        {"name": "Another title"},
        {"inLanguage": "fr"},
        {"id": "http://evil.test/statements/1"},
        {"source": "We ask"},
        {"statement": {"version": 0, "phase": "open"}},
        {"statement": {"version": True, "phase": "open"}},
    ],
)
def test_text_that_is_not_what_its_digest_says_asks_nobody(app, say, alliance, changed):
    assert say(alliance, "Offer", text(alliance) | changed, 1, to=[UNION]) == "ignored"
    assert kept(app) == []


def test_nobody_is_asked_who_does_not_belong_to_it(app, say, alliance):
    assert say(alliance, "Offer", text(alliance), 1, to=[COURIERS]) == "ignored"
    with app.app_context():
        memberships.leave(local.find("union"), remote.find(alliance.iri))
        session().commit()
    assert say(alliance, "Offer", text(alliance), 2, to=[UNION]) == "ignored"
    assert kept(app) == []


def test_text_does_not_change_under_its_version_and_a_new_one_closes_it(app, say, alliance, ann):
    say(alliance, "Offer", text(alliance), 1, to=[UNION])
    [first] = numbers(app)
    press(ann, first, "sign")
    changed = text(alliance, source="We ask for none.", updated=TWO)
    assert say(alliance, "Offer", changed, 2, to=[UNION]) == "ignored"
    assert say(alliance, "Update", changed, 3, to=[UNION]) == "ignored"
    assert kept(app) == [(1, "open", "We ask for **one** rule.", "signed")]
    assert say(alliance, "Offer", text(alliance, 2, source="We ask for two.", updated=THREE), 4, to=[UNION]) == "done"
    assert [row[3] for row in kept(app)] == ["signed", "invited"]
    assert "It cannot be signed any more." in ann.get(f"/statements/{first}").text
    assert "1 common statement to sign" in ann.get("/my").text


def test_what_became_of_it_is_told_in_whatever_order(app, say, alliance, ann):
    published = text(alliance, phase="published", updated=TWO)
    assert say(alliance, "Update", published, 2, to=[UNION]) == "done"
    assert say(alliance, "Offer", text(alliance), 1, to=[UNION]) == "ignored"
    assert kept(app) == [(1, "published", "We ask for **one** rule.", "invited")]
    [number] = numbers(app)
    assert f'href="{alliance.iri}/pages/1"' in ann.get(f"/statements/{number}").text
    assert say(alliance, "Update", text(alliance, phase="withdrawn", updated=THREE), 3, to=[UNION]) == "done"
    assert say(alliance, "Update", published, 4, to=[UNION]) == "ignored"
    assert "withdrew this statement" in ann.get(f"/statements/{number}").text
    assert "Sign in the name of" not in ann.get(f"/statements/{number}").text
    assert [row[1::2] for row in kept(app)] == [("withdrawn", "invited")]


@pytest.mark.parametrize("without", ["membership", "time"])
def test_nobody_signs_who_left_or_is_too_late(app, say, alliance, ann, clock, without):
    offered = text(alliance)
    offered["statement"]["until"] = "2026-11-22"
    say(alliance, "Offer", offered, 1, to=[UNION])
    [number] = numbers(app)
    token = ann.form(ann.get(f"/statements/{number}"))["csrf_token"]
    if without == "time":
        clock.turn(days=2)
    else:
        with app.app_context():
            memberships.leave(local.find("union"), remote.find(alliance.iri))
            session().commit()
    answered = ann.post(f"/statements/{number}", {"csrf_token": token, "who": number, "answer": "sign"})
    assert answered.status_code == 303
    said = {"membership": "Only members sign", "time": "cannot be signed any more"}[without]
    assert said in ann.get(f"/statements/{number}").text
    assert [row[3] for row in kept(app)] == ["invited"]
    with app.app_context():
        assert session().scalars(select(Posted).where(Posted.type == "Accept")).all() == []


def test_coalition_that_is_gone_takes_its_statements_along(app, say, alliance):
    say(alliance, "Offer", text(alliance), 1, to=[UNION])
    assert say(alliance, "Delete", alliance.iri, "gone") == "done"
    assert kept(app) == []
