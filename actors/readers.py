"""Who reads a document: the actor whose signature holds, or nobody.

Public things are for everyone, and no key is fetched for them. A signature is looked at where the answer depends on
it: for what is limited, and for everything where the node asks every server to sign (`authorised_fetch`) or deals with
a list of hosts only. Whether a thing is limited or not there, the same work is done: a key that is fetched for the one
and not for the other would tell them apart.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from flask import g, request
from sqlalchemy import select

from actors import followers, policy, remote
from actors.authentication import Sender, authenticate
from actors.database import reading, session, writing
from actors.kept_keys import find_key
from actors.models import Actor
from actors.node import node, now
from actors.requests import caller_of, received_without_body
from federation import keys, signatures
from federation.activities import host_of
from federation.errors import BadSignature, FederationError, Malformed, NotFound
from federation.signatures import Received

STRANGERS = "strangers"
MOST_STRANGERS = 2000
KEPT = timedelta(hours=1)


@dataclass(frozen=True)
class Reader:
    """A verified reader; `number` is the row of the actor, None for a stranger, who is written down nowhere."""

    iri: str
    number: int | None


class Strangers:
    """Keys of readers whom we do not know, in memory and bounded: reading must not make rows."""

    def __init__(self) -> None:
        """Begin with none."""
        self._keys: OrderedDict[str, tuple[str, str, datetime]] = OrderedDict()
        self._lock = Lock()

    def find(self, key_iri: str, moment: datetime) -> tuple[str, str] | None:
        """Return the owner and the PEM of a key that was seen within the hour, or None."""
        with self._lock:
            owner, pem, until = self._keys.get(key_iri, ("", "", moment))
            return (owner, pem) if until > moment else None

    def keep(self, key_iri: str, owner: str, pem: str, moment: datetime) -> None:
        """Remember a key for an hour; the oldest makes room."""
        with self._lock:
            self._keys[key_iri] = (owner, pem, moment + KEPT)
            self._keys.move_to_end(key_iri)
            while len(self._keys) > MOST_STRANGERS:
                self._keys.popitem(last=False)


Guard = Callable[[str, Reader], bool | None]
guards: list[Guard] = []
"""What upper packages know of who may read an object of ours now, by its id; None for what is not theirs."""


def guard(function: Guard) -> Guard:
    """Register a function that says who may read the objects of a package."""
    guards.append(function)
    return function


def current_reader() -> Reader | None:
    """Return who signed the request in hand, or None for nobody; found out once per request.

    A bad signature is nobody's. The session's transaction may have ended when this returns: rows that were read before
    are read again.

    Raises:
        NotFound: the signer is on a host that we do not deal with, or suspended; no key was fetched for the first.
        Unreachable: the key's server does not answer now.
        TooMany: too many keys asked for.
    """
    if "maillage_reader" not in g:
        g.maillage_reader = _find_out()
    found: Reader | None = g.maillage_reader
    return found


def refuse_blocked() -> None:
    """Refuse who claims to sign for a host that we do not deal with, before any key of it is fetched.

    Raises:
        NotFound: the same as for what is not there; 403 would tell what there is (GHSA-gwhw).
    """
    key_iri = _claimed_key(received_without_body(request)) if "Signature" in request.headers else None
    if key_iri is not None and policy.is_blocked(key_iri):
        raise NotFound(f"{key_iri} is on a host that we do not deal with")


def require_signature() -> None:
    """Refuse a request that no server has signed, where the node asks for that (`authorised_fetch`).

    Raises:
        BadSignature: it is not signed, or not well: 401, at which peers knock once more.
        FederationError: as `current_reader`.
    """
    if node().authorised_fetch and current_reader() is None:
        raise BadSignature("documents are given to servers that sign")


def may_read(reader: Reader | None, author: Actor, audience: set[str], object_iri: str | None) -> bool:
    """Tell whether somebody may read what `author` addressed to `audience`: named, or a follower where those are.

    Where it carries an object of ours, that object's own audience of today counts too.
    """
    if reader is None or reader.number is None:
        return False
    named = reader.iri in audience
    if not named and not (author.followers in audience and followers.follows(reader.number, author)):
        return False
    return object_iri is None or all(guarded(object_iri, reader) is not False for guarded in guards)


def _find_out() -> Reader | None:
    if "Signature" not in request.headers:
        return None
    received = received_without_body(request)
    session().rollback()
    try:
        key_iri = signatures.check(received, now=now())
        with reading():
            if policy.is_blocked(key_iri):
                raise NotFound(f"{key_iri} is on a host that we do not deal with")
            worth_asking = node().authorised_fetch or _may_be_somebodys(key_iri)
        if not worth_asking:
            return None
        sender = _known_stranger(received, key_iri) or authenticate(
            received, key_iri, claimed=None, address=caller_of(request)
        )
    except (BadSignature, Malformed):
        return None
    return _reader(sender)


def _claimed_key(received: Received) -> str | None:
    try:
        return signatures.key_id_of(received)
    except FederationError:
        return None


def _may_be_somebodys(key_iri: str) -> bool:
    """Tell whether a key can belong to an actor that we know: strangers read nothing that is limited anyway."""
    if find_key(key_iri) is not None:
        return True
    known = select(Actor.id).where(~Actor.local, Actor.host == host_of(key_iri)).limit(1)
    return session().scalar(known) is not None


def _known_stranger(received: Received, key_iri: str) -> Sender | None:
    known = _strangers().find(key_iri, now())
    if known is None:
        return None
    owner, pem = known
    try:
        signatures.verify(received, keys.load_public(pem), now=now())
    except BadSignature:
        return None
    return Sender(owner, key_iri, None)


def _reader(sender: Sender) -> Reader:
    """Return the reader for a verified signer; a key that a known actor shows anew is kept, a stranger's for an hour.

    Raises:
        NotFound: the signer is suspended, gone, or on a host that we do not deal with.
    """
    if sender.document is not None:
        _keep_key(sender)
    actor = remote.find(sender.iri)
    if policy.is_blocked(sender.iri) or (actor is not None and not policy.is_welcome(actor)):
        raise NotFound(f"{sender.iri} is suspended, gone or blocked")
    return Reader(sender.iri, actor.id if actor is not None else None)


def _keep_key(sender: Sender) -> None:
    document = sender.document or {}
    with writing():
        actor = remote.find(sender.iri)
        if actor is not None and policy.is_welcome(actor):
            remote.remember(document, confirmed=sender.key_iri)
        session().commit()
    if actor is None:
        _strangers().keep(sender.key_iri, sender.iri, dict(remote.keys_of(document))[sender.key_iri], now())


def _strangers() -> Strangers:
    found: Strangers = node().state.setdefault(STRANGERS, Strangers())
    return found
