"""A server of Communecter beside the node under test, and what becomes of its letters."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from actors import following, local, remote
from actors.database import session
from flask_maillage.coalitions.models import Membership
from inboxes.models import Letter
from tests.coalitions.communecter.server import COURIERS, Communecter
from tests.conftest import Clock
from tests.fediverse import Fediverse, RemoteActor


@pytest.fixture
def theirs(app: Flask, fediverse: Fediverse) -> Communecter:
    """The server, whose actors are known here."""
    made = Communecter(fediverse)
    with app.app_context():
        for actor in (made.owner, made.other, made.organisation):
            remote.remember(actor.document)
        session().commit()
    return made


@pytest.fixture
def hear(app: Flask, client: FlaskClient, clock: Clock, work: Callable[[], int]) -> Callable[..., str]:
    """Let an actor post a letter as it is, have it opened, and give what became of it in a word."""

    def heard(actor: RemoteActor, letter: dict[str, Any]) -> str:
        assert actor.post(client, letter, now=clock()).status_code == 202
        work()
        with app.app_context():
            return session().scalars(select(Letter.state).where(Letter.iri == letter["id"])).one()

    return heard


@pytest.fixture
def followed(app: Flask, theirs: Communecter, hear: Callable[..., str], work: Callable[[], int]) -> None:
    """Let the union follow the owner, who accepts it in Communecter's way: by the bare id."""
    with app.app_context():
        union = local.find("union")
        assert union is not None
        iri = following.follow(union, remote.remember(theirs.owner.document)).iri
        session().commit()
    work()
    assert hear(theirs.owner, theirs.letter("Accept", iri, "accept-follow")) == "done"


@pytest.fixture
def belonging(app: Flask) -> Callable[[], dict[tuple[str, str], str]]:
    """Return the state of each membership, by the handles of the group and the member."""

    def read() -> dict[tuple[str, str], str]:
        with app.app_context():
            rows = session().scalars(select(Membership)).all()
            return {(row.group.handle, row.member.handle): row.state for row in rows}

    return read


@pytest.fixture
def project(theirs: Communecter) -> dict[str, str]:
    """The three ids of their project: of its Create, of its object, of its actor."""
    thing = theirs.serve(theirs.project_object())
    return {
        "activity": theirs.letter("Create", thing, "create-project")["id"],
        "object": thing,
        "actor": theirs.project.iri,
    }


@pytest.fixture
def invited(theirs: Communecter, hear: Callable[..., str], project: dict[str, str]) -> dict[str, Any]:
    """The invitation of the couriers to their project, which has arrived."""
    rules = {"as": "adminandrole", "rules": "Financeur,Directeur"}
    letter = theirs.letter("Invite", COURIERS, "invite", target=project["activity"], instrument=rules)
    assert hear(theirs.owner, letter) == "done"
    return letter
