"""Actors who live elsewhere: reading their documents, keeping a copy, finding their keys.

Functions named `fetch_…`, `find_document` and `look_up` use the network and touch no row; the others use the database
and no network, so that no transaction is ever open while a stranger's server takes its time.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from actors import iris, local, policy, rotation
from actors.database import reading, session
from actors.kept_keys import keep_keys
from actors.models import ACTIVE, AS2_TYPES, NODE, PERSON, PHASES, PROJECT, Actor
from actors.node import node, now
from federation.activities import (
    ACTOR_TYPES,
    Document,
    as_list,
    host_of,
    id_of,
    ids_of,
    is_web_iri,
    refuse_keywords,
    same_origin,
    text_of,
    type_of,
)
from federation.actor_keys import listed_ids, listed_keys, with_key
from federation.errors import BadSignature, Malformed, NotFound, Refused
from federation.lookup import Lookup, is_actor
from federation.sanitising import clean_html, clean_text, clean_url
from federation.signatures import Signer

MAX_ALIASES = 50
Rememberer = Callable[[Actor, Document], None]
_rememberers: list[Rememberer] = []


def on_remembering(function: Rememberer) -> Rememberer:
    """Register a function that reads more of a remote actor's document whenever our copy is written."""
    _rememberers.append(function)
    return function


def find(iri: str) -> Actor | None:
    """Return the actor with this id, ours or a copy, or None."""
    return session().scalar(select(Actor).where(Actor.iri == iri))


def application_signer(iri: str | None = None) -> Signer:
    """Return what signs the node's own GETs, as the server of `iri` knows it; reads in a transaction of its own."""
    with reading():
        application = local.application()
        return rotation.signer_for(application, host_of(iri)) if iri else local.signer_of(application)


def fetch_actor(iri: str) -> Document:
    """Fetch an actor's document from its own address and check that it is one.

    Raises:
        federation.errors.FederationError: not reachable, not there, not an actor, or not the one that was asked for.
    """
    return checked_actor(node().client.fetch_activity(iri, signer=application_signer(iri)).document)


def checked_actor(document: Document) -> Document:
    """Return an actor's document after checking the fields that decisions rest on.

    Raises:
        Malformed: it is not an actor, or one of its addresses lies on another server (GHSA-5wxh).
    """
    refuse_keywords(document)
    iri, inbox = document.get("id"), document.get("inbox")
    if type_of(document) not in ACTOR_TYPES or not isinstance(iri, str) or not is_web_iri(iri):
        raise Malformed("not an actor")
    if not isinstance(inbox, str) or not is_web_iri(inbox) or not same_origin(iri, inbox):
        raise Malformed("the actor's inbox is missing or on another server")
    if not handle_of(document):
        raise Malformed("the actor has no preferredUsername")
    return document


def fetch_key_owner(key_iri: str) -> Document:
    """Fetch the document of the actor who owns a key, and check that the two name each other.

    The key's address may lead to the actor, to a stub of it (GoToSocial) or to a document of the key; who that names
    as its owner has to list exactly this key. So nobody lists the key of a neighbour as one's own. Where the owner
    only refers to the key, the key is put into the document that is returned.

    Raises:
        BadSignature: the key's document and the actor do not confirm each other.
        federation.errors.FederationError: not reachable or not there.
    """
    address = key_iri.partition("#")[0]
    fetched = node().client.fetch_activity(address, signer=application_signer(address), expect_id=False).document
    owner = _owner_of(fetched)
    if owner is None or not same_origin(owner, key_iri):
        raise BadSignature(f"{key_iri} does not lead to its owner")
    document = fetched if fetched.get("id") == owner == address else fetch_actor(owner)
    checked_actor(document)
    if fetched.get("id") == key_iri in listed_ids(document) and key_iri not in dict(keys_of(document)):
        document = with_key(document, fetched)
    if key_iri not in dict(keys_of(document)):
        raise BadSignature(f"{owner} does not list {key_iri}")
    return document


def _owner_of(document: Document) -> str | None:
    if type_of(document) in ACTOR_TYPES:
        return id_of(document)
    nested = document.get("publicKey")
    nested = nested if isinstance(nested, dict) else {}
    return id_of(document.get("owner") or document.get("controller") or nested.get("owner"))


def keys_of(document: Document) -> list[tuple[str, str]]:
    """Return the (id, PEM) of the keys that an actor lists as its own."""
    return [(key.iri, key.pem) for key in listed_keys(document)]


