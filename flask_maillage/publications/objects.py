"""What servers read of publications: the objects by their ids, and an actor's collections of them."""

from typing import Any

from flask import Response
from sqlalchemy import func, select
from werkzeug.wrappers import Response as BaseResponse

from actors import iris
from actors.database import session
from actors.documents import collection, timestamp, whole_collection
from actors.models import Actor
from actors.negotiation import activity_response, page_or_document, tombstone_response
from actors.views import PAGE_SIZE, documents, offset_of, page_of, present
from federation.activities import context
from federation.errors import Gone, NotFound
from flask_maillage.people.current import actors_of, current_member
from flask_maillage.publications import audience, listing, publishing, reactions, replies
from flask_maillage.publications.counting import participants
from flask_maillage.publications.kinds import KINDS
from flask_maillage.publications.models import PUBLIC, PUBLISHED, UNLISTED, WITHDRAWN, Publication

SLUGS = ",".join(kind.slug for kind in KINDS)
PARTS = "replies,likes,shares,context,attendees,organizers"
COLLECTIONS = "featured,upcoming,calls,initiatives,posts"


@documents.get(f"/actors/<handle>/<any({SLUGS}):slug>/<identifier>")
def publication(handle: str, slug: str, identifier: str) -> BaseResponse:
    """Give a publication's object to servers, and lead browsers to its page; 410 when it was withdrawn."""
    found = _find(handle, slug, identifier)
    if found is not None and found.state == WITHDRAWN and found.withdrawn_at is not None:
        return tombstone_response(found.iri, found.kind_of_it.as2_type, timestamp(found.withdrawn_at))
    return page_or_document(*_page_and_document(_readable(found)))


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
    if part == "organizers":
        items = [
            organiser["iri"] or {"type": "Organization", "name": organiser["name"]} for organiser in found.organisers
    if part == "replies":
        items = [reply.iri for reply in replies.shown(found)]
        ]
    return activity_response(whole_collection(f"{found.iri}/{part}", items))


@documents.get(f"/actors/<handle>/<any({COLLECTIONS}):name>")
def publications(handle: str, name: str) -> Response:
    """Tell how many publications an actor's collection has."""
    query = select(func.count()).select_from(_of(present(handle), name).subquery())
    total = session().scalar(query) or 0
    return activity_response(collection(iris.collection(handle, name), total, paged=True))


@documents.get(f"/actors/<handle>/<any({COLLECTIONS}):name>/page/<int:number>")
def publications_page(handle: str, name: str, number: int) -> Response:
    """List an actor's publications, embedded: Mobilizon and others read the first page."""
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
        kinds = {"calls": ["call"], "initiatives": ["initiative"], "posts": ["call", "initiative"]}[name]
        query = listing.newest(listing.visible(actor=actor).where(Publication.kind.in_(kinds)))
    return query.where(Publication.visibility == PUBLIC)


def _find(handle: str, slug: str, identifier: str) -> Publication | None:
    """Return a publication of an actor of ours that is not suspended."""
    found = publishing.find_ours(handle, slug, identifier)
    return None if found is None or found.actor.suspended_at is not None else found


def _readable(found: Publication | None) -> Publication:
    """Return a publication that everyone may read; what one may not read looks like what is not there."""
    if found is None or found.state != PUBLISHED or found.visibility not in (PUBLIC, UNLISTED):
        raise NotFound("no such publication")
    if found.actor.gone_at is not None:
        raise Gone(f"{found.actor.handle} is deleted")
    return found


def _page_and_document(found: Publication) -> tuple[str, dict[str, Any]]:
    return found.page, {"@context": context(), **publishing.document(found)}
