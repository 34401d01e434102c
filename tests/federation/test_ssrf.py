"""Addresses that nobody may make us connect to, by every way in: rows N01 to N17 of the adversarial table.

A trap listens on a private address and counts who connects. The names that lead to it are planted in the resolver; the
environment names it as a proxy besides, so that a request that heeds `HTTP_PROXY` is caught too. What the client does
with each form of address is held by `test_client_addresses.py` and `test_addresses.py`; here no way goes around it.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from actors import followers, following, local, remote
from actors.database import BIND, session
from actors.models import Actor, Delivery
from federation.activities import PUBLIC
from federation.client import Client
from federation.errors import FederationError, Rejected, Unreachable
from federation.lookup import MAX_REQUESTS, SECONDS, Lookup
from flask_maillage.app import create_app
from flask_maillage.publications import resolving
from inboxes import polling, worker
from inboxes.models import Letter
from tests.conftest import config_of
from tests.fediverse import Answer, RemoteActor
from tests.inboxes.letters import cavage
from tests.trap import TARGETS, Trap, resolver

JRD = "application/jrd+json"


@pytest.fixture
def trap(fediverse: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[Trap]:
    """The trap, at the port of the fediverse and on another address."""
    made = Trap(fediverse.port)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.2:{fediverse.port}")
    netrc = tmp_path / "netrc"
    netrc.write_text("default login trap password trap\n")
    monkeypatch.setenv("NETRC", str(netrc))
    yield made
    made.close()
    assert made.caught == 0


def outbound(networks: str, clock: Any = None) -> Client:
    more = {"clock": clock} if clock else {}
    return Client(
        user_agent="Maillage/tests", allowed_networks=[ip_network(networks)], resolver=resolver, deadline=5, **more
    )


@pytest.fixture
def guarded(database_url: str, tmp_path: Any, clock: Any, trap: Trap) -> Iterator[Flask]:
    """A node that may reach the fediverse at 127.0.0.1, and nothing else."""
    client = outbound("127.0.0.1/32", clock)
    made = create_app(config_of(database_url, tmp_path), clock=clock, client=client)
    yield made
    client.close()
    with made.app_context():
        made.extensions["sqlalchemy"].engines[BIND].dispose()


@dataclass
class Field:
    """What a way in has to work with."""

    app: Flask
    fediverse: Any
    clock: Any
    bob: RemoteActor

    def resolve(self, text: str) -> None:
        with self.app.app_context(), pytest.raises(FederationError):
            resolving.resolve(text)

    def follow_bob(self) -> None:
        with self.app.app_context():
            if remote.find(self.bob.iri) is None:
                theirs = remote.remember(remote.look_up(self.bob.iri))
                followers.record(local.find("union"), theirs, iri="http://localhost/f", state="accepted")
                session().commit()

    def work(self) -> None:
        worker.run_until_idle(self.app)


def by_key(field: Field, target: str, number: int) -> None:
    """The key of a letter; of a key on another host than its actor nothing is asked."""
    for actor in (field.bob.iri, target):
        document = {**field.bob.activity("Follow", "http://localhost/actors/union", number), "actor": actor}
        draft = cavage(field.bob, document, "/inbox", field.clock(), key_id=target.encode("ascii", "ignore").decode())
        assert draft.send(field.app.test_client()).status_code in (400, 401, 403)
    document = {**field.bob.activity("Follow", "http://localhost/actors/union"), "id": target, "actor": target}
    draft = cavage(field.bob, document, "/inbox", field.clock(), key_id=target.encode("ascii", "ignore").decode())
    assert draft.send(field.app.test_client()).status_code in (400, 401, 403)


def by_name(field: Field, target: str, number: int) -> None:
    """What somebody types: an actor, an object."""
    field.resolve(target)


def by_inbox(field: Field, target: str, number: int) -> None:
    """The inbox of a remote actor, however it came into our table."""
    field.follow_bob()
    with field.app.app_context():
        bob = remote.find(field.bob.iri)
        bob.inbox, bob.shared_inbox = target, None
        session().commit()
        following.unfollow(local.find("union"), bob)
        following.follow(local.find("union"), bob)
        session().commit()
    field.work()
    with field.app.app_context():
        assert session().scalar(select(Delivery.id).where(Delivery.state == "delivered")) is None


def by_inbox_of_a_document(field: Field, target: str, number: int) -> None:
    """The inbox that an actor's own document names."""
    address = field.fediverse.address("c.test", f"/users/{number}")
    field.fediverse.put(address, {**field.bob.document, "id": address, "inbox": target})
    field.resolve(address)


def by_announced_object(field: Field, target: str, number: int) -> None:
    """The object of an Announce by somebody whom we follow."""
    field.follow_bob()
    announce = field.bob.activity("Announce", target, f"a{number}", to=[PUBLIC])
    field.bob.post(field.app.test_client(), announce, now=field.clock())
    field.work()
    with field.app.app_context():
        assert "done" not in session().scalars(select(Letter.state)).all()


