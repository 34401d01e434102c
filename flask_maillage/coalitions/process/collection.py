"""What servers read of a process log: a collection of its public entries, and each entry at its id."""

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from actors import documents, iris
from actors.documents import collection, timestamp
from actors.identifiers import IDENTIFIER
from actors.models import Actor
from actors.negotiation import activity_response, page_or_document
from actors.requests import check_rate
from actors.views import PAGE_SIZE, offset_of, page_of, present
from actors.views import documents as routes
from federation import markdown
from federation.activities import PUBLIC, Document, context
from federation.errors import NotFound
from flask_maillage.coalitions import memberships
from flask_maillage.coalitions.process import exporting, log
from flask_maillage.coalitions.process.models import LogEntry


@routes.get("/actors/<handle>/process")
def process(handle: str) -> Response:
    """Tell how many entries a log has that are for everybody, and where the newest are."""
    actor = _with_log(handle)
    return activity_response(collection(iris.collection(handle, "process"), log.count(actor), paged=True))


@routes.get("/actors/<handle>/process/page/<int:number>")
def process_page(handle: str, number: int) -> Response:
    """List entries, what happened last first."""
    check_rate(request, "paging")
    actor = _with_log(handle)
    found = log.entries(actor, inside=False, limit=PAGE_SIZE + 1, offset=offset_of(number))
    return activity_response(page_of(iris.collection(handle, "process"), number, [_object(one) for one in found]))


@routes.get("/actors/<handle>/process/<identifier>")
def process_entry(handle: str, identifier: str) -> BaseResponse:
    """Give an entry, as it was corrected last."""
    actor = _with_log(handle)
    found = log.last_revision(actor, identifier) if IDENTIFIER.fullmatch(identifier) else None
    if found is None or not found.public:
        raise NotFound(f"no entry {identifier}")
    return page_or_document(exporting.page_of(actor, found), {"@context": context(), **_object(found)})


@documents.describes
def described(actor: Actor) -> Document:
    """Return where the log of a group of ours is."""
    if not memberships.is_group(actor) or not log.is_public(actor):
        return {}
    return {"process": iris.collection(actor.handle, "process")} if log.is_there(actor) else {}


def _with_log(handle: str) -> Actor:
    actor = present(handle)
    if not log.has_one(actor) or not log.is_public(actor):
        raise NotFound(f"{handle} keeps no log for everybody")
    return actor


def _object(entry: LogEntry) -> Document:
    iri = f"{iris.collection(entry.actor.handle, 'process')}/{entry.identifier}"
    return {
        "id": iri,
        "type": "Article",
        "attributedTo": entry.actor.iri,
        "to": [PUBLIC],
        "name": entry.title,
        "content": markdown.render(entry.text),
        "entry": entry.kind,
        "happenedOn": entry.happened_on.isoformat(),
        "published": timestamp(entry.written_at),
        "revision": entry.revision,
        "digest": entry.digest,
        "url": exporting.page_of(entry.actor, entry),
        "attachment": [{"type": "Link", "href": one["address"], "name": one["label"]} for one in entry.links],
    }
