"""The published vectors of what we sign and verify; each file in `vectors/` names its source.

Those of draft-cavage, appendix C, are in `test_cavage.py`, next to what our profile makes of them.
"""

import base64
import json
import struct
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver
from http_message_signatures.algorithms import ED25519, HMAC_SHA256, RSA_PSS_SHA512

from federation import keys, multikey, proofs
from federation.errors import BadSignature
from federation.signatures import Received, verify
from federation.signatures.rfc9421 import Message, Verifier, algorithm_of

VECTORS = Path(__file__).parent / "vectors"
ED25519_PRIVATE = b"\x80\x26"
"""The Multikey code of an Ed25519 private key, 0x1300."""


def vectors(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


RFC9421, RFC8785, FEP8B32 = vectors("rfc9421"), vectors("rfc8785"), vectors("fep-8b32")
FEP521A, W3C = vectors("fep-521a"), vectors("w3c-vc-di-eddsa")


@pytest.mark.parametrize("path", sorted(VECTORS.iterdir()), ids=lambda path: path.stem)
def test_every_file_of_vectors_names_its_source(path):
    assert len(vectors(path.stem)["source"]) > 20


# RFC 9421


def rfc9421_message(section: str) -> Message:
    request, signed = RFC9421["request"], RFC9421["signatures"][section]
    headers = {"Signature-Input": signed["input"], "Signature": signed["signature"]}
    return Message(request["method"], request["url"], {**request["headers"], **headers})


PUBLIC = {name: keys.load_public(pem) for name, pem in RFC9421["keys"].items()}
ALGORITHMS = {
    "B.2.1": RSA_PSS_SHA512,
    "B.2.2": RSA_PSS_SHA512,
    "B.2.3": RSA_PSS_SHA512,
    "B.2.5": HMAC_SHA256,
    "B.2.6": ED25519,
}


@pytest.mark.parametrize("section", ALGORITHMS)
def test_signature_of_rfc9421_appendix_b2_verifies_over_the_base_that_we_make(section):
    secret = base64.b64decode(RFC9421["sharedSecret"])
    resolver = MappingKeyResolver(public_keys={**PUBLIC, "test-shared-secret": secret}, private_keys={})
    verifier = Verifier(signature_algorithm=ALGORITHMS[section], key_resolver=resolver)
    if section == "B.2.2":
        verifier.allow_label_only_selection = True
    tag = {"expect_tag": "header-example"} if section == "B.2.2" else {}
    assert len(verifier.verify(rfc9421_message(section), max_age=None, **tag)) == 1


@pytest.mark.parametrize("section", ALGORITHMS)
def test_signature_of_rfc9421_appendix_b2_is_refused_by_our_profile(section):
    """They cover too little, or are of an algorithm that nobody in the fediverse uses."""
    message, request = rfc9421_message(section), RFC9421["request"]
    headers = {name.lower(): value for name, value in message.headers.items()}
    received = Received("POST", "/foo?param=Value&Pet=dog", headers, request["body"].encode(), "https://example.com")
    with pytest.raises(BadSignature, match=r"too little|parameters"):
        verify(received, PUBLIC["test-key-ed25519"], now=datetime.fromtimestamp(1618884473, UTC))


def test_signing_as_in_rfc9421_appendix_b26_gives_the_same_bytes():
    key = load_pem_private_key(RFC9421["ed25519PrivateKey"].encode(), password=None)
    headers = {name: value for name, value in RFC9421["request"]["headers"].items() if name != "Content-Digest"}
    message = Message(RFC9421["request"]["method"], RFC9421["request"]["url"], headers)
    resolver = MappingKeyResolver(public_keys={}, private_keys={"test-key-ed25519": key})
    HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=resolver).sign(
        message,
        key_id="test-key-ed25519",
        created=datetime.fromtimestamp(1618884473, UTC),
        label="sig-b26",
        include_alg=False,
        covered_component_ids=("date", "@method", "@path", "@authority", "content-type", "content-length"),
    )
    assert message.headers["Signature-Input"] == RFC9421["signatures"]["B.2.6"]["input"]
    assert message.headers["Signature"] == RFC9421["signatures"]["B.2.6"]["signature"]


def test_proxys_signature_of_rfc9421_section_43_is_by_the_algorithm_that_we_use():
    proxy = RFC9421["proxy"]
    PUBLIC["test-key-rsa"].verify(base64.b64decode(proxy["signature"]), proxy["base"].encode(), PKCS1v15(), SHA256())


