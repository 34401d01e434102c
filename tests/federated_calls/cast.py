"""Who plays in the fixtures, their keys, and how a letter of theirs is made: everything is computed, nothing random."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import base58
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation import multikey, proofs

Json = dict[str, Any]

A, B, C, D, E = (f"https://node-{letter}.example/actors" for letter in "abcde")
OWNER, RELAY = f"{A}/platform_workers", f"{A}/relay"
IRES, ETUC, ASTREES = f"{B}/ires_seat", f"{A}/etuc_seat", f"{C}/astrees_seat"
SEATS = (IRES, ETUC, ASTREES)
MAIL_SEAT, LATER_SEAT = "etuc-2", f"{B}/etuc_second"
"""The mail seat, and the actor that it gets in the third version of the committee."""
RIDERS, CARE, TEXTS, STRANGER = f"{D}/riders", f"{D}/care", f"{D}/texts", f"{E}/mallory"
ACTORS = (OWNER, RELAY, *SEATS, LATER_SEAT, RIDERS, CARE, TEXTS, STRANGER)

CALL = f"{OWNER}/calls/1"
ALL = (OWNER, *SEATS)
OPENS, FIRST_DEADLINE, DEADLINE = "2026-11-16T09:00:00Z", "2027-01-06T22:59:59Z", "2027-01-13T22:59:59Z"

CONTEXT: list[Any] = [
    "https://www.w3.org/ns/activitystreams",
    "https://w3id.org/security/data-integrity/v2",
    {
        "@vocab": "https://w3id.org/maillage#",
        "maillage": "https://w3id.org/maillage#",
        "vf": "https://w3id.org/valueflows/ont/vf#",
        "om2": "http://www.ontology-of-units-of-measure.org/resource/om-2/",
        "Intent": "vf:Intent",
        "Agreement": "vf:Agreement",
        "Commitment": "vf:Commitment",
        "purpose": "vf:purpose",
        "publishes": "vf:publishes",
        "unitBased": "vf:unitBased",
        "action": "vf:action",
        "stipulates": "vf:stipulates",
        "satisfies": {"@id": "vf:satisfies", "@type": "@id"},
        "resourceQuantity": "vf:resourceQuantity",
        "hasUnit": "om2:hasUnit",
        "hasNumericalValue": "om2:hasNumericalValue",
        "steeringCommittee": {"@id": "maillage:steeringCommittee", "@type": "@id"},
        "initiativeId": {"@id": "maillage:initiative", "@type": "@id"},
        "applyUrl": {"@id": "maillage:applyUrl", "@type": "@id"},
        "supersedes": {"@id": "maillage:supersedes", "@type": "@id"},
        "admittedBecause": {"@id": "maillage:admittedBecause", "@type": "@id"},
        "missing": {"@id": "maillage:missing", "@type": "@id"},
        "receivedAt": {"@id": "maillage:receivedAt", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"},
        "choices": {"@id": "maillage:choices", "@container": "@list"},
        "deadlineExtensions": {"@id": "maillage:deadlineExtensions", "@container": "@list"},
        "previousDeadline": {
            "@id": "maillage:previousDeadline",
            "@type": "http://www.w3.org/2001/XMLSchema#dateTime",
        },
        "deadline": {"@id": "maillage:deadline", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"},
        "size": "https://joinpeertube.org/ns#size",
        "timezone": "https://w3id.org/fep/8a8e/timezone",
    },
]


def key_of(actor: str) -> Ed25519PrivateKey:
    """Return the Ed25519 key of an actor of the story, made from its id: worthless outside of tests."""
    return Ed25519PrivateKey.from_private_bytes(sha256(b"federated calls, for tests: " + actor.encode()).digest())


def keys() -> Json:
    """Return the public and private keys of everybody, for those who play the fixtures."""
    return {
        actor: {
            **multikey.describe(f"{actor}#ed25519-key", actor, key_of(actor).public_key()),
            "seed": key_of(actor).private_bytes_raw().hex(),
        }
        for actor in ACTORS
    }


def digest(data: bytes) -> str:
    """Return the SHA-256 of bytes as a multihash in base58btc."""
    return "z" + base58.b58encode(b"\x12\x20" + sha256(data).digest()).decode("ascii")


def digest_of(document: Json) -> str:
    """Return the digest of a document: of its canonical form, proof included (FC, Digests)."""
    return digest(rfc8785.dumps(document))


def moment(text: str) -> datetime:
    """Read a moment of the story."""
    return datetime.fromisoformat(text).astimezone(UTC)


def letter(
    iri: str, kind: str, actor: str, thing: Any, *, to: tuple[str, ...], at: str, vouched: bool = True, **more: Any
) -> Json:
    """Return an activity of the story, with its actor's proof unless `vouched` is false."""
    document: Json = {
        "@context": CONTEXT,
        "id": iri,
        "type": kind,
        "actor": actor,
        "published": at,
        "to": list(to),
        **more,
        "object": thing,
    }
    return proved(document) if vouched else document


def proved(document: Json) -> Json:
    """Return a document with a proof of its actor, made when it was published."""
    prover = proofs.Prover(f"{document['actor']}#ed25519-key", key_of(document["actor"]))
    return proofs.prove(document, prover, now=moment(document["published"]))


def stub(document: Json) -> Json:
    """Return how another letter names this one: by id, type and actor."""
    return {name: document[name] for name in ("id", "type", "actor")}
