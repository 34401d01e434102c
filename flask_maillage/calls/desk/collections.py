"""What servers read at the desk of a call of ours, signed by a person's own actor (FC-64, FC-65).

Whoever may not read gets the 404 of what never existed, after the same work; nothing of these answers is kept anywhere.
"""

from collections.abc import Sequence

from flask import Response

from actors import iris
from actors.database import session
from actors.models import Actor
from actors.negotiation import activity_response
from actors.readers import current_reader
from actors.views import documents
from federation.activities import Document, context
from federation.errors import NotFound
from flask_maillage.calls import audit
from flask_maillage.calls.desk import documents as made
from flask_maillage.calls.desk.roles import Desk, Reader, cohorts_of, desk_of, reader_of
from flask_maillage.calls.models import Dossier
from flask_maillage.calls.sight import Thing, sees
from flask_maillage.publications import publishing
from flask_maillage.publications.models import PUBLISHED, Publication

PAGE_SIZE = 50
CALL = "/actors/<handle>/calls/<identifier>"
_NAMES = ",".join(iris.DESK)


@documents.get(f"{CALL}/desk/<any({_NAMES}):name>")
def desk_collection(handle: str, identifier: str, name: str) -> Response:
    """Tell how many things of a collection there are for this reader, and where the first page is."""
    call, reader = _read(handle, identifier)
    total = _count(reader, name)
    iri = iris.desk(call.iri)[name]
    return answer({"id": iri, "type": "OrderedCollection", "totalItems": total, "first": f"{iri}/page/1"})


@documents.get(f"{CALL}/desk/<any({_NAMES}):name>/page/<int:number>")
def desk_page(handle: str, identifier: str, name: str, number: int) -> Response:
    """Give a page of a collection, with what of each thing this reader may see."""
    call, reader = _read(handle, identifier)
    iri, total = iris.desk(call.iri)[name], _count(reader, name)
    check_page(number, total)
    return page(iri, number, total, _items(reader, name, (number - 1) * PAGE_SIZE))


@documents.get(f"{CALL}/dossiers/<dossier>")
def dossier_document(handle: str, identifier: str, dossier: str) -> Response:
    """Give a dossier, as far as this reader may see it."""
    desk, found = find(handle, identifier, dossier)
    return answer(made.dossier(desk, found))


@documents.get(f"{CALL}/dossiers/<dossier>/versions")
def dossier_versions(handle: str, identifier: str, dossier: str) -> Response:
    """Tell how many versions of an application there are."""
    iri, found = _versions(handle, identifier, dossier)
    return answer({"id": iri, "type": "OrderedCollection", "totalItems": len(found.versions), "first": f"{iri}/page/1"})


@documents.get(f"{CALL}/dossiers/<dossier>/versions/page/<int:number>")
def dossier_versions_page(handle: str, identifier: str, dossier: str, number: int) -> Response:
    """Give the versions of an application as they were stored."""
    iri, found = _versions(handle, identifier, dossier)
    everything = made.version_documents(found)
    check_page(number, len(everything))
    start = (number - 1) * PAGE_SIZE
    return page(iri, number, len(everything), everything[start : start + PAGE_SIZE])


def reading(handle: str, identifier: str) -> tuple[Publication, Reader]:
    """Return a call of ours and who reads it; for all private addresses below it.

    Raises:
        NotFound: it is not there, or there is nobody who signed.
    """
    return _read(handle, identifier)


def _read(handle: str, identifier: str) -> tuple[Publication, Reader]:
    signed = current_reader()
    call = publishing.find_ours(handle, "calls", identifier)
    if call is None or call.state != PUBLISHED or call.actor.gone_at is not None or call.actor.suspended_at is not None:
        call = None
    actor = session().get(Actor, signed.number) if signed is not None and signed.number is not None else None
    if call is None or actor is None:
        raise NotFound("no such desk for this reader")
    return call, reader_of(call, actor)


def find(handle: str, identifier: str, dossier: str) -> tuple[Desk, Dossier]:
    """Return a dossier with what its reader may see of it; for all addresses below it.

    Raises:
        NotFound: it is not there, or not for this reader.
    """
    _, reader = _read(handle, identifier)
    desk = desk_of(reader, dossier)
    if not desk.dossiers:
        raise NotFound("no such dossier for this reader")
    return desk, desk.dossiers[0]


def _versions(handle: str, identifier: str, dossier: str) -> tuple[str, Dossier]:
    desk, found = find(handle, identifier, dossier)
    if not desk.sees(Thing.APPLICATION, found):
        raise NotFound("no such dossier for this reader")
    return iris.dossier_part(desk.call.iri, found.identifier, "versions"), found


def _count(reader: Reader, name: str) -> int:
    """Return how many things of a collection a reader sees.

    Raises:
        NotFound: they see nothing of it, and would not where there was something.
    """
    if name == "audit":
        if not sees(reader.at_the_call, Thing.AUDIT, reader.call):
            raise NotFound("no such log for this reader")
        return audit.count(reader.call)
    found = _everything(reader, name)
    if not found and not reader.is_of_committee:
        raise NotFound("no such collection for this reader")
    return len(found)


def _everything(reader: Reader, name: str) -> Sequence[Document | Dossier]:
    if name == "cohorts":
        if reader.is_of_committee and not sees(reader.at_the_call, Thing.COHORTS, reader.call):
            return []
        return made.cohorts(cohorts_of(reader))
    desk = desk_of(reader)
    return made.decisions(desk) if name == "decisions" else desk.dossiers


def _items(reader: Reader, name: str, start: int) -> list[Document]:
    if name == "audit":
        return audit.records(reader.call, after=start, limit=PAGE_SIZE)
    if name != "applications":
        return [one for one in _everything(reader, name)[start : start + PAGE_SIZE] if isinstance(one, dict)]
    desk = desk_of(reader)
    shown = desk.dossiers[start : start + PAGE_SIZE]
    lacking = made.incomplete(shown)
    return [made.item(desk, one, lacking) for one in shown]


def check_page(number: int, total: int) -> None:
    """Check that a collection has a page with this number.

    Raises:
        NotFound: it has none.
    """
    if not 1 <= number <= max(1, -(-total // PAGE_SIZE)):
        raise NotFound("no such page")


def page(iri: str, number: int, total: int, items: Sequence[Document]) -> Response:
    """Give a page of a collection to its reader alone."""
    said: Document = {
        "id": f"{iri}/page/{number}",
        "type": "OrderedCollectionPage",
        "partOf": iri,
        "totalItems": total,
        "orderedItems": list(items),
    }
    if number * PAGE_SIZE < total:
        said["next"] = f"{iri}/page/{number + 1}"
    if number > 1:
        said["prev"] = f"{iri}/page/{number - 1}"
    return answer(said)


def answer(document: Document) -> Response:
    """Give a document to its reader alone."""
    return activity_response({"@context": context(), **document}, private=True)
