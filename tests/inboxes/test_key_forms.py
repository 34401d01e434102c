"""The forms in which peers show their keys, all taken; and that nobody lists a neighbour's key as one's own."""

import base64
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select

from actors import remote
from actors.database import session
from actors.models import ActorKey
from federation import multikey
from federation.signatures import Signer
from inboxes.models import Letter
from tests.inboxes.letters import INBOXES, UNION, cavage, nothing_written, rfc9421
from tests.inboxes.test_receiving import fresh_rates

EDDSA = Ed25519PrivateKey.generate()


class Ed25519Signer:
    """Signs as RSA keys do in the tests' hand-made letters: what an RSA key needs besides the bytes is left out."""

    def sign(self, data, *unused):
        return EDDSA.sign(data)


def named(actor, key_id):
    """Return the actor with another id of its key."""
    actor.key_id = key_id
    actor.signer = Signer(key_id, actor.signer.private_key)
    return actor


def with_ed25519(actor, key_id):
    actor.signer = replace(actor.signer, private_key=Ed25519Signer())
    return named(actor, key_id)


def fragment(alice):
    """Mastodon, Mobilizon, snac, Takahē, Pleroma."""
    return alice


def spelled_as_pkcs1(alice):
    key = alice.signer.private_key.public_key()
    alice.document["publicKey"]["publicKeyPem"] = key.public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode()
    return alice


def one_of_several(alice):
    alice.document["publicKey"] = [{"id": f"{alice.iri}#old", "owner": alice.iri}, alice.document["publicKey"], 7]
    return alice


def without_owner(alice):
    del alice.document["publicKey"]["owner"]
    return alice


def stub_at_another_address(alice):
    """GoToSocial: the key's address gives a stub of the actor, unsigned; the rest is at the actor's own address."""
    key_id = f"{alice.iri}/main-key"
    alice.document["publicKey"]["id"] = key_id
    stub = {name: alice.document[name] for name in ("@context", "id", "type", "preferredUsername", "publicKey")}
    alice.fediverse.put(key_id, stub)
    return named(alice, key_id)


def document_of_its_own(alice):
    key_id = f"{alice.iri}/keys/1"
    key = alice.document["publicKey"] = {**alice.document["publicKey"], "id": key_id}
    alice.fediverse.put(key_id, {"@context": "https://w3id.org/security/v1", "type": "Key", **key})
    return named(alice, key_id)


def referred_to_by_its_id(alice):
    """The owner lists the id alone; the key is in a document of its own."""
    document_of_its_own(alice)
    alice.document["publicKey"] = alice.key_id
    return alice


def rsa_multikey(alice):
    """Mastodon reads those; here the actor has no `publicKey` at all."""
    key = alice.signer.private_key.public_key()
    del alice.document["publicKey"]
    alice.document["assertionMethod"] = [multikey.describe(f"{alice.iri}#rsa-key", alice.iri, key)]
    return named(alice, f"{alice.iri}#rsa-key")


def ed25519_multikey(alice):
    """Beside the RSA key that everybody reads."""
    key_id = f"{alice.iri}#ed25519-key"
    alice.document["assertionMethod"] = multikey.describe(key_id, alice.iri, EDDSA.public_key())
    return with_ed25519(alice, key_id)


def multikey_in_a_document_of_its_own(alice):
    key_id = f"{alice.iri}/keys/ed25519"
    alice.document["assertionMethod"] = [key_id]
    alice.fediverse.put(key_id, multikey.describe(key_id, alice.iri, EDDSA.public_key()))
    return with_ed25519(alice, key_id)


def ed25519_in_both_lists(alice):
    key_id = f"{alice.iri}#main-key"
    pem = EDDSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    alice.document["publicKey"]["publicKeyPem"] = pem
    alice.document["assertionMethod"] = [multikey.describe(key_id, alice.iri, EDDSA.public_key())]
    return with_ed25519(alice, key_id)


FORMS = {
    "fragment": (fragment, 1),
    "PKCS#1": (spelled_as_pkcs1, 1),
    "several": (one_of_several, 1),
    "no owner": (without_owner, 1),
    "stub": (stub_at_another_address, 2),
    "document": (document_of_its_own, 2),
    "document, referred to": (referred_to_by_its_id, 2),
    "RSA Multikey": (rsa_multikey, 1),
    "Ed25519 Multikey": (ed25519_multikey, 1),
    "Multikey in a document, referred to": (multikey_in_a_document_of_its_own, 2),
    "Ed25519 in both lists": (ed25519_in_both_lists, 1),
}


