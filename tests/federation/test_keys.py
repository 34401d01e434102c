"""What a peer's key must be, and that ours are what every peer reads."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from federation import keys
from federation.errors import BadSignature

KEYS = Path(__file__).parents[1] / "keys"


def spki(key) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def test_generated_pair_belongs_together_and_has_2048_bits():
    private, public = keys.generate()
    assert private.startswith("-----BEGIN PRIVATE KEY-----")
    assert public.startswith("-----BEGIN PUBLIC KEY-----")
    key = keys.load_public(public)
    assert isinstance(key, RSAPublicKey)
    assert key.key_size == 2048
    key.verify(keys.load_private(private).sign(b"letter", PKCS1v15(), SHA256()), b"letter", PKCS1v15(), SHA256())


def test_private_key_object_is_kept():
    pem = (KEYS / "alice.pem").read_text()
    assert keys.load_private(pem) is keys.load_private(pem)


def test_private_key_of_another_kind_is_refused():
    pem = ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(ValueError, match="RSA"):
        keys.load_private(pem.decode())


def test_public_key_in_pkcs1_is_read_and_is_the_same_key():
    key = keys.load_private((KEYS / "alice.pem").read_text()).public_key()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode()
    assert pem.startswith("-----BEGIN RSA PUBLIC KEY-----")
    assert keys.load_public(pem) == keys.load_public((KEYS / "alice.public.pem").read_text())


def test_public_key_with_white_space_around_it_is_read():
    assert keys.load_public("\n  " + (KEYS / "bob.public.pem").read_text() + "\n\n")


def test_ed25519_key_is_read():
    assert isinstance(keys.load_public(spki(ed25519.Ed25519PrivateKey.generate())), Ed25519PublicKey)


@pytest.mark.parametrize("bits", [1024, 2040])
def test_short_rsa_key_is_refused(bits):
    pem = spki(rsa.generate_private_key(public_exponent=65537, key_size=bits))
    with pytest.raises(BadSignature, match="bits"):
        keys.load_public(pem)


def test_huge_rsa_key_is_refused():
    # No such key is generated, which would take minutes: the modulus need not be a product of two primes to be read.
    numbers = rsa.RSAPublicNumbers(65537, (1 << 8200) + 1)
    pem = numbers.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    with pytest.raises(BadSignature, match="bits"):
        keys.load_public(pem)


def test_key_of_another_kind_is_refused():
    for key in (ec.generate_private_key(ec.SECP256R1()), dsa.generate_private_key(2048)):
        with pytest.raises(BadSignature, match="kind"):
            keys.load_public(spki(key))


@pytest.mark.parametrize(
    "pem",
    [
        "",
        "no key",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\né\n-----END PUBLIC KEY-----",
        (KEYS / "alice.pem").read_text(),
    ],
    ids=["empty", "text", "not a key inside", "not ASCII", "a private key"],
)
def test_what_is_no_public_key_is_refused(pem):
    with pytest.raises(BadSignature):
        keys.load_public(pem)


def test_overlong_pem_is_refused_unread():
    with pytest.raises(BadSignature, match="long"):
        keys.load_public((KEYS / "alice.public.pem").read_text() + "\n" * 10_000)
