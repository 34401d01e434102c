"""Outboxes of those whom we follow: what is read of them once accepted, and what it becomes, within limits."""

import json

import pytest
from sqlalchemy import select

from actors.database import session
from federation.activities import PUBLIC
from inboxes import polling
from inboxes.models import Letter
from tests.fediverse import Answer
from tests.inboxes.outboxes import create, follow, gets, letters, names, serve, state_of


@pytest.fixture
def bob(fediverse):
    """A group elsewhere with an outbox that the tests fill."""
    return fediverse.actor("bob", "b.test", "bob", "Group")


@pytest.mark.parametrize("path", [True, False], ids=["pages by path", "pages by query"])
@pytest.mark.parametrize("kind", ["orderedItems", "items"])
def test_outbox_is_read_back_when_the_follow_is_accepted(app, client, clock, work, fediverse, bob, path, kind):
    serve(bob, [create(bob, 3), create(bob, 2)], [create(bob, 1)], path=path, kind=kind)

    follow(app, client, clock, work, bob)

    assert names(app) == ["Evening 1", "Evening 2", "Evening 3"]
    asked = [one for one in fediverse.arrived if "/outbox" in one.path]
    assert len(asked) == 3
    assert all("relay#main-key" in one.headers["signature"] for one in asked)
    assert letters(app) == [("Accept", "pushed", "done"), *[("Create", "polled", "done")] * 3]
    with app.app_context():
        objects = session().scalars(select(Letter.object_iri).where(Letter.way == "polled").order_by(Letter.id)).all()
    assert [iri.rpartition("/")[2] for iri in objects] == ["1", "2", "3"], "the oldest is opened first"


@pytest.mark.parametrize(
    "arrange",
    [
        lambda bob, items: {"id": bob.document["outbox"], "type": "OrderedCollection", "orderedItems": items},
        lambda bob, items: {
            "id": bob.document["outbox"],
            "type": "OrderedCollection",
            "first": {"type": "OrderedCollectionPage", "orderedItems": items},
        },
    ],
    ids=["items in the collection", "first page embedded"],
)
def test_outbox_without_pages_of_their_own_is_read(app, client, clock, work, fediverse, bob, arrange):
    fediverse.put(bob.document["outbox"], arrange(bob, [create(bob, 1)]))

    follow(app, client, clock, work, bob)

    assert names(app) == ["Evening 1"]


def test_outbox_that_lists_objects_or_ids_instead_of_activities_is_read(app, client, clock, work, fediverse, bob):
    by_id = bob.event(2, name="Evening 2")
    fediverse.put(by_id["id"], by_id)
    serve(bob, [bob.event(1, name="Evening 1"), by_id["id"]])

    follow(app, client, clock, work, bob)

    assert names(app) == ["Evening 1", "Evening 2"]


def test_later_version_of_a_listed_object_is_taken(app, client, clock, work, bob):
    serve(bob, [bob.event(1, name="Evening", updated="2026-11-20T10:00:00Z")])
    follow(app, client, clock, work, bob)
    serve(bob, [bob.event(1, name="Another evening", updated="2026-11-21T10:00:00Z")])
    clock.turn(hours=8)
    work()

    assert names(app) == ["Another evening"]


def test_pushed_and_polled_copies_are_one_letter(app, client, clock, work, bob):
    serve(bob, [create(bob, 1)])
    follow(app, client, clock, work, bob)
    bob.post(client, create(bob, 1), now=clock())
    bob.post(client, create(bob, 2), now=clock())
    serve(bob, [create(bob, 2), create(bob, 1)])
    clock.turn(hours=8)
    work()

    assert [row for row in letters(app) if row[0] == "Create"] == [
        ("Create", "polled", "done"),
        ("Create", "pushed", "done"),
    ]
    assert names(app) == ["Evening 1", "Evening 2"]


