"""Peers that misbehave, and clients that reach them; all are closed with their test."""

import pytest

from federation.client import Client
from tests.federation.raw_peers import NOW, ONE_ADDRESS, Peer, planted


@pytest.fixture
def peers():
    made = []

    def make(answer, tls=None) -> Peer:
        made.append(Peer(answer, tls))
        return made[-1]

    yield make
    for peer in made:
        peer.close()


@pytest.fixture
def client():
    """Make clients that resolve every name to 127.0.0.1, and close them."""
    made = []

    def make(**options) -> Client:
        options = {"allowed_networks": ONE_ADDRESS, "resolver": planted(), "clock": lambda: NOW, **options}
        made.append(Client(user_agent="Maillage/test", **options))
        return made[-1]

    yield make
    for one in made:
        one.close()
