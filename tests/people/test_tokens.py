"""Members make tokens on their account page, see the secret once, and revoke them; nobody else sees or ends them."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from actors.database import reading, session
from actors.node import now
from flask_maillage.people import accounts, tokens
from flask_maillage.people.models import Token
from tests.reader import Reader
from tests.test_command_line import invoke

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAGE = "/account/tokens"


@pytest.fixture
def ann(app: Flask) -> Reader:
    reader = Reader(app)
    assert reader.sign_in().status_code == 303
    return reader


def secret_in(text: str) -> str:
    return re.findall(r"maillage_[\w-]{43}", text)[0]


def kept() -> list[Token]:
    with reading():
        return list(session().scalars(select(Token)))


def test_secret_is_shown_once_and_works(app: Flask, ann: Reader) -> None:
    made = ann.submit(PAGE, label="our website", scope="publish", last_day="2027-01-01")

    secret = secret_in(made.text)
    assert made.headers["Cache-Control"] == "private, no-store"
    assert secret not in ann.get(PAGE).text
    with reading():
        found = tokens.find(secret)
        assert found is not None
        assert (found.label, found.scope, found.actor.handle, found.member.name) == (
            "our website",
            "publish",
            "union",
            "Ann",
        )
        assert str(found.expires_at) == "2027-01-01 23:59:59+00:00"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"label": ""}, "Give it a name"),
        ({"label": "x", "actor": "99"}, "This choice does not exist."),
        ({"label": "x", "scope": "everything"}, "This choice does not exist."),
        ({"label": "x", "last_day": "2026-11-20"}, "Choose a day to come."),
        ({"label": "x", "last_day": "2027-02-30"}, "Write a day that there is"),
    ],
)
def test_form_that_is_wrong_is_told_so_and_makes_nothing(ann: Reader, typed: dict[str, str], sentence: str) -> None:
    answer = ann.submit(PAGE, **typed)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert kept() == []


def test_member_revokes_their_own_and_nobody_elses(app: Flask, ann: Reader) -> None:
    secret = secret_in(ann.submit(PAGE, label="our website").text)
    number = kept()[0].id
    accounts.add("eve@example.org", "Eve", "eve", "another horse battery")
    session().commit()
    eve = Reader(app)
    assert eve.sign_in("eve@example.org", "another horse battery").status_code == 303

    assert eve.post(f"{PAGE}/{number}/revoke", eve.form(eve.get("/account"))).status_code == 404
    assert Reader(app).post(f"{PAGE}/{number}/revoke").status_code in (303, 403)
    with reading():
        assert tokens.find(secret) is not None
    assert ann.post(f"{PAGE}/{number}/revoke").status_code == 303, "without the page's own token nothing is done"
    with reading():
        assert tokens.find(secret) is not None
    assert ann.post(f"{PAGE}/{number}/revoke", ann.form(ann.get(PAGE))).status_code == 303
    with reading():
        assert tokens.find(secret) is None
    assert "<h3>our website</h3>" not in ann.get(PAGE).text
    assert ann.post(f"{PAGE}/99999999999999999999/revoke").status_code == 404


def test_only_so_many_tokens_are_had_at_once(app: Flask, ann: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST_TOKENS", 1)
    ann.submit(PAGE, label="one")

    typed = ann.form(ann.get(PAGE), "label")
    typed["label"] = "two"
    answer = ann.post(PAGE, typed)

    assert answer.status_code == 422
    assert "revoke one" in answer.text
    assert len(kept()) == 1


def test_strangers_are_sent_to_sign_in(app: Flask) -> None:
    assert Reader(app).get(PAGE).headers["Location"] == "/sign-in?next=/account/tokens"


def test_commands_make_list_and_revoke(app: Flask) -> None:
    code, output = invoke(app, ("token", "add", "ann@example.org", "union", "--name", "cron", "--days", "30"))
    assert code == 0, output
    with reading():
        assert tokens.find(secret_in(output)) is not None
    code, listed = invoke(app, ("token", "list", "ann@example.org"))
    assert re.search(r"1 draft +@union +until 2026-12-21, never used: cron", listed), listed
    assert invoke(app, ("token", "revoke", "1")) == (0, "Token 1 works no longer.\n")
    with reading():
        assert tokens.find(secret_in(output)) is None
    assert kept()[0].revoked_at == now()
    for words, sentence in (
        (("token", "revoke", "1"), "There is no token 1 that works."),
        (("token", "list", "eve@example.org"), "Nobody here has the address eve@example.org."),
        (("token", "add", "ann@example.org", "couriers", "--name", "x"), "may not publish for couriers"),
    ):
        code, output = invoke(app, words)
        assert (code, sentence in output) == (1, True), output