def remember(document: Document, *, confirmed: str | None = None) -> Actor:
    """Write a checked document of a remote actor into our copy, and return it.

    The id never changes, a local actor is never written to, and every other address must lie on the actor's server.

    Args:
        document: the actor's document.
        confirmed: the id of a key whose own address names this actor (`fetch_key_owner`); of the other keys only
            those are kept that stand in the actor's document itself, or were confirmed before.

    Raises:
        Malformed: the id is one of ours.
    """
    iri = document["id"]
    if iris.is_ours(iri):
        raise Malformed("that actor lives here")
    actor = find(iri)
    if actor is None:
        actor = Actor(iri=iri, local=False)
        session().add(actor)
    for name, value in _columns(document).items():
        setattr(actor, name, value)
    actor.updated_at = actor.fetched_at = now()
    actor.gone_at = None
    policy.stamp(actor)
    session().flush()
    keep_keys(actor, document, confirmed)
    for remembered in _rememberers:
        remembered(actor, document)
    return actor


def handle_of(document: Document) -> str:
    """Return an actor's handle, or an empty string where it has none that can be shown."""
    handle = clean_text(document.get("preferredUsername"), limit=100)
    return "" if any(character in handle for character in " @/") else handle


def _columns(document: Document) -> dict[str, Any]:
    iri, kind = document["id"], type_of(document)
    handle = handle_of(document)
    endpoints = document.get("endpoints")
    shared = endpoints.get("sharedInbox") if isinstance(endpoints, dict) else None
    return {
        "type": kind,
        "kind": _kind_of(document, kind),
        "handle": handle,
        "host": host_of(iri),
        "name": clean_text(document.get("name"), limit=200) or handle,
        "summary": clean_html(text_of(document.get("summary"), 20_000)),
        "url": next((url for item in as_list(document.get("url")) if (url := _page(item))), iri),
        "inbox": document["inbox"],
        "shared_inbox": _own_address(shared, iri),
        "outbox": _own_address(document.get("outbox"), iri),
        "followers": _own_address(document.get("followers"), iri),
        "featured": _own_address(document.get("featured"), iri),
        "also_known_as": ids_of(document.get("alsoKnownAs"))[:MAX_ALIASES],
        "approves_followers": document.get("manuallyApprovesFollowers") is True,
        "published_at": None,
        "phase": _phase_of(document),
    }


def _page(value: Any) -> str | None:
    return clean_url(value.get("href") if isinstance(value, dict) else value)


def _own_address(value: Any, iri: str) -> str | None:
    return value if isinstance(value, str) and is_web_iri(value) and same_origin(value, iri) else None


def _kind_of(document: Document, as2_type: str) -> str | None:
    word = text_of(document.get("kind"), 60).rpartition(":")[2].lower()
    if word in AS2_TYPES and AS2_TYPES[word] == as2_type:
        return word
    return {"Person": PERSON, "Application": NODE}.get(as2_type)


def _phase_of(document: Document) -> str:
    """Return where a project elsewhere says that it is; all others are active."""
    phase = text_of(document.get("phase"), 20)
    return phase if phase in PHASES and _kind_of(document, type_of(document)) == PROJECT else ACTIVE


def look_up(name: str) -> Document:
    """Find the document of an actor by its handle, its id, its page, or the bare domain of a node.

    Raises:
        NotFound: the server knows no such actor.
        federation.errors.FederationError: not reachable, or the answers do not fit together.
    """
    document = find_document(name)
    if not is_actor(document):
        raise NotFound(f"{name} is not an actor")
    return checked_actor(document)


def find_document(name: str) -> Document:
    """Find whatever somebody names on another server, actor or object, as its own server gives it at its id.

    Nothing here is asked of a host that we do not deal with, nor of ourselves.

    Raises:
        federation.errors.FederationError: see `federation.lookup.Lookup.find`.
    """
    return Lookup(node().client, application_signer(), permit).find(name)


def permit(address: str) -> None:
    """Refuse to ask at an address that is ours, or on a host that we do not deal with; for redirects too.

    Raises:
        FederationError: it is refused.
    """
    if not is_web_iri(address):
        raise Malformed(f"{address[:200]!r} is no address")
    if iris.is_ours(address):
        raise NotFound(f"{address} is ours and is not there")
    with reading():
        if policy.is_blocked(address):
            raise Refused(f"{address} is on a host that we do not deal with")
