"""An actor's collections hold what its page shows: coming events and open calls, in an order that holds."""

from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from actors.database import session
from actors.node import now
from flask_maillage.publications.models import UNLISTED, Publication
from tests.publications import board


def listed(client: FlaskClient, name: str) -> list[str]:
    """Return the names in a collection, which has to count them right."""
    accept = {"Accept": "application/activity+json"}
    whole: Any = client.get(f"/actors/union/{name}", headers=accept).json
    page: Any = client.get(f"/actors/union/{name}/page/1", headers=accept).json
    assert whole["totalItems"] == len(page["orderedItems"])
    return [item["name"] for item in page["orderedItems"]]


def at(app: Flask, **amount: float) -> Any:
    with app.app_context():
        return now() + timedelta(**amount)


def test_upcoming_holds_the_coming_events_of_the_page(app: Flask, client: FlaskClient) -> None:
    def event(name: str, starts: Any, ends: Any = None, **row: Any) -> None:
        board.publish(app, "event", name=name, row={"starts_at": starts, "ends_at": ends, **row})

    event("Without a date", None)
    event("Second", at(app, days=2))
    event("Began an hour ago, open end", at(app, hours=-1))
    event("Over", at(app, hours=-3))
    event("Ended", at(app, days=-1), at(app, hours=-1))
    event("Goes on", at(app, days=-1), at(app, days=1))
    event("Called off", at(app, days=3), status="cancelled")
    event("By its address only", at(app, days=3), visibility=UNLISTED)

    assert listed(client, "upcoming") == ["Goes on", "Began an hour ago, open end", "Second", "Without a date"]


def test_featured_holds_the_calls_that_one_may_answer(app: Flask, client: FlaskClient) -> None:
    def call(name: str, starts: Any, ends: Any, **row: Any) -> None:
        board.publish(app, "call", name=name, row={"starts_at": starts, "ends_at": ends, **row})

    call("Without an end", None, None)
    call("Until the day after", None, at(app, days=2))
    call("Until tomorrow", at(app, days=-1), at(app, days=1))
    call("Not open yet", at(app, days=1), at(app, days=2))
    call("Over", None, at(app, days=-1))
    call("Called off", None, at(app, days=1), status="cancelled")
    call("Decided early", None, at(app, days=1), status="decided")
    call("By its address only", None, at(app, days=1), visibility=UNLISTED)

    assert listed(client, "featured") == ["Until tomorrow", "Until the day after", "Without an end"]


def test_things_of_one_moment_stand_in_one_order(app: Flask, client: FlaskClient) -> None:
    names = [f"Number {number:02}" for number in range(15)]
    for name in names:
        board.publish(app, "event", name=name, row={"starts_at": at(app, days=1), "ends_at": None})
        board.publish(app, "call", name=name, row={"starts_at": None, "ends_at": at(app, days=1)})
    for name in reversed(names):
        with app.app_context():
            for publication in session().query(Publication).filter_by(name=name):
                publication.summary = "<p>Touched, so that its row lies elsewhere on PostgreSQL.</p>"
            session().commit()

    assert listed(client, "upcoming") == names
    assert listed(client, "featured") == names
