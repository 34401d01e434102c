"""The process log: entries are corrected beside what stands there, the chain tells of changes, exports are true."""

import csv
import io
from datetime import date
from xml.etree import ElementTree

import pytest
from sqlalchemy import select, text, update

from actors import local
from actors.database import session
from flask_maillage.coalitions.charters import versions
from flask_maillage.coalitions.process import chain, documented, log
from flask_maillage.coalitions.process.models import LogEntry, Rewritten
from flask_maillage.people import accounts, roles
from flask_maillage.publications import leaving
from tests.conftest import PASSWORD
from tests.reader import Reader

HEADERS = {"Accept": "application/activity+json"}
DAY = date(2026, 11, 20)


def write(app, title, kind="meeting", *, corrects=None, **more):
    with app.app_context():
        couriers = local.find("couriers")
        before = log.last_revision(couriers, corrects) if corrects else None
        given = {"happened_on": DAY, **more}
        entry = log.write(couriers, local.find("ann"), kind=kind, title=title, corrects=before, **given)
        session().commit()
        return entry.identifier


def test_a_correction_stands_beside_what_was_written(app, client):
    identifier = write(app, "We met", text="Four came.")
    write(app, "We met again", corrects=identifier, text="**Five** came.")
    page = client.get(f"/@couriers/process/{identifier}").text
    assert page.index("<strong>Five</strong> came") < page.index("Four came.")
    assert "We met again" in client.get("/@couriers/process").text
    assert "Four came." not in client.get("/@couriers/process").text
    assert "We met again" in client.get("/@couriers").text
    entry = client.get(f"/actors/couriers/process/{identifier}", headers=HEADERS).json
    assert (entry["type"], entry["name"], entry["revision"], entry["entry"]) == (
        "Article",
        "We met again",
        2,
        "meeting",
    )
    assert client.get(f"/actors/couriers/process/{identifier}").location.endswith(f"/@couriers/process/{identifier}")
    assert client.get("/actors/couriers/process", headers=HEADERS).json["totalItems"] == 1
    assert client.get("/actors/couriers", headers=HEADERS).json["process"].endswith("/actors/couriers/process")
    (listed,) = client.get("/actors/couriers/process/page/1", headers=HEADERS).json["orderedItems"]
    assert listed["id"] == entry["id"]


def test_nothing_written_is_changed_by_the_program_or_unseen_by_another_way(app, client):
    identifier = write(app, "We met")
    write(app, "We decided", "decision")
    with app.app_context():
        entry = log.last_revision(local.find("couriers"), identifier)
        entry.title = "We did not meet"
        with pytest.raises(Rewritten, match="title"):
            session().flush()
        session().rollback()
        assert chain.problems(log.whole(local.find("couriers")), local.find("couriers").iri) == []
        first = update(LogEntry).where(LogEntry.identifier == identifier)
        session().execute(first.values(title="We did not meet"))
        session().commit()
    assert "This log was changed after it was written" in client.get("/@couriers/process").text


def test_a_row_that_is_taken_out_is_missed(app):
    write(app, "One")
    two = write(app, "Two")
    write(app, "Three")
    with app.app_context():
        statement = text("DELETE FROM maillage_log_entries WHERE identifier = :one")
        session().execute(statement.bindparams(one=two), bind_arguments={"mapper": LogEntry})
        couriers = local.find("couriers")
        (wrong,) = chain.problems(log.whole(couriers), couriers.iri)
        assert wrong.endswith("revision 1")


def test_what_is_for_members_is_known_to_others_by_its_digest_alone(app, client):
    write(app, "For all")
    inner = write(app, "A quarrel", public=False, text="Between us.")
    late = write(app, "Named by mistake", text="Somebody's name")
    write(app, "Withdrawn", corrects=late, public=False)
    for path in (
        "/@couriers",
        "/@couriers/process",
        *(f"/@couriers/process.{form}" for form in ("json", "md", "csv", "atom")),
    ):
        said = client.get(path).text
        assert "For all" in said, path
        assert not any(one in said for one in ("A quarrel", "Between us", "Named by mistake", "Withdrawn")), path
    assert client.get(f"/@couriers/process/{inner}").status_code == 404
    assert client.get(f"/actors/couriers/process/{inner}", headers=HEADERS).status_code == 404

    exported = client.get("/@couriers/process.json").json
    head = exported["beginning"]
    for row in exported["entries"]:  # a stranger checks the chain without us
        assert row["previous"] == head
        head = row["digest"]
        if not row.get("hidden"):
            assert chain.digest_of({name: row[name] for name in row.keys() - {"digest", "url"}}) == head
    assert head == exported["head"]
    assert [row.get("hidden", False) for row in exported["entries"]] == [False, True, True, True]

    with app.app_context():
        roles.grant(accounts.by_handle("ann"), local.find("couriers"), "member")
        session().commit()
    ann = Reader(app)
    ann.sign_in()
    assert "A quarrel" in ann.get("/@couriers/process").text
    assert ann.get("/@couriers/process.md").headers["Cache-Control"] == "private, no-store"


