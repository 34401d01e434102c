"""What servers read of statements: a coalition's list, each statement with its proof, and the signatures of members."""

from flask import Response, request
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from actors import iris
from actors.database import session
from actors.documents import collection, describes, whole_collection
from actors.identifiers import IDENTIFIER
from actors.models import Actor
from actors.negotiation import activity_response, page_or_document
from actors.readers import current_reader
from actors.requests import check_rate
from actors.views import documents, present
from federation.activities import Document
from federation.errors import NotFound
from flask_maillage.coalitions.statements import listing, preparing
from flask_maillage.coalitions.statements.models import DRAFT, SIGNED, Statement, StatementSignature
from flask_maillage.coalitions.statements.texts import article


@documents.get("/actors/<handle>/statements")
def statements(handle: str) -> Response:
    """List the statements that a coalition has published."""
    actor = _coalition(handle)
    iri = iris.collection(handle, "statements")
    items = [article(one) for one in listing.of_coalition(actor, inside=False)]
    document = whole_collection(iri, items) if items else collection(iri, 0, paged=False)
    return activity_response(document | {"attributedTo": actor.iri})


@documents.get("/actors/<handle>/statements/<identifier>")
def statement(handle: str, identifier: str) -> BaseResponse:
    """Give a statement with the coalition's proof: what is published to everybody, what is not to whom it asks."""
    found = _versions(handle, identifier)
    shown = listing.readable(found)
    if shown is not None:
        return page_or_document(shown.url, shown.document or article(shown))
    reader = current_reader()
    asked = [one for one in _versions(handle, identifier) if one.phase != DRAFT]
    if not asked or reader is None or reader.iri not in {row.member.iri for row in listing.signatures(asked[0])}:
        raise NotFound(f"no statement {identifier} for them")
    return page_or_document(asked[0].url, asked[0].document or article(asked[0]), private=True)


@documents.get("/actors/<handle>/statements/<identifier>/signatures")
def signatures(handle: str, identifier: str) -> Response:
    """List the Accept of each member whose signature of the published text counts, with its proof."""
    check_rate(request, "paging")
    shown = _readable(handle, identifier)
    iri = f"{shown.iri}/signatures"
    items = [row.document for row in listing.signatures(shown) if row.state == SIGNED and row.document is not None]
    document = whole_collection(iri, items) if items else collection(iri, 0, paged=False)
    return activity_response(document | {"attributedTo": shown.actor.iri, "context": shown.iri})


@documents.get("/actors/<handle>/statements/<identifier>/signatures/<signature>")
def signature(handle: str, identifier: str, signature: str) -> BaseResponse:
    """Give the Accept by which a member signed a published version, as it was sent; also one that was taken back."""
    found = [one for one in _versions(handle, identifier) if one.published_at is not None]
    query = select(StatementSignature).where(
        StatementSignature.identifier == signature,
        StatementSignature.statement_id.in_([one.id for one in found]),
        StatementSignature.document.is_not(None),
    )
    row = session().scalar(query) if found and IDENTIFIER.fullmatch(signature) else None
    if row is None or row.document is None:
        raise NotFound(f"no signature {signature}")
    return activity_response(row.document)


@describes
def described(actor: Actor) -> Document:
    """Let the document of a coalition lead to its statements, once there are some."""
    there = preparing.has_statements(actor) and listing.count(actor) > 0
    return {"statements": iris.collection(actor.handle, "statements")} if there else {}


def _coalition(handle: str) -> Actor:
    actor = present(handle)
    if not preparing.has_statements(actor):
        raise NotFound(f"{handle} makes no statements")
    return actor


def _versions(handle: str, identifier: str) -> list[Statement]:
    _coalition(handle)
    found = listing.versions(f"{iris.collection(handle, 'statements')}/{identifier}")
    if not IDENTIFIER.fullmatch(identifier) or not found:
        raise NotFound(f"no statement {identifier}")
    return found


def _readable(handle: str, identifier: str) -> Statement:
    found = listing.readable(_versions(handle, identifier))
    if found is None:
        raise NotFound(f"no statement {identifier} for everybody")
    return found
