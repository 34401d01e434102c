"""Letters with a proof of their actor beside the signature: a proof that does not hold is a letter that does not."""

import pytest
from sqlalchemy import select

from actors import remote
from actors.database import session
from actors.kept_keys import find_assertion_key
from actors.models import ASSERTION, SIGNING, ActorKey
from federation import keys, multikey
from inboxes.models import Letter
from tests.fediverse import Answer
from tests.inboxes.letters import INBOXES, UNION, cavage, nothing_written, rfc9421
from tests.inboxes.test_receiving import fresh_rates
from tests.inboxes.vouching import lists_key, vouched


@pytest.fixture
def alice(fediverse):
    return fediverse.actor("alice", "a.test")


def follow(actor, number=1, **more):
    return actor.activity("Follow", UNION, number, **more)


def send(actor, document, client, clock, scheme=cavage, target="/inbox"):
    return scheme(actor, document, target, clock()).send(client).status_code


def meet(app, actor):
    """Let the node know an actor, with the keys that it lists now."""
    with app.app_context():
        remote.remember(actor.document)
        session().commit()


@pytest.mark.parametrize("scheme", [cavage, rfc9421])
@pytest.mark.parametrize("known", [True, False])
def test_proof_that_holds_is_taken_and_its_key_kept(app, client, clock, alice, fediverse, known, scheme):
    key_id = lists_key(alice)
    if known:
        meet(app, alice)
    assert send(alice, vouched(follow(alice), key_id, clock()), client, clock, scheme) == 202
    assert len(fediverse.arrived) == (0 if known else 1)
    with app.app_context():
        assert (
            session().scalars(select(ActorKey.iri).where(ActorKey.iri == key_id, ActorKey.purpose == ASSERTION)).one()
        )
        assert session().scalars(select(Letter.key_iri)).all() == [alice.key_id]


@pytest.mark.parametrize(("owner", "purpose"), [("bob", ASSERTION), ("alice", SIGNING)])
def test_kept_key_vouches_for_its_owner_alone_and_only_where_it_is_for_that(app, alice, fediverse, owner, purpose):
    bob = fediverse.actor("bob", "a.test", "bob")
    key_id = lists_key(alice)
    with app.app_context():
        for actor in (alice, bob):
            remote.remember(actor.document)
        key = session().scalars(select(ActorKey).where(ActorKey.iri == key_id)).one()
        assert find_assertion_key(key_id, alice.iri) is key
        key.actor = remote.find({"alice": alice, "bob": bob}[owner].iri)
        key.purpose = purpose
        session().flush()

        assert find_assertion_key(key_id, alice.iri) is None


def changed(document):
    return {**document, "object": "http://localhost/actors/couriers"}


def another_value(document):
    value = document["proof"]["proofValue"]
    return {**document, "proof": {**document["proof"], "proofValue": value[:-1] + ("2" if value[-1] != "2" else "3")}}


def unlisted(document):
    method = document["proof"]["verificationMethod"] + "-2"
    return {**document, "proof": {**document["proof"], "verificationMethod": method}}


def without_value(document):
    return {**document, "proof": {name: value for name, value in document["proof"].items() if name != "proofValue"}}


def for_another_purpose(document):
    return {**document, "proof": {**document["proof"], "proofPurpose": "authentication"}}


def twice(document):
    return {**document, "proof": [document["proof"], document["proof"]]}


SPOILT = [changed, another_value, unlisted, without_value, for_another_purpose, twice]


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("spoil", SPOILT)
def test_proof_that_does_not_hold_is_refused_without_a_trace(app, client, clock, alice, fediverse, spoil, known):
    key_id = lists_key(alice)
    if known:
        meet(app, alice)
    for target in INBOXES:
        fresh_rates(app)
        with nothing_written(app, fediverse, fetches=1):
            document = spoil(vouched(follow(alice), key_id, clock()))
            assert send(alice, document, client, clock, target=target) == 401


@pytest.mark.parametrize("known", [True, False])
def test_proof_by_another_key_is_refused(app, client, clock, alice, fediverse, known):
    key_id = lists_key(alice)
    if known:
        meet(app, alice)
    with nothing_written(app, fediverse, fetches=1):
        assert send(alice, vouched(follow(alice), key_id, clock(), key="mallory"), client, clock) == 401


def test_rsa_key_does_not_vouch(app, client, clock, alice, fediverse):
    document = vouched(follow(alice), alice.key_id, clock())
    with nothing_written(app, fediverse, fetches=1):
        assert send(alice, document, client, clock) == 401


@pytest.mark.parametrize("known", [True, False])
def test_key_of_public_key_alone_does_not_vouch(app, client, clock, alice, fediverse, known):
    """An Ed25519 key signs requests from there; documents are vouched for with `assertionMethod`."""
    key_id = lists_key(alice)
    (listed,) = alice.document.pop("assertionMethod")
    pem = keys.pem_of(multikey.decode(listed["publicKeyMultibase"]))
    alice.document["publicKey"] = [alice.document["publicKey"], {"id": key_id, "owner": alice.iri, "publicKeyPem": pem}]
    alice.publish_profile()
    if known:
        meet(app, alice)
    with nothing_written(app, fediverse, fetches=1):
        assert send(alice, vouched(follow(alice), key_id, clock()), client, clock) == 401


