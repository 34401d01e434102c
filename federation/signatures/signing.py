"""Sign what goes out: draft-cavage first, because Mobilizon, Lemmy and GoToSocial read nothing else."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver
from http_message_signatures.algorithms import RSA_V1_5_SHA256
from requests import PreparedRequest
from requests.auth import AuthBase

from federation.activities import CONTENT_TYPE
from federation.signatures.cavage import signing_string
from federation.signatures.digests import digest_of
from federation.signatures.freshness import http_date
from federation.signatures.received import DEFAULT_PORTS
from federation.signatures.rfc9421 import Message

Scheme: TypeAlias = Literal["cavage", "rfc9421"]


@dataclass(frozen=True)
class Signer:
    """Who signs: the id of the key as peers fetch it, and the private half."""

    key_id: str
    private_key: RSAPrivateKey


def sign(
    signer: Signer,
    method: str,
    url: str,
    body: bytes | None,
    *,
    now: datetime,
    scheme: Scheme = "cavage",
    content_type: str = CONTENT_TYPE,
    accept: str | None = None,
) -> dict[str, str]:
    """Return the headers to add to a request.

    Args:
        signer: whose key signs.
        method: the method in capitals.
        url: the address exactly as it will be requested, percent-encoded, without a fragment.
        body: the bytes to send, or None for a request that has none.
        now: the moment of signing.
        scheme: which of the two ways of signing.
        content_type: the body's type; unused without a body.
        accept: the `Accept` header that the request will have, covered by a cavage signature of a GET.
    """
    parts = urlsplit(url)
    headers = {"Host": parts.netloc.removesuffix(DEFAULT_PORTS[parts.scheme]), "Date": http_date(now)}
    if body is not None:
        headers["Content-Type"] = content_type
    if scheme == "rfc9421":
        return headers | _rfc9421(signer, method, url, body, now)
    if body is not None:
        headers["Digest"] = digest_of(body)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [("(request-target)", f"{method.lower()} {target}"), ("host", headers["Host"]), ("date", headers["Date"])]
    if body is not None:
        lines += [("digest", headers["Digest"]), ("content-type", content_type)]
    elif accept is not None:
        lines.append(("accept", accept))
    signature = base64.b64encode(signer.private_key.sign(signing_string(lines), PKCS1v15(), SHA256())).decode("ascii")
    covered = " ".join(name for name, _ in lines)
    headers["Signature"] = f'keyId="{signer.key_id}",algorithm="rsa-sha256",headers="{covered}",signature="{signature}"'
    return headers


def _rfc9421(signer: Signer, method: str, url: str, body: bytes | None, now: datetime) -> dict[str, str]:
    message = Message(method, url, {})
    resolver = MappingKeyResolver(public_keys={}, private_keys={signer.key_id: signer.private_key})
    HTTPMessageSigner(signature_algorithm=RSA_V1_5_SHA256, key_resolver=resolver).sign(
        message,
        key_id=signer.key_id,
        created=now,
        label="sig1",
        include_alg=False,
        covered_component_ids=("@method", "@target-uri"),
        body=body,  # adds Content-Digest and covers it
    )
    return message.headers


class Signed(AuthBase):
    """Sign each request at the moment it is prepared: `requests.Request(..., auth=Signed(signer, clock=...))`."""

    def __init__(self, signer: Signer, *, clock: Callable[[], datetime], scheme: Scheme = "cavage") -> None:
        """Remember who signs and how; `clock` gives the moment of each signing, with a time zone."""
        self._signer = signer
        self._clock = clock
        self._scheme = scheme

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Add the headers of a fresh signature to a prepared request."""
        assert request.method is not None
        assert request.url is not None
        body = request.body.encode("utf-8") if isinstance(request.body, str) else request.body
        assert body is None or isinstance(body, bytes)
        headers = sign(
            self._signer,
            request.method,
            request.url,
            body,
            now=self._clock(),
            scheme=self._scheme,
            content_type=request.headers.get("Content-Type", CONTENT_TYPE),
            accept=request.headers.get("Accept"),
        )
        request.headers.update(headers)
        return request
