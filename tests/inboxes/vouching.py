"""Actors who vouch for what they send (FEP-521a, FEP-8b32)."""

from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation import multikey, proofs
from tests.fediverse import RemoteActor

KEYS = {name: Ed25519PrivateKey.generate() for name in ("alice", "mallory", "another")}


def lists_key(actor: RemoteActor, key: str = "alice", name: str = "ed25519-key") -> str:
    """Let an actor's document list an Ed25519 key, and return its id."""
    key_id = f"{actor.iri}#{name}"
    actor.document["assertionMethod"] = [multikey.describe(key_id, actor.iri, KEYS[key].public_key())]
    actor.publish_profile()
    return key_id


def vouched(document: dict[str, Any], key_id: str, now: datetime, key: str = "alice") -> dict[str, Any]:
    """Return the document with a proof."""
    return proofs.prove(document, proofs.Prover(key_id, KEYS[key]), now=now)
