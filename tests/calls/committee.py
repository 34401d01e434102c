"""A call of the union with a committee of this node's members, for tests of the desk."""

from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from actors.database import session
from actors.models import Actor
from flask_maillage.calls.models import CommitteeCopy, Dossier
from flask_maillage.people import accounts, roles
from flask_maillage.publications.call_parts import Criterion, Seat
from tests.calls import making
from tests.conftest import PASSWORD

OPENS, DEADLINE = datetime(2026, 11, 16, 9, tzinfo=UTC), datetime(2027, 1, 13, 22, 59, 59, tzinfo=UTC)
DELIBERATING = datetime(2027, 1, 20, 10, tzinfo=UTC)
DECIDED = datetime(2027, 2, 10, 10, tzinfo=UTC)
CRITERIA = (
    Criterion(key="workers", label="Use for workers", weight=2, maximum=5),
    Criterion(key="lasting", label="Will it last?", weight=1, maximum=5),
)
SEATS = ("ires", "etuc", "astrees")
ELSEWHERE = "https://b.test/actors/fourth_seat"


def member(handle: str) -> Actor:
    """Return the actor of a member of this node, made where there is none."""
    found = session().query(Actor).filter_by(handle=handle, local=True).one_or_none()
    if found is None:
        made = accounts.add(f"{handle}@example.org", handle.capitalize(), handle, PASSWORD)
        made.actor.federated = True
        session().flush()
        found = made.actor
    return found


def call(app: Flask, **more: Any) -> str:
    """Publish a call whose committee are three members of this node and a mail seat; the editor of the union is Ann."""
    with app.app_context():
        seats = tuple(
            Seat(key=name, name=f"Somebody of {name}", organisation=name.upper(), actor=member(name).iri)
            for name in SEATS
        )
        session().commit()
    mail = Seat(key="post", name="A secretary", organisation="ETUC")
    details = {"committee": (*seats, mail), "quorum": 3, "criteria": CRITERIA, "extensions": ()} | more
    return making.call_of(app, starts_at=OPENS, ends_at=DEADLINE, timezone="Europe/Brussels", details=details)


def applied(call_iri: str, number: int = 1, **more: Any) -> Dossier:
    """Register an application whose copies every seat of this node has."""
    found = making.found(call_iri)
    dossier = making.dossier_of(found, number, **more)
    for name in SEATS:
        session().add(
            CommitteeCopy(seat_actor_id=member(name).id, call_iri=call_iri, letter_id=dossier.versions[-1].letter_id)
        )
    session().flush()
    return dossier


def sign_in(app: Flask, handle: str) -> FlaskClient:
    """Return a browser in which somebody is signed in."""
    browser = app.test_client()
    page = browser.get("/sign-in").text
    token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    sent = {"email": f"{handle}@example.org", "password": PASSWORD, "csrf_token": token}
    assert browser.post("/sign-in", data=sent).status_code == 303
    return browser


def coordinator(handle: str = "boss") -> Actor:
    """Return a member who may publish for the union, and so coordinates its calls, without a seat."""
    actor = member(handle)
    union = session().query(Actor).filter_by(handle="union").one()
    found = accounts.find(f"{handle}@example.org")
    assert found is not None
    roles.grant(found, union, "editor")
    session().flush()
    return actor
