"""Digests of bodies: `Digest` (RFC 3230) beside cavage signatures, `Content-Digest` (RFC 9530) beside RFC 9421."""

import base64
import binascii
import hashlib
from typing import Any, cast

import http_sf

from federation.errors import BadSignature, Malformed

_HASHES = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}


def digest_of(body: bytes) -> str:
    """Return the value of `Digest` for a body."""
    return "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode("ascii")


def check_digest(value: str, body: bytes) -> None:
    """Check a `Digest` header, a list of `algorithm=base64` whose names know no case.

    Raises:
        Malformed: not such a list.
        BadSignature: no SHA-256 in it, or one that is not the body's.
    """
    members = []
    for member in value.split(","):
        name, separator, text = member.strip().partition("=")
        if not name or not separator:
            raise Malformed("the Digest is malformed")
        if name.lower() in _HASHES:
            members.append((name.lower(), strict_base64(text)))
    _compare(members, body)


def check_content_digest(value: str, body: bytes) -> None:
    """Check a `Content-Digest` header, a dictionary of byte sequences.

    Raises:
        Malformed: not such a dictionary.
        BadSignature: no sha-256 in it, or one that is not the body's.
    """
    members = []
    for name, member in dictionary(value).items():
        if not isinstance(member[0], bytes):
            raise Malformed("the Content-Digest is malformed")
        if name in _HASHES:
            members.append((name, member[0]))
    _compare(members, body)


def dictionary(value: str) -> dict[str, Any]:
    """Read a structured field of the dictionary type (RFC 9651).

    Raises:
        Malformed: it is not one, or has a key twice.
    """
    try:
        parsed = http_sf.parse(value.encode("ascii"), tltype="dictionary", on_duplicate_key=_refuse_duplicate)
    except ValueError as error:
        raise Malformed(f"a structured field cannot be read: {error}") from None
    return cast(dict[str, Any], parsed)


def strict_base64(text: str) -> bytes:
    """Decode base64 that is spelled in the one right way.

    Raises:
        Malformed: white space, another alphabet, wrong padding, stray bits, or nothing at all.
    """
    try:
        data = base64.b64decode(text.encode("ascii"))
    except (binascii.Error, ValueError):
        raise Malformed("not base64") from None
    if not data or base64.b64encode(data).decode("ascii") != text:
        raise Malformed("not base64")
    return data


def _refuse_duplicate(key: str, _context: str) -> None:
    raise ValueError(f"{key[:40]} occurs twice")


def _compare(members: list[tuple[str, bytes]], body: bytes) -> None:
    if not any(name == "sha-256" for name, _ in members):
        raise BadSignature("no SHA-256 digest")
    if any(_HASHES[name](body).digest() != digest for name, digest in members):
        raise BadSignature("the digest is not the body's")
