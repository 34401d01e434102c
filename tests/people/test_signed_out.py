"""Whose session ended while they typed gets it back, signs in in another window, and sends it."""

import pytest
from flask import Flask

from actors import local
from actors.database import session
from flask_maillage.people import accounts
from flask_maillage.people.models import Applicant
from flask_maillage.people.roles import grant
from flask_maillage.publications import topic_list
from flask_maillage.standing import writing
from tests.conftest import NOW, PASSWORD
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SAID = "You are no longer signed in. Nothing is lost"
TYPED = {
    "standing page": (
        "/admin/pages/about",
        "",
        "title",
        {"title": "About us", "text": "We\r\nare <here>.", "do": "save"},
    ),
    "profile": (
        "/@union/profile",
        "",
        "summary",
        {"summary": "We organise\r\nmany.", "links": "https://u.example"},
    ),
    "topic": ("/admin/topics/repair", "", "labels", {"labels": "en=Repair\r\nfr=Réparation", "parent": ""}),
    "founding": ("/account/found", "", "summary", {"name": "A choir", "handle": "choir", "summary": "We sing."}),
    "applicant": ("/admin/applicants", "/1", "note", {"note": "Write to us first.", "answer": "decline"}),
}


@pytest.fixture
def root(app: Flask) -> Reader:
    """An admin of the node and of the union, and what waits for their answers."""
    with app.app_context():
        member = accounts.add("root@example.org", "Root", "rooted", PASSWORD, is_admin=True)
        grant(member, local.find("union"), "admin")
        writing.add("about")
        topic_list.add("repair", {"en": "Repairing"})
        session().add(
            Applicant(
                email="jo@example.org",
                name="Jo",
                handle="jo",
                reason="I repair.",
                confirmed_at=NOW,
                password_hash="!",
                language="en",
                created_at=NOW,
            )
        )
        session().commit()
    reader = Reader(app)
    reader.sign_in("root@example.org")
    return reader


@pytest.mark.parametrize("what", TYPED)
def test_what_was_typed_comes_back_and_is_sent_after_signing_in(root: Reader, what: str) -> None:
    page, end, field, typed = TYPED[what]
    form = {**root.form(root.get(page), field), **typed}
    root.submit_sign_out()

    answer = root.post(page + end, form)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (403, "private, no-store")
    assert SAID in answer.text
    assert 'href="/sign-in' in answer.text
    kept = root.form(answer, field)
    assert {name: kept[name] for name in typed} == typed

    root.sign_in("root@example.org")
    once_more = root.post(page + end, kept)
    assert once_more.status_code in (400, 422)
    assert "This page had been open for long" in once_more.text
    shown = root.form(once_more, field)
    sent = root.post(page + end, {**shown, "answer": typed.get("answer", ""), "do": typed.get("do", "")})
    assert sent.status_code == 303, sent.text


def test_what_is_wrong_with_what_was_typed_is_said_and_nothing_of_time(root: Reader) -> None:
    form = {**root.form(root.get("/admin/applicants"), "note"), "answer": "decline", "note": "x" * 5000}

    answer = root.post("/admin/applicants/1", form)

    assert answer.status_code == 400
    assert "open for long" not in answer.text
    assert 'id="note-error"' in answer.text
    assert root.form(answer, "note")["note"] == "x" * 5000
