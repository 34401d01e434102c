"""Proofs of FEP-8b32: one good document, then one thing changed at a time."""

import copy
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from federation import keys, multikey, proofs
from federation.errors import BadSignature
from tests.federation.test_keys import KEYS

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PRIVATE = Ed25519PrivateKey.generate()
PUBLIC = PRIVATE.public_key()
METHOD = "https://a.test/alice#ed25519-key"
DOCUMENT: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/data-integrity/v2"],
    "id": "https://a.test/alice/activities/1",
    "type": "Accept",
    "actor": "https://a.test/alice",
    "object": {"id": "https://us.test/1", "type": "Join", "latitude": 1.0, "name": "é"},
}


def proven(document: dict[str, Any] = DOCUMENT, now: datetime = NOW) -> dict[str, Any]:
    return copy.deepcopy(proofs.prove(document, proofs.Prover(METHOD, PRIVATE), now=now))


def accepted(document: dict[str, Any], now: datetime = NOW) -> proofs.Proof:
    proof = proofs.read(document, now=now)
    assert proof is not None
    proof.verify(PUBLIC)
    return proof


def refused(document: dict[str, Any], why: str = "", now: datetime = NOW) -> None:
    with pytest.raises(BadSignature, match=why):
        accepted(document, now)


def signed_by_hand(options: dict[str, Any], document: dict[str, Any] = DOCUMENT) -> dict[str, Any]:
    """Return a document whose proof has exactly these options, and a value that is right for them."""
    value = PRIVATE.sign(sha256(rfc8785.dumps(options)).digest() + sha256(rfc8785.dumps(document)).digest())
    return {**document, "proof": {**options, "proofValue": multikey.write_base58(value)}}


def options(**changes: Any) -> dict[str, Any]:
    made = {key: value for key, value in proven()["proof"].items() if key != "proofValue"} | changes
    return {key: value for key, value in made.items() if value is not None}


def test_proof_is_of_the_form_that_peers_read():
    proof = proven()["proof"]
    assert proof.pop("proofValue").startswith("z")
    assert proof == {
        "@context": DOCUMENT["@context"],
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": METHOD,
        "proofPurpose": "assertionMethod",
        "created": "2026-11-21T12:00:00Z",
    }


def test_what_we_prove_verifies_and_says_who_and_when():
    proof = accepted(proven())
    assert (proof.method, proof.created) == (METHOD, NOW)


def test_moment_of_signing_is_written_in_utc():
    moment = NOW.astimezone(datetime.fromisoformat("2026-11-21T12:00:00+05:00").tzinfo)
    assert proven(now=moment)["proof"]["created"] == "2026-11-21T12:00:00Z"


def test_document_itself_stays_as_it_was():
    before = copy.deepcopy(DOCUMENT)
    proofs.prove(DOCUMENT, proofs.Prover(METHOD, PRIVATE), now=NOW)
    assert before == DOCUMENT


def test_earlier_proof_and_signature_are_replaced_and_not_covered():
    again = proofs.prove(
        {**proven(), "signature": {"type": "RsaSignature2017"}}, proofs.Prover(METHOD, PRIVATE), now=NOW
    )
    assert again == proven()


def test_document_without_context_is_proven_and_verified_without():
    document = {key: value for key, value in DOCUMENT.items() if key != "@context"}
    signed = proven(document)
    assert "@context" not in signed["proof"]
    accepted(signed)


def test_linked_data_signature_put_on_afterwards_changes_nothing():
    accepted({**proven(), "signature": {"type": "RsaSignature2017", "signatureValue": "AAAA"}})


def test_context_added_behind_that_of_the_proof_changes_nothing():
    signed = proven()
    signed["@context"] = [*signed["@context"], "https://more.test/context"]
    accepted(signed)


def test_context_as_one_text_is_the_list_of_it():
    signed = proven({**DOCUMENT, "@context": "https://www.w3.org/ns/activitystreams"})
    signed["@context"] = ["https://www.w3.org/ns/activitystreams"]
    accepted(signed)


def test_order_of_keys_and_spelling_of_numbers_do_not_count():
    signed = proven()
    signed["object"]["latitude"] = 1
    accepted(dict(reversed(signed.items())))


def test_proof_beside_others_of_other_suites_counts():
    signed = proven()
    signed["proof"] = [{"type": "DataIntegrityProof", "cryptosuite": "mldsa44-jcs-2024"}, "text", signed["proof"]]
    accepted(signed)


