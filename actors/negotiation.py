"""Answering as ActivityPub: who asks for it, and the exact form of the answer."""

from collections.abc import Mapping

from flask import Request, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from actors.node import node
from federation import strict_json
from federation.activities import CONTENT_TYPE, Document

ANSWER_TYPE = f"{CONTENT_TYPE}; charset=utf-8"
"""Lemmy compares this text literally."""
SIGNED_VARIES = ("Accept", "Signature", "Signature-Input")
"""What an answer varies with where it depends on who asks."""
ACTIVITY_TYPES = (CONTENT_TYPE, "application/ld+json")


def wants_activity(asked: Request) -> bool:
    """Tell whether a request accepts ActivityPub documents, with or without the profile, at any weight above 0."""
    accepted = {value.partition(";")[0].strip().lower() for value, weight in asked.accept_mimetypes if weight > 0}
    return not accepted.isdisjoint(ACTIVITY_TYPES)


def activity_response(document: Document, status: int = 200, *, private: bool = False) -> Response:
    """Answer with a document, in the content type that all peers take.

    Args:
        document: what is answered.
        status: anything but 200 is kept by nobody.
        private: whether the answer is for this reader alone. It is kept by no cache and has no ETag then: a 304 would
            tell a stranger who guesses it that the thing is there.
    """
    response = Response(strict_json.dumps(document), status=status, content_type=ANSWER_TYPE)
    response.vary.update(SIGNED_VARIES if private or status >= 400 or node().authorised_fetch else ("Accept",))
    if private or node().authorised_fetch:
        response.headers["Cache-Control"] = "private, no-store"
        return response
    response.headers["Access-Control-Allow-Origin"] = "*"
    if status != 200:
        response.headers["Cache-Control"] = "no-store"
        return response
    response.headers["Cache-Control"] = "public, max-age=60"
    response.add_etag()
    response.make_conditional(request)
    return response


def page_or_document(page: str, document: Document, *, private: bool = False) -> BaseResponse:
    """Answer with the document to a server, and lead a browser to the page."""
    if wants_activity(request):
        return activity_response(document, private=private)
    response = redirect(page, code=303)
    response.vary.update(SIGNED_VARIES if private else ("Accept",))
    if private:
        response.headers["Cache-Control"] = "private, no-store"
    return response


def tombstone_response(iri: str, former_type: str, deleted: str) -> Response:
    """Answer 410 with a Tombstone: it was here, and it was deleted (FEP-4f05)."""
    document: Mapping[str, object] = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": iri,
        "type": "Tombstone",
        "formerType": former_type,
        "deleted": deleted,
    }
    return activity_response(dict(document), 410)
