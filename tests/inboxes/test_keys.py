"""Keys and replays at both inboxes: which key is believed, what it may cost us, and what counts a second time."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select

from actors import remote
from actors.database import session
from actors.models import ActorKey, Follow
from inboxes.models import Letter, LetterReader
from tests.fediverse import Answer
from tests.inboxes.letters import INBOXES, UNION, cavage, nothing_written
from tests.inboxes.test_receiving import follow, fresh_rates

BOTH = pytest.mark.parametrize("target", INBOXES)


@BOTH
def test_same_bytes_twice_have_one_effect(app, client, clock, work, fediverse, target):
    """S26."""
    alice = fediverse.actor("alice", "a.test")
    draft = cavage(alice, follow(alice), target, clock())
    for _ in range(2):
        assert draft.send(client).status_code == 202
        work()
        clock.turn(minutes=10)
    assert [letter["type"] for letter in fediverse.letters()] == ["Accept"]
    with app.app_context():
        assert len(session().scalars(select(Letter)).all()) == 1


@BOTH
def test_same_id_with_another_object_does_not_count(app, client, clock, work, fediverse, target):
    """S27: the first wins."""
    alice = fediverse.actor("alice", "a.test")
    cavage(alice, follow(alice), target, clock()).send(client)
    clock.turn(minutes=1)
    other = alice.activity("Follow", "http://localhost/actors/couriers")
    assert cavage(alice, other, target, clock()).send(client).status_code == 202
    work()
    with app.app_context():
        assert [one.followed.handle for one in session().scalars(select(Follow))] == ["union"]


def test_id_that_a_neighbour_used_first_is_not_taken_from_its_owner(app, client, clock, fediverse):
    alice, bob = fediverse.actor("alice", "a.test"), fediverse.actor("bob", "a.test", "bob")
    taken = bob.activity("Like", UNION) | {"id": f"{alice.iri}/activities/1"}
    assert cavage(bob, taken, "/inbox", clock()).send(client).status_code == 202
    assert cavage(alice, follow(alice), "/inbox", clock()).send(client).status_code == 202
    with app.app_context():
        letters = session().scalars(select(Letter).order_by(Letter.id)).all()
        assert [(letter.type, letter.sender.handle) for letter in letters] == [("Like", "bob"), ("Follow", "alice")]


def test_one_letter_to_three_members_is_one_row_with_three_readers(app, client, clock, fediverse):
    alice = fediverse.actor("alice", "a.test")
    document = alice.activity("Create", alice.event())
    for handle in ("union", "couriers", "ann", "union"):
        draft = cavage(alice, document, f"/actors/{handle}/inbox", clock())
        assert draft.send(client).status_code == 202
    with app.app_context():
        assert len(session().scalars(select(Letter)).all()) == 1
        readers = session().scalars(select(LetterReader)).all()
        assert sorted(reader.actor.handle for reader in readers) == ["ann", "couriers", "union"]


@BOTH
def test_key_changed_at_the_peer_is_fetched_anew_once_in_five_minutes(app, client, clock, fediverse, target):
    """S29: without notice."""
    alice = fediverse.actor("alice", "a.test")
    cavage(alice, follow(alice, 1), target, clock()).send(client)
    rotated = fediverse.actor("alice", "a.test", "bob")
    fediverse.arrived.clear()

    assert cavage(rotated, follow(rotated, 2), target, clock()).send(client).status_code == 202
    assert [one.path for one in fediverse.arrived] == ["/users/alice"]

    again = fediverse.actor("alice", "a.test", "mallory")
    with nothing_written(app, fediverse):
        assert cavage(again, follow(again, 3), target, clock()).send(client).status_code == 401
    fresh_rates(app)
    assert cavage(again, follow(again, 3), target, clock()).send(client).status_code == 202
    with app.app_context():
        keys = session().scalars(select(ActorKey).where(ActorKey.iri == alice.key_id)).all()
        assert [key.public_pem for key in keys] == [again.document["publicKey"]["publicKeyPem"]]


@pytest.mark.parametrize("status", [500, 502, 429])
@BOTH
def test_key_that_cannot_be_reached_keeps_the_letter_with_its_sender(app, client, clock, fediverse, status, target):
    alice = fediverse.actor("alice", "a.test")
    fediverse.answer(alice.iri, Answer(status))
    with nothing_written(app, fediverse, fetches=1):
        for _ in range(2):
            response = cavage(alice, follow(alice), target, clock()).send(client)
            assert response.status_code == 503
            assert int(response.headers["Retry-After"]) > 0
    alice.publish_profile()
    fresh_rates(app)
    assert cavage(alice, follow(alice), target, clock()).send(client).status_code == 202


@BOTH
def test_key_that_is_not_there_is_asked_for_once(app, client, clock, fediverse, target):
    alice = fediverse.actor("alice", "a.test")
    fediverse.answer(alice.iri, Answer(404))
    with nothing_written(app, fediverse, fetches=1):
        for _ in range(3):
            assert cavage(alice, follow(alice), target, clock()).send(client).status_code == 401


@pytest.mark.parametrize(("status", "answered", "gone"), [(410, 202, True), (404, 401, False)])
@BOTH
def test_delete_of_an_actor_whose_key_is_gone(app, client, clock, work, fediverse, status, answered, gone, target):
    """S30: 410 and 404 are not the same."""
    alice = fediverse.actor("alice", "a.test")
    cavage(alice, follow(alice), target, clock()).send(client)
    work()
    rotated = fediverse.actor("alice", "a.test", "bob")
    fediverse.answer(alice.iri, Answer(status))

    draft = cavage(rotated, rotated.activity("Delete", alice.iri, 2), target, clock())
    assert draft.send(client).status_code == answered
    work()

    with app.app_context():
        assert (remote.find(alice.iri).gone_at is not None) == gone


@pytest.mark.parametrize(("kind", "thing"), [("Undo", None), ("Delete", "/e"), ("Update", "")])
@BOTH
def test_gone_key_lets_nothing_but_a_delete_of_oneself_through(
    app, client, clock, work, fediverse, kind, thing, target
):
    alice = fediverse.actor("alice", "a.test")
    cavage(alice, follow(alice), target, clock()).send(client)
    work()
    forged = fediverse.actor("alice", "a.test", "mallory")
    fediverse.answer(alice.iri, Answer(410))
    with nothing_written(app, fediverse, fetches=1):
        document = forged.activity(kind, follow(alice) if thing is None else f"{alice.iri}{thing}", 2)
        assert cavage(forged, document, target, clock()).send(client).status_code == 401


@BOTH
def test_key_id_that_leads_to_a_stub_is_taken(app, client, clock, fediverse, target):
    """B05, GoToSocial: the key's address has no fragment and answers with a stub of the actor."""
    alice = fediverse.actor("alice", "a.test")
    key_id = f"{alice.iri}/main-key"
    alice.document["publicKey"]["id"] = key_id
    alice.publish_profile()
    stub = {name: alice.document[name] for name in ("@context", "id", "type", "preferredUsername", "publicKey")}
    fediverse.put(key_id, stub)
    assert cavage(alice, follow(alice), target, clock(), key_id=key_id).send(client).status_code == 202
    assert [one.path for one in fediverse.arrived] == ["/users/alice/main-key", "/users/alice"]


