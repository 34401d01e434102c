"""What tests of registrations have in common: an event of ours, somebody who says something, and who is on the list."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from actors.database import session
from flask_maillage.publications.models import Attendance, Publication
from inboxes.models import Letter
from tests.conftest import Clock
from tests.fediverse import RemoteActor
from tests.publications import board

BOTH = ("/inbox", "/actors/union/inbox")


def event_of_ours(app: Flask, *, row: dict[str, Any] | None = None, capacity: int | None = None, **details: Any) -> str:
    """Publish an event of the union, and return its id."""
    with app.app_context():
        sample = board.sample_of("event", board.now())
        changed = sample.details.model_copy(update={"capacity": capacity, **details})
    page = board.publish(app, "event", row=row, details=changed)
    return page.replace("/@union/", "http://localhost/actors/union/")


def states(app: Flask) -> dict[str, str]:
    """Return what everybody's part in an event is, by handle."""
    with app.app_context():
        return {found.actor.handle: found.state for found in session().scalars(select(Attendance))}


def part(app: Flask, handle: str) -> dict[str, Any]:
    """Return the columns of somebody's part."""
    with app.app_context():
        found = next(found for found in session().scalars(select(Attendance)) if found.actor.handle == handle)
        return {"state": found.state, "iri": found.iri, "message": found.message, "answered_at": found.answered_at}


def outcome(app: Flask, iri: str) -> tuple[str, str]:
    """Return what became of a letter, in a word and in words."""
    with app.app_context():
        return tuple(session().execute(select(Letter.state, Letter.outcome).where(Letter.iri == iri)).one())


def change(app: Flask, iri: str, **columns: Any) -> None:
    """Set columns of a publication."""
    with app.app_context():
        found = session().scalars(select(Publication).where(Publication.iri == iri)).one()
        for name, value in columns.items():
            setattr(found, name, value)
        session().commit()


def speaking(app: Flask, client: FlaskClient, clock: Clock, work: Callable[[], int]) -> Callable[..., str]:
    """Return a function that lets a remote actor say something, has it opened, and gives what became of the letter."""

    def said(
        actor: RemoteActor, kind: str, thing: Any, number: int | str = 1, *, inbox: str = "/inbox", **more: Any
    ) -> str:
        letter = actor.activity(kind, thing, number, **more)
        assert actor.post(client, letter, inbox, now=clock()).status_code == 202
        work()
        return outcome(app, letter["id"])[0]

    return said
