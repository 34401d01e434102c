"""A node with an admin, peers of three kinds, and the worker's hands."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from actors import database, remote
from actors.database import session
from flask_maillage.coalitions.partners import discovering, partnership
from flask_maillage.coalitions.partners.models import Partner
from flask_maillage.people import accounts
from flask_maillage.people.models import Member
from flask_maillage.people.notifying import reading
from tests.coalitions.partners import peers
from tests.coalitions.partners.peers import Peer
from tests.conftest import PASSWORD, Clock
from tests.fediverse import Fediverse, RemoteActor
from tests.publications.gatherings import speaking


@pytest.fixture
def mobilizon(fediverse: Fediverse) -> Peer:
    return peers.mobilizon(fediverse)


@pytest.fixture
def gancio(fediverse: Fediverse) -> Peer:
    return peers.gancio(fediverse)


@pytest.fixture
def sharers(fediverse: Fediverse) -> Peer:
    return peers.another_maillage(fediverse)


@pytest.fixture
def told(app: Flask) -> Callable[[], list[str]]:
    """Return what an admin of the node is told, the newest first."""
    with app.app_context():
        accounts.add("root@example.org", "Root", "rooted", PASSWORD, is_admin=True)
        session().commit()

    def read() -> list[str]:
        with app.test_request_context(), database.reading():
            admin = session().scalars(select(Member).where(Member.is_admin)).one()
            groups, _ = reading.page(admin, 1)
            return [line.text for group in groups for line in group.lines]

    return read


@pytest.fixture
def hear(app: Flask, client: FlaskClient, clock: Clock, work: Callable[[], int]) -> Callable[[RemoteActor, Any], None]:
    """Let a remote actor post a letter as it is, and have everything done that follows."""

    def heard(actor: RemoteActor, document: Any) -> None:
        assert actor.post(client, document, now=clock()).status_code == 202
        work()

    return heard


@pytest.fixture
def say(app: Flask, client: FlaskClient, clock: Clock, work: Callable[[], int]) -> Callable[..., str]:
    """Let a remote actor say something, have it opened, and give what became of the letter."""
    return speaking(app, client, clock, work)


@pytest.fixture
def change(app: Flask, work: Callable[[], int]) -> Callable[..., None]:
    """Let an admin do something with a partner, and have carried what follows."""

    def changed(peer: Peer, use_case: Callable[..., None], *arguments: Any) -> None:
        with app.app_context():
            partner = partnership.find(peer.host)
            assert partner is not None
            use_case(partner, *arguments)
            session().commit()
        work()

    return changed


@pytest.fixture
def ask(app: Flask, work: Callable[[], int]) -> Callable[[Peer], None]:
    """Let our node ask another one to be a partner."""

    def asked(peer: Peer) -> None:
        with app.app_context():
            found = discovering.discover(peer.host)
            partnership.request(remote.remember(found.application))
            session().commit()
        work()

    return asked


@pytest.fixture
def agree(ask: Callable[[Peer], None], hear: Callable[[RemoteActor, Any], None]) -> Callable[[Peer], None]:
    """Let a node that ours asked accept, and follow back."""

    def agreed(peer: Peer) -> None:
        ask(peer)
        (request,) = peer.sent("Follow")
        hear(peer.application, peer.application.activity("Accept", request, "accept"))
        hear(peer.application, peer.follow())

    return agreed


@pytest.fixture
def states(app: Flask) -> Callable[[], dict[str, str]]:
    """Return the state of each node, by the first word of its host."""

    def read() -> dict[str, str]:
        with app.app_context():
            rows = session().scalars(select(Partner)).all()
            return {row.host.partition(".")[0]: row.state for row in rows}

    return read
