"""Floods: each is bounded where it costs us something, and nobody else is hindered by it."""

import time

import pytest
from sqlalchemy import func, select

from actors import rates
from actors.database import session
from actors.models import Actor, ActorKey
from actors.node import EXTENSION
from actors.rates import Rates
from inboxes import limiting
from inboxes.models import Letter
from tests.fediverse import Answer
from tests.inboxes import letters
from tests.inboxes.letters import UNION

OTHER = "198.51.100.7"


@pytest.fixture
def limit(app):
    """Set some of the rates lower."""

    def lower(**changes):
        app.extensions[EXTENSION].rates = Rates({name.replace("_", " "): text for name, text in changes.items()})

    return lower


def statuses(client, drafts, address=None):
    addresses = address if isinstance(address, list) else [address or "127.0.0.1"] * len(drafts)
    return [draft.send(client, REMOTE_ADDR=one).status_code for draft, one in zip(drafts, addresses, strict=True)]


def likes(actor, clock, count, first=1):
    numbers = range(first, first + count)
    return [letters.cavage(actor, actor.activity("Like", UNION, number), "/inbox", clock()) for number in numbers]


def count(app, model):
    with app.app_context():
        return session().scalar(select(func.count()).select_from(model))


def test_one_address_may_send_so_many_letters(app, client, clock, fediverse, limit):
    limit(inbox="3 per minute")
    alice = fediverse.actor("alice", "a.test")
    assert statuses(client, likes(alice, clock, 5)) == [202] * 3 + [429] * 2
    assert statuses(client, likes(alice, clock, 1, 9), OTHER) == [202]
    refused = likes(alice, clock, 1)[0].send(client)
    assert 0 < int(refused.headers["Retry-After"]) <= 61


def test_one_host_is_bounded_whatever_addresses_it_has(app, client, clock, fediverse, limit):
    """A10."""
    limit(letters_of_a_host="3 per minute")
    alice, bob = fediverse.actor("alice", "a.test"), fediverse.actor("bob", "a.test", "bob")
    carol = fediverse.actor("carol", "c.test", "mallory")
    addresses = [f"203.0.113.{number}" for number in range(5)]
    drafts = likes(alice, clock, 3) + likes(bob, clock, 2)
    assert statuses(client, drafts, addresses) == [202] * 3 + [429] * 2
    assert statuses(client, likes(carol, clock, 1)) == [202]
    assert count(app, Letter) == 4


def test_one_actor_is_bounded_and_its_neighbour_is_not(app, client, clock, fediverse, limit):
    limit(letters_of_an_actor="2 per minute")
    alice, bob = fediverse.actor("alice", "a.test"), fediverse.actor("bob", "a.test", "bob")
    assert statuses(client, likes(alice, clock, 4)) == [202, 202, 429, 429]
    assert statuses(client, likes(bob, clock, 1)) == [202]


def test_nobody_uses_up_what_another_may_send_by_writing_its_name(app, client, clock, fediverse, limit):
    limit(letters_of_a_host="2 per minute", letters_of_an_actor="2 per minute")
    alice, mallory = fediverse.actor("alice", "a.test"), fediverse.actor("mallory", "m.test", "mallory")
    forged = [
        letters.cavage(mallory, alice.activity("Like", UNION, number), "/inbox", clock(), key_id=alice.key_id)
        for number in range(5)
    ]
    assert set(statuses(client, forged)) == {401}
    assert statuses(client, likes(alice, clock, 2)) == [202, 202]


def test_flood_of_bad_signatures_is_answered_before_they_are_verified(
    app, client, clock, fediverse, limit, monkeypatch
):
    """A10."""
    limit(bad_signatures="3 per minute")
    alice = fediverse.actor("alice", "a.test")
    assert statuses(client, likes(alice, clock, 1)) == [202]
    bad = [draft.rewritten("Signature", 'signature="', 'signature="AAAA') for draft in likes(alice, clock, 6, 10)]
    verified = []
    monkeypatch.setattr(limiting, "check_sender", lambda *claimed: verified.append(claimed))
    assert statuses(client, bad) == [401] * 3 + [429] * 3
    assert len(verified) == 3
    assert statuses(client, likes(alice, clock, 1, 2), OTHER) == [202]


def test_thousand_unknown_keys_on_as_many_hosts_cost_a_bounded_number_of_fetches(app, client, clock, fediverse, limit):
    limit(key_fetch="10 per minute")
    mallory, alice = fediverse.actor("mallory", "m.test", "mallory"), fediverse.actor("alice", "a.test")
    assert statuses(client, likes(alice, clock, 1)) == [202]
    before, fetched = letters.rows(app), len(fediverse.arrived)
    drafts, addresses = [], []
    for number in range(60):
        actor = fediverse.address(f"h{number}.test", "/users/x")
        document = {"id": f"{actor}/1", "type": "Like", "actor": actor, "object": UNION}
        drafts.append(letters.cavage(mallory, document, "/inbox", clock(), key_id=f"{actor}#main-key"))
        addresses.append(f"203.0.113.{number}")
    answers = statuses(client, drafts, addresses)
    assert answers.count(401) <= 10
    assert answers.count(429) >= 50
    assert len(fediverse.arrived) - fetched <= 10
    assert letters.rows(app) == before
    assert statuses(client, likes(alice, clock, 1, 2)) == [202], "who is known is not hindered"


