"""Object integrity proofs (FEP-8b32): `eddsa-jcs-2022` made and verified, so that a document stands on its own.

The hash is SHA-256 of the canonical proof options, then SHA-256 of the canonical document, in this order (W3C
vc-di-eddsa §3.3); canonical is RFC 8785.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from federation.activities import Document, as_list
from federation.errors import BadSignature
from federation.keys import PublicKey
from federation.multikey import read_base58, write_base58
from federation.signatures.freshness import WINDOW

TYPE = "DataIntegrityProof"
CRYPTOSUITE = "eddsa-jcs-2022"
PURPOSE = "assertionMethod"
SIGNATURE_BYTES = 64


@dataclass(frozen=True)
class Prover:
    """Who vouches: the id of the key as the actor's document lists it, and the private half."""

    key_id: str
    private_key: Ed25519PrivateKey


@dataclass(frozen=True)
class Proof:
    """One `eddsa-jcs-2022` proof of a document, read and not yet verified."""

    document: Document
    options: Document
    method: str
    created: datetime | None
    value: bytes

    def verify(self, key: PublicKey) -> None:
        """Verify the proof with the key that its method names.

        Raises:
            BadSignature: it does not verify, or the key is of another kind than Ed25519.
        """
        if not isinstance(key, Ed25519PublicKey):
            raise BadSignature("the proof's key is not Ed25519")
        try:
            key.verify(self.value, _hash(self.document, self.options))
        except InvalidSignature:
            raise BadSignature("the proof does not verify") from None


def prove(document: Document, prover: Prover, *, now: datetime) -> Document:
    """Return a document of ours with a proof of it.

    Args:
        document: what is vouched for; a proof that it has already is replaced.
        prover: whose key signs.
        now: the moment of signing.
    """
    bare = _without_proof(document)
    options: Document = {
        "type": TYPE,
        "cryptosuite": CRYPTOSUITE,
        "verificationMethod": prover.key_id,
        "proofPurpose": PURPOSE,
        "created": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    if "@context" in bare:
        options = {"@context": bare["@context"], **options}
    value = prover.private_key.sign(_hash(bare, options))
    return {**bare, "proof": {**options, "proofValue": write_base58(value)}}


def read(document: Document, *, now: datetime) -> Proof | None:
    """Return the proof that a document carries, or None where there is none that we can read.

    Proofs of other suites, and those that have expired, are passed over as FEP-8b32 asks. A `signature` of Linked
    Data, which was put on after the proof, is neither read nor covered.

    Raises:
        BadSignature: a proof of our suite that is malformed, serves another purpose, is from the future or does not
            stand alone, or whose context is not the document's.
    """
    ours = [proof for proof in as_list(document.get("proof")) if _is_ours(proof)]
    if not ours:
        return None
    if len(ours) > 1:
        raise BadSignature("more than one proof of one suite")
    options = {key: value for key, value in ours[0].items() if key != "proofValue"}
    method, value = options.get("verificationMethod"), ours[0].get("proofValue")
    if not isinstance(method, str) or not isinstance(value, str):
        raise BadSignature("the proof names no key or has no value")
    if options.get("proofPurpose") != PURPOSE:
        raise BadSignature("the proof serves another purpose")
    created, expires = _moment(options.get("created")), _moment(options.get("expires"))
    if expires is not None and expires < now:
        return None
    if created is not None and created - now > WINDOW:
        raise BadSignature("the proof is from the future")
    raw = read_base58(value)
    if len(raw) != SIGNATURE_BYTES:
        raise BadSignature("the proof's value is not a signature")
    bare = _bare(document, options)
    return Proof(bare, options, method, created, raw)


def _is_ours(proof: Any) -> bool:
    return isinstance(proof, dict) and proof.get("type") == TYPE and proof.get("cryptosuite") == CRYPTOSUITE


def _without_proof(document: Document) -> Document:
    return {key: value for key, value in document.items() if key not in ("proof", "signature")}


def _bare(document: Document, options: Document) -> Document:
    """Return what was signed: the document without proof, in the context that the proof was made in."""
    bare = _without_proof(document)
    if "@context" not in options:
        return bare
    made_in, stands_in = as_list(options["@context"]), as_list(document.get("@context"))
    if stands_in[: len(made_in)] != made_in:
        raise BadSignature("the proof was made in another context")
    return {**bare, "@context": options["@context"]}


def _hash(document: Document, options: Document) -> bytes:
    try:
        return sha256(rfc8785.dumps(options)).digest() + sha256(rfc8785.dumps(document)).digest()
    except rfc8785.CanonicalizationError as error:
        raise BadSignature(f"there is no canonical form: {error}") from None


def _moment(value: Any) -> datetime | None:
    """Read a moment of a proof, which has to say its time zone.

    Raises:
        BadSignature: it is there and is no such moment.
    """
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= 40 else None
        if moment is not None and moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BadSignature("a time of the proof is none")
