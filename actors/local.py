"""Our own actors: founding one, finding one, signing as one."""

from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from actors import iris
from actors.database import session
from actors.leases import wait_for_turn_at
from actors.models import AS2_TYPES, ASSERTION, NODE, SIGNING, Actor, ActorKey
from actors.node import node, now
from federation import keys
from federation.proofs import Prover
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
    """Create an actor of this node with its two keys: one signs requests, the other vouches for documents.

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
    wait_for_turn_at(Actor, handle)
    check_handle(handle, kind)
    if website is not None and clean_url(website) is None:
        raise WebsiteRefused(f"{website} is not the address of a website: write it as https://union.example.")
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
    actor.keys += [signing_key(handle), _assertion_key(handle)]
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


def signing_key(handle: str, number: int = 1) -> ActorKey:
    """Return a new key for the requests of an actor of ours; `number` counts those that it had."""
    return _key(iris.key(handle, number), SIGNING, keys.generate())


def _assertion_key(handle: str) -> ActorKey:
    return _key(iris.assertion_key(handle), ASSERTION, keys.generate_ed25519())


def _key(iri: str, purpose: str, pair: tuple[str, str]) -> ActorKey:
    private, public = pair
    encrypted = node().secret.encrypt(private)
    return ActorKey(iri=iri, public_pem=public, private_encrypted=encrypted, purpose=purpose, created_at=now())


def current_key(actor: Actor, purpose: str = SIGNING) -> ActorKey | None:
    """Return the key that one of our actors uses for a purpose now, or None."""
    query = select(ActorKey).where(
        ActorKey.actor_id == actor.id,
        ActorKey.purpose == purpose,
        ActorKey.private_encrypted.is_not(None),
        ActorKey.retired_at.is_(None),
    )
    return session().scalar(query.order_by(ActorKey.id.desc()).limit(1))


def signer_of(actor: Actor) -> Signer:
    """Return what signs as one of our actors."""
    key = current_key(actor)
    if key is None:
        raise LookupError(f"{actor.iri} has no private key here")
    return signer_with(key)


def signer_with(key: ActorKey) -> Signer:
    """Return what signs with one key of ours, current or retired.

    Raises:
        LookupError: the private half was destroyed.
    """
    if key.private_encrypted is None:
        raise LookupError(f"{key.iri} has no private half any more")
    return Signer(key_id=key.iri, private_key=keys.load_private(node().secret.decrypt(key.private_encrypted)))


def prover_of(actor: Actor) -> Prover:
    """Return what vouches for documents as one of our actors; an actor founded before there was such a key gets one.

    Two that meet at this moment make one key: the second finds the first's.
    """
    key = current_key(actor, ASSERTION)
    if key is None:
        made = _assertion_key(actor.handle)
        made.actor_id = actor.id
        with suppress(IntegrityError), session().begin_nested():
            session().add(made)
        session().expire(actor, ["keys"])
        key = current_key(actor, ASSERTION)
    if key is None or key.private_encrypted is None:
        raise LookupError(f"{actor.iri} has no key to vouch with")
    private = keys.load_private_ed25519(node().secret.decrypt(key.private_encrypted))
    return Prover(key_id=key.iri, private_key=private)


def complete_keys() -> int:
    """Make the keys to vouch with that actors of ours lack, and return for how many."""
    have = select(ActorKey.actor_id).where(ActorKey.purpose == ASSERTION)
    lacking = session().scalars(select(Actor).where(Actor.local, Actor.gone_at.is_(None), Actor.id.not_in(have))).all()
    for actor in lacking:
        prover_of(actor)
    return len(lacking)
