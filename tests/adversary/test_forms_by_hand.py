"""Forms filled by hand, by people who may send them: with numbers and names that no page of ours ever wrote."""

import pytest
from flask import Flask

from actors import database
from flask_maillage.people import accounts
from tests.conftest import PASSWORD
from tests.publications.gatherings import event_of_ours
from tests.reader import Reader

NUMBERS = ("99999999999999999999999", "9223372036854775808", "2147483648", "-1", "0")


def token(reader: Reader) -> str:
    """Return what a page of ours gives a form."""
    return str(reader.form(reader.get("/account"))["csrf_token"])


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_that_no_row_can_have_is_the_number_of_nothing(app: Flask, number: str) -> None:
    event = event_of_ours(app).replace("http://localhost/actors/", "/@")
    ann = Reader(app)
    ann.sign_in()
    answer = {"csrf_token": token(ann), "who": number, "answer": "accept"}
    assert ann.post(f"{event}/attendees", answer).status_code == 400
    assert ann.post("/@union/members/manage", answer).status_code == 400
    for kind in ("event", "group"):
        assert ann.post("/invitations", answer | {"to": kind}).status_code == 400


@pytest.mark.parametrize("name", ["\x00", "a\x00.test", "\x85", "a.test\n"])
@pytest.mark.parametrize("action", ["retry", "pause", "resume", "forget"])
def test_a_name_that_no_host_can_have_is_answered(app: Flask, action: str, name: str) -> None:
    with app.app_context():
        accounts.add("root@example.org", "Root", "rooted", PASSWORD, is_admin=True)
        database.session().commit()
    root = Reader(app)
    root.sign_in("root@example.org")
    form = {"csrf_token": token(root), "host": name}
    assert root.post(f"/admin/deliveries/{action}", form).status_code == 400