def follow(actor, number=1):
    return actor.activity("Follow", UNION, number)


@pytest.mark.parametrize("scheme", [cavage, rfc9421])
@pytest.mark.parametrize("name", FORMS)
def test_form_is_taken_and_the_key_kept(app, client, clock, fediverse, name, scheme):
    make, fetches = FORMS[name]
    alice = make(fediverse.actor("alice", "a.test"))
    alice.publish_profile()
    more = {"algorithm": "hs2019"} if scheme is cavage else {}
    assert scheme(alice, follow(alice), "/inbox", clock(), **more).send(client).status_code == 202
    assert len(fediverse.arrived) == fetches
    assert scheme(alice, follow(alice, 2), "/inbox", clock(), **more).send(client).status_code == 202
    assert len(fediverse.arrived) == fetches, "the key was asked for again"
    with app.app_context():
        assert session().scalars(select(Letter.key_iri)).all() == [alice.key_id] * 2


@pytest.mark.parametrize("name", FORMS)
def test_key_is_kept_when_the_actor_is_read_anew(app, client, clock, fediverse, name):
    make, _ = FORMS[name]
    alice = make(fediverse.actor("alice", "a.test"))
    alice.publish_profile()
    assert cavage(alice, follow(alice), "/inbox", clock(), algorithm="hs2019").send(client).status_code == 202
    with app.app_context():
        remote.remember(alice.document)
        session().commit()
    asked = len(fediverse.arrived)
    assert cavage(alice, follow(alice, 2), "/inbox", clock(), algorithm="hs2019").send(client).status_code == 202
    assert len(fediverse.arrived) == asked


@pytest.mark.parametrize("name", FORMS)
def test_key_in_any_form_is_asked_for_again_once_in_five_minutes(app, client, clock, fediverse, name):
    make, fetches = FORMS[name]
    alice = make(fediverse.actor("alice", "a.test"))
    alice.publish_profile()
    assert cavage(alice, follow(alice), "/inbox", clock(), algorithm="hs2019").send(client).status_code == 202
    bad = cavage(alice, follow(alice, 2), "/inbox", clock(), algorithm="hs2019").but(Date=None)
    wrong = replace(bad, headers={**bad.headers, "Date": cavage(alice, follow(alice), "/", clock()).headers["Date"]})
    wrong = wrong.but(Content_Type="application/ld+json")
    for budget in (fetches, 0, 0):
        with nothing_written(app, fediverse, fetches=budget):
            assert wrong.send(client).status_code == 401


def test_further_keys_of_a_known_actor_are_asked_for_once_in_five_minutes(app, client, clock, fediverse):
    alice = fediverse.actor("alice", "a.test")
    assert cavage(alice, follow(alice), "/inbox", clock()).send(client).status_code == 202
    for number, budget in enumerate((1, 0, 0, 0)):
        draft = cavage(alice, follow(alice, 2), "/inbox", clock(), key_id=f"{alice.iri}#guess-{number}")
        with nothing_written(app, fediverse, fetches=budget):
            assert draft.send(client).status_code == 401
    fresh_rates(app)
    named(alice, f"{alice.iri}#main-key-2")
    alice.document["publicKey"]["id"] = alice.key_id
    alice.publish_profile()
    assert cavage(alice, follow(alice, 2), "/inbox", clock()).send(client).status_code == 202


def neighbours_key_with_own_text(alice, mallory):
    """Mallory lists the id of Alice's key as her own."""
    key = {**mallory.document["publicKey"], "id": alice.key_id}
    mallory.document["publicKey"] = [mallory.document["publicKey"], key]


def neighbours_key_as_multikey(alice, mallory):
    mallory.document["assertionMethod"] = [
        multikey.describe(alice.key_id, mallory.iri, mallory.signer.private_key.public_key())
    ]


