"""Whose pages may send us forms: our own, under whatever name of this host the reader opened them."""

from urllib.parse import urlsplit

from flask import abort, request

from actors.database import SAFE_METHODS
from actors.node import node


def refuse_foreign_forms() -> None:
    """Answer 403 to what a page of another site sends.

    Browsers leave our cookie out of such a request, so that its answer would begin a new session in the place of the
    reader's. `Sec-Fetch-Site` and `Origin` are what browsers say of the page that sends (Fetch §3.2); programmes that
    say neither carry nobody's cookies. No page can make them say that it is ours, while `Origin` is `null` for readers
    who let no address be told.
    """
    if request.method in SAFE_METHODS or request.headers.get("Sec-Fetch-Site") == "same-origin":
        return
    origin = request.headers.get("Origin")
    if request.headers.get("Sec-Fetch-Site") == "cross-site" or (origin is not None and not _is_ours(origin)):
        abort(403)


def _is_ours(origin: str) -> bool:
    """Compare with the base URL and with the name by which the request came: a node may go by `localhost` too."""
    base = urlsplit(node().base_url)
    if origin.lower() == f"{base.scheme}://{base.netloc}".lower():
        return True
    scheme, _, host = origin.lower().partition("://")
    return scheme in ("http", "https") and host == request.host.lower()
