"""What stands in the headers of pages and feeds: what may be kept and for how long, what a page may load."""

from datetime import datetime

from flask import Response, make_response, request, session

from actors.node import node
from flask_maillage.web.language import PARAMETER

SECONDS_FRESH = 60
SECONDS_FOR_EVER = 365 * 24 * 3600
PAGE_VARIES = ("Accept", "Accept-Language", "Cookie")
SECURITY = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}

FRAMED = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors *"
)
"""What a page may do that other sites frame: be looked at, and lead somewhere."""


def framed(response: Response) -> Response:
    """Let other sites frame an answer, which may then do nothing but show itself."""
    response.headers["Content-Security-Policy"] = FRAMED
    return response


def is_framed(response: Response) -> bool:
    """Tell whether other sites may frame an answer."""
    return response.headers.get("Content-Security-Policy") == FRAMED


def conditional(
    response: Response, *, last_modified: datetime | None = None, kept: str = f"max-age={SECONDS_FRESH}"
) -> Response:
    """Let everybody's answer be kept, for a minute or as `kept` says, and answer 304 where the reader holds it.

    A mark that the response has already counts; else one is made of its bytes.
    """
    response.headers["Cache-Control"] = f"public, {kept}"
    if last_modified is not None:
        response.last_modified = last_modified
    response.add_etag()
    response.make_conditional(request)
    return response


def page(html: str) -> Response:
    """Answer with a page: kept by nobody when it is somebody's own, else asked for again at every visit.

    What is changed or withdrawn must not stand in a browser a minute longer: a 304 costs little.

    Pages have no `Last-Modified`: they say "in 12 days", which changes while nothing is modified; their ETag decides.
    """
    response = make_response(html)
    response.vary.update(PAGE_VARIES)
    return keep_private(response) if _is_personal() else conditional(response, kept="no-cache")


def keep_private(response: Response) -> Response:
    """Say that a page is for one reader, no cache keeps it; and let a session of ours last from now on anew.

    Only here: on an answer that everybody may keep, the cookie would be kept with it.
    """
    response.headers["Cache-Control"] = "private, no-store"
    if node().state.get("own_sign_in") and session.permanent:
        session.modified = True
    return response


def secure(response: Response) -> Response:
    """Say what a page of ours may load and who may frame it: nothing from elsewhere, nobody."""
    for name, value in SECURITY.items():
        if not (name == "X-Frame-Options" and is_framed(response)):
            response.headers.setdefault(name, value)
    return response


def _is_personal() -> bool:
    """A member's page, one that shows a message once, or one that sets the cookie of the language."""
    return current_member() is not None or session.modified or PARAMETER in request.args


def current_member() -> object | None:
    """Return who is signed in, as the upper packages told the node, or None."""
    found: object | None = node().state.get("current_member", _nobody)()
    return found


def _nobody() -> None:
    return None
