"""What goes between partners: what is listed of what one sends, and what is announced to it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from actors import following, local, remote
from actors.database import session
from flask_maillage.coalitions.partners import partnership
from flask_maillage.publications import listing, publishing
from tests import postgresql
from tests.coalitions.partners.peers import PUBLIC, Peer
from tests.fediverse import Fediverse, RemoteActor
from tests.publications.circle import changed, published

pytestmark = postgresql.BOTH

Agree = Callable[[Peer], None]
Change = Callable[..., None]
Hear = Callable[..., None]


def hall(town: str, postal_code: str) -> dict[str, Any]:
    """Return a place in a French town."""
    address = {"addressLocality": town, "postalCode": postal_code, "addressCountry": "FR"}
    return {"type": "Place", "name": "A hall", "address": {"type": "PostalAddress", **address}}


@pytest.fixture
def author(fediverse: Fediverse) -> RemoteActor:
    """Somebody on the Mobilizon, whose events it announces."""
    return fediverse.actor("club", "mobilizon.test", "bob", "Group")


@pytest.fixture
def listed(app: Flask) -> Callable[[], list[str]]:
    """Return the names of what stands in lists."""

    def read() -> list[str]:
        with app.app_context():
            return sorted(one.name for one in session().scalars(listing.visible()).all())

    return read


@pytest.fixture
def announce(hear: Hear, mobilizon: Peer, author: RemoteActor) -> Callable[..., None]:
    """Let the Mobilizon's Application announce an event or a note of the author."""

    def announced(number: int, **more: Any) -> None:
        thing = author.event(number, **more)
        if more.get("type") == "Note":
            thing = {name: value for name, value in thing.items() if not name.endswith("Time")}
        author.fediverse.put(thing["id"], thing)
        letter = mobilizon.application.activity("Announce", thing["id"], f"announce-{number}", to=[PUBLIC])
        hear(mobilizon.application, letter)

    return announced


def test_only_agreed_kinds_of_what_a_partner_announces_are_listed(
    mobilizon: Peer, agree: Agree, change: Change, announce: Callable[..., None], listed: Callable[[], list[str]]
) -> None:
    agree(mobilizon)
    announce(1, name="Before")
    change(mobilizon, partnership.limit, ["call", "news"], [])
    assert listed() == [], "what came before is listed by it too"
    announce(2, name="Meanwhile")
    assert listed() == []

    change(mobilizon, partnership.limit, ["event"], [])
    assert listed() == ["Before", "Meanwhile"]


def test_only_what_lies_in_agreed_territories_is_listed(
    mobilizon: Peer, agree: Agree, change: Change, announce: Callable[..., None], listed: Callable[[], list[str]]
) -> None:
    agree(mobilizon)
    change(mobilizon, partnership.limit, ["event"], ["FR-IDF"])
    announce(1, name="In Paris", location=hall("Paris", "75011"))
    announce(2, name="In Lyon", location=hall("Lyon", "69001"))
    announce(3, name="Anywhere")
    assert listed() == ["In Paris"]

    change(mobilizon, partnership.limit, ["event"], ["FR"])
    assert listed() == ["In Lyon", "In Paris"]


def test_what_one_of_ours_follows_is_listed_whatever_is_agreed_with_its_node(
    app: Flask,
    mobilizon: Peer,
    author: RemoteActor,
    agree: Agree,
    change: Change,
    hear: Hear,
    announce: Callable[..., None],
    listed: Callable[[], list[str]],
) -> None:
    agree(mobilizon)
    announce(1, name="Before")
    with app.app_context():
        union = local.find("union")
        assert union is not None
        relation = following.follow(union, remote.remember(author.document))
        thing = {"id": relation.iri, "type": "Follow", "actor": "http://localhost/actors/union", "object": author.iri}
        session().commit()
    hear(author, author.activity("Accept", thing, "accept"))
    change(mobilizon, partnership.suspend)
    announce(2, name="Meanwhile")

    assert listed() == ["Before", "Meanwhile"]


def test_gancio_publishes_itself_and_is_limited_all_the_same(
    gancio: Peer, ask: Agree, hear: Hear, change: Change, listed: Callable[[], list[str]]
) -> None:
    ask(gancio)
    them = gancio.application
    hear(them, them.activity("Accept", gancio.sent("Follow")[0], "accept"))
    change(gancio, partnership.limit, ["call"], [])
    event = them.event(1, name="A concert")
    hear(them, them.activity("Create", event, 1, to=[PUBLIC]))
    assert listed() == []

    later = event | {"name": "A later concert", "updated": "2026-11-21T10:00:00Z"}
    hear(them, them.activity("Update", later, 2, to=[PUBLIC]))
    assert listed() == []
    change(gancio, partnership.limit, ["event"], [])
    assert listed() == ["A later concert"]


def test_suspended_partner_is_hidden_and_back_when_resumed(
    app: Flask,
    mobilizon: Peer,
    agree: Agree,
    change: Change,
    announce: Callable[..., None],
    listed: Callable[[], list[str]],
) -> None:
    agree(mobilizon)
    announce(1, name="Before")
    change(mobilizon, partnership.suspend)
    announce(2, name="Meanwhile")
    assert listed() == []
    published(app, "public", name="Ours")
    change(mobilizon, partnership.resume)

    assert listed() == ["Before", "Meanwhile", "Ours"]
    assert len(mobilizon.sent("Announce")) == 1, "what is current is announced when it is taken up again"
    with pytest.raises(partnership.NotPossible):
        change(mobilizon, partnership.resume)


def test_what_it_brought_stays_when_it_ends_and_goes_by_what_is_agreed_anew(
    mobilizon: Peer,
    agree: Agree,
    ask: Agree,
    hear: Hear,
    change: Change,
    announce: Callable[..., None],
    listed: Callable[[], list[str]],
) -> None:
    agree(mobilizon)
    announce(1, name="Before")
    change(mobilizon, partnership.end)
    announce(2, name="Meanwhile")
    assert listed() == ["Before"], "nobody here follows it any more"

    ask(mobilizon)
    change(mobilizon, partnership.limit, ["call"], [])
    assert listed() == ["Before"], "nothing is agreed yet"
    them = mobilizon.application
    hear(them, them.activity("Accept", mobilizon.sent("Follow")[-1], "accept-again"))
    assert listed() == []
    change(mobilizon, partnership.limit, ["event"], [])
    assert listed() == ["Before"]


def test_only_agreed_kinds_of_ours_are_announced(
    app: Flask, mobilizon: Peer, agree: Agree, change: Change, work: Callable[[], int]
) -> None:
    agree(mobilizon)
    event, _ = published(app, "public", kind="event")
    change(mobilizon, partnership.limit, ["call"], [])
    work()
    assert [letter["object"] for letter in mobilizon.sent("Announce")] == [event]

    later, _ = published(app, "public", kind="event", name="Another evening")
    call, _ = published(app, "public", kind="call")
    for iri in (event, later, call):
        changed(app, iri, publishing.tell_again)
    work()
    assert [letter["object"] for letter in mobilizon.sent("Announce")] == [event, call]
    updated = [letter["object"]["id"] for letter in mobilizon.sent("Update")]
    assert updated == [event, call], "what it has is kept right, what it has not stays unknown to it"
    changed(app, event, publishing.withdraw)
    work()
    assert [letter["object"]["id"] for letter in mobilizon.sent("Delete")] == [event]


def test_scope_without_any_kind_is_refused(app: Flask, mobilizon: Peer, agree: Agree, change: Change) -> None:
    agree(mobilizon)
    with pytest.raises(partnership.NotPossible):
        change(mobilizon, partnership.limit, [], [])
