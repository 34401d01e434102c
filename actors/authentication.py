"""Who signed a request: with the key that we know, else with the one that its owner shows now.

For letters and for reading alike. The network is used between transactions, within what one caller and one host may
cost us.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from actors import remote
from actors.database import reading
from actors.kept_keys import find_key
from actors.node import node, now
from federation import keys, signatures
from federation.activities import Document, host_of
from federation.errors import BadSignature, FederationError, KeyNotHad, TooMany, Unreachable
from federation.signatures import Received


@dataclass(frozen=True)
class Sender:
    """The verified sender of a request: a copy that we have, or the document from which one is to be made."""

    iri: str
    key_iri: str
    document: Document | None
    vouched_at: datetime | None = None
    """When the sender vouched for the letter, where a proof is what speaks for it and somebody else brought it."""


def authenticate(request: Received, key_iri: str, *, claimed: str | None, address: str) -> Sender:
    """Verify the signature of a request, whose other parts `signatures.check` has looked at.

    A key that does not verify is asked for anew once in five minutes for each actor and caller, so that nobody uses
    that up in another's place; so is a further key of an actor whom we know.

    Args:
        request: the request as it came in.
        key_iri: the key that claims to have signed, as `signatures.check` returned it.
        claimed: the actor for whom the request speaks, where it says so itself; nobody else may have signed it.
        address: the network address of the caller, for its rates.

    Raises:
        BadSignature: it does not verify, or the key is another's than the claimed actor's.
        Unreachable: the key's server does not answer now.
        TooMany: too many keys asked for.
    """
    with reading():
        known = find_key(key_iri)
        pem, owner = (known.public_pem, known.actor.iri) if known else (None, None)
        met = claimed is not None and remote.find(claimed) is not None
    if pem is not None and owner is not None:
        _check_owner(key_iri, owner, claimed)
        try:
            signatures.verify(request, keys.load_public(pem), now=now())
            return Sender(owner, key_iri, None)
        except BadSignature:
            if not node().rates.allow("key refetch", f"{owner} for {address}"):
                raise
    elif met and not node().rates.allow("key refetch", f"{claimed} for {address}"):
        raise KeyNotHad(f"a further key of {claimed} was asked for a moment ago")
    document = fetch_within_budget(key_iri, address, remote.fetch_key_owner)
    _check_owner(key_iri, document["id"], claimed)
    signatures.verify(request, keys.load_public(dict(remote.keys_of(document))[key_iri]), now=now())
    return Sender(document["id"], key_iri, document)


def _check_owner(key_iri: str, owner: str, claimed: str | None) -> None:
    if claimed is not None and owner != claimed:
        raise BadSignature(f"{key_iri} belongs to {owner}, not to {claimed}")


def fetch_within_budget(iri: str, address: str, fetch: Callable[[str], Document]) -> Document:
    """Fetch who a key belongs to, within what one caller and one host may cost us; failures are remembered a while.

    Args:
        iri: the key, or the actor whose keys are wanted.
        address: the network address of the caller.
        fetch: what fetches and checks it.

    Raises:
        KeyNotHad: it cannot be had, now or a moment ago.
        Unreachable: its server does not answer now.
        TooMany: too many asked for.
    """
    rates, host = node().rates, host_of(iri)
    if rates.exhausted("key failure", iri):
        raise KeyNotHad(f"{iri} could not be had a moment ago")
    if rates.exhausted("key unreachable", iri):
        raise _no_key_now(iri)
    for name, key in (("key fetch by address", address), ("key fetch by host", host), ("key fetch", "")):
        if not rates.allow(name, key):
            raise TooMany(f"too many keys asked for by {key}", retry_after=rates.seconds_until_free(name, key))
    try:
        return fetch(iri)
    except Unreachable as error:
        rates.allow("key unreachable", iri)
        raise _no_key_now(iri, error.retry_after) from error
    except FederationError as error:
        rates.allow("key failure", iri)
        raise KeyNotHad(f"the key {iri} cannot be had: {error}") from error


def _no_key_now(iri: str, retry_after: int | None = None) -> Unreachable:
    """Return the error that keeps the letter with its sender: the key may be there in a while."""
    pause = node().rates.seconds_until_free("key unreachable", iri)
    return Unreachable(f"{iri} cannot be reached", retry_after=max(retry_after or 0, pause))
