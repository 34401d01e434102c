"""Our own actors: founding one, finding one, signing as one."""

from sqlalchemy import select

from actors import iris
from actors.database import session
from actors.models import AS2_TYPES, NODE, Actor, ActorKey
from actors.node import node, now
from federation import keys
from federation.sanitising import clean_html, clean_text, clean_url
from federation.signatures import Signer


class HandleRefused(ValueError):
    """A handle that cannot be given: badly formed, reserved, or taken once already."""


class WebsiteRefused(ValueError):
    """A website that is no web address."""


def create(
    handle: str,
    kind: str,
    name: str,
    *,
    summary: str = "",
    language: str | None = None,
    website: str | None = None,
    approves_followers: bool = False,
) -> Actor:
    """Create an actor of this node with its signing key.

    Args:
        handle: 1 to 30 of `a-z`, `0-9` and `_` (the intersection of what Mastodon, Misskey and Mobilizon take).
        kind: organisation, project, coalition, territory, person or node.
        name: what people read.
        summary: HTML, sanitised here.
        language: a BCP 47 tag, or None.
        website: an address shown with the actor.
        approves_followers: whether somebody decides about each follower.

    Raises:
        HandleRefused: the handle is not free or not well formed.
        WebsiteRefused: the website is no web address.
    """
    check_handle(handle, kind)
    if website is not None and clean_url(website) is None:
        raise WebsiteRefused(f"{website} is not the address of a website: write it as https://union.example.")
    private, public = keys.generate()
    actor = Actor(
        iri=iris.actor(handle),
        local=True,
        type=AS2_TYPES[kind],
        kind=kind,
        handle=handle,
        host=iris.host(),
        name=clean_text(name, limit=200) or handle,
        summary=clean_html(summary),
        url=iris.home() if kind == NODE else iris.actor_page(handle),
        inbox=iris.collection(handle, "inbox"),
        shared_inbox=iris.shared_inbox(),
        outbox=iris.collection(handle, "outbox"),
        followers=iris.collection(handle, "followers"),
        approves_followers=approves_followers,
        language=language,
        website=website,
        published_at=now(),
        updated_at=now(),
    )
    actor.keys.append(
        ActorKey(
            iri=iris.key(handle),
            public_pem=public,
            private_encrypted=node().secret.encrypt(private),
            created_at=now(),
        )
    )
    session().add(actor)
    session().flush()
    return actor


def check_handle(handle: str, kind: str) -> None:
    """Raise `HandleRefused` unless the handle can be given to a new actor of this kind."""
    if not iris.HANDLE.fullmatch(handle):
        raise HandleRefused("A handle has 1 to 30 characters: small letters a to z, digits and _.")
    if handle in iris.RESERVED_HANDLES and kind != NODE:
        raise HandleRefused(f"The handle {handle} is reserved.")
    if session().scalar(select(Actor.id).where(Actor.local, Actor.handle == handle)) is not None:
        raise HandleRefused(f"The handle {handle} is taken; handles are never used twice.")


def find(handle: str) -> Actor | None:
    """Return our actor with this handle, deleted ones included, or None."""
    if not iris.HANDLE.fullmatch(handle.lower()):
        return None
    return session().scalar(select(Actor).where(Actor.local, Actor.handle == handle.lower()))


def find_page(page_handle: str) -> Actor | None:
    """Return the actor of a page `/@handle` or `/@handle@host`, or None.

    A server may give a handle anew after a deletion: of several, the one that is still there and was read last.
    """
    if not page_handle.isprintable():
        return None
    handle, _, host = page_handle.partition("@")
    if not host or host.lower() == iris.host():
        return find(handle)
    return session().scalar(
        select(Actor)
        .where(~Actor.local, Actor.host == host.lower(), Actor.handle == handle)
        .order_by(Actor.gone_at.is_not(None), Actor.fetched_at.desc().nulls_last(), Actor.id.desc())
        .limit(1)
    )


def application() -> Actor:
    """Return the node's own actor.

    Raises:
        LookupError: the node was not initialised.
    """
    found = find(iris.NODE_HANDLE)
    if found is None:
        raise LookupError("This node has no actor yet: run `maillage init`.")
    return found


def ensure_application() -> Actor:
    """Return the node's own actor, created at the first call."""
    found = find(iris.NODE_HANDLE)
    return found or create(iris.NODE_HANDLE, NODE, node().name, summary=node().description, language=node().language)


def signer_of(actor: Actor) -> Signer:
    """Return what signs as one of our actors."""
    key = (
        session()
        .scalars(
            select(ActorKey)
            .where(ActorKey.actor_id == actor.id, ActorKey.private_encrypted.is_not(None))
            .order_by(ActorKey.id.desc())
        )
        .first()
    )
    if key is None or key.private_encrypted is None:
        raise LookupError(f"{actor.iri} has no private key here")
    return Signer(key_id=key.iri, private_key=keys.load_private(node().secret.decrypt(key.private_encrypted)))
