"""Members see on their account page where they registered, here and elsewhere, and leave from there."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from actors import local
from actors.database import session
from flask_maillage.publications.attending import registering, taking_part
from flask_maillage.publications.models import Attendance, Publication
from tests.publications import board
from tests.publications.gatherings import states
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def ann(app: Flask) -> Reader:
    reader = Reader(app)
    reader.sign_in()
    return reader


def put(app: Flask, way: Any, name: str, state: str, day: datetime, who: str = "ann", **more: Any) -> None:
    """Let somebody have a part in an event of a name."""
    ends = day.replace(hour=18)
    path = way(app, "event", name=name, starts_at=day, ends_at=ends, **more)
    with app.app_context():
        event = session().scalars(select(Publication).where(Publication.name == name)).one()
        actor = local.find(who)
        assert actor is not None
        registering.record(event, actor, state, iri=f"http://localhost{path}#join")
        session().commit()


def test_account_shows_what_is_to_come_and_what_is_over_with_where_one_stands(app: Flask, ann: Reader) -> None:
    day = datetime(2027, 3, 1, 9, tzinfo=UTC)
    put(app, board.publish, "Later here", "accepted", day.replace(month=4))
    put(app, board.receive, "Sooner elsewhere", "requested", day)
    put(app, board.publish, "Long over", "accepted", day.replace(year=2025))
    put(app, board.publish, "Left again", "left", day)
    put(app, board.publish, "Of somebody else", "accepted", day, who="union")
    put(app, board.publish, "Called off", "accepted", day.replace(month=5), status="cancelled")
    part = ann.get("/account").text.partition('id="registrations"')[2].partition("</section>")[0]
    ahead, over = part.split("<summary>")
    assert ahead.index("Sooner elsewhere") < ahead.index("Later here") < ahead.index("Called off")
    assert "from partner.test" in ahead
    assert "You asked to take part; the organisers have not answered yet." in ahead
    assert "You take part." in ahead
    assert "Cancelled" in ahead
    assert "Monday 1 March 2027" in ahead
    assert "Long over" in over
    assert "<form" not in over
    for name in ("Left again", "Of somebody else"):
        assert name not in part


def test_one_leaves_from_there_and_the_organisers_elsewhere_are_told(
    app: Flask, ann: Reader, fediverse: Any, work: Any
) -> None:
    with app.app_context():
        board.partner().inbox = fediverse.address("partner.test", "/inbox")
        session().commit()
    board.receive(app, "event", name="Elsewhere", starts_at=datetime(2027, 3, 1, tzinfo=UTC))
    with app.app_context():
        event, actor = session().scalars(select(Publication)).one(), local.find("ann")
        assert actor is not None
        taking_part.join(actor, event)
        session().commit()
    page = ann.get("/account")
    form = ann.form(page, "message")
    action = page.text.partition('id="registrations"')[2].partition('action="')[2].partition('"')[0]
    assert ann.post(action, {**form.to_dict(), "answer": "no"}).status_code == 303
    assert states(app) == {"ann": "left"}
    work()
    assert [letter["type"] for letter in fediverse.letters()] == ["Join", "Leave"]
    assert "registrations" not in ann.get("/account").text


def test_waiting_list_says_the_place(app: Flask, ann: Reader) -> None:
    put(app, board.publish, "Full", "waiting", datetime(2027, 3, 1, tzinfo=UTC))
    with app.app_context():
        session().scalars(select(Attendance)).one().queue_number = 1
        session().commit()
    assert "You are number 1 on the waiting list." in ann.get("/account").text
