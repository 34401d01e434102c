"""Who signed a request: with the key that we know, else with the one that its owner shows now.

For letters and for reading alike. The network is used between transactions, within what one caller and one host may
cost us.
"""

from dataclasses import dataclass

from actors import remote
from actors.database import reading
from actors.node import node, now
from federation import keys, signatures
from federation.activities import Document, host_of
from federation.errors import BadSignature, FederationError, TooMany, Unreachable
from federation.signatures import Received


@dataclass(frozen=True)
class Sender:
    """The verified sender of a request: a copy that we have, or the document from which one is to be made."""

    iri: str
    key_iri: str
    document: Document | None


def authenticate(request: Received, key_iri: str, *, claimed: str | None, address: str) -> Sender:
    """Verify the signature of a request, whose other parts `signatures.check` has looked at.

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
        known = remote.find_key(key_iri)
        pem, owner = (known.public_pem, known.actor.iri) if known else (None, None)
    if pem is not None and owner is not None:
        _check_owner(key_iri, owner, claimed)
        try:
            signatures.verify(request, keys.load_public(pem), now=now())
            return Sender(owner, key_iri, None)
        except BadSignature:
            if not node().rates.allow("key refetch", owner):
                raise
    document = _fetch_key_owner(key_iri, address)
    _check_owner(key_iri, document["id"], claimed)
    signatures.verify(request, keys.load_public(dict(remote.keys_of(document))[key_iri]), now=now())
    return Sender(document["id"], key_iri, document)


def _check_owner(key_iri: str, owner: str, claimed: str | None) -> None:
    if claimed is not None and owner != claimed:
        raise BadSignature(f"{key_iri} belongs to {owner}, not to {claimed}")


def _fetch_key_owner(key_iri: str, address: str) -> Document:
    """Fetch a key's owner within what one caller and one host may cost us; failures are remembered a while."""
    rates, host = node().rates, host_of(key_iri)
    if rates.exhausted("key failure", key_iri):
        raise BadSignature(f"{key_iri} could not be had a moment ago")
    if rates.exhausted("key unreachable", key_iri):
        raise _no_key_now(key_iri)
    for name, key in (("key fetch by address", address), ("key fetch by host", host)):
        if not rates.allow(name, key):
            raise TooMany(f"too many keys asked for by {key}", retry_after=rates.seconds_until_free(name, key))
    try:
        return remote.fetch_key_owner(key_iri)
    except Unreachable as error:
        rates.allow("key unreachable", key_iri)
        raise _no_key_now(key_iri, error.retry_after) from error
    except FederationError as error:
        rates.allow("key failure", key_iri)
        raise BadSignature(f"the key {key_iri} cannot be had: {error}") from error


def _no_key_now(key_iri: str, retry_after: int | None = None) -> Unreachable:
    """Return the error that keeps the letter with its sender: the key may be there in a while."""
    pause = node().rates.seconds_until_free("key unreachable", key_iri)
    return Unreachable(f"{key_iri} cannot be reached", retry_after=max(retry_after or 0, pause))
