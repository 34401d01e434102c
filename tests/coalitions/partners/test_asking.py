"""Asking another node: it is found by its domain, asked by a Follow, and is a partner once it let us follow."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from actors import policy
from actors.database import session
from federation.errors import FederationError
from flask_maillage.coalitions.partners import discovering, partnership
from flask_maillage.coalitions.partners.discovering import NoNode
from inboxes.models import Polling
from tests.coalitions.partners.peers import RELAY, Peer
from tests.fediverse import Fediverse


def test_mobilizon_is_found_by_its_nodeinfo(app: Flask, mobilizon: Peer) -> None:
    with app.app_context():
        found = discovering.discover(mobilizon.host)

    assert (found.application["id"], found.host) == (mobilizon.iri, mobilizon.host)
    assert found.facts.runs == "mobilizon 5.1.2"
    assert (found.facts.name, found.facts.description) == ("Mobilizon of the valley", "Events near you")


def test_gancio_is_found_by_the_name_of_its_actor(app: Flask, gancio: Peer) -> None:
    with app.app_context():
        found = discovering.discover(f"http://{gancio.host}/")

    assert (found.application["id"], found.facts.runs, found.facts.name) == (gancio.iri, "gancio 1.24.0", "Events")


def test_another_node_of_ours_says_what_it_speaks(app: Flask, sharers: Peer) -> None:
    with app.app_context():
        facts = discovering.discover(sharers.host).facts

    assert facts.languages == ("fr", "en")
    assert facts.implements == (("FEP-8a8e", "https://w3id.org/fep/8a8e"),)
    assert type(facts).from_row(facts.to_row()) == facts


def test_somebody_at_a_domain_is_no_node(app: Flask, fediverse: Fediverse) -> None:
    alice = fediverse.actor("alice", "a.test")
    with app.app_context():
        with pytest.raises(NoNode):
            discovering.discover(alice.iri)
        with pytest.raises(NoNode):
            discovering.discover("not a domain")
        with pytest.raises(NoNode, match="the node itself"):
            discovering.discover("localhost")
        with pytest.raises(FederationError):
            discovering.discover(f"nothing.test:{fediverse.port}")


def test_nodeinfo_that_is_nonsense_says_nothing(app: Flask, mobilizon: Peer) -> None:
    mobilizon.serve("/nodeinfo/2.1", {"software": ["x"], "metadata": {"nodeName": 7, "languages": [{}, "fr", 3]}})
    with app.app_context():
        facts = discovering.discover(mobilizon.host).facts

    assert (facts.runs, facts.name, facts.languages) == ("", "Mobilizon of the valley", ("fr",))


def test_who_is_asked_gets_a_follow_and_is_a_partner_once_it_accepts(
    app: Flask,
    mobilizon: Peer,
    ask: Callable[[Peer], None],
    hear: Callable[..., None],
    states: Callable[[], dict[str, str]],
    told: Callable[[], list[str]],
) -> None:
    ask(mobilizon)
    (request,) = mobilizon.sent("Follow")
    assert (request["actor"], request["object"], request["to"]) == (RELAY, mobilizon.iri, [mobilizon.iri])
    assert states() == {"mobilizon": "requested"}

    hear(mobilizon.application, mobilizon.application.activity("Accept", request["id"], "accept"))
    assert states() == {"mobilizon": "partner"}
    assert told() == [f"The node {mobilizon.host} is a partner now"]
    with app.app_context():
        assert session().scalars(select(Polling)).one().actor.iri == mobilizon.iri
        partner = partnership.find(mobilizon.host)
        assert partner is not None
        with pytest.raises(partnership.NotPossible):
            partnership.request(partner.actor)


def test_who_is_asked_may_refuse_and_be_asked_again(
    app: Flask,
    mobilizon: Peer,
    ask: Callable[[Peer], None],
    hear: Callable[..., None],
    states: Callable[[], dict[str, str]],
    told: Callable[[], list[str]],
) -> None:
    ask(mobilizon)
    hear(mobilizon.application, mobilizon.application.activity("Reject", mobilizon.sent("Follow")[0], "reject"))
    assert states() == {"mobilizon": "ended"}
    assert told() == [f"The node {mobilizon.host} does not want to be a partner"]

    ask(mobilizon)
    assert states() == {"mobilizon": "requested"}
    assert len(mobilizon.sent("Follow")) == 2


def test_nobody_on_a_blocked_host_is_asked(app: Flask, mobilizon: Peer) -> None:
    with app.app_context():
        policy.block("mobilizon.test")
        session().commit()
        with pytest.raises(FederationError):
            discovering.discover(mobilizon.host)