@pytest.mark.parametrize("capture", [neighbours_key_with_own_text, neighbours_key_as_multikey])
@pytest.mark.parametrize("form", [fragment, stub_at_another_address, document_of_its_own])
def test_nobody_lists_the_key_of_a_neighbour_first(app, client, clock, fediverse, capture, form):
    alice = form(fediverse.actor("alice", "a.test"))
    alice.publish_profile()
    mallory = fediverse.actor("mallory", "a.test", "mallory")
    capture(alice, mallory)
    mallory.publish_profile()
    assert cavage(mallory, follow(mallory), "/inbox", clock()).send(client).status_code == 202
    with app.app_context():
        assert session().scalars(select(ActorKey.iri).where(ActorKey.iri == alice.key_id)).all() == []
    as_alice = cavage(mallory, follow(mallory, 2), "/inbox", clock(), key_id=alice.key_id)
    with nothing_written(app, fediverse, fetches=2):
        assert as_alice.send(client).status_code == 401
    fresh_rates(app)
    assert cavage(alice, follow(alice), "/inbox", clock()).send(client).status_code == 202
    with app.app_context():
        assert session().scalars(select(ActorKey).where(ActorKey.iri == alice.key_id)).one().actor.iri == alice.iri


def test_key_that_was_captured_before_goes_back_to_its_owner(app, client, clock, fediverse):
    alice, mallory = fediverse.actor("alice", "a.test"), fediverse.actor("mallory", "a.test", "mallory")
    with app.app_context():
        thief = remote.remember(mallory.document)
        session().add(
            ActorKey(
                actor_id=thief.id, iri=alice.key_id, public_pem="captured", private_encrypted=None, created_at=clock()
            )
        )
        remote.remember(alice.document)
        session().commit()
    assert cavage(alice, follow(alice), "/inbox", clock()).send(client).status_code == 202


def test_two_texts_under_one_id_are_the_one_that_every_server_reads(app, client, clock, fediverse):
    alice = fediverse.actor("alice", "a.test")
    alice.document["assertionMethod"] = [multikey.describe(alice.key_id, alice.iri, EDDSA.public_key())]
    alice.publish_profile()
    assert cavage(alice, follow(alice), "/inbox", clock()).send(client).status_code == 202
    assert (
        cavage(with_ed25519(alice, alice.key_id), follow(alice, 2), "/inbox", clock()).send(client).status_code == 401
    )


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key, alice: key.update(controller=f"{alice.iri}2"),
        lambda key, alice: key.update(type="Key"),
        lambda key, alice: key.update(publicKeyMultibase=key["publicKeyMultibase"][:-1]),
        lambda key, alice: key.update(publicKeyMultibase=7),
        lambda key, alice: key.pop("publicKeyMultibase"),
        lambda key, alice: key.update(id=f"{alice.iri}#other"),
    ],
)
def test_multikey_that_is_not_right_signs_nothing(app, client, clock, fediverse, spoil):
    alice = ed25519_multikey(fediverse.actor("alice", "a.test"))
    spoil(alice.document["assertionMethod"], alice)
    alice.publish_profile()
    for target in INBOXES:
        fresh_rates(app)
        with nothing_written(app, fediverse, fetches=1):
            draft = cavage(alice, follow(alice), target, clock(), algorithm="hs2019")
            assert draft.send(client).status_code == 401


def test_key_document_under_another_id_speaks_for_nobody(app, client, clock, fediverse):
    alice = referred_to_by_its_id(fediverse.actor("alice", "a.test"))
    alice.publish_profile()
    key = {"type": "Key", "id": f"{alice.iri}/keys/2", "owner": alice.iri}
    pem = alice.signer.private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    fediverse.put(alice.key_id, {**key, "publicKeyPem": pem})
    with nothing_written(app, fediverse, fetches=2):
        assert cavage(alice, follow(alice), "/inbox", clock()).send(client).status_code == 401


def test_signature_by_an_ed25519_key_is_checked(app, client, clock, fediverse):
    alice = ed25519_multikey(fediverse.actor("alice", "a.test"))
    alice.publish_profile()
    draft = cavage(alice, follow(alice), "/inbox", clock(), algorithm="hs2019")
    signature = draft.headers["Signature"].partition('signature="')[2].rstrip('"')
    flipped = bytearray(base64.b64decode(signature))
    flipped[0] ^= 1
    spoilt = draft.rewritten("Signature", signature, base64.b64encode(flipped).decode())
    with nothing_written(app, fediverse, fetches=1):
        assert spoilt.send(client).status_code == 401
