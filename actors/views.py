"""What servers read of our actors: their documents, their collections, their public activities."""

import json

from flask import Blueprint, Response, request
from sqlalchemy import func, select
from werkzeug.wrappers import Response as BaseResponse

from actors import iris, local, policy
from actors.database import session
from actors.documents import (
    actor_document,
    collection,
    collection_page,
    count_followers,
    count_following,
    stub,
    timestamp,
    whole_collection,
)
from actors.identifiers import IDENTIFIER
from actors.models import NODE, Actor, Posted
from actors.negotiation import activity_response, page_or_document, tombstone_response, wants_activity
from actors.node import node
from actors.readers import Reader, current_reader, may_read, refuse_blocked, require_signature
from actors.requests import check_rate
from federation.activities import PUBLIC, context, recipients
from federation.errors import FederationError, Gone, NotFound, TooMany, Unreachable

documents = Blueprint("maillage_documents", __name__)
PAGE_SIZE = 20
MAX_PAGE = 1_000_000
LEADING = frozenset({"maillage_documents.actor", "maillage_documents.publication"})
"""The endpoints of documents that lead a browser to a page."""


@documents.get("/actors/<handle>")
def actor(handle: str) -> BaseResponse:
    """Give an actor's document to servers, and lead browsers to its page."""
    found = local.find(handle)
    if found is None or handle != found.handle or not found.federated:
        raise NotFound(f"no actor {handle}")
    if found.gone_at is not None:
        return tombstone_response(found.iri, found.type, timestamp(found.gone_at))
    if not policy.is_welcome(found):
        raise NotFound(f"{handle} is suspended")
    return page_or_document(found.url, stub(found) if _gives_stub(found) else actor_document(found))


@documents.get("/actors/<handle>/outbox")
def outbox(handle: str) -> Response:
    """Tell how many public activities there are, and where the newest are."""
    found = present(handle)
    return activity_response(collection(iris.collection(handle, "outbox"), _count_public(found), paged=True))


@documents.get("/actors/<handle>/outbox/page/<int:number>")
def outbox_page(handle: str, number: int) -> Response:
    """List public activities, the newest first."""
    check_rate(request, "paging")
    found = present(handle)
    bodies = (
        session()
        .scalars(
            select(Posted.body)
            .where(Posted.actor_id == found.id, Posted.public)
            .order_by(Posted.id.desc())
            .offset(offset_of(number))
            .limit(PAGE_SIZE + 1)
        )
        .all()
    )
    items = [{key: value for key, value in json.loads(body).items() if key != "@context"} for body in bodies]
    return activity_response(page_of(iris.collection(handle, "outbox"), number, items))


@documents.get("/actors/<handle>/activities/<identifier>")
def activity(handle: str, identifier: str) -> Response:
    """Give an activity by its id: a public one to everyone, another to those to whom it is addressed."""
    iri = iris.activity(present(handle).handle, identifier)
    query = select(Posted).where(Posted.iri == iri)
    found = session().scalar(query) if IDENTIFIER.fullmatch(identifier) else None
    if found is not None and found.public:
        return activity_response(json.loads(found.body))
    reader = current_reader()
    if found is None or not found.body or found.letter_only or not _is_for(reader, found):
        raise NotFound(f"no activity {identifier} for this reader")
    return activity_response(json.loads(found.body), private=True)


@documents.get("/actors/<handle>/followers")
def followers(handle: str) -> Response:
    """Tell how many follow; who they are is personal data."""
    return activity_response(
        collection(iris.collection(handle, "followers"), count_followers(present(handle)), paged=False)
    )


@documents.get("/actors/<handle>/following")
def following(handle: str) -> Response:
    """Tell how many are followed."""
    return activity_response(
        collection(iris.collection(handle, "following"), count_following(present(handle)), paged=False)
    )


@documents.get("/actors/<handle>/<any(empty):name>")
def empty(handle: str, name: str) -> Response:
    """Give an empty collection, where Mobilizon reads one of each before it lists a group."""
    present(handle)
    return activity_response(whole_collection(iris.collection(handle, name), []))


def present(handle: str) -> Actor:
    """Return our actor with this handle.

    Raises:
        NotFound: there is none, it is suspended, or a member who has not agreed to be found.
        Gone: there was one.
    """
    found = local.find(handle)
    if found is None or found.handle != handle or not found.federated:
        raise NotFound(f"no actor {handle}")
    if found.gone_at is not None:
        raise Gone(f"{handle} is deleted")
    if not policy.is_welcome(found):
        raise NotFound(f"{handle} is suspended")
    return found


def offset_of(number: int) -> int:
    """Return how many items stand before a page; a number that no database takes is a page that is not there.

    Raises:
        NotFound: there is no such page.
    """
    if not 1 <= number <= MAX_PAGE:
        raise NotFound(f"no page {number}")
    return (number - 1) * PAGE_SIZE


def page_of(iri: str, number: int, items: list[dict[str, object]]) -> dict[str, object]:
    """Return a page made of one item more than fits, which tells that there is a next page."""
    if number > 1 and not items:
        raise NotFound(f"{iri} has no page {number}")
    return collection_page(iri, number, items[:PAGE_SIZE], more=len(items) > PAGE_SIZE)


def _is_for(reader: Reader | None, posted: Posted) -> bool:
    """Tell whether an activity that is not public is for a reader; one that was public once is nobody's any more."""
    audience = recipients(json.loads(posted.body))
    return PUBLIC not in audience and may_read(reader, posted.actor, audience, posted.object_iri)


def _gives_stub(found: Actor) -> bool:
    """Tell whether a reader gets no more than the key: the node's own actor is always given whole.

    A peer that asks for signatures itself looks up the key of ours that signed, and may not be able to sign before.
    """
    if not node().authorised_fetch or found.kind == NODE:
        return False
    try:
        return current_reader() is None
    except (TooMany, Unreachable):
        return True


def _count_public(found: Actor) -> int:
    query = select(func.count()).where(Posted.actor_id == found.id, Posted.public)
    return session().scalar(query) or 0


@documents.before_request
def admit() -> None:
    """Let nobody read who is on a blocked host, and only who signs where the node asks for that.

    For every document that there is or will be (mastodon#15589 forgot one); keys are excepted, and what leads a
    browser to a page.
    """
    handle = (request.view_args or {}).get("handle")
    if request.endpoint == f"{documents.name}.actor" and handle == iris.NODE_HANDLE:
        return
    refuse_blocked()
    leads_on = request.endpoint in LEADING and not wants_activity(request)
    if request.endpoint != f"{documents.name}.actor" and not leads_on:
        require_signature()


@documents.errorhandler(FederationError)
def answer_error(error: FederationError) -> Response:
    """Answer an error with its status and its safe sentence."""
    document = {"@context": context()[0], "type": "Error", "summary": error.safe}
    response = activity_response(document, error.status)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response
