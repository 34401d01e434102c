"""Actors who live elsewhere: reading their documents, keeping a copy, finding their keys.

Functions named `fetch_…` and `look_up` use the network and touch no row; the others use the database and no network,
so that no transaction is ever open while a stranger's server takes its time.
"""

from typing import Any

from sqlalchemy import select

from actors import iris, local
from actors.database import reading, session
from actors.models import AS2_TYPES, NODE, PERSON, Actor, ActorKey
from actors.node import node, now
from federation import discovery
from federation.activities import (
    ACTOR_TYPES,
    Document,
    as_list,
    host_of,
    id_of,
    ids_of,
    is_web_iri,
    origin,
    refuse_keywords,
    same_origin,
    text_of,
    type_of,
)
from federation.errors import BadSignature, FederationError, Malformed, NotFound
from federation.sanitising import clean_html, clean_text, clean_url
from federation.signatures import Signer

MAX_KEYS = 10
MAX_ALIASES = 50


def find(iri: str) -> Actor | None:
    """Return the actor with this id, ours or a copy, or None."""
    return session().scalar(select(Actor).where(Actor.iri == iri))


def find_key(key_iri: str) -> ActorKey | None:
    """Return a key that we know, or None."""
    return session().scalar(select(ActorKey).where(ActorKey.iri == key_iri))


def application_signer() -> Signer:
    """Return what signs the node's own GETs; reads in a transaction of its own and ends it."""
    with reading():
        return local.signer_of(local.application())


def fetch_actor(iri: str) -> Document:
    """Fetch an actor's document from its own address and check that it is one.

    Raises:
        federation.errors.FederationError: not reachable, not there, not an actor, or not the one that was asked for.
    """
    return checked_actor(node().client.fetch_activity(iri, signer=application_signer()).document)


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
    """Fetch the document of the actor who owns a key, and check that the actor lists exactly this key.

    The key's address may lead to the actor, to a stub of it (GoToSocial) or to a document of the key; what counts
    is only what the owner's own document says.

    Raises:
        BadSignature: the key's document and the actor do not confirm each other.
        federation.errors.FederationError: not reachable or not there.
    """
    address = key_iri.partition("#")[0]
    fetched = node().client.fetch_activity(address, signer=application_signer(), expect_id=False).document
    owner = _owner_of(fetched)
    if owner is None or not same_origin(owner, key_iri):
        raise BadSignature(f"{key_iri} does not lead to its owner")
    document = fetched if fetched.get("id") == owner == address else fetch_actor(owner)
    checked_actor(document)
    if key_iri not in {iri for iri, _ in keys_of(document)}:
        raise BadSignature(f"{owner} does not list {key_iri}")
    return document


def _owner_of(document: Document) -> str | None:
    if type_of(document) in ACTOR_TYPES:
        return id_of(document)
    nested = document.get("publicKey")
    nested = nested if isinstance(nested, dict) else {}
    return id_of(document.get("owner") or document.get("controller") or nested.get("owner"))


def keys_of(document: Document) -> list[tuple[str, str]]:
    """Return the (id, PEM) of the RSA keys that an actor lists as its own."""
    found = []
    for key in as_list(document.get("publicKey"))[:MAX_KEYS]:
        if not isinstance(key, dict):
            continue
        iri, pem, owner = key.get("id"), key.get("publicKeyPem"), key.get("owner", document.get("id"))
        if isinstance(iri, str) and isinstance(pem, str) and id_of(owner) == document.get("id") and is_web_iri(iri):
            found.append((iri, pem))
    return found


def remember(document: Document) -> Actor:
    """Write a checked document of a remote actor into our copy, and return it.

    The id never changes, a local actor is never written to, and every other address must lie on the actor's server.

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
    session().flush()
    _remember_keys(actor, document)
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


def _remember_keys(actor: Actor, document: Document) -> None:
    """Keep the keys that the actor lists now, and let go of those it lists no longer."""
    listed = {iri: pem for iri, pem in keys_of(document) if same_origin(iri, actor.iri)}
    for key in list(actor.keys):
        if key.iri not in listed:
            session().delete(key)
    known = {key.iri: key for key in actor.keys}
    for iri, pem in listed.items():
        if iri in known:
            known[iri].public_pem = pem
        elif find_key(iri) is None:
            session().add(ActorKey(actor_id=actor.id, iri=iri, public_pem=pem, created_at=now()))
    session().flush()
    session().refresh(actor)


def look_up(name: str) -> Document:
    """Find the document of an actor by its handle (`@name@host`) or its address.

    Raises:
        NotFound: the server knows no such actor.
        federation.errors.FederationError: not reachable, or the answers do not fit together.
    """
    handle = discovery.parse_handle(name)
    if handle is None:
        return fetch_actor(name)
    address = _self_link(*handle)
    document = fetch_actor(address)
    if origin(address) != origin(document["id"]):
        raise NotFound(f"{name} leads to an actor on another server")
    return document


def _self_link(name: str, host: str) -> str:
    client = node().client
    resource = f"acct:{name}@{host}"
    schemes = ("https", "http") if client.allows_http else ("https",)
    error: FederationError = NotFound(resource)
    for scheme in schemes:
        try:
            url = f"{scheme}://{host}/.well-known/webfinger?resource={resource}"
            link = discovery.self_link(client.fetch_json(url, accept="application/jrd+json, application/json").document)
        except NotFound:
            raise
        except FederationError as failure:
            error = failure
            continue
        if link is None:
            raise NotFound(f"{resource} names no ActivityPub actor")
        return link
    raise error