def test_unknown_actors_are_bounded_for_each_host_and_in_all(app, client, clock, fediverse, limit):
    limit(new_actors_of_a_host="2 per hour", new_actors="3 per hour")
    first = [fediverse.actor(f"a{number}", "a.test") for number in range(3)]
    others = [fediverse.actor("b", f"h{number}.test") for number in range(3)]
    before = count(app, Actor)
    assert [statuses(client, likes(actor, clock, 1))[0] for actor in first] == [202, 202, 429]
    assert [statuses(client, likes(actor, clock, 1))[0] for actor in others] == [202, 429, 429]
    assert count(app, Actor) == before + 3
    assert statuses(client, likes(first[0], clock, 1, 2)) == [202]


def test_letters_of_a_host_that_are_not_opened_yet_are_bounded(app, client, clock, work, fediverse, monkeypatch):
    monkeypatch.setattr(limiting, "MAX_WAITING", 3)
    alice, bob = fediverse.actor("alice", "a.test"), fediverse.actor("bob", "b.test", "bob")
    assert statuses(client, likes(alice, clock, 5)) == [202] * 3 + [429] * 2
    assert statuses(client, likes(bob, clock, 1)) == [202]
    answer = likes(alice, clock, 1)[0].send(client)
    assert answer.headers["Retry-After"] == str(limiting.FULL_SECONDS)
    work()
    assert statuses(client, likes(alice, clock, 2, 4)) == [202, 202]


def test_follow_flood_of_one_actor_leaves_a_bounded_number_of_rows(app, client, clock, work, fediverse, limit):
    """A11."""
    limit(letters_of_an_actor="5 per minute")
    alice = fediverse.actor("alice", "a.test")
    follows = [
        letters.cavage(alice, alice.activity("Follow", UNION, number), "/inbox", clock()) for number in range(20)
    ]
    before = letters.rows(app)
    answers = statuses(client, follows, [f"203.0.113.{number}" for number in range(20)])
    work()
    assert answers.count(202) == 5
    after = letters.rows(app)
    grown = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert max(grown.values()) <= 5
    assert grown["maillage_follows"] == 1


def test_strangers_in_letters_that_do_not_hold_leave_no_row(app, client, clock, fediverse):
    mallory = fediverse.actor("mallory", "m.test", "mallory")
    before = letters.rows(app)
    for number in range(30):
        host = f"h{number}.test"
        fediverse.answer(fediverse.address(host, "/users/x"), Answer(404))
        actor = fediverse.address(host, "/users/x")
        document = {"id": f"{actor}/1", "type": "Follow", "actor": actor, "object": UNION, "to": [f"{actor}s"] * 50}
        letters.cavage(mallory, document, "/inbox", clock(), key_id=f"{actor}#main-key").send(client)
    assert letters.rows(app) == before


def test_ten_thousand_recipients_cost_no_fetch_and_no_row(app, client, clock, work, fediverse):
    alice = fediverse.actor("alice", "a.test")
    named = [f"http://h{number}.test/u" for number in range(9000)]
    assert alice.post(client, alice.activity("Like", UNION, to=named[:4500]), now=clock()).status_code == 202
    assert alice.post(client, alice.activity("Like", UNION, 2, to=named), now=clock()).status_code == 400
    work()
    assert {one.host for one in fediverse.arrived} <= {"a.test"}
    assert count(app, Letter) == 1
    assert count(app, ActorKey) >= 1


def test_memory_of_the_counters_is_bounded_under_a_hundred_thousand_names():
    """A15."""
    counters = Rates()
    begin = time.monotonic()
    for number in range(100_000):
        counters.allow("inbox", f"203.0.113.{number}")
        counters.exhausted("bad signatures", f"203.0.113.{number}")
    assert len(counters) == rates.MAX_KEYS
    assert time.monotonic() - begin < 20
    assert not counters.exhausted("inbox", "203.0.113.99999")


def test_counter_begins_anew_when_its_time_is_over(monkeypatch):
    moment = [1000.0]
    monkeypatch.setattr(rates.time, "monotonic", lambda: moment[0])
    counters = Rates({"inbox": "2 per minute"})
    assert [counters.allow("inbox", "a") for _ in range(3)] == [True, True, False]
    assert counters.exhausted("inbox", "a")
    assert not counters.exhausted("inbox", "b")
    moment[0] += 20
    assert 40 <= counters.seconds_until_free("inbox", "a") <= 41
    moment[0] += 41
    assert not counters.exhausted("inbox", "a")
    assert counters.allow("inbox", "a")
    counters.allow("inbox", "b")
    assert len(counters) == 2