def test_exports_carry_what_is_there_and_no_formula(app, client):
    write(app, "=SUM(A1)", "document", text="See *it*.", links=[("Minutes", "https://docs.example/1")])
    rows = list(csv.DictReader(io.StringIO(client.get("/@couriers/process.csv").text.lstrip("\ufeff"))))
    assert (rows[0]["title"], rows[0]["documents"]) == ("'=SUM(A1)", "https://docs.example/1")
    said = client.get("/@couriers/process.md").text
    assert "## 2026-11-20 – =SUM(A1)" in said
    assert "[Minutes](https://docs.example/1)" in said
    feed = ElementTree.fromstring(client.get("/@couriers/process.atom").data)
    entries = feed.findall("{http://www.w3.org/2005/Atom}entry")
    assert [one.findtext("{http://www.w3.org/2005/Atom}title") for one in entries] == ["=SUM(A1)"]


def test_who_deletes_the_account_is_named_no_more_and_the_chain_holds(app):
    write(app, "We met")
    with app.app_context():
        leaving.delete_actor(local.find("ann"))
        session().commit()
        couriers = local.find("couriers")
        assert session().scalars(select(LogEntry.author_id)).all() == [None]
        assert chain.problems(log.whole(couriers), couriers.iri) == []


@pytest.fixture
def ann(app):
    with app.app_context():
        roles.grant(accounts.by_handle("ann"), local.find("couriers"), "editor")
        session().commit()
    reader = Reader(app)
    reader.sign_in()
    return reader


def send(reader, path="/@couriers/process", **typed):
    form = reader.form(reader.get(path), "happened_on")
    for name, value in typed.items():
        form[name] = value
    return reader.post("/@couriers/process", form)


def test_an_editor_writes_and_corrects_on_the_pages(app, client, ann):
    made = send(ann, kind="decision", title="We strike", text="On Monday.", links="Minutes | https://docs.example/1")
    assert made.status_code == 303
    identifier = made.location.rpartition("/")[2]
    page = client.get("/@couriers/process").text
    assert "https://docs.example/1" in page
    again = f"/@couriers/process?correct={identifier}"
    assert send(ann, again).status_code == 422  # it changes nothing
    assert send(ann, again, text="On Tuesday.").location == f"/@couriers/process/{identifier}"
    assert "On Monday." in client.get(made.location).text
    with app.app_context():
        accounts.add("bea@example.org", "Bea", "bea", PASSWORD)
        session().commit()
    bea = Reader(app)
    bea.sign_in("bea@example.org")
    token = bea.form(bea.get("/account"))["csrf_token"]
    assert bea.post("/@couriers/process", {"csrf_token": token, "title": "Mine"}).status_code == 403


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": " "}, "Say in one line"),
        ({"happened_on": "2026-11-24"}, "no day to come"),
        ({"happened_on": ""}, "Write the day"),
        ({"links": "Minutes | ftp://x"}, "whole address of each document"),
    ],
)
def test_what_will_not_do_is_said_at_the_field(ann, typed, said):
    answer = send(ann, **{"kind": "note", "title": "A note", **typed})
    assert (answer.status_code, said in answer.text) == (422, True)


GOOD = documented.Facts(charter=True, last=DAY, meetings=1, decisions=3, decisions_with_document=2)


@pytest.mark.parametrize(
    ("changed", "level"),
    [
        ({}, "well"),
        ({"decisions_with_document": 1}, "partly"),
        ({"last": date(2026, 8, 1)}, "partly"),
        ({"last": date(2026, 8, 1), "is_over": True}, "well"),
        ({"meetings": 0, "decisions": 0}, "partly"),
        ({"meetings": 0, "decisions": 0, "charter": False}, "hardly"),
        ({"last": None, "meetings": 0, "decisions": 0, "is_over": True}, "hardly"),
        ({"charter": False}, "partly"),
    ],
)
def test_the_sign_follows_one_rule(changed, level):
    facts = documented.Facts(**{**GOOD.__dict__, **changed})
    assert documented.sign(facts, date(2026, 11, 21)).level == level


def test_the_sign_stands_on_the_page_of_a_project_with_its_reasons(app, client):
    assert "Hardly documented" in client.get("/@couriers").text
    write(app, "We met")
    write(app, "We strike", "decision", links=[("Minutes", "https://docs.example/1")])
    assert "Partly documented" in client.get("/@couriers").text
    with app.app_context():
        versions.publish(local.find("couriers"), title="Our charter", text="We share.")
        session().commit()
    page = client.get("/@couriers").text
    assert "Well documented" in page
    assert "Most of its decisions have a document." in page
