"""Redirects to where we do not go: an address that was looked at leads to one that nobody looked at.

A host that we do not deal with learns nothing from us by way of somebody else's, and nobody has us ask ourselves.
"""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from actors import followers, local, policy, remote
from actors.database import session
from federation.errors import FederationError
from inboxes import polling
from tests.conftest import BASE_URL, Clock
from tests.fediverse import Answer, Fediverse, RemoteActor
from tests.inboxes.letters import INBOXES, UNION, cavage, nothing_written

AWAY = ("bad.test", "below.bad.test")


@pytest.fixture(params=AWAY)
def away(request: pytest.FixtureRequest, app: Flask, fediverse: Fediverse) -> str:
    """An address on a blocked host, or below one, where there is something for every question."""
    with app.app_context():
        policy.block("bad.test")
        session().commit()
    actor = fediverse.actor("mallory", request.param, "mallory")
    return actor.iri


@pytest.fixture
def bob(app: Flask, fediverse: Fediverse) -> RemoteActor:
    """A group that the union follows."""
    actor = fediverse.actor("bob", "b.test", "bob", "Group")
    with app.app_context():
        copy = remote.remember(actor.document)
        followers.record(local.find("union"), copy, iri=f"{UNION}/activities/f", state="accepted")
        polling.begin(copy)
        session().commit()
    return actor


def asked(fediverse: Fediverse) -> set[str]:
    """Return every host that was asked for anything."""
    return {one.host for one in fediverse.arrived}


@pytest.mark.parametrize("target", INBOXES)
def test_a_key_that_leads_away_is_not_fetched_there(
    app: Flask, client: FlaskClient, clock: Clock, fediverse: Fediverse, away: str, target: str
) -> None:
    carl = fediverse.actor("carl", "c.test")
    fediverse.answer(carl.iri, Answer(302, headers={"Location": away}))
    with nothing_written(app, fediverse, fetches=1):
        assert cavage(carl, carl.activity("Follow", UNION), target, clock()).send(client).status_code == 401
    assert asked(fediverse) == {"c.test"}


@pytest.mark.parametrize("verb", ["Create", "Update", "Announce"])
def test_an_object_that_leads_away_is_not_fetched_there(
    client: FlaskClient,
    clock: Clock,
    work: Callable[[], int],
    fediverse: Fediverse,
    bob: RemoteActor,
    away: str,
    verb: str,
) -> None:
    iri = fediverse.address("b.test", "/users/bob/events/9")
    fediverse.answer(iri, Answer(302, headers={"Location": away}))
    assert bob.post(client, bob.activity(verb, iri), now=clock()).status_code == 202
    work()
    assert asked(fediverse) == {"b.test"}


def test_an_outbox_that_leads_away_is_not_read_there(
    work: Callable[[], int], fediverse: Fediverse, bob: RemoteActor, away: str
) -> None:
    fediverse.answer(bob.document["outbox"], Answer(302, headers={"Location": away}))
    work()
    assert asked(fediverse) == {"b.test"}


def test_what_somebody_looks_up_is_not_asked_for_where_it_leads_away(
    app: Flask, fediverse: Fediverse, away: str
) -> None:
    page = fediverse.address("c.test", "/page")
    fediverse.answer(page, Answer(302, headers={"Location": away}))
    with app.app_context(), pytest.raises(FederationError):
        remote.look_up(page)
    assert asked(fediverse) == {"c.test"}


def test_a_second_redirect_is_looked_at_like_the_first(app: Flask, fediverse: Fediverse, away: str) -> None:
    first, second = fediverse.address("c.test", "/1"), fediverse.address("d.test", "/2")
    fediverse.answer(first, Answer(302, headers={"Location": second}))
    fediverse.answer(second, Answer(302, headers={"Location": away}))
    with app.app_context(), pytest.raises(FederationError):
        remote.fetch_actor(first)
    assert asked(fediverse) == {"c.test", "d.test"}


def test_in_an_archipelago_nobody_leads_us_to_a_host_that_is_not_allowed(app: Flask, fediverse: Fediverse) -> None:
    app.extensions["maillage"].archipelago = True
    with app.app_context():
        policy.decide("c.test", level=policy.ALLOW)
        session().commit()
    stranger = fediverse.actor("mallory", "m.test", "mallory")
    first = fediverse.address("c.test", "/1")
    fediverse.answer(first, Answer(302, headers={"Location": stranger.iri}))
    with app.app_context(), pytest.raises(FederationError):
        remote.fetch_actor(first)
    assert asked(fediverse) == {"c.test"}


def test_nobody_has_us_ask_ourselves(app: Flask, fediverse: Fediverse) -> None:
    """It would be signed by our own actor, and hold a second thread of the web server."""
    first = fediverse.address("c.test", "/1")
    fediverse.answer(first, Answer(302, headers={"Location": f"{BASE_URL}/actors/union"}))
    with app.app_context(), pytest.raises(FederationError) as refusal:
        remote.fetch_actor(first)
    assert "is ours" in str(refusal.value)


def test_a_redirect_between_hosts_that_we_deal_with_is_followed(app: Flask, fediverse: Fediverse) -> None:
    alice = fediverse.actor("alice", "a.test")
    first = fediverse.address("c.test", "/1")
    fediverse.answer(first, Answer(302, headers={"Location": alice.iri}))
    with app.app_context():
        assert remote.fetch_actor(first)["id"] == alice.iri
