"""Answering as ActivityPub: who asks for it, and the exact form of the answer."""

from collections.abc import Mapping

from flask import Request, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from federation import strict_json
from federation.activities import CONTENT_TYPE, Document

ANSWER_TYPE = f"{CONTENT_TYPE}; charset=utf-8"
"""Lemmy compares this text literally."""
ACTIVITY_TYPES = (CONTENT_TYPE, "application/ld+json")


def wants_activity(asked: Request) -> bool:
    """Tell whether a request accepts ActivityPub documents, with or without the profile, at any weight above 0."""
    accepted = {value.partition(";")[0].strip().lower() for value, weight in asked.accept_mimetypes if weight > 0}
    return not accepted.isdisjoint(ACTIVITY_TYPES)


def activity_response(document: Document, status: int = 200) -> Response:
    """Answer with a document that everyone may read, in the content type that all peers take."""
    response = Response(strict_json.dumps(document), status=status, content_type=ANSWER_TYPE)
    response.headers["Cache-Control"] = "public, max-age=60" if status == 200 else "no-store"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.vary.add("Accept")
    response.add_etag()
    response.make_conditional(request)
    return response


def page_or_document(page: str, document: Document) -> BaseResponse:
    """Answer with the document to a server, and lead a browser to the page."""
    if wants_activity(request):
        return activity_response(document)
    response = redirect(page, code=303)
    response.headers["Vary"] = "Accept"
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
