"""A program gives nobody a seat whose server takes no applications (FC-1), as the form does not."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from actors.database import session
from flask_maillage.people import tokens
from flask_maillage.publications.models import Publication
from tests.publications.test_handles_in_forms import takes_applications
from tests.publications.test_submitting import EVERYONE, OUTBOX, token
from tests.test_command_line import invoke

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def alice(fediverse):
    return fediverse.actor("alice", "a.test")


def call_with(clock, *seats: str) -> dict[str, Any]:
    committee = [{"key": str(number), "name": f"Seat {number}", "id": iri} for number, iri in enumerate(seats, start=1)]
    return {
        "type": "Article",
        "to": [EVERYONE],
        "name": "A call",
        "content": "<p>Come</p>",
        "endTime": (clock() + timedelta(days=30)).isoformat(),
        "call": {"status": "open", "maximumSelected": 3, "committee": committee},
    }


@pytest.fixture
def send(app, client):
    def sent(document, scope=tokens.PUBLISHING):
        headers = {"Authorization": f"Bearer {token(app, scope)}", "Content-Type": "application/activity+json"}
        return client.post(OUTBOX, json=document, headers=headers)

    return sent


def published(app):
    with app.app_context():
        return [one.state for one in session().scalars(select(Publication))]


def test_who_is_on_a_server_that_takes_none_gets_no_seat_and_a_draft_may_name_them(app, send, clock, alice):
    answer = send(call_with(clock, alice.iri))
    assert answer.status_code == 422, answer.text
    assert answer.json["field"] == "call.committee"
    assert "their server takes no applications" in answer.json["detail"]
    assert published(app) == []

    assert send(call_with(clock, alice.iri), tokens.DRAFTING).status_code == 201


def test_who_is_on_a_server_that_takes_them_gets_one_and_is_not_asked_about_again(app, send, clock, alice, fediverse):
    takes_applications(fediverse, "a.test")
    answer = send(call_with(clock, alice.iri))
    assert answer.status_code == 201, answer.text
    before = len(fediverse.arrived)

    changed = send(
        {"type": "Update", "object": {"id": answer.json["id"], **call_with(clock, alice.iri), "name": "New"}}
    )
    assert changed.status_code == 200, changed.text
    assert len(fediverse.arrived) == before


def test_the_command_asks_too(app, tmp_path, clock, alice):
    path = tmp_path / "call.json"
    path.write_text(app.json.dumps(call_with(clock, alice.iri)), encoding="utf-8")
    code, output = invoke(app, ("publish", str(path), "--actor", "union"))
    assert code == 1
    assert "their server takes no applications" in output
    assert published(app) == []
