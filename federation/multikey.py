"""Keys as Multikey (FEP-521a): a key and its kind in one text, as `assertionMethod` of an actor lists them."""

from typing import Any

import base58
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from federation.errors import BadSignature
from federation.keys import PublicKey, accepted

BASE58_BTC = "z"
ED25519 = b"\xed\x01"
RSA = b"\x85\x24"
"""The code 0x1205 as an unsigned variable-length integer; PKCS#1 in DER follows."""
MAX_TEXT = 2048
"""An RSA key of 8192 bits has some 1420 characters; decoding takes time that grows with the square of the length."""


def encode(key: PublicKey) -> str:
    """Return a public key as multibase text."""
    if isinstance(key, RSAPublicKey):
        data = RSA + key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    else:
        data = ED25519 + key.public_bytes_raw()
    return write_base58(data)


def decode(text: str) -> PublicKey:
    """Read a public key from multibase text.

    Raises:
        BadSignature: no such text, or a key that we do not take.
    """
    data = read_base58(text)
    kind, rest = data[:2], data[2:]
    if kind not in (ED25519, RSA):
        raise BadSignature("a Multikey of another kind")
    try:
        key = Ed25519PublicKey.from_public_bytes(rest) if kind == ED25519 else accepted(load_der_public_key(rest))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadSignature(f"the Multikey cannot be read: {error}") from None
    if encode(key) != text:
        raise BadSignature("the Multikey is not in its one right spelling")
    return key


def describe(iri: str, controller: str, key: PublicKey) -> dict[str, Any]:
    """Return the object that stands in `assertionMethod` of the actor `controller`."""
    return {"id": iri, "type": "Multikey", "controller": controller, "publicKeyMultibase": encode(key)}


def write_base58(data: bytes) -> str:
    """Return bytes as multibase text in base58btc."""
    return BASE58_BTC + base58.b58encode(data).decode("ascii")


def read_base58(text: str) -> bytes:
    """Read multibase text in base58btc, the one spelling that Multikey and `eddsa-jcs-2022` allow.

    Raises:
        BadSignature: another spelling, or too long.
    """
    if not text.startswith(BASE58_BTC) or len(text) > MAX_TEXT:
        raise BadSignature("not base58btc, or too long")
    try:
        data: bytes = base58.b58decode(text[1:])
    except ValueError as error:
        raise BadSignature(f"not base58btc: {error}") from None
    if write_base58(data) != text:
        raise BadSignature("not base58btc in its one right spelling")
    return data
