"""RFC 9421 HTTP Message Signatures, in the profile that Mastodon 4.5 and Fedify share.

The RFC leaves to the application which components must be covered; that, the times and the digest are checked here,
the signature base and the mathematics by the library `http-message-signatures`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureAlgorithm,
    MappingKeyResolver,
)
from http_message_signatures.algorithms import ED25519, RSA_V1_5_SHA256

from federation.errors import BadSignature, Malformed
from federation.keys import PublicKey
from federation.signatures.digests import check_content_digest, dictionary
from federation.signatures.freshness import check_created
from federation.signatures.received import Received

MAX_HEADER = 8192


@dataclass
class Message:
    """A request in the shape that the library reads and, when signing, writes to."""

    method: str
    url: str
    headers: dict[str, str]


class Verifier(HTTPMessageVerifier):
    """The library's verifier without its clock: `Claim.check_time` has looked at the times with ours."""

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:
        """Leave the times alone."""


@dataclass(frozen=True)
class Claim:
    """The one member of `Signature-Input`, and the request that it speaks of."""

    received: Received
    key_id: str
    covered: tuple[str, ...]
    created: int
    expires: int | None

    def check_coverage(self) -> None:
        """Refuse a signature that leaves out what makes the request this one.

        Raises:
            BadSignature: a required component is missing.
        """
        required = {"@method", "@target-uri"} | ({"content-digest"} if self.received.needs_digest() else set())
        if not required <= set(self.covered):
            raise BadSignature("the signature covers too little")

    def check_time(self, now: datetime) -> None:
        """Check `created`, and `expires` where given.

        Raises:
            BadSignature: outside the window or expired.
        """
        check_created(self.created, self.expires, now)

    def check_key(self, public_key: PublicKey) -> None:
        """Verify the signature; the type of the key decides the algorithm, and a label may only agree with it.

        Raises:
            BadSignature: it does not verify.
        """
        verifier = Verifier(
            signature_algorithm=algorithm_of(public_key),
            key_resolver=MappingKeyResolver(public_keys={self.key_id: public_key}, private_keys={}),
        )
        received = self.received
        url = received.base_url + received.origin_form()
        message = Message(received.method, url, dict(received.headers))
        try:
            verifier.verify(message, max_age=None)
        except (HTTPMessageSignaturesException, ValueError) as error:
            raise BadSignature(f"the signature does not verify: {error}") from None


def algorithm_of(key: PublicKey) -> type[HTTPSignatureAlgorithm]:
    """Return the one algorithm for a kind of key."""
    return RSA_V1_5_SHA256 if isinstance(key, RSAPublicKey) else ED25519


def read(received: Received) -> Claim:
    """Read the signature and check all that needs neither the key nor the clock.

    Raises:
        Malformed: the request line, Host, signature or digest cannot be read.
        BadSignature: not exactly one signature, too little is covered, or the digest is not the body's.
    """
    received.origin_form()
    received.check_host()
    components, parameters = _only_signature(received.headers)
    claim = Claim(
        received=received,
        key_id=_text(parameters.get("keyid")),
        covered=tuple(_component(component) for component in components),
        created=_seconds(parameters.get("created")),
        expires=_seconds(parameters["expires"]) if "expires" in parameters else None,
    )
    claim.check_coverage()
    if "content-digest" in received.headers:
        check_content_digest(received.headers["content-digest"], received.body)
    return claim


def _only_signature(headers: Mapping[str, str]) -> tuple[list[Any], dict[str, Any]]:
    if any(len(headers[name]) > MAX_HEADER for name in ("signature-input", "signature")):
        raise Malformed("the signature is too long")
    inputs, signatures = dictionary(headers["signature-input"]), dictionary(headers["signature"])
    if len(inputs) != 1 or inputs.keys() != signatures.keys():
        raise BadSignature("not exactly one signature")
    (components, parameters), (signature, _) = next(iter(inputs.values())), next(iter(signatures.values()))
    if not isinstance(components, list) or not isinstance(signature, bytes):
        raise Malformed("the signature cannot be read")
    return components, parameters


def _component(component: tuple[Any, dict[str, Any]]) -> str:
    name, parameters = component
    if parameters:
        # `sf`, `bs`, `key`, `tr`, `req` and `name` let a signature cover something other than the plain header.
        raise BadSignature("a component has parameters")
    return _text(name)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise Malformed("the signature cannot be read")
    return value


def _seconds(value: Any) -> int:
    if value is None:
        raise BadSignature("the signature does not say when it was made")
    if isinstance(value, bool) or not isinstance(value, int):
        raise Malformed("created or expires is not a number of seconds")
    return value
