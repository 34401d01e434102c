"""What servers read of publications: the objects by their ids, and an actor's collections of them."""

from typing import Any

from flask import Response, request
from sqlalchemy import func, select
from werkzeug.wrappers import Response as BaseResponse

from actors import iris
from actors.database import session
from actors.documents import collection, timestamp, whole_collection
from actors.models import Actor
from actors.negotiation import activity_response, page_or_document, tombstone_response, wants_activity
from actors.readers import current_reader
from actors.requests import check_rate
from actors.views import PAGE_SIZE, documents, offset_of, page_of, present
from federation.activities import Document, context
from federation.errors import Gone, NotFound
from flask_maillage.people.current import actors_of, current_member
from flask_maillage.publications import audience, listing, publishing, reactions, replies
from flask_maillage.publications.attending.counting import participants
from flask_maillage.publications.kinds import KINDS
from flask_maillage.publications.models import DRAFT, PUBLIC, WITHDRAWN, Publication

SLUGS = ",".join(kind.slug for kind in KINDS)
PARTS = "replies,likes,shares,context,attendees,organizers"
COLLECTIONS = "featured,upcoming,calls,initiatives,posts"


@documents.get(f"/actors/<handle>/<any({SLUGS}):slug>/<identifier>")
def publication(handle: str, slug: str, identifier: str) -> BaseResponse:
    """Give a publication's object to servers, and lead browsers to its page; 410 when it was withdrawn."""
    found, private = _readable(_find(handle, slug, identifier))
    if found.state == WITHDRAWN and found.withdrawn_at is not None:
        return tombstone_response(found.iri, found.kind_of_it.as2_type, timestamp(found.withdrawn_at))
    _check_still_there(found)
    return page_or_document(*_page_and_document(found), private=private)


@documents.get(f"/actors/<handle>/<any({SLUGS}):slug>/<identifier>/<any({PARTS}):part>")
def part(handle: str, slug: str, identifier: str, part: str) -> Response:
    """Give a collection of a publication: its organisers, how many take part, and what nothing stands in yet."""
    found, private = _readable(_find(handle, slug, identifier))
    if found.state == WITHDRAWN:
        raise NotFound("withdrawn")
    _check_still_there(found)
    return activity_response(_part(found, part), private=private)


def _part(found: Publication, part: str) -> Document:
    iri = f"{found.iri}/{part}"
    if part == "attendees":
        return collection(iri, participants(found), paged=False)
    if part in ("likes", "shares"):
        return collection(iri, getattr(reactions.of(found), part), paged=False)
    items: list[Any] = []
    if part == "replies":
        items = [reply.iri for reply in replies.shown(found)]
    if part == "organizers":
        items = [
            organiser["iri"] or {"type": "Organization", "name": organiser["name"]} for organiser in found.organisers
        ]
    return whole_collection(iri, items)


@documents.get(f"/actors/<handle>/<any({COLLECTIONS}):name>")
def publications(handle: str, name: str) -> Response:
    """Tell how many publications an actor's collection has."""
    query = select(func.count()).select_from(_of(present(handle), name).subquery())
    total = session().scalar(query) or 0
    return activity_response(collection(iris.collection(handle, name), total, paged=True))


@documents.get(f"/actors/<handle>/<any({COLLECTIONS}):name>/page/<int:number>")
def publications_page(handle: str, name: str, number: int) -> Response:
    """List an actor's publications, embedded: Mobilizon and others read the first page."""
    check_rate(request, "paging")
    query = _of(present(handle), name).offset(offset_of(number)).limit(PAGE_SIZE + 1)
    items = [publishing.document(found) for found in session().scalars(query)]
    return activity_response(page_of(iris.collection(handle, name), number, items))


def _of(actor: Actor, name: str) -> listing.Query:
    """Return the query of a collection: what stands under its actor's page too, if it is public and not called off."""
    if name == "upcoming":
        query = listing.coming_events(actor=actor).where(Publication.status != "cancelled")
    elif name == "featured":
        query = listing.open_calls(actor=actor).order_by(Publication.ends_at.asc().nulls_last(), Publication.id)
    else:
        kinds = {"calls": ["call"], "initiatives": ["initiative"], "posts": ["call", "initiative", "news"]}[name]
        query = listing.newest(listing.visible(actor=actor).where(Publication.kind.in_(kinds)))
    return query.where(Publication.visibility == PUBLIC)


def _find(handle: str, slug: str, identifier: str) -> Publication | None:
    """Return a publication of an actor of ours that is neither suspended nor hidden from other servers."""
    found = publishing.find_ours(handle, slug, identifier)
    hidden = found is None or found.actor.suspended_at is not None or not found.actor.federated
    return None if hidden else found


def _readable(found: Publication | None) -> tuple[Publication, bool]:
    """Return a publication that whoever asks may read, and whether the answer is for them alone.

    What one may not read looks like what is not there, and is as much work: so is what was withdrawn from others.

    Raises:
        NotFound: it is not there, or not for them.
    """
    if found is not None and found.state != DRAFT and audience.is_open(found):
        return found, False
    reader = current_reader()
    if reader is not None:
        numbers = {reader.number} if reader.number is not None else set()
    else:
        numbers = set() if wants_activity(request) else {actor.id for actor in actors_of(current_member())}
    if found is None or found.state == DRAFT or not audience.includes(found, numbers):
        raise NotFound("no such publication for this reader")
    return found, True


def _check_still_there(found: Publication) -> None:
    if found.actor.gone_at is not None:
        raise Gone(f"{found.actor.handle} is deleted")


def _page_and_document(found: Publication) -> tuple[str, dict[str, Any]]:
    return found.page, {"@context": context(), **publishing.document(found)}