def by_webfinger(field: Field, target: str, number: int) -> None:
    """The self link of an account."""
    port = field.fediverse.port
    links = [{"rel": "self", "type": "application/activity+json", "href": target}]
    jrd = {"subject": f"acct:x{number}@a.test:{port}", "links": links}
    field.fediverse.put(field.fediverse.address("a.test", "/.well-known/webfinger"), jrd, content_type=JRD)
    field.resolve(f"@x{number}@a.test:{port}")


def by_webfinger_subject(field: Field, target: str, number: int) -> None:
    """The host to which the subject of an account leads."""
    port = field.fediverse.port
    host = target.partition("//")[2].partition("/")[0]
    jrd = {"subject": f"acct:x@{host}", "links": []}
    field.fediverse.put(field.fediverse.address("a.test", "/.well-known/webfinger"), jrd, content_type=JRD)
    field.resolve(f"@x{number}@a.test:{port}")


def by_host_meta(field: Field, target: str, number: int) -> None:
    """The template of host-meta, where WebFinger is not found."""
    template = f"{target}?about={{uri}}"
    xrd = f'<XRD><Link rel="lrdd" template="{template}"/></XRD>'
    address = field.fediverse.address("d.test", "/.well-known/host-meta")
    field.fediverse.answer(address, Answer(body=xrd.encode(), content_type="application/xrd+xml"))
    field.resolve(f"@x@d.test:{field.fediverse.port}")


def by_nodeinfo(field: Field, target: str, number: int) -> None:
    """The Application that NodeInfo names."""
    link = {"rel": "https://www.w3.org/ns/activitystreams#Application", "href": target}
    address = field.fediverse.address("e.test", "/.well-known/nodeinfo")
    field.fediverse.put(address, {"links": [link]}, content_type="application/json")
    field.resolve(f"e.test:{field.fediverse.port}")


def by_service(field: Field, target: str, number: int) -> None:
    """The actor that the WebFinger document of a whole host names (FEP-d556)."""
    root = field.fediverse.address("f.test")
    link = {"rel": "https://www.w3.org/ns/activitystreams#Service", "href": target}
    jrd = {"subject": root, "links": [link]}
    field.fediverse.put(field.fediverse.address("f.test", "/.well-known/webfinger"), jrd, content_type=JRD)
    field.resolve(f"f.test:{field.fediverse.port}")


def by_redirect(field: Field, target: str, number: int) -> None:
    """Where a redirect leads; the same for every status."""
    address = field.fediverse.address("g.test", "/go")
    location = target.encode("utf-8").decode("latin-1")
    field.fediverse.answer(address, Answer((301, 302, 303, 307, 308)[number % 5], headers={"Location": location}))
    field.resolve(address)


def by_link_header(field: Field, target: str, number: int) -> None:
    """The alternate that a page names in a header."""
    address = field.fediverse.address("h.test", "/page")
    link = f'<{target}>; rel="alternate"; type="application/activity+json"'.encode().decode("latin-1")
    field.fediverse.answer(address, Answer(content_type="text/html", headers={"Link": link}))
    field.resolve(address)


def by_link_element(field: Field, target: str, number: int) -> None:
    """The alternate that a page names in its head."""
    address = field.fediverse.address("h.test", "/page")
    html = f'<link rel="alternate" type="application/activity+json" href="{target}">'
    field.fediverse.answer(address, Answer(body=html.encode(), content_type="text/html"))
    field.resolve(address)


def by_object_of_a_found_activity(field: Field, target: str, number: int) -> None:
    """The object of an activity that somebody looks up."""
    activity = field.bob.activity("Announce", target, f"f{number}", to=[PUBLIC])
    field.fediverse.put(activity["id"], activity)
    field.resolve(activity["id"])


def by_author(field: Field, target: str, number: int) -> None:
    """The author of an object that somebody looks up."""
    event = field.bob.event(f"e{number}", attributedTo=target)
    field.fediverse.put(event["id"], event)
    field.resolve(event["id"])


def by_id(field: Field, target: str, number: int) -> None:
    """The id by which a document calls itself."""
    address = field.fediverse.address("i.test", "/document")
    field.fediverse.put(address, {**field.bob.document, "id": target})
    field.resolve(address)


def poll(field: Field) -> None:
    field.follow_bob()
    with field.app.app_context():
        polling.poll_now(remote.find(field.bob.iri))
    field.work()


def by_outbox(field: Field, target: str, number: int) -> None:
    """The outbox of somebody whom we follow, however it came into our table."""
    field.follow_bob()
    with field.app.app_context():
        remote.find(field.bob.iri).outbox = target
        session().commit()
    poll(field)


def by_first_page(field: Field, target: str, number: int) -> None:
    """The first page of an outbox."""
    outbox = field.bob.document["outbox"]
    field.fediverse.put(outbox, {"id": outbox, "type": "OrderedCollection", "first": target})
    poll(field)


