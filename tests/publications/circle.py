"""Who stands around a publication of ours in the tests of audiences: followers and all who are none."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from actors import followers, local, policy, remote
from actors.database import session
from federation.signatures import sign
from flask_maillage.publications import publishing
from flask_maillage.publications.audience import Audience
from flask_maillage.publications.models import Publication
from tests.conftest import Clock
from tests.fediverse import Fediverse, RemoteActor
from tests.publications.test_objects import content

ACTIVITY = {"Accept": "application/activity+json"}
KEYS = ("alice", "bob", "mallory")


@dataclass
class Circle:
    """Actors elsewhere by what they are to the union, each on a host of their own."""

    people: dict[str, RemoteActor]

    def __getitem__(self, name: str) -> RemoteActor:
        return self.people[name]


def gathered(app: Flask, fediverse: Fediverse) -> Circle:
    """Let them follow the union, or not, and let one of their hosts be blocked."""
    states = {"follower": "accepted", "pending": "pending", "former": "rejected", "blocked": "accepted"}
    names = (*states, "suspended", "stranger", "named")
    people = {
        name: fediverse.actor(name, f"{name}.test", KEYS[number % len(KEYS)]) for number, name in enumerate(names)
    }
    with app.app_context():
        for name in (*states, "suspended", "named"):
            copy = remote.remember(people[name].document)
            if name == "suspended":
                copy.suspended_at = copy.updated_at
            if name != "named":
                followers.record(copy, local.find("union"), iri=f"{copy.iri}/f", state=states.get(name, "accepted"))
        policy.block("blocked.test")
        session().commit()
    return Circle(people)


def published(app: Flask, visibility: str, *named: RemoteActor | str, kind: str = "event", name: str = "An evening"):
    """Publish something of the union for these people, and return its id and the path of its page."""
    with app.app_context():
        people = tuple(remote.find(one.iri) if isinstance(one, RemoteActor) else local.find(one) for one in named)
        publication = publishing.draft(local.find("union"), content(kind, name), readers=Audience(visibility, people))
        publishing.publish(publication)
        session().commit()
        return publication.iri, urlsplit(publication.page).path


def changed(app: Flask, iri: str, deed, *arguments: object) -> None:
    """Do something with a publication and commit it."""
    with app.app_context():
        deed(session().scalars(select(Publication).where(Publication.iri == iri)).one(), *arguments)
        session().commit()


def read(
    client: FlaskClient,
    iri: str,
    reader: RemoteActor | None = None,
    clock: Clock | None = None,
    scheme: str = "cavage",
    **headers: str,
) -> TestResponse:
    """Ask for a document, signed by a reader or by nobody."""
    parts = urlsplit(iri)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    signed = {}
    if reader is not None and clock is not None:
        signed = sign(reader.signer, "GET", f"http://localhost{target}", None, now=clock(), scheme=scheme)
    return client.get(target, headers={**ACTIVITY, **signed, **headers})


def told(response: TestResponse) -> tuple[int, bytes, list[tuple[str, str]]]:
    """Return everything that an answer tells: status, body and headers but for the hour."""
    headers = [(name, value) for name, value in response.headers if name != "Date"]
    return response.status_code, response.data, sorted(headers)
