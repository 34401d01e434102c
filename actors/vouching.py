"""Who vouches for a document: the actor whose own key (FEP-521a) made the proof that it carries (FEP-8b32)."""

from actors import remote
from actors.authentication import Sender, fetch_within_budget
from actors.database import reading
from actors.kept_keys import find_assertion_key
from actors.node import node, now
from federation import keys, proofs
from federation.activities import Document
from federation.actor_keys import listed_keys
from federation.errors import BadSignature, KeyNotHad
from federation.proofs import Proof


def check_proof(document: Document, actor_iri: str, *, shown: Document | None, address: str) -> Sender | None:
    """Verify the proof that an actor put on a document of its own.

    Proofs of suites that we do not know, and those whose key does not stand in the actor's own document, are passed
    over: by them nobody's key is taken for another's.

    Args:
        document: the whole document as it came.
        actor_iri: the actor who has to have made the proof.
        shown: the actor's document where it was fetched just now.
        address: the network address of the caller, for its rates.

    Returns:
        Who vouches, and when it did; None where there is no proof that we can read.

    Raises:
        BadSignature: it does not verify, or the actor does not list its key.
        KeyNotHad: the actor's document cannot be had.
        Unreachable: the actor's server does not answer now.
        TooMany: too many keys asked for.
    """
    proof = proofs.read(document, now=now())
    if proof is None or proof.method.partition("#")[0] != actor_iri:
        return None
    if shown is None and not _verifies_as_known(proof, actor_iri):
        shown = _fetched(actor_iri, address)
    if shown is not None:
        proof.verify(keys.load_public(_listed(shown, proof.method)))
    return Sender(actor_iri, proof.method, shown, proof.created)


def _verifies_as_known(proof: Proof, actor_iri: str) -> bool:
    """Verify with the key that we keep; False where there is none, or where its owner may be asked for a newer one."""
    with reading():
        known = find_assertion_key(proof.method, actor_iri)
        pem = known.public_pem if known is not None else None
    if pem is None:
        return False
    try:
        proof.verify(keys.load_public(pem))
    except BadSignature:
        if node().rates.exhausted("key refetch", actor_iri):
            raise
        return False
    return True


def _fetched(actor_iri: str, address: str) -> Document:
    if not node().rates.allow("key refetch", actor_iri):
        raise KeyNotHad(f"the keys of {actor_iri} were asked for a moment ago")
    return fetch_within_budget(actor_iri, address, remote.fetch_actor)


def _listed(document: Document, key_iri: str) -> str:
    for key in listed_keys(document):
        if key.assertion and key.iri == key_iri:
            return key.pem
    raise BadSignature(f"{document.get('id')} does not vouch with {key_iri}")