def by_next_page(field: Field, target: str, number: int) -> None:
    """The next page of an outbox."""
    outbox = field.bob.document["outbox"]
    page = {"id": outbox, "type": "OrderedCollection", "orderedItems": [field.bob.event(1)], "next": target}
    field.fediverse.put(outbox, page)
    poll(field)


def by_redirect_of_an_outbox(field: Field, target: str, number: int) -> None:
    """Where an outbox redirects."""
    location = target.encode("utf-8").decode("latin-1")
    field.fediverse.answer(field.bob.document["outbox"], Answer(302, headers={"Location": location}))
    poll(field)


def by_listed_item(field: Field, target: str, number: int) -> None:
    """What an outbox lists: an id, an Announce of one, a Create of one."""
    outbox = field.bob.document["outbox"]
    items = [
        target,
        field.bob.activity("Announce", target, f"i{number}", to=[PUBLIC]),
        field.bob.activity("Create", target, f"j{number}", to=[PUBLIC]),
    ]
    field.fediverse.put(outbox, {"id": outbox, "type": "OrderedCollection", "orderedItems": items})
    poll(field)


WAYS: list[Callable[[Field, str, int], None]] = [
    by_key,
    by_name,
    by_inbox,
    by_inbox_of_a_document,
    by_announced_object,
    by_webfinger,
    by_webfinger_subject,
    by_host_meta,
    by_nodeinfo,
    by_service,
    by_redirect,
    by_link_header,
    by_link_element,
    by_object_of_a_found_activity,
    by_author,
    by_id,
    by_outbox,
    by_first_page,
    by_next_page,
    by_redirect_of_an_outbox,
    by_listed_item,
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_no_way_in_leads_to_a_private_address(guarded, fediverse, clock, trap, way):
    field = Field(guarded, fediverse, clock, fediverse.actor("bob", "b.test", "bob", "Group"))
    for number, (form, target) in enumerate(TARGETS.items()):
        way(field, target.format(port=fediverse.port), number)
        assert trap.caught == 0, form
    with guarded.app_context():
        hosts = set(session().scalars(select(Actor.host).where(~Actor.local)))
    assert hosts <= {f"b.test:{fediverse.port}"}, "and nothing is kept of it"


def test_trap_catches_who_may_go_there(fediverse):
    """Without the check everybody would be caught: the trap and the planted names do what they are for."""
    trap, client = Trap(fediverse.port), outbound("127.0.0.0/8")
    for form in ("name", "literal"):
        with pytest.raises(FederationError):
            client.fetch_activity(TARGETS[form].format(port=fediverse.port))
    client.close()
    trap.close()
    assert trap.caught == 2


@pytest.mark.parametrize("hops", [4, 50])
def test_chain_of_redirects_ends_after_three(guarded, fediverse, hops):
    for number in range(hops):
        location = fediverse.address("a.test", f"/{number + 1}")
        fediverse.answer(fediverse.address("a.test", f"/{number}"), Answer(302, headers={"Location": location}))
    with guarded.app_context(), pytest.raises(Rejected):
        resolving.resolve(fediverse.address("a.test", "/0"))
    assert len(fediverse.arrived) == 4


def test_search_ends_after_so_many_requests_and_so_long(fediverse):
    client, seconds = outbound("127.0.0.1/32"), [0.0]
    fediverse.put(fediverse.address("a.test", "/1"), {"id": fediverse.address("a.test", "/1"), "type": "Event"})
    for change in (lambda: None, lambda: seconds.__setitem__(0, SECONDS + 1)):
        lookup = Lookup(client, None, lambda address: None, clock=lambda: seconds[0])
        change()
        asked = len(fediverse.arrived)
        with suppress(Unreachable):
            for _ in range(MAX_REQUESTS + 1):
                lookup.at(fediverse.address("a.test", "/1"))
        assert len(fediverse.arrived) - asked == (0 if seconds[0] else MAX_REQUESTS)
    client.close()


@pytest.mark.parametrize("strict", [False, True], ids=["open", "authorised fetch"])
def test_two_servers_that_ask_each_other_for_keys_do_not_loop(guarded, fediverse, clock, strict):
    """A peer that gives its key only to who signs has to read our key first, while we wait for its own (N17)."""
    guarded.extensions["maillage"].authorised_fetch = strict
    bob = fediverse.actor("bob", "b.test", "bob", "Group")
    read = []

    def give_the_key(arrived):
        assert "relay#main-key" in arrived.headers["signature"]
        ours = guarded.test_client().get("/actors/relay", headers={"Accept": "application/activity+json"})
        read.append(ours.status_code)
        assert ours.json["publicKey"]["publicKeyPem"]
        return Answer(body=json.dumps(bob.document).encode())

    fediverse.answer(bob.iri, give_the_key)
    follow = bob.activity("Follow", "http://localhost/actors/union")
    assert bob.post(guarded.test_client(), follow, now=clock()).status_code == 202
    assert read == [200]
    assert len(fediverse.arrived) == 1