@pytest.mark.parametrize(
    "proof",
    [
        {"type": "DataIntegrityProof", "cryptosuite": "mldsa44-jcs-2024", "proofValue": "z1"},
        {"type": "Ed25519Signature2020"},
        "nothing",
        [],
        {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-jcs-2022",
            "proofPurpose": "assertionMethod",
            "verificationMethod": "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2#z6Mkr",
            "proofValue": "z63t83Y53KfzJ5ZosfKTnqfMcKB2dmTrfjSaQjeNNjAD5srBowQfmWqeRb8rRjmeEuCBEsddF9LsVogtuTsijJKh4",
        },
    ],
    ids=["another suite", "another type", "text", "none", "a DID"],
)
def test_proof_that_we_cannot_read_is_passed_over(app, client, clock, alice, fediverse, proof):
    signature = {"type": "RsaSignature2017", "creator": alice.key_id, "signatureValue": "AAAA"}
    assert send(alice, follow(alice, proof=proof, signature=signature), client, clock) == 202
    assert len(fediverse.arrived) == 1


def test_proof_of_a_neighbour_is_passed_over_and_its_key_is_not_taken(app, client, clock, alice, fediverse):
    """Mallory lists the id of Alice's key with a text of her own."""
    mallory = fediverse.actor("mallory", "a.test", "mallory")
    lists_key(mallory, "mallory")
    mallory.document["assertionMethod"][0]["id"] = f"{alice.iri}#ed25519-key"
    mallory.publish_profile()
    key_id = lists_key(alice)
    assert send(mallory, vouched(follow(mallory), key_id, clock(), key="mallory"), client, clock) == 202
    assert send(alice, vouched(follow(alice), key_id, clock()), client, clock) == 202
    with app.app_context():
        assert session().scalars(select(ActorKey).where(ActorKey.iri == key_id)).one().actor.iri == alice.iri


def test_key_that_changed_under_its_id_is_asked_for_anew_once_in_five_minutes(app, client, clock, alice, fediverse):
    key_id = lists_key(alice)
    meet(app, alice)
    lists_key(alice, "another")
    assert send(alice, vouched(follow(alice), key_id, clock(), key="another"), client, clock) == 202
    assert len(fediverse.arrived) == 1
    assert send(alice, vouched(follow(alice, 2), key_id, clock(), key="another"), client, clock) == 202
    for _ in range(3):
        with nothing_written(app, fediverse):
            assert send(alice, vouched(follow(alice, 3), key_id, clock(), key="mallory"), client, clock) == 401


def test_actor_of_before_is_asked_for_its_key_once(app, client, clock, alice, fediverse):
    meet(app, alice)
    key_id = lists_key(alice)
    assert send(alice, vouched(follow(alice), key_id, clock()), client, clock) == 202
    assert send(alice, vouched(follow(alice, 2), key_id, clock()), client, clock) == 202
    assert len(fediverse.arrived) == 1


def test_guessed_keys_cost_one_question_in_five_minutes(app, client, clock, alice, fediverse):
    key_id = lists_key(alice)
    meet(app, alice)
    for number, budget in enumerate((1, 0, 0)):
        with nothing_written(app, fediverse, fetches=budget):
            assert send(alice, vouched(follow(alice), f"{key_id}-{number}", clock()), client, clock) == 401


def test_letter_is_kept_with_its_sender_while_the_key_cannot_be_asked_for(app, client, clock, alice, fediverse):
    meet(app, alice)
    key_id = lists_key(alice)
    fediverse.answer(alice.iri, Answer(503))
    with nothing_written(app, fediverse, fetches=1):
        assert send(alice, vouched(follow(alice), key_id, clock()), client, clock) == 503


def test_actor_that_is_gone_deletes_itself_with_a_proof_of_no_key(app, client, clock, alice, fediverse, work):
    meet(app, alice)
    fediverse.answer(alice.iri, Answer(410))
    document = vouched(alice.activity("Delete", alice.iri), f"{alice.iri}#ed25519-key", clock())
    assert send(alice, document, client, clock) == 202
    work()
    with app.app_context():
        assert remote.find(alice.iri).gone_at is not None


def test_proof_does_not_replace_the_signature(app, client, clock, alice, fediverse):
    """Somebody whom nobody follows brings it, with a proof that holds."""
    key_id = lists_key(alice)
    mallory = fediverse.actor("mallory", "m.test", "mallory")
    meet(app, alice)
    meet(app, mallory)
    with nothing_written(app, fediverse):
        assert send(mallory, vouched(follow(alice), key_id, clock()), client, clock) == 401
