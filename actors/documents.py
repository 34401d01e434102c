"""Documents of our actors and collections, as peers read them."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from sqlalchemy import func, select

from actors import iris
from actors.database import session
from actors.models import ASSERTION, NODE, PERSON, PROPOSED, SIGNING, Actor, ActorKey, Follow
from federation.activities import Document, context
from federation.keys import load_public
from federation.multikey import describe

APPLICATIONS = ("FEP-0102", "https://w3id.org/fep/0102")
"""Answering a call across servers (FC-1): without it, nobody of a server gets a seat in a committee but by mail."""
FEATURES = (
    ("RFC-9421: HTTP Message Signatures", "https://datatracker.ietf.org/doc/html/rfc9421"),
    ("FEP-8a8e", "https://w3id.org/fep/8a8e"),
    ("FEP-8b32", "https://w3id.org/fep/8b32"),
    APPLICATIONS,
)
STUB = ("@context", "id", "type", "preferredUsername", "inbox", "publicKey", "assertionMethod")
MOBILIZON_COLLECTIONS = {"members": "empty", "resources": "empty", "todos": "empty", "discussions": "empty"}


Describer = Callable[[Actor], Document]
_describers: list[Describer] = []


def describes(function: Describer) -> Describer:
    """Register a function that returns what else the document of an actor of ours says; attachments are added."""
    _describers.append(function)
    return function


def timestamp(moment: Any) -> str:
    """Return a moment as RFC 3339 in UTC, to the second."""
    return str(moment.strftime("%Y-%m-%dT%H:%M:%SZ"))


def actor_document(actor: Actor) -> Document:
    """Return the document of one of our actors, which every peer of `reference/protocol.md` §2.3 accepts."""
    key = next(key for key in actor.keys if _is_current(key, SIGNING))
    document: Document = {
        "@context": context(),
        "id": actor.iri,
        "type": actor.type,
        "preferredUsername": actor.handle,
        "webfinger": f"{actor.handle}@{actor.host}",
        "name": actor.name,
        "summary": actor.summary,
        "url": actor.url,
        "inbox": actor.inbox,
        "outbox": actor.outbox,
        "followers": actor.followers,
        "following": iris.collection(actor.handle, "following"),
        "endpoints": {"sharedInbox": actor.shared_inbox},
        "manuallyApprovesFollowers": actor.approves_followers,
        "discoverable": actor.phase != PROPOSED,
        "indexable": actor.phase != PROPOSED,
        "published": timestamp(actor.published_at),
        "updated": timestamp(actor.updated_at),
        "attachment": _fields(actor),
        "publicKey": {"id": key.iri, "owner": actor.iri, "publicKeyPem": key.public_pem},
        "assertionMethod": [
            describe(key.iri, actor.iri, load_public(key.public_pem))
            for key in actor.keys
            if _is_current(key, ASSERTION)
        ],
    }
    if actor.also_known_as:
        document["alsoKnownAs"] = list(actor.also_known_as)
    if actor.moved_to:
        document["movedTo"] = actor.moved_to
    if actor.kind == NODE:
        document["implements"] = [{"type": "Link", "name": name, "href": href} for name, href in FEATURES]
        document["icon"] = {"type": "Image", "mediaType": "image/png", "url": iris.home() + "static/mark.png"}
    elif actor.kind != PERSON:
        document |= _group_fields(actor)
    for described in _describers:
        more = described(actor)
        document |= more | {"attachment": [*document["attachment"], *more.get("attachment", ())]}
    return document


def stub(actor: Actor) -> Document:
    """Return what a server needs to verify an actor's signatures, and no more (GoToSocial gives the same)."""
    document = actor_document(actor)
    kept = {name: document[name] for name in STUB if name in document}
    return kept | {"endpoints": {"sharedInbox": actor.shared_inbox}}


def _is_current(key: ActorKey, purpose: str) -> bool:
    return key.purpose == purpose and key.private_encrypted is not None and key.retired_at is None


def _group_fields(actor: Actor) -> Document:
    """Return what only collective actors have; every collection that Mobilizon reads is there, empty or not."""
    named = {
        "featured": "featured",
        "upcomingEvents": "upcoming",
        "calls": "calls",
        "initiatives": "initiatives",
        "members": "members",
    }
    endpoints = {"sharedInbox": actor.shared_inbox, "events": iris.collection(actor.handle, "upcoming")}
    endpoints["posts"] = iris.collection(actor.handle, "posts")
    endpoints |= {name: iris.collection(actor.handle, path) for name, path in MOBILIZON_COLLECTIONS.items()}
    return {
        "kind": f"maillage:{(actor.kind or '').capitalize()}",
        "openness": "moderated",
        "postingRestrictedToMods": True,
        "endpoints": endpoints,
        **{name: iris.collection(actor.handle, path) for name, path in named.items()},
    }


def _fields(actor: Actor) -> list[Document]:
    if not actor.website:
        return []
    shown = actor.website.partition("://")[2].rstrip("/")
    link = f'<a href="{escape(actor.website)}" rel="me nofollow noopener">{escape(shown)}</a>'
    return [{"type": "PropertyValue", "name": "Website", "value": link}]


def collection(iri: str, total: int, *, paged: bool) -> Document:
    """Return an ordered collection; one that is not paged tells its size and hides its members."""
    document: Document = {"@context": context(), "id": iri, "type": "OrderedCollection", "totalItems": total}
    if paged:
        document["first"] = f"{iri}/page/1"
    return document


def collection_page(iri: str, number: int, items: Sequence[Any], *, more: bool) -> Document:
    """Return a page of an ordered collection; pages count from 1 and stand in the path."""
    document: Document = {
        "@context": context(),
        "id": f"{iri}/page/{number}",
        "type": "OrderedCollectionPage",
        "partOf": iri,
        "orderedItems": list(items),
    }
    if more:
        document["next"] = f"{iri}/page/{number + 1}"
    if number > 1:
        document["prev"] = f"{iri}/page/{number - 1}"
    return document


def whole_collection(iri: str, items: Sequence[Any]) -> Document:
    """Return a short ordered collection with its items inside."""
    return collection(iri, len(items), paged=False) | {"orderedItems": list(items)}


def count_followers(actor: Actor) -> int:
    """Return how many follow an actor; who they are is personal data and is not published."""
    query = select(func.count()).where(Follow.followed_id == actor.id, Follow.state == "accepted")
    return session().scalar(query) or 0


def count_following(actor: Actor) -> int:
    """Return how many an actor follows."""
    query = select(func.count()).where(Follow.follower_id == actor.id, Follow.state == "accepted")
    return session().scalar(query) or 0
