"""Nodes that ask ours: they follow it, an admin is told, and answers; either side ends it; blocks are above it."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from actors import followers, local, policy
from actors.database import session
from flask_maillage.coalitions.partners import partnership
from flask_maillage.coalitions.partners.models import Partner
from flask_maillage.mail.models import Mail
from inboxes import consequences, pruning
from tests.coalitions.partners.peers import RELAY, Peer
from tests.conftest import Clock
from tests.fediverse import Fediverse
from tests.publications.circle import published

States = Callable[[], dict[str, str]]
Told = Callable[[], list[str]]
Hear = Callable[..., None]
Change = Callable[..., None]


@pytest.fixture
def waiting(app: Flask) -> None:
    """Let nodes that follow ours wait for an admin."""
    app.extensions["maillage"].state["partners_wait"] = True


def reads_us(app: Flask, peer: Peer) -> bool:
    """Tell whether what our node announces goes to a peer."""
    with app.app_context():
        return peer.application.shared_inbox in followers.inboxes_of_followers(local.application())


def test_mobilizon_that_follows_is_let_in_at_once_and_asks_the_admins(
    app: Flask, told: Told, mobilizon: Peer, hear: Hear, states: States, change: Change
) -> None:
    published(app, "public")
    hear(mobilizon.application, mobilizon.follow())

    (accept,) = mobilizon.sent("Accept")
    assert accept["actor"] == RELAY
    assert accept["object"] == {name: mobilizon.follow()[name] for name in ("id", "type", "actor", "object")}
    assert len(mobilizon.sent("Announce")) == 1, "what is current is told at once, as before"
    assert (states(), reads_us(app, mobilizon)) == ({"mobilizon": "asked"}, True)
    assert told() == [f"The node {mobilizon.host} asks to be a partner"]
    with app.app_context():
        assert session().scalars(select(Mail)).one().purpose == "notification: partner_asked"

    change(mobilizon, partnership.accept)
    (back,) = mobilizon.sent("Follow")
    assert (back["actor"], back["object"]) == (RELAY, mobilizon.iri)
    assert states() == {"mobilizon": "partner"}
    assert len(mobilizon.sent("Accept")) == 1, "its Follow was answered already"
    assert told() == [], "nobody is asked any more"


@pytest.mark.usefixtures("waiting")
def test_node_may_wait_for_an_admin(
    app: Flask, client: FlaskClient, told: Told, mobilizon: Peer, hear: Hear, states: States, change: Change
) -> None:
    hear(mobilizon.application, mobilizon.follow())
    assert (states(), reads_us(app, mobilizon), mobilizon.sent("Accept")) == ({"mobilizon": "asked"}, False, [])
    ours = client.get("/actors/relay", headers={"Accept": "application/activity+json"}).json
    assert ours["manuallyApprovesFollowers"] is True

    change(mobilizon, partnership.accept)
    assert [letter["object"]["id"] for letter in mobilizon.sent("Accept")] == [mobilizon.follow()["id"]]
    assert (len(mobilizon.sent("Follow")), states()) == (1, {"mobilizon": "partner"})


@pytest.mark.usefixtures("waiting")
def test_people_who_follow_the_node_never_wait(app: Flask, fediverse: Fediverse, hear: Hear, states: States) -> None:
    alice = fediverse.actor("alice", "a.test")
    hear(alice, alice.activity("Follow", RELAY, 1))

    with app.app_context():
        assert alice.shared_inbox in followers.inboxes_of_followers(local.application())
    assert states() == {}


@pytest.mark.usefixtures("waiting")
def test_node_that_we_asked_is_let_in_when_it_follows_back(
    app: Flask, mobilizon: Peer, agree: Callable[[Peer], None], states: States
) -> None:
    agree(mobilizon)
    assert (states(), reads_us(app, mobilizon)) == ({"mobilizon": "partner"}, True)


def test_two_nodes_that_ask_each_other_at_once_are_partners(
    mobilizon: Peer, ask: Callable[[Peer], None], hear: Hear, states: States
) -> None:
    ask(mobilizon)
    hear(mobilizon.application, mobilizon.follow())
    assert states() == {"mobilizon": "partner"}


def test_gancio_that_never_follows_back_is_a_partner(
    app: Flask, gancio: Peer, ask: Callable[[Peer], None], hear: Hear, states: States
) -> None:
    ask(gancio)
    hear(gancio.application, gancio.application.activity("Accept", gancio.sent("Follow")[0], "accept"))
    assert (states(), reads_us(app, gancio)) == ({"gancio": "partner"}, False)


def test_admin_ends_a_partnership_and_who_asks_again_waits(
    app: Flask, mobilizon: Peer, agree: Callable[[Peer], None], hear: Hear, states: States, change: Change
) -> None:
    agree(mobilizon)
    change(mobilizon, partnership.end)

    (undo,), (reject,) = mobilizon.sent("Undo"), mobilizon.sent("Reject")
    assert (undo["object"]["type"], undo["object"]["object"]) == ("Follow", mobilizon.iri)
    assert reject["object"]["id"] == mobilizon.follow()["id"]
    assert (states(), reads_us(app, mobilizon)) == ({"mobilizon": "ended"}, False)

    for number in (8, 9):  # also after it took it back: only an admin lets it in again
        hear(mobilizon.application, mobilizon.follow(number))
        assert (states(), reads_us(app, mobilizon)) == ({"mobilizon": "asked"}, False)
        hear(mobilizon.application, mobilizon.application.activity("Undo", mobilizon.follow(number), f"undo-{number}"))
        assert states() == {"mobilizon": "ended"}
    with pytest.raises(partnership.NotPossible):
        change(mobilizon, partnership.accept)


def test_other_side_ends_it_and_the_admins_are_told(
    mobilizon: Peer, told: Told, agree: Callable[[Peer], None], hear: Hear, states: States
) -> None:
    agree(mobilizon)
    them = mobilizon.application
    hear(them, them.activity("Undo", mobilizon.follow(), "undo"))
    assert states() == {"mobilizon": "partner"}, "it still lets us follow"
    hear(them, them.activity("Reject", mobilizon.sent("Follow")[0], "reject"))

    assert states() == {"mobilizon": "ended"}
    assert told()[0] == f"The node {mobilizon.host} ended the partnership"


def test_accept_that_is_taken_back_ends_it(
    gancio: Peer, ask: Callable[[Peer], None], hear: Hear, states: States
) -> None:
    ask(gancio)
    accept = gancio.application.activity("Accept", gancio.sent("Follow")[0], "accept")
    hear(gancio.application, accept)
    hear(gancio.application, gancio.application.activity("Undo", accept, "undo"))
    assert states() == {"gancio": "ended"}


def test_request_of_ours_is_taken_back(
    mobilizon: Peer, ask: Callable[[Peer], None], states: States, change: Change
) -> None:
    ask(mobilizon)
    change(mobilizon, partnership.end)
    assert (len(mobilizon.sent("Undo")), mobilizon.sent("Reject"), states()) == (1, [], {"mobilizon": "ended"})


def test_block_is_above_every_partnership(
    app: Flask, mobilizon: Peer, agree: Callable[[Peer], None], states: States
) -> None:
    agree(mobilizon)
    with app.app_context():
        consequences.decide("mobilizon.test", level=policy.BLOCK)
        session().commit()
        assert partnership.shown() == []
        partner = partnership.find(mobilizon.host)
        assert partner is not None
        with pytest.raises(partnership.NotPossible):
            partnership.request(partner.actor)
    assert states() == {"mobilizon": "ended"}


def test_nobody_else_on_its_host_answers_for_a_node(
    app: Flask, fediverse: Fediverse, mobilizon: Peer, ask: Callable[[Peer], None], hear: Hear, states: States
) -> None:
    bot = fediverse.actor("bot", "mobilizon.test", "bob", "Application")
    ask(mobilizon)
    hear(bot, bot.activity("Follow", RELAY, 1))
    assert states() == {"mobilizon": "requested"}
    with app.app_context():
        partner = partnership.find(mobilizon.host)
        assert partner is not None
        assert partner.actor.iri == mobilizon.iri

    hear(mobilizon.application, mobilizon.follow())
    assert states() == {"mobilizon": "partner"}


def test_admin_who_asks_a_node_does_not_accept_another_of_its_actors(
    app: Flask, fediverse: Fediverse, mobilizon: Peer, ask: Callable[[Peer], None], hear: Hear, states: States
) -> None:
    bot = fediverse.actor("bot", "mobilizon.test", "bob", "Application")
    hear(bot, bot.activity("Follow", RELAY, 1))
    assert states() == {"mobilizon": "asked"}
    ask(mobilizon)

    assert states() == {"mobilizon": "requested"}
    assert [letter["object"] for letter in mobilizon.sent("Follow")] == [mobilizon.iri]


def test_follow_that_comes_twice_asks_once(app: Flask, told: Told, mobilizon: Peer, hear: Hear) -> None:
    hear(mobilizon.application, mobilizon.follow(7))
    hear(mobilizon.application, mobilizon.follow(8))

    assert len(told()) == 1
    with app.app_context():
        assert len(session().scalars(select(Partner)).all()) == 1


def test_node_that_asked_and_took_it_back_is_forgotten_in_time(
    app: Flask, clock: Clock, mobilizon: Peer, hear: Hear
) -> None:
    hear(mobilizon.application, mobilizon.follow())
    hear(mobilizon.application, mobilizon.application.activity("Undo", mobilizon.follow(), "undo"))
    clock.turn(days=40)
    with app.app_context():
        pruning.prune()
        assert session().scalars(select(Partner)).all() == []
