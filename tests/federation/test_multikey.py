"""Keys in the spelling of FEP-521a: the two kinds that we take, and one right spelling of each."""

import contextlib

import base58
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from federation import keys, multikey
from federation.errors import BadSignature

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
ED25519 = Ed25519PrivateKey.generate().public_key()
RSA_CODE, ED25519_CODE = b"\x85\x24", b"\xed\x01"


def spelled(data: bytes) -> str:
    return "z" + base58.b58encode(data).decode()


def pkcs1(key) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)


@pytest.mark.parametrize("key", [RSA, ED25519], ids=["RSA", "Ed25519"])
def test_key_is_written_and_read_again(key):
    assert multikey.decode(multikey.encode(key)) == key
    assert keys.load_public(keys.pem_of(multikey.decode(multikey.encode(key)))) == key


def test_prefixes_are_those_of_the_multicodec_table():
    assert base58.b58decode(multikey.encode(ED25519)[1:]) == ED25519_CODE + ED25519.public_bytes_raw()
    assert base58.b58decode(multikey.encode(RSA)[1:]) == RSA_CODE + pkcs1(RSA)


def test_description_is_what_an_actor_lists():
    assert multikey.describe("https://a.test/alice#key", "https://a.test/alice", ED25519) == {
        "id": "https://a.test/alice#key",
        "type": "Multikey",
        "controller": "https://a.test/alice",
        "publicKeyMultibase": multikey.encode(ED25519),
    }


@pytest.mark.parametrize("bits", [8192, 2048])
def test_largest_and_smallest_rsa_key_that_we_take_fit(bits):
    # The modulus need not be a product of two primes to be read, and finding primes of that size takes minutes.
    key = rsa.RSAPublicNumbers(65537, (1 << (bits - 1)) + 1).public_key()
    assert multikey.decode(multikey.encode(key)) == key


def subject_public_key_info(key) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


REFUSED = {
    "empty": "",
    "no multibase": multikey.encode(ED25519)[1:],
    "base64url": "u" + multikey.encode(ED25519)[1:],
    "nothing inside": "z",
    "white space after it": multikey.encode(ED25519) + " ",
    "characters that base58 leaves out": "z0OIl",
    "not ASCII": "zé",
    "another kind": spelled(b"\x12\x00" + bytes(33)),
    "a private key": spelled(b"\x80\x26" + bytes(32)),
    "Ed25519, short": spelled(ED25519_CODE + bytes(31)),
    "Ed25519, long": spelled(ED25519_CODE + bytes(33)),
    "RSA of no bytes": spelled(RSA_CODE),
    "RSA with something after it": spelled(RSA_CODE + pkcs1(RSA) + b"\x00"),
    "RSA as SPKI": spelled(RSA_CODE + subject_public_key_info(RSA)),
    "P-256 under the code of RSA": spelled(
        RSA_CODE + subject_public_key_info(ec.generate_private_key(ec.SECP256R1()).public_key())
    ),
    "RSA of 1024 bits": spelled(RSA_CODE + pkcs1(rsa.RSAPublicNumbers(65537, (1 << 1023) + 1).public_key())),
    "RSA of 8200 bits": spelled(RSA_CODE + pkcs1(rsa.RSAPublicNumbers(65537, (1 << 8199) + 1).public_key())),
    "very long": "z" + "2" * 100_000,
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_key_is_refused(name):
    with pytest.raises(BadSignature):
        multikey.decode(REFUSED[name])


def test_long_text_is_refused_unread(monkeypatch):
    monkeypatch.setattr(multikey.base58, "b58decode", lambda text: pytest.fail("was decoded"))
    with pytest.raises(BadSignature, match="long"):
        multikey.decode("z" + "2" * multikey.MAX_TEXT)


@given(st.text(max_size=200) | st.binary(max_size=80).map(spelled))
def test_nothing_raises_anything_else(text):
    with contextlib.suppress(BadSignature):
        assert multikey.encode(multikey.decode(text)) == text
