"""What servers read of our actors: their documents, their collections, their public activities."""

import json

from flask import Blueprint, Response
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
    timestamp,
    whole_collection,
)
from actors.identifiers import IDENTIFIER
from actors.models import Actor, Posted
from actors.negotiation import activity_response, page_or_document, tombstone_response
from federation.activities import context
from federation.errors import FederationError, Gone, NotFound

documents = Blueprint("maillage_documents", __name__)
PAGE_SIZE = 20
MAX_PAGE = 1_000_000
EMPTY_COLLECTIONS = ("members", "empty")


@documents.get("/actors/<handle>")
def actor(handle: str) -> BaseResponse:
    """Give an actor's document to servers, and lead browsers to its page."""
    found = local.find(handle)
    if found is not None and found.gone_at is not None:
        return tombstone_response(found.iri, found.type, timestamp(found.gone_at))
    if found is None or handle != found.handle or not policy.is_welcome(found):
        raise NotFound(f"no actor {handle}")
    return page_or_document(found.url, actor_document(found))


@documents.get("/actors/<handle>/outbox")
def outbox(handle: str) -> Response:
    """Tell how many public activities there are, and where the newest are."""
    found = present(handle)
    return activity_response(collection(iris.collection(handle, "outbox"), _count_public(found), paged=True))


@documents.get("/actors/<handle>/outbox/page/<int:number>")
def outbox_page(handle: str, number: int) -> Response:
    """List public activities, the newest first."""
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
    """Give a public activity by its id."""
    found = None
    if IDENTIFIER.fullmatch(identifier):
        iri = iris.activity(present(handle).handle, identifier)
        found = session().scalar(select(Posted).where(Posted.iri == iri, Posted.public))
    if found is None:
        raise NotFound(f"no public activity {identifier}")
    return activity_response(json.loads(found.body))


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


@documents.get("/actors/<handle>/<any(members,empty):name>")
def empty(handle: str, name: str) -> Response:
    """Give an empty collection, where Mobilizon reads one of each before it lists a group."""
    present(handle)
    return activity_response(whole_collection(iris.collection(handle, name), []))


def present(handle: str) -> Actor:
    """Return our actor with this handle.

    Raises:
        NotFound: there is none, or it is suspended.
        Gone: there was one.
    """
    found = local.find(handle)
    if found is None or found.handle != handle:
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


def _count_public(found: Actor) -> int:
    query = select(func.count()).where(Posted.actor_id == found.id, Posted.public)
    return session().scalar(query) or 0


@documents.errorhandler(FederationError)
def answer_error(error: FederationError) -> Response:
    """Answer an error with its status and its safe sentence."""
    return activity_response({"@context": context()[0], "type": "Error", "summary": error.safe}, error.status)
