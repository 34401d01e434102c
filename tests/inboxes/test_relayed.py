"""Letters that somebody else brings than their actor: vouched for, or a hint to look; from whom we follow only."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from actors import followers, local, policy, remote
from actors.database import session
from federation.activities import PUBLIC
from flask_maillage.publications import keeping
from flask_maillage.publications.models import Publication
from inboxes.models import Letter
from tests.fediverse import Answer
from tests.inboxes.letters import INBOXES, UNION, cavage, nothing_written, rfc9421
from tests.inboxes.test_receiving import fresh_rates
from tests.inboxes.vouching import lists_key, vouched


@pytest.fixture
def alice(fediverse):
    return fediverse.actor("alice", "a.test")


@pytest.fixture
def relay(app, fediverse):
    """A server that forwards, known here, and followed by one of ours."""
    return followed(app, fediverse.actor("relay", "r.test", "bob", kind="Application"))


def meet(app, actor):
    with app.app_context():
        remote.remember(actor.document)
        session().commit()
    return actor


def followed(app, actor, state="accepted"):
    meet(app, actor)
    with app.app_context():
        followers.record(local.find("union"), remote.find(actor.iri), iri=f"{UNION}/follows/{actor.host}", state=state)
        session().commit()
    return actor


def bring(relay, document, client, clock, target="/inbox", scheme=cavage):
    return scheme(relay, document, target, clock()).send(client).status_code


def create(alice, number=1, **more):
    event = alice.event(number, **more)
    alice.fediverse.put(event["id"], event)
    return alice.activity("Create", event, f"c{number}", to=[PUBLIC], cc=[alice.followers])


def letters(app):
    with app.app_context():
        rows = session().scalars(select(Letter).order_by(Letter.id))
        return [(row.sender.iri, row.way, row.state) for row in rows]


def names(app):
    with app.app_context():
        return [publication.content.name for publication in session().scalars(select(Publication))]


def follow(actor):
    return actor.activity("Follow", UNION)


def test_key_of_a_blocked_host_is_refused_as_such_before_anything_is_asked(app, client, clock, fediverse, alice):
    bob = fediverse.actor("bob", "b.test", "bob")
    with app.app_context():
        policy.block("b.test")
        session().commit()

    assert bring(bob, follow(alice), client, clock) == 403
    assert fediverse.arrived == []
    assert letters(app) == []


# who may bring letters


def nobody_follows(app, fediverse):
    return meet(app, fediverse.actor("relay", "r.test", "bob"))


def asked_and_not_answered(app, fediverse):
    return followed(app, fediverse.actor("relay", "r.test", "bob"), "pending")


def unknown(app, fediverse):
    return fediverse.actor("relay", "r.test", "bob")


def follows_us(app, fediverse):
    relay = meet(app, fediverse.actor("relay", "r.test", "bob"))
    with app.app_context():
        followers.record(remote.find(relay.iri), local.find("union"), iri=f"{relay.iri}/1", state="accepted")
        session().commit()
    return relay


def neighbour_of_the_actor(app, fediverse):
    return meet(app, fediverse.actor("relay", "a.test", "bob"))


@pytest.mark.parametrize("scheme", [cavage, rfc9421])
@pytest.mark.parametrize("proof", [True, False])
@pytest.mark.parametrize("make", [nobody_follows, asked_and_not_answered, unknown, follows_us, neighbour_of_the_actor])
def test_letter_by_whom_nobody_follows_is_refused_without_a_trace(
    app, client, clock, fediverse, alice, make, proof, scheme
):
    key_id = lists_key(alice)
    meet(app, alice)
    relay = make(app, fediverse)
    document = create(alice)
    document = vouched(document, key_id, clock()) if proof else document
    for target in INBOXES:
        fresh_rates(app)
        with nothing_written(app, fediverse):
            assert bring(relay, document, client, clock, target, scheme) == 401


def test_letter_signed_with_another_key_than_the_relays_is_refused(app, client, clock, fediverse, alice, relay):
    mallory = fediverse.actor("mallory", "m.test", "mallory")
    draft = cavage(mallory, create(alice), "/inbox", clock(), key_id=relay.key_id)
    with nothing_written(app, fediverse, fetches=1):
        assert draft.send(client).status_code == 401


def test_id_of_another_server_than_the_actors_is_refused(app, client, clock, fediverse, alice, relay):
    document = {**create(alice), "id": f"{relay.iri}/activities/1"}
    with nothing_written(app, fediverse):
        assert bring(relay, document, client, clock) == 401


def test_letter_in_the_name_of_ours_is_refused(app, client, clock, fediverse, relay):
    document = {"id": f"{UNION}/activities/1", "type": "Create", "actor": UNION, "object": f"{UNION}/events/1"}
    with nothing_written(app, fediverse):
        assert bring(relay, document, client, clock) == 403


# with a proof


@pytest.mark.parametrize("known", [True, False])
def test_letter_that_its_actor_vouches_for_is_the_actors_own(app, client, clock, work, alice, relay, known):
    key_id = lists_key(alice)
    if known:
        meet(app, alice)
    assert bring(relay, vouched(follow(alice), key_id, clock()), client, clock) == 202
    work()
    assert letters(app) == [(alice.iri, "pushed", "done")]
    with app.app_context():
        assert followers.between(remote.find(alice.iri), local.find("union")) is not None
        assert followers.between(remote.find(relay.iri), local.find("union")) is None


def test_same_letter_from_its_actor_afterwards_is_known(app, client, clock, alice, relay):
    key_id = lists_key(alice)
    document = vouched(follow(alice), key_id, clock())
    assert bring(relay, document, client, clock) == 202
    assert cavage(alice, document, "/inbox", clock()).send(client).status_code == 202
    assert len(letters(app)) == 1


@pytest.mark.parametrize("spoil", [lambda one: {**one, "object": "http://localhost/actors/couriers"}, None])
def test_proof_that_does_not_hold_is_refused(app, client, clock, fediverse, alice, relay, spoil):
    key_id = lists_key(alice)
    meet(app, alice)
    document = vouched(follow(alice), key_id, clock(), key="alice" if spoil else "mallory")
    with nothing_written(app, fediverse, fetches=1):
        assert bring(relay, spoil(document) if spoil else document, client, clock) == 401


def test_letter_vouched_for_before_what_we_remember_is_a_hint_only(app, client, clock, work, alice, relay):
    """Whoever keeps an old Follow could play it again when we have forgotten it."""
    key_id = lists_key(alice)
    meet(app, alice)
    document = vouched(follow(alice), key_id, clock())
    clock.turn(days=30, seconds=1)
    assert bring(relay, document, client, clock) == 202
    work()
    assert letters(app) == [(relay.iri, "relayed", "ignored")]
    with app.app_context():
        assert followers.between(remote.find(alice.iri), local.find("union")) is None


def test_follow_vouched_for_before_its_undo_does_not_count_again(app, client, clock, work, alice, relay):
    key_id = lists_key(alice)
    document = vouched(follow(alice), key_id, clock())
    assert bring(relay, document, client, clock) == 202
    work()
    clock.turn(hours=1)
    undo = vouched(alice.activity("Undo", follow(alice), "u"), key_id, clock())
    assert bring(relay, undo, client, clock) == 202
    work()
    clock.turn(hours=1)
    assert bring(relay, document, client, clock) == 202
    work()
    with app.app_context():
        assert followers.between(remote.find(alice.iri), local.find("union")) is None


@pytest.mark.parametrize("status", [404, 503])
def test_proof_whose_key_cannot_be_had_is_a_hint_only(app, client, clock, alice, relay, status):
    key_id = lists_key(alice)
    document = vouched(create(alice), key_id, clock())
    alice.fediverse.answer(alice.iri, Answer(status))
    assert bring(relay, document, client, clock) == 202
    assert letters(app) == [(relay.iri, "relayed", "waiting")]


# without one


def test_object_is_read_where_it_lives_and_never_from_the_letter(app, client, clock, work, alice, relay):
    followed(app, alice)
    document = create(alice)
    document["object"] = {**document["object"], "name": "Forged", "content": "<p>Forged</p>"}
    assert bring(relay, document, client, clock) == 202
    work()
    assert names(app) == ["An open evening"]
    assert letters(app) == [(relay.iri, "relayed", "done")]


def test_change_is_read_where_it_lives(app, client, clock, work, alice, relay):
    followed(app, alice)
    assert bring(relay, create(alice), client, clock) == 202
    work()
    event = alice.event(1, name="A later evening", updated="2026-11-21T11:00:00Z")
    alice.fediverse.put(event["id"], event)
    update = alice.activity("Update", {**event, "name": "Forged"}, "u")
    assert bring(relay, update, client, clock) == 202
    work()
    assert names(app) == ["A later evening"]


def test_author_whom_nobody_follows_is_not_kept(app, client, clock, work, alice, relay):
    assert bring(relay, create(alice), client, clock) == 202
    work()
    assert names(app) == []
    assert letters(app) == [(relay.iri, "relayed", "ignored")]
    with app.app_context():
        assert remote.find(alice.iri) is None


@pytest.mark.parametrize(
    "thing",
    [
        lambda alice: alice.event(1) | {"attributedTo": f"{alice.iri}2"},
        lambda alice: alice.event(1) | {"id": f"{alice.iri}/events/2"},
        lambda alice: {"id": f"{alice.iri}/events/1", "type": "Note"},
    ],
    ids=["of somebody else", "with another id", "of nobody"],
)
def test_what_is_found_has_to_be_the_object(app, client, clock, work, alice, relay, thing):
    followed(app, alice)
    document = create(alice)
    alice.fediverse.put(document["object"]["id"], thing(alice))
    assert bring(relay, document, client, clock) == 202
    work()
    assert names(app) == []


@pytest.mark.parametrize("verb", ["Follow", "Accept", "Undo", "Announce", "Like", "Move", "Block", "Offer", "Join"])
def test_other_verbs_say_nothing_without_a_proof(app, client, clock, work, alice, relay, verb):
    meet(app, alice)
    assert bring(relay, alice.activity(verb, UNION), client, clock) == 202
    asked = len(alice.fediverse.arrived)
    work()
    assert letters(app) == [(relay.iri, "relayed", "ignored")]
    assert len(alice.fediverse.arrived) == asked


@pytest.mark.parametrize(
    ("answer", "erased"),
    [
        (Answer(410), True),
        (Answer(404), True),
        (None, False),
        (Answer(403), False),
        (Answer(302, headers={"Location": "http://m.test/"}), False),
    ],
    ids=["410", "404", "still there", "403", "redirected"],
)
def test_copy_is_erased_when_its_own_server_says_so(app, client, clock, work, alice, relay, answer, erased):
    followed(app, alice)
    document = create(alice)
    assert bring(relay, document, client, clock) == 202
    work()
    iri = document["object"]["id"]
    if answer is not None:
        alice.fediverse.answer(iri, answer)
    assert bring(relay, alice.activity("Delete", iri, "d"), client, clock) == 202
    work()
    with app.app_context():
        assert (keeping.find(iri) is None) is erased


def test_copy_is_erased_when_a_tombstone_stands_in_its_place(app, client, clock, work, alice, relay):
    followed(app, alice)
    document = create(alice)
    assert bring(relay, document, client, clock) == 202
    work()
    iri = document["object"]["id"]
    alice.fediverse.put(iri, {"id": iri, "type": "Tombstone", "formerType": "Event"})
    assert bring(relay, alice.activity("Delete", {"id": iri, "type": "Tombstone"}, "d"), client, clock) == 202
    work()
    assert names(app) == []


def test_copy_that_was_not_for_everybody_stays_where_we_may_just_not_read_it(app, client, clock, work, alice, relay):
    followed(app, alice)
    document = create(alice)
    assert bring(relay, document, client, clock) == 202
    work()
    iri = document["object"]["id"]
    with app.app_context():
        keeping.find(iri).visibility = "followers"
        session().commit()
    alice.fediverse.answer(iri, Answer(404))
    assert bring(relay, alice.activity("Delete", iri, "d"), client, clock) == 202
    work()
    with app.app_context():
        assert keeping.find(iri) is not None


def test_delete_of_what_we_do_not_have_asks_nobody(app, client, clock, work, alice, relay):
    assert bring(relay, alice.activity("Delete", f"{alice.iri}/events/9", "d"), client, clock) == 202
    work()
    assert alice.fediverse.arrived == []
    assert letters(app) == [(relay.iri, "relayed", "ignored")]


def test_ids_of_others_are_not_poisoned(app, client, clock, work, alice, relay):
    """What was relayed under an id does not keep the letter itself from being read."""
    followed(app, alice)
    document = create(alice)
    relayed = {**document, "object": f"{alice.iri}/events/none"}
    assert bring(relay, relayed, client, clock) == 202
    assert cavage(alice, document, "/inbox", clock()).send(client).status_code == 202
    work()
    assert letters(app) == [(relay.iri, "relayed", "failed"), (alice.iri, "pushed", "done")]
    assert names(app) == ["An open evening"]


def test_relay_that_is_suspended_meanwhile_is_not_heard(app, client, clock, work, alice, relay):
    followed(app, alice)
    assert bring(relay, create(alice), client, clock) == 202
    with app.app_context():
        remote.find(relay.iri).suspended_at = clock()
        session().commit()
    work()
    assert names(app) == []


def test_relayed_letter_is_for_nobody_in_particular(app, client, clock, alice, relay):
    document = create(alice) | {"to": [UNION]}
    assert bring(relay, document, client, clock, "/actors/union/inbox") == 202
    with app.app_context():
        (letter,) = session().scalars(select(Letter))
        assert letter.readers == []


def test_vouched_letter_is_for_those_whom_it_names(app, client, clock, alice, relay):
    key_id = lists_key(alice)
    document = vouched(create(alice) | {"to": [UNION]}, key_id, clock())
    assert bring(relay, document, client, clock) == 202
    with app.app_context():
        (letter,) = session().scalars(select(Letter))
        assert [reader.actor.iri for reader in letter.readers] == [UNION]
        assert letter.signed_at == clock()


def test_relay_that_brings_the_same_again_is_known(app, client, clock, alice, relay):
    for _ in range(2):
        assert bring(relay, create(alice), client, clock) == 202
        clock.turn(minutes=1)
    with app.app_context():
        assert session().scalar(select(func.count()).select_from(Letter)) == 1


def test_own_letters_of_a_relay_are_its_own(app, client, clock, work, relay):
    assert bring(relay, relay.activity("Follow", UNION), client, clock) == 202
    work()
    assert letters(app) == [(relay.iri, "pushed", "done")]


def test_vouching_is_good_for_thirty_days(app, client, clock, alice, relay):
    key_id = lists_key(alice)
    document = vouched(follow(alice), key_id, clock() - timedelta(days=30))
    assert bring(relay, document, client, clock) == 202
    assert letters(app) == [(alice.iri, "pushed", "waiting")]