@pytest.mark.parametrize(
    "proof",
    [
        None,
        [],
        "a proof",
        7,
        {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022"},
        {"type": "Ed25519Signature2020", "cryptosuite": "eddsa-jcs-2022"},
        {"cryptosuite": "eddsa-jcs-2022"},
    ],
)
def test_proof_that_we_cannot_read_is_none(proof):
    assert proofs.read({**DOCUMENT, "proof": proof}, now=NOW) is None


def test_document_without_a_proof_has_none():
    assert proofs.read(DOCUMENT, now=NOW) is None


def with_value(change: Any) -> Any:
    def apply(document: dict[str, Any]) -> None:
        document["proof"]["proofValue"] = change(document["proof"]["proofValue"])

    return apply


def flipped(value: str) -> str:
    data = bytearray(multikey.read_base58(value))
    data[0] ^= 1
    return multikey.write_base58(bytes(data))


CHANGES = {
    "the actor": lambda document: document.update(actor="https://a.test/bob"),
    "a nested text": lambda document: document["object"].update(name="e"),
    "a nested number": lambda document: document["object"].update(latitude=1.5),
    "something more": lambda document: document.update(extra=None),
    "something less": lambda document: document.pop("type"),
    "the method": lambda document: document["proof"].update(verificationMethod=METHOD + "2"),
    "the moment": lambda document: document["proof"].update(created="2026-11-21T12:00:01Z"),
    "the moment left out": lambda document: document["proof"].pop("created"),
    "more options": lambda document: document["proof"].update(nonce="1"),
    "the context of the proof left out": lambda document: document["proof"].pop("@context"),
    "a bit of the value": with_value(flipped),
}


@pytest.mark.parametrize("name", CHANGES)
def test_one_change_is_refused(name):
    signed = proven()
    CHANGES[name](signed)
    refused(signed, "does not verify")


def test_signature_over_the_document_before_the_options_is_refused():
    made = options()
    value = PRIVATE.sign(sha256(rfc8785.dumps(DOCUMENT)).digest() + sha256(rfc8785.dumps(made)).digest())
    refused({**DOCUMENT, "proof": {**made, "proofValue": multikey.write_base58(value)}}, "does not verify")


def test_another_key_is_refused():
    proof = proofs.read(proven(), now=NOW)
    assert proof is not None
    with pytest.raises(BadSignature, match="does not verify"):
        proof.verify(Ed25519PrivateKey.generate().public_key())


def test_rsa_key_is_refused():
    proof = proofs.read(proven(), now=NOW)
    assert proof is not None
    with pytest.raises(BadSignature, match="Ed25519"):
        proof.verify(keys.load_public((KEYS / "alice.public.pem").read_text()))


@pytest.mark.parametrize("purpose", ["authentication", "capabilityInvocation", "", None, ["assertionMethod"]])
def test_proof_for_another_purpose_is_refused(purpose):
    refused(signed_by_hand(options(proofPurpose=purpose)), "purpose")


@pytest.mark.parametrize("method", [None, 7, {"id": METHOD}])
def test_proof_that_names_no_key_is_refused(method):
    refused(signed_by_hand(options(verificationMethod=method)), "names no key")


@pytest.mark.parametrize("value", [None, 7, ["z1"]])
def test_proof_without_a_value_is_refused(value):
    signed = proven()
    signed["proof"]["proofValue"] = value
    refused(signed, "has no value")


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value[1:],
        lambda value: "m" + value[1:],
        lambda value: value + " ",
        lambda value: value + "1",
        lambda value: multikey.write_base58(multikey.read_base58(value)[:-1]),
        lambda value: multikey.write_base58(multikey.read_base58(value) + b"\x00"),
        lambda value: "z" + value[1:] * 100,
    ],
    ids=["no multibase", "base64", "white space", "a digit more", "short", "long", "very long"],
)
def test_value_that_is_no_signature_is_refused(change):
    signed = proven()
    signed["proof"]["proofValue"] = change(signed["proof"]["proofValue"])
    refused(signed, r"base58btc|not a signature")


def test_two_proofs_of_our_suite_are_refused():
    signed = proven()
    signed["proof"] = [signed["proof"], signed["proof"]]
    refused(signed, "more than one")


@pytest.mark.parametrize(
    "context",
    [
        None,
        "https://www.w3.org/ns/activitystreams",
        list(reversed(DOCUMENT["@context"])),
        ["https://more.test/context", *DOCUMENT["@context"]],
    ],
)
def test_document_in_another_context_than_its_proof_is_refused(context):
    refused({**proven(), "@context": context}, "another context")


@pytest.mark.parametrize(
    "created", ["yesterday", "2026-11-21T12:00:00", 1795000000, "2026-11-21T12:00:00Z" + "0" * 40, True]
)
def test_moment_that_is_none_is_refused(created):
    refused(signed_by_hand(options(created=created)), "a time of the proof")
    refused(signed_by_hand(options(expires=created)), "a time of the proof")


def test_proof_without_a_moment_is_accepted():
    assert accepted(signed_by_hand(options(created=None))).created is None


def test_proof_from_the_future_is_refused_beyond_what_clocks_differ():
    accepted(proven(now=NOW + timedelta(minutes=65)))
    refused(proven(now=NOW + timedelta(minutes=65, seconds=1)), "future")


def test_old_proof_stands():
    accepted(proven(), now=NOW + timedelta(days=4000))


def test_expired_proof_is_passed_over():
    signed = signed_by_hand(options(expires="2026-11-21T12:00:00Z"))
    accepted(signed)
    assert proofs.read(signed, now=NOW + timedelta(seconds=1)) is None


@pytest.mark.parametrize("value", [2**60, float("nan"), "\ud800"], ids=["integer", "no number", "surrogate"])
def test_document_without_a_canonical_form_is_refused(value):
    refused({**proven(), "more": value}, "canonical")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_any_document_can_be_proven_and_read_again(document):
    signed = proofs.prove(document, proofs.Prover(METHOD, PRIVATE), now=NOW)
    accepted(signed)


@given(JSON, st.sampled_from(["proofValue", "created", "expires", "verificationMethod", "proofPurpose", "@context"]))
def test_nothing_in_a_proof_raises_anything_else(value, name):
    signed = proven()
    signed["proof"][name] = value
    try:
        proof = proofs.read(signed, now=NOW)
        if proof is not None:
            proof.verify(PUBLIC)
    except BadSignature:
        pass
