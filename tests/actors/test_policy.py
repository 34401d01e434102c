"""What an admin decided about hosts, as every way in and out asks for it."""

import pytest
from flask import Flask

from actors import policy, remote
from actors.database import session
from actors.models import Actor, HostPolicy
from tests.fediverse import Fediverse


@pytest.fixture
def archipelago(app: Flask) -> Flask:
    app.extensions["maillage"].archipelago = True
    return app


@pytest.mark.parametrize("decided", ["bücher.example", "BÜCHER.example.", "https://bücher.example:8443/x", "example"])
@pytest.mark.parametrize(
    "iri",
    [
        "https://bücher.example/x",
        "https://BÜCHER.example./x",
        "https://xn--bcher-kva.example:8443/x",
        "http://a.b.xn--bcher-kva.example/x",
    ],
)
def test_a_decision_holds_for_every_spelling_every_port_and_everything_below(
    app: Flask, decided: str, iri: str
) -> None:
    with app.app_context():
        policy.decide(decided, level="block", refuses_media=True)
        assert policy.is_blocked(iri)
        assert policy.is_blocked("https://other.test/", iri)
        assert policy.refuses_media(iri)
        assert not policy.is_silenced(iri)
        policy.decide(decided, level="silence")
        assert policy.is_silenced(iri)
        assert not policy.is_blocked(iri)


@pytest.mark.parametrize("iri", ["https://notbücher.example/", "https://bücher.example.test/", "https://example/"])
def test_a_decision_holds_for_no_other_host(app: Flask, iri: str) -> None:
    with app.app_context():
        policy.decide("bücher.example", level="block", refuses_media=True)
        assert not policy.is_blocked(iri)
        assert not policy.refuses_media(iri)


def test_of_an_address_only_the_address_is_meant(app: Flask) -> None:
    with app.app_context():
        policy.decide("192.0.2.1", level="block")
        policy.decide("[2001:db8::1]:8443", level="block")
        assert policy.is_blocked("https://[::ffff:192.0.2.1]/x")
        assert policy.is_blocked("https://[2001:db8:0::1]/x")
        assert not policy.is_blocked("https://192.0.2.2/x")


def test_the_strictest_of_several_decisions_counts(app: Flask) -> None:
    with app.app_context():
        policy.decide("a.test", level="block")
        policy.decide("b.a.test", level="silence")
        policy.decide("c.b.a.test", level="allow")
        assert policy.is_blocked("https://c.b.a.test/")
        assert not policy.is_silenced("https://c.b.a.test/")
        policy.unblock("a.test")
        assert not policy.is_blocked("https://c.b.a.test/")
        assert policy.is_silenced("https://c.b.a.test/")


def test_what_has_no_host_is_on_none_that_we_deal_with(app: Flask) -> None:
    with app.app_context():
        assert policy.is_blocked("https://a..test/x")
        assert policy.is_blocked("nothing")


def test_in_an_archipelago_only_allowed_hosts_are_dealt_with(archipelago: Flask, fediverse: Fediverse) -> None:
    with archipelago.app_context():
        policy.decide("partner.test", level="allow")
        policy.decide("bad.partner.test", level="block")
        policy.decide("quiet.partner.test", level="silence")
        policy.decide("media.test", refuses_media=True)
        dealt_with = {
            host: not policy.is_blocked(f"https://{host}/x")
            for host in (
                "partner.test",
                "a.partner.test",
                "quiet.partner.test",
                "bad.partner.test",
                "media.test",
                "else.test",
            )
        }
        assert [host for host, well in dealt_with.items() if well] == [
            "partner.test",
            "a.partner.test",
            "quiet.partner.test",
        ]
        assert not policy.is_blocked("http://localhost/actors/union")
        for host in dealt_with:
            remote.remember(fediverse.actor("ann", host).document)
        shown = set(session().scalars(session().query(Actor.host).filter(policy.welcome(), ~Actor.local).statement))
        assert {host.partition(":")[0] for host in shown} == {host for host, well in dealt_with.items() if well}
        assert session().query(Actor).filter(policy.listed(), ~Actor.local).count() == 2


@pytest.mark.parametrize("met", ["before", "after"])
@pytest.mark.parametrize(
    ("level", "welcome", "listed"),
    [("block", False, False), ("silence", True, False), ("none", True, True), ("allow", True, True)],
)
def test_lists_and_questions_about_one_actor_say_the_same(
    app: Flask, fediverse: Fediverse, met: str, level: str, welcome: bool, listed: bool
) -> None:
    alice = fediverse.actor("alice", "sub.a.test")
    with app.app_context():
        if met == "before":
            remote.remember(alice.document)
        policy.decide("A.test", level=level)
        actor = remote.remember(alice.document) if met == "after" else remote.find(alice.iri)
        assert actor is not None
        session().expire_all()
        query = session().query(Actor).filter(Actor.iri == alice.iri)
        assert (query.filter(policy.welcome()).count() == 1) is policy.is_welcome(actor) is welcome
        assert (query.filter(policy.listed()).count() == 1) is policy.is_listed(actor) is listed
        policy.unblock("a.test")
        session().expire_all()
        assert query.filter(policy.listed()).count() == 1
        assert policy.is_listed(actor)


def test_our_own_host_is_never_meant(app: Flask) -> None:
    with app.app_context():
        policy.block("localhost")
        assert not policy.is_blocked("http://localhost/actors/union")
        assert policy.is_blocked("http://localhost:8001/actors/other")
        assert session().query(Actor).filter(Actor.local, policy.listed()).count() == 4


def test_what_is_not_said_stays_as_it_was_decided(app: Flask) -> None:
    with app.app_context():
        policy.decide("a.test", level="silence", reason="Adverts")
        policy.decide("A.test", refuses_media=True)
        found = session().get_one(HostPolicy, "a.test")
        assert (found.level, found.refuses_media, found.reason) == ("silence", True, "Adverts")
        assert policy.unblock("a.test.")
        assert not policy.unblock("a.test")


@pytest.mark.parametrize("host", ["", "a..test", "https://", "a.test b.test", "-\x7f", "127.1"])
def test_what_is_no_host_is_not_decided_about(app: Flask, host: str) -> None:
    with app.app_context(), pytest.raises(ValueError, match=r".+"):
        policy.decide(host, level="block")
