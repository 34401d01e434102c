"""A Flask request as it came in: raw target, lower-case headers, a body that is whole or refused.

Flask's own view of the path is percent-decoded, and `MAX_CONTENT_LENGTH` with a chunked body cuts it silently under
gunicorn and werkzeug (measured): both would break what a signature says.
"""

from ipaddress import IPv6Network, ip_address
from urllib.parse import urlsplit

from flask import Request

from actors.node import node
from federation.activities import CONTENT_TYPE
from federation.errors import LengthRequired, Malformed, TooLarge, TooMany, UnsupportedMedia
from federation.signatures import Received

MAX_BODY = 256 * 1024
PROFILE = "https://www.w3.org/ns/activitystreams"
NETWORK_BITS = 64
"""How much of an IPv6 address tells callers apart: whoever has one has all that begin with the same bits."""


def received(request: Request) -> Received:
    """Return a request with a body, as a letter is, for the signature's check.

    Raises:
        FederationError: no length, too long, compressed, or of another type.
    """
    return _received(request, _body(request))


def received_without_body(request: Request) -> Received:
    """Return a request that reads, for the signature's check; what it may carry as a body is not looked at."""
    return _received(request, b"")


def caller_of(request: Request) -> str:
    """Return by which name a caller is counted: the address, or the network of an IPv6 address."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return request.remote_addr or ""
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), NETWORK_BITS), strict=False))


def check_rate(request: Request, name: str) -> None:
    """Count one more of what a caller's address may do, under a name of `actors.rates`.

    Raises:
        TooMany: that is one too many.
    """
    rates, address = node().rates, caller_of(request)
    if not rates.allow(name, address):
        raise TooMany(f"{address} asks too often ({name})", retry_after=rates.seconds_until_free(name, address))


def _received(request: Request, body: bytes) -> Received:
    parts = urlsplit(node().base_url)
    return Received(
        method=request.method,
        target=raw_target(request),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        base_url=f"{parts.scheme}://{parts.netloc}",
    )


def raw_target(request: Request) -> str:
    """Return path and query as the peer sent them.

    Raises:
        RuntimeError: the WSGI server does not tell; signatures cannot be checked under it.
    """
    target = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
    if not target:
        raise RuntimeError("the WSGI server sets neither RAW_URI nor REQUEST_URI; use gunicorn, waitress or werkzeug")
    return str(target)


def _body(request: Request) -> bytes:
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMedia("compressed body")
    _check_type(request)
    declared = request.headers.get("Content-Length", "")
    if "Transfer-Encoding" in request.headers or not declared.isdecimal():
        raise LengthRequired("no Content-Length")
    if len(declared) > 9 or int(declared) > MAX_BODY:
        raise TooLarge(f"{declared} bytes")
    body = request.stream.read(MAX_BODY + 1)
    if len(body) != int(declared):
        raise Malformed("the body is shorter than it says")
    return body


def _check_type(request: Request) -> None:
    kind = request.mimetype
    profile = request.mimetype_params.get("profile", PROFILE)
    if kind == CONTENT_TYPE or (kind == "application/ld+json" and PROFILE in profile.split()):
        return
    raise UnsupportedMedia(f"content type {kind}")