def test_proxys_signature_of_rfc9421_section_43_is_over_the_base_that_is_built():
    proxy, headers = RFC9421["proxy"], dict(RFC9421["request"]["headers"])
    headers |= {
        "Host": "origin.host.internal.example",
        "Forwarded": "for=192.0.2.123;host=example.com;proto=https",
        "Signature-Input": proxy["input"],
        "Signature": f"proxy_sig=:{proxy['signature']}:",
    }
    resolver = MappingKeyResolver(public_keys=PUBLIC, private_keys={})
    from_rfc = Message("POST", "https://origin.host.internal.example/foo", headers)
    verifier = Verifier(signature_algorithm=algorithm_of(PUBLIC["test-key-rsa"]), key_resolver=resolver)
    assert len(verifier.verify(from_rfc, max_age=None)) == 1


# RFC 8785


def test_sample_of_rfc8785_has_its_bytes():
    assert rfc8785.dumps(json.loads(RFC8785["sample"])).hex() == RFC8785["sampleBytes"]


def test_keys_are_sorted_as_rfc8785_says():
    document = json.loads(RFC8785["sorted"])
    assert list(json.loads(rfc8785.dumps(document)).values()) == RFC8785["sortedValues"]


@pytest.mark.parametrize(("bits", "text"), RFC8785["numbers"].items())
def test_number_of_rfc8785_appendix_b(bits, text):
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    assert rfc8785.dumps(number).decode() == text


@pytest.mark.parametrize("bits", RFC8785["refused"])
def test_what_is_no_number_has_no_canonical_form(bits):
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    with pytest.raises(rfc8785.FloatDomainError):
        rfc8785.dumps(number)


# FEP-521a


def test_ed25519_key_of_fep_521a():
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(FEP521A["ed25519"]["hex"]))
    assert multikey.encode(key) == FEP521A["ed25519"]["multibase"]
    assert multikey.decode(FEP521A["ed25519"]["multibase"]) == key


def test_rsa_key_of_fep_521a():
    key: Any = multikey.decode(FEP521A["rsa"]["multibase"])
    assert key.public_bytes(Encoding.DER, PublicFormat.PKCS1).hex() == FEP521A["rsa"]["pkcs1"]
    assert multikey.encode(key) == FEP521A["rsa"]["multibase"]


# FEP-8b32 and W3C vc-di-eddsa


def private_key(text: str) -> Ed25519PrivateKey:
    data = multikey.read_base58(text)
    assert data[:2] == ED25519_PRIVATE
    return Ed25519PrivateKey.from_private_bytes(data[2:])


def test_key_pair_of_the_w3c_is_the_one_of_fep_8b32():
    assert multikey.encode(private_key(W3C["privateKeyMultibase"]).public_key()) == W3C["publicKeyMultibase"]
    assert FEP8B32["publicKeyMultibase"] == W3C["publicKeyMultibase"]


def test_document_of_fep_8b32_gets_exactly_its_proof():
    signed = FEP8B32["signed"]
    bare = {key: value for key, value in signed.items() if key != "proof"}
    prover = proofs.Prover("https://server.example/users/alice#ed25519-key", private_key(FEP8B32["secretKeyMultibase"]))
    assert proofs.prove(bare, prover, now=datetime.fromisoformat(FEP8B32["now"])) == signed


def test_document_of_fep_8b32_verifies():
    proof = proofs.read(FEP8B32["signed"], now=datetime.fromisoformat(FEP8B32["now"]))
    assert proof is not None
    assert proof.method == "https://server.example/users/alice#ed25519-key"
    proof.verify(multikey.decode(FEP8B32["publicKeyMultibase"]))


def test_credential_of_the_w3c_verifies():
    proof = proofs.read(W3C["signed"], now=datetime(2026, 11, 21, tzinfo=UTC))
    assert proof is not None
    proof.verify(multikey.decode(W3C["publicKeyMultibase"]))


def test_credential_of_the_w3c_gets_exactly_its_proof():
    signed = W3C["signed"]
    prover = proofs.Prover(signed["proof"]["verificationMethod"], private_key(W3C["privateKeyMultibase"]))
    assert proofs.prove(signed, prover, now=datetime.fromisoformat(signed["proof"]["created"])) == signed


def test_combined_hash_of_the_w3c_is_of_the_options_first():
    """The published hash is of an earlier proof, whose method was a `did:key`; the document is the same."""
    options = {key: value for key, value in W3C["signed"]["proof"].items() if key != "proofValue"}
    options["verificationMethod"] = W3C["didKeyMethod"]
    bare = {key: value for key, value in W3C["signed"].items() if key != "proof"}
    combined = sha256(rfc8785.dumps(options)).digest() + sha256(rfc8785.dumps(bare)).digest()
    assert combined.hex() == W3C["didKeyCombinedHash"]
