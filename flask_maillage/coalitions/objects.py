"""What servers read of memberships: a group's members, to what an actor belongs, and each claim at its own id.

Organisations and coalitions stand there for everybody, persons by their own consent alone; the sizes count all. What a
collection leaves out is read by the two whom it concerns, with their signature.
"""

from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from actors import iris
from actors.documents import collection, describes, whole_collection
from actors.identifiers import IDENTIFIER
from actors.models import NODE, Actor
from actors.negotiation import activity_response, page_or_document
from actors.readers import current_reader
from actors.views import documents, present
from federation.activities import Document, context
from federation.errors import NotFound
from flask_maillage.coalitions import claims, listing
from flask_maillage.coalitions.claims import COLLECTIONS, GROUP, MEMBER
from flask_maillage.coalitions.models import Membership


@documents.get("/actors/<handle>/members")
def members(handle: str) -> Response:
    """List who belongs to a group, and tell how many do."""
    return _collection(present(handle), GROUP)


@documents.get("/actors/<handle>/coalitions")
def coalitions(handle: str) -> Response:
    """List to what an actor belongs, and tell to how much."""
    return _collection(present(handle), MEMBER)


@documents.get("/actors/<handle>/members/<identifier>")
def member(handle: str, identifier: str) -> BaseResponse:
    """Give a group's claim that somebody belongs to it, with its proof."""
    return _claim(handle, identifier, GROUP)


@documents.get("/actors/<handle>/coalitions/<identifier>")
def belonging(handle: str, identifier: str) -> BaseResponse:
    """Give an actor's claim that it belongs to a group, with its proof."""
    return _claim(handle, identifier, MEMBER)


@describes
def described(actor: Actor) -> Document:
    """Let the document of an actor lead to what it belongs to."""
    return {} if actor.kind == NODE else {"coalitions": iris.collection(actor.handle, COLLECTIONS[MEMBER])}


def _collection(actor: Actor, side: str) -> Response:
    """Answer with a whole collection: what is listed of it, and how many there are."""
    iri = iris.collection(actor.handle, COLLECTIONS[side])
    items = [_bare(row, side) for row in listing.rows(actor, side, listed=True)]
    document = whole_collection(iri, items) if items else collection(iri, 0, paged=False)
    return activity_response(document | {"attributedTo": actor.iri, "totalItems": listing.count(actor, side)})


def _claim(handle: str, identifier: str, side: str) -> BaseResponse:
    actor = present(handle)
    row = listing.one(actor, side, identifier) if IDENTIFIER.fullmatch(identifier) else None
    if row is None:
        raise NotFound(f"no claim {identifier}")
    private = not claims.is_listed(row)
    if private:
        number, known = row.id, {row.group.iri, row.member.iri}
        reader = current_reader()
        if reader is None or reader.iri not in known:
            raise NotFound(f"the claim {number} is not for them")
        row = listing.one(present(handle), side, identifier)
        if row is None:
            raise NotFound(f"no claim {identifier}")
    document = claims.document(row, side) or {"@context": context(), **_bare(row, side)}
    opposite = claims.actor_of(row, claims.other(side))
    return page_or_document(iris.actor_page(opposite.page_handle), document, private=private)


def _bare(row: Membership, side: str) -> Document:
    """Return a claim as it stands among others: without its context and its proof."""
    kept = claims.document(row, side) or claims.relationship(row, side, claims.says_at(row, side) or row.created_at)
    return {name: kept[name] for name in kept if name not in ("@context", "proof")}
