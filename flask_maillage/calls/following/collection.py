"""The entries of an application as servers read them, signed by a person's own actor (FC-59, FC-64)."""

from flask import Response

from actors import iris
from actors.views import documents
from federation.activities import Document
from federation.errors import NotFound
from flask_maillage.calls import letters, states
from flask_maillage.calls.desk.collections import CALL, PAGE_SIZE, answer, check_page, find, page
from flask_maillage.calls.desk.roles import Desk
from flask_maillage.calls.following import keeping
from flask_maillage.calls.following.saying import CONTACT_DETAILS
from flask_maillage.calls.models import Dossier, Entry
from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.sight import Thing
from flask_maillage.publications.kinds.base import timestamp


@documents.get(f"{CALL}/dossiers/<dossier>/follow-up")
def dossier_follow_up(handle: str, identifier: str, dossier: str) -> Response:
    """Tell how many entries there are for this reader."""
    iri, desk, found = _found(handle, identifier, dossier)
    total = len(_entries(desk, found))
    return answer({"id": iri, "type": "OrderedCollection", "totalItems": total, "first": f"{iri}/page/1"})


@documents.get(f"{CALL}/dossiers/<dossier>/follow-up/page/<int:number>")
def dossier_follow_up_page(handle: str, identifier: str, dossier: str, number: int) -> Response:
    """Give the entries in the order in which they came."""
    iri, desk, found = _found(handle, identifier, dossier)
    entries = _entries(desk, found)
    check_page(number, len(entries))
    start = (number - 1) * PAGE_SIZE
    sent = _as_sent(found)
    items = [sent.get(one.iri) or _document(iri, one) for one in entries[start : start + PAGE_SIZE]]
    return page(iri, number, len(entries), items)


def _found(handle: str, identifier: str, dossier: str) -> tuple[str, Desk, Dossier]:
    desk, found = find(handle, identifier, dossier)
    if not desk.sees(Thing.FOLLOW_UP, found) or found.state not in states.LED:
        raise NotFound("no such follow-up for this reader")
    return iris.dossier_part(desk.call.iri, found.identifier, "follow-up"), desk, found


def _entries(desk: Desk, found: Dossier) -> list[Entry]:
    """Return what a reader sees: contact details are their author's and whose they were given to (FC-79)."""
    entries, may_reach = keeping.entries(found), desk.sees(Thing.CONTACTS, found)
    own = desk.reader.iris
    return [one for one in entries if one.entry != CONTACT_DETAILS or may_reach or one.by_iri in own]


def _as_sent(found: Dossier) -> dict[str, Document]:
    """Return the notes by their ids, as their letters have them."""
    things = (letters.document_of(one).get("object") for one in letters.about(found.agreement_iri, Shape.ENTRY))
    return {one["id"]: one for one in things if isinstance(one, dict) and isinstance(one.get("id"), str)}


def _document(collection: str, entry: Entry) -> Document:
    more = {"supersedes": entry.supersedes} if entry.supersedes else {}
    return {
        "id": entry.iri,
        "type": "Note",
        "attributedTo": entry.by_iri,
        "context": collection,
        "published": timestamp(entry.at),
        "content": entry.content,
        "followUp": {"entry": entry.entry, **entry.facts, **more},
    }
