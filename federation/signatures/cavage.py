"""draft-cavage-http-signatures-12, as the fediverse signs and stricter than it verifies.

A body's `digest`, `(request-target)`, `host` and a time must be covered; everything that peers send is signed so.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from federation.errors import BadSignature, Malformed
from federation.keys import PublicKey
from federation.signatures.digests import check_digest, strict_base64
from federation.signatures.freshness import check_created, check_moment, parse_http_date
from federation.signatures.received import Received

MAX_HEADER = 8192

_PARAMETER = re.compile(r'\s*(?P<name>[A-Za-z]{1,32})=(?:"(?P<text>[^"\\]*)"|(?P<number>[0-9]{1,12}))\s*(?:,|\Z)')
_SECONDS = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True)
class Claim:
    """The parameters of a `Signature` header, and the request that they speak of."""

    received: Received
    key_id: str
    algorithm: str
    covered: tuple[str, ...]
    signature: bytes
    created: int | None
    expires: int | None

    algorithms: ClassVar[frozenset[str]] = frozenset({"rsa-sha256", "hs2019"})

    def check_coverage(self) -> None:
        """Refuse a signature that leaves out what makes the request this one.

        Raises:
            BadSignature: a part is missing, named twice or not in the request, or the label is of an algorithm that
                we do not take (`none`, `hmac-sha256`, `rsa-sha1`: the label is the attacker's to choose).
        """
        covered = set(self.covered)
        if self.algorithm not in self.algorithms:
            raise BadSignature("the algorithm is not accepted")
        if len(covered) != len(self.covered):
            raise BadSignature("a header is covered twice")
        required = {"(request-target)", "host"} | ({"digest"} if self.received.needs_digest() else set())
        if not required <= covered or not covered & {"date", "(created)"}:
            raise BadSignature("the signature covers too little")
        if self.algorithm == "rsa-sha256" and covered & {"(created)", "(expires)"}:
            raise BadSignature("(created) and (expires) belong to hs2019 only")
        for name in self.covered:
            self._value(name, "")

    def check_time(self, now: datetime) -> None:
        """Check `Date` where covered, `created` and `expires` where given.

        Raises:
            BadSignature: outside the window, expired, or not a date.
        """
        if "date" in self.covered:
            check_moment(parse_http_date(self.received.headers["date"].strip()), now)
        check_created(self.created, self.expires, now)

    def check_key(self, public_key: PublicKey) -> None:
        """Verify the signature; the type of the key decides the algorithm.

        `(request-target)` is tried with the query and without it, as Takahē, Fedify and Mastodon before 2024 sign.

        Raises:
            BadSignature: it does not verify.
        """
        target = self.received.origin_form()
        for candidate in dict.fromkeys((target, target.partition("?")[0])):
            if self._verifies(public_key, candidate):
                return
        raise BadSignature("the signature does not verify")

    def _verifies(self, public_key: PublicKey, target: str) -> bool:
        try:
            text = signing_string([(name, self._value(name, target)) for name in self.covered])
            if isinstance(public_key, Ed25519PublicKey):
                public_key.verify(self.signature, text)
            else:
                public_key.verify(self.signature, text, PKCS1v15(), SHA256())
        except (InvalidSignature, UnicodeEncodeError):
            return False
        return True

    def _value(self, name: str, target: str) -> str:
        if name == "(request-target)":
            return f"{self.received.method.lower()} {target}"
        special = {"(created)": self.created, "(expires)": self.expires}
        value = special[name] if name in special else self.received.headers.get(name)
        if value is None:
            raise BadSignature(f"{name[:40]} is covered but not there")
        return str(value).strip()


def signing_string(lines: Sequence[tuple[str, str]]) -> bytes:
    """Return what is signed: one `name: value` per line (section 2.3 of the draft), bytes as on the wire."""
    return "\n".join(f"{name}: {value}" for name, value in lines).encode("latin-1")


def read(received: Received) -> Claim:
    """Read the `Signature` header and check all that needs neither the key nor the clock.

    Raises:
        Malformed: the request line, Host, signature or digest cannot be read.
        BadSignature: too little is covered, or the digest is not the body's.
    """
    received.origin_form()
    received.check_host()
    parameters = _parameters(received.headers["signature"])
    if "keyid" not in parameters or "signature" not in parameters:
        raise Malformed("the signature has no keyId or no value")
    claim = Claim(
        received=received,
        key_id=parameters["keyid"],
        algorithm=parameters.get("algorithm", "hs2019").lower(),
        covered=tuple(parameters.get("headers", "date").lower().split()),
        signature=strict_base64(parameters["signature"]),
        created=_seconds(parameters.get("created")),
        expires=_seconds(parameters.get("expires")),
    )
    claim.check_coverage()
    if "digest" in received.headers:
        check_digest(received.headers["digest"], received.body)
    return claim


def _parameters(header: str) -> dict[str, str]:
    if len(header) > MAX_HEADER:
        raise Malformed("the signature is too long")
    parameters: dict[str, str] = {}
    position = 0
    while position < len(header):
        match = _PARAMETER.match(header, position)
        if match is None:
            raise Malformed("the signature cannot be read")
        name = match["name"].lower()
        if name in parameters:
            raise Malformed(f"the signature's parameter {name} occurs twice")
        parameters[name] = match["text"] if match["text"] is not None else match["number"]
        position = match.end()
    return parameters


def _seconds(value: str | None) -> int | None:
    if value is None:
        return None
    if not _SECONDS.fullmatch(value):
        raise Malformed("created or expires is not a number of seconds")
    return int(value)