def test_what_was_ignored_before_anybody_followed_is_read_back(app, client, clock, work, bob):
    bob.post(client, create(bob, 1), now=clock())
    work()
    assert letters(app) == [("Create", "pushed", "ignored")]
    clock.turn(minutes=1)
    serve(bob, [create(bob, 1)])

    follow(app, client, clock, work, bob)

    assert names(app) == ["Evening 1"]


def test_what_was_ignored_since_is_not_opened_at_every_turn(app, client, clock, work, bob):
    note = {"id": f"{bob.iri}/notes/1", "type": "Note", "attributedTo": bob.iri, "content": "Hi", "to": [PUBLIC]}
    serve(bob, [bob.activity("Create", note, 1, to=[PUBLIC])])
    follow(app, client, clock, work, bob)
    before = letters(app)
    clock.turn(hours=8)
    done = work()

    assert done == 1, "one turn of polling and nothing else"
    assert letters(app) == before


@pytest.mark.parametrize(
    "foreign",
    [
        lambda bob, mallory: mallory.activity("Create", mallory.event(1), 1, to=[PUBLIC]),
        lambda bob, mallory: bob.activity("Create", mallory.event(1), 1, to=[PUBLIC]),
        lambda bob, mallory: mallory.event(1),
        lambda bob, mallory: {**create(bob, 1), "id": f"{mallory.iri}/1"},
        lambda bob, mallory: {**create(bob, 1), "actor": f"{bob.iri}-else"},
        lambda bob, mallory: bob.event(1, attributedTo=f"{bob.iri}-else"),
        lambda bob, mallory: bob.activity("Delete", f"{bob.iri}/events/9", 1, to=[PUBLIC]),
        lambda bob, mallory: bob.activity("Follow", "http://localhost/actors/union", 1),
        lambda bob, mallory: bob.activity("Create", bob.event(1, to=[bob.followers], cc=[]), 1, to=[bob.followers]),
        lambda bob, mallory: {**create(bob, 1), "@graph": []},
        lambda bob, mallory: mallory.event(1)["id"],
        lambda bob, mallory: 7,
        lambda bob, mallory: None,
        lambda bob, mallory: ["x"],
    ],
)
def test_what_is_not_the_owners_or_not_for_everyone_makes_no_letter(app, client, clock, work, fediverse, bob, foreign):
    mallory = fediverse.actor("mallory", "m.test", "mallory")
    serve(bob, [foreign(bob, mallory)])

    follow(app, client, clock, work, bob)

    assert letters(app) == [("Accept", "pushed", "done")]
    assert not gets(fediverse, "/users/mallory")


def test_pages_items_and_fetches_of_one_turn_are_limited(app, client, clock, work, fediverse, bob):
    serve(bob, *[[create(bob, page)] for page in range(9, 0, -1)])
    follow(app, client, clock, work, bob)
    assert names(app) == [f"Evening {number}" for number in range(5, 10)]

    many = [create(bob, number) for number in range(400, 100, -1)]
    serve(bob, many)
    clock.turn(hours=8)
    work()
    assert len(names(app)) == 5 + polling.MAX_ITEMS


def test_a_turn_makes_us_fetch_twenty_announced_things_and_goes_on_later(app, client, clock, work, fediverse, bob):
    carol = fediverse.actor("carol", "c.test", "alice")
    announces = []
    for number in range(30):
        event = carol.event(number, name=f"Evening {number}")
        fediverse.put(event["id"], event)
        announces.append(bob.activity("Announce", event["id"], number, to=[PUBLIC]))
    serve(bob, announces)

    follow(app, client, clock, work, bob)
    assert len(gets(fediverse, "/users/carol/events")) == 20
    clock.turn(minutes=1)
    work()

    assert len(gets(fediverse, "/users/carol/events")) == 30
    assert len(names(app)) == 30