@BOTH
def test_key_in_a_document_of_its_own_is_taken_when_its_owner_lists_it(app, client, clock, fediverse, target):
    alice = fediverse.actor("alice", "a.test")
    key_id = fediverse.address("a.test", "/keys/1")
    key = alice.document["publicKey"] | {"id": key_id}
    fediverse.put(key_id, {"@context": "https://w3id.org/security/v1", **key})
    with nothing_written(app, fediverse, fetches=2):
        assert cavage(alice, follow(alice), target, clock(), key_id=key_id).send(client).status_code == 401
    alice.document["publicKey"] = key
    alice.publish_profile()
    fresh_rates(app)
    assert cavage(alice, follow(alice), target, clock(), key_id=key_id).send(client).status_code == 202


@BOTH
def test_key_in_the_older_spelling_is_taken(client, clock, fediverse, target):
    """PKCS#1, `BEGIN RSA PUBLIC KEY`, as some peers publish theirs."""
    alice = fediverse.actor("alice", "a.test")
    public = alice.signer.private_key.public_key()
    alice.document["publicKey"]["publicKeyPem"] = public.public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode()
    alice.publish_profile()
    assert cavage(alice, follow(alice), target, clock()).send(client).status_code == 202


@BOTH
def test_unknown_keys_on_many_hosts_cost_a_bounded_number_of_fetches(app, client, clock, fediverse, target):
    """S32."""
    fresh_rates(app, key_fetch_by_address="5 per hour")
    alice = fediverse.actor("alice", "a.test")
    statuses = []
    with nothing_written(app, fediverse, fetches=10):
        for number in range(30):
            host = f"h{number}.test"
            iri = fediverse.address(host, "/u")
            document = {"id": f"{iri}/1", "type": "Follow", "actor": iri, "object": UNION}
            draft = cavage(alice, document, target, clock(), key_id=f"{iri}#key")
            statuses.append(draft.send(client).status_code)
    assert statuses[0] == 401
    assert statuses[-1] == 429
