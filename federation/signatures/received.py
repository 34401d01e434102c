"""A request as it came in, seen from the address that the node is configured to have."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from federation.errors import Malformed

DEFAULT_PORTS = {"http": ":80", "https": ":443"}

_PRINTABLE = re.compile(r"[!-~]+")


@dataclass(frozen=True)
class Received:
    """A request with everything that a signature can cover.

    Args:
        method: the method in capitals.
        target: path and query exactly as the peer sent them (`RAW_URI` or `REQUEST_URI`: Werkzeug's own path is
            already percent-decoded, which no signature survives).
        headers: names in lower case; duplicates joined by the server with a comma.
        body: the bytes as received.
        base_url: scheme, host and port of this node as configured, without a final slash; never from `Host`.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    base_url: str

    def origin_form(self) -> str:
        """Return path and query, reduced from an absolute-form target where a proxy sent one.

        Raises:
            Malformed: a target of another form, with characters that no URL has, or for another server.
        """
        target = self.target
        if not _PRINTABLE.fullmatch(target) or "#" in target:
            raise Malformed("the request target has characters that do not belong there")
        if target.startswith("/"):
            return target
        scheme, separator, rest = target.partition("://")
        if not separator or scheme.lower() not in DEFAULT_PORTS:
            raise Malformed("the request target is neither a path nor a web address")
        authority = re.split(r"[/?]", rest, maxsplit=1)[0]
        if not self._is_ours(authority):
            raise Malformed("the request target names another server")
        path = rest[len(authority) :]
        return path if path.startswith("/") else f"/{path}"

    def check_host(self) -> None:
        """Refuse a request whose `Host` is not this node's.

        Raises:
            Malformed: it is missing (some WSGI servers hand over two of them as an empty one) or another's.
        """
        if not self._is_ours(self.headers.get("host", "").strip()):
            raise Malformed("the Host header is not ours")

    def needs_digest(self) -> bool:
        """Tell whether a digest of the body must be signed: there is a body, or the method announces one."""
        return bool(self.body) or self.method.upper() not in ("GET", "HEAD")

    def _is_ours(self, authority: str) -> bool:
        ours = urlsplit(self.base_url)
        default = DEFAULT_PORTS.get(ours.scheme, "")
        return authority.lower().removesuffix(default) == ours.netloc.lower().removesuffix(default)