def test_owner_who_invents_new_announces_at_every_reading_makes_us_fetch_a_hundred_at_most(
    app, client, clock, work, fediverse, bob
):
    asked = []

    def invent(arrived):
        asked.append(arrived.path)
        base = len(asked) * 1000
        items = [
            bob.activity("Announce", fediverse.address("c.test", f"/{base + number}"), base + number, to=[PUBLIC])
            for number in range(50)
        ]
        document = {"id": bob.document["outbox"], "type": "OrderedCollection", "orderedItems": items}
        return Answer(body=json.dumps(document).encode())

    fediverse.answer(bob.document["outbox"], invent)
    follow(app, client, clock, work, bob)
    for _ in range(20):
        clock.turn(minutes=1)
        work()

    assert len(asked) == 5
    assert len({one.path for one in fediverse.arrived if one.host == "c.test"}) == 100


@pytest.mark.parametrize(
    ("next_page", "read"),
    [
        (lambda bob: bob.document["outbox"], 1),
        (lambda bob: f"{bob.document['outbox']}/page/1", 1),
        (lambda bob: bob.fediverse.address("m.test", "/trap"), 1),
        (lambda bob: "http://127.0.0.1:1/", 1),
        (lambda bob: 7, 1),
        (lambda bob: {"id": f"{bob.document['outbox']}/page/2"}, 2),
    ],
)
def test_next_page_that_is_elsewhere_or_was_read_ends_the_reading(
    app, client, clock, work, fediverse, bob, next_page, read
):
    serve(bob, [create(bob, 2)], [create(bob, 1)])
    first = f"{bob.document['outbox']}/page/1"
    page = {"id": first, "type": "OrderedCollectionPage", "orderedItems": [create(bob, 2)], "next": next_page(bob)}
    fediverse.put(first, page)

    follow(app, client, clock, work, bob)

    assert len(names(app)) == read
    assert {one.host for one in fediverse.arrived} == {"b.test"}
    assert len(gets(fediverse, "/users/bob/outbox")) == 1 + read


@pytest.mark.parametrize(
    "first", ["http://m.test:9/", "http://b.test:9/x", {"type": "OrderedCollectionPage"}, 7, "self", "deep"]
)
def test_first_page_elsewhere_in_a_circle_or_too_deep_is_a_failure(app, client, clock, work, fediverse, bob, first):
    outbox = bob.document["outbox"]
    if first == "deep":
        for number in range(1, 9):
            address = f"{outbox}/{number}"
            fediverse.put(address, {"id": address, "type": "OrderedCollection", "first": f"{outbox}/{number + 1}"})
        first = f"{outbox}/1"
    fediverse.put(outbox, {"id": outbox, "type": "OrderedCollection", "first": outbox if first == "self" else first})

    follow(app, client, clock, work, bob)

    assert state_of(app).outcome.startswith("Rejected")
    assert len(gets(fediverse, "/users/bob/outbox")) <= 3
    assert {one.host for one in fediverse.arrived} == {"b.test"}


def test_outbox_that_redirects_to_another_server_is_not_believed(app, client, clock, work, fediverse, bob):
    mallory = fediverse.actor("mallory", "m.test", "mallory")
    theirs = mallory.document["outbox"]
    fediverse.put(theirs, {"id": theirs, "type": "OrderedCollection", "orderedItems": [create(bob, 1)]})
    fediverse.answer(bob.document["outbox"], Answer(302, headers={"Location": mallory.document["outbox"]}))

    follow(app, client, clock, work, bob)

    assert names(app) == []
    assert state_of(app).outcome.startswith("Rejected")


def test_after_the_back_filling_only_the_first_page_is_read(app, client, clock, work, fediverse, bob):
    serve(bob, [create(bob, 2)], [create(bob, 1)])
    follow(app, client, clock, work, bob)
    before = gets(fediverse, "/users/bob/outbox")
    clock.turn(hours=8)
    work()

    assert before[1:] == ["/users/bob/outbox/page/1", "/users/bob/outbox/page/2"]
    assert gets(fediverse, "/users/bob/outbox")[3:] == before[:2]
