"""Key pairs: ours made and kept as PEM, others' read with care."""

from functools import lru_cache
from typing import TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from federation.errors import BadSignature

PublicKey: TypeAlias = RSAPublicKey | Ed25519PublicKey

KEY_BITS = 2048
MIN_RSA_BITS = 2048
MAX_RSA_BITS = 8192
MAX_PEM = 8192


def generate() -> tuple[str, str]:
    """Make an RSA-2048 key pair, the one kind that every peer verifies.

    Returns:
        The private key as PKCS#8 PEM and the public key as SPKI PEM. Takes 40 to 110 ms.
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private.decode("ascii"), pem_of(key.public_key())


def generate_ed25519() -> tuple[str, str]:
    """Make an Ed25519 key pair, which vouches for documents (FEP-8b32); returned as `generate` does."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private.decode("ascii"), pem_of(key.public_key())


def pem_of(key: PublicKey) -> str:
    """Return a public key as SPKI PEM, the one form that is stored."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


@lru_cache(maxsize=1024)
def load_private_ed25519(pem: str) -> Ed25519PrivateKey:
    """Read an Ed25519 private key of our own and keep the object.

    Raises:
        ValueError: not the PEM of an Ed25519 private key.
    """
    key = load_pem_private_key(pem.encode("ascii"), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("not an Ed25519 private key")
    return key


@lru_cache(maxsize=1024)
def load_private(pem: str) -> RSAPrivateKey:
    """Read a private key of our own and keep the object.

    The full check of a key takes 34 to 78 ms, a hundred times a signature; it is skipped because we made the key.

    Raises:
        ValueError: not the PEM of an RSA private key.
    """
    key = load_pem_private_key(pem.encode("ascii"), password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("not an RSA private key")
    return key


@lru_cache(maxsize=4096)
def load_public(pem: str) -> PublicKey:
    """Read the public key of a peer: SPKI, or PKCS#1 as some servers send it.

    Raises:
        BadSignature: not a public key, RSA outside 2048 to 8192 bits, or of a kind other than RSA and Ed25519.
    """
    if len(pem) > MAX_PEM:
        raise BadSignature("the public key is too long")
    try:
        key = load_pem_public_key(pem.encode("ascii"))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadSignature(f"the public key cannot be read: {error}") from None
    return accepted(key)


def accepted(key: object) -> PublicKey:
    """Return a public key that was read, if it is one that we take.

    Raises:
        BadSignature: RSA outside 2048 to 8192 bits, or of a kind other than RSA and Ed25519.
    """
    if isinstance(key, RSAPublicKey):
        if not MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
            raise BadSignature(f"an RSA key of {key.key_size} bits")
        return key
    if isinstance(key, Ed25519PublicKey):
        return key
    raise BadSignature(f"a key of the kind {type(key).__name__}")
