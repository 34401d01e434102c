"""The keys that an actor's document lists: `publicKey` in PEM, `assertionMethod` as Multikey (FEP-521a)."""

from dataclasses import dataclass
from typing import Any

from federation.activities import Document, as_list, id_of, is_web_iri
from federation.errors import BadSignature
from federation.keys import load_public, pem_of
from federation.multikey import decode

MAX_KEYS = 10
"""How many are read of each kind, as Mastodon reads no more."""


@dataclass(frozen=True)
class ListedKey:
    """One key of an actor; those of `assertionMethod` vouch for documents, and may sign requests as well."""

    iri: str
    pem: str
    assertion: bool


def listed_keys(document: Document) -> list[ListedKey]:
    """Return the keys whose whole text an actor's document holds, each id once.

    One that names another owner is left out. Where one id stands in both lists, it is one key only if both say the
    same; else `publicKey` counts, as every server reads that.
    """
    owner = document.get("id")
    found: dict[str, ListedKey] = {}
    for key in as_list(document.get("publicKey"))[:MAX_KEYS]:
        iri, pem = _own_id(key, "owner", owner), key.get("publicKeyPem") if isinstance(key, dict) else None
        if iri is not None and isinstance(pem, str):
            found.setdefault(iri, ListedKey(iri, pem, assertion=False))
    for key in as_list(document.get("assertionMethod"))[:MAX_KEYS]:
        iri, pem = _own_id(key, "controller", owner), _pem_of_multikey(key)
        if iri is not None and pem is not None and (iri not in found or _are_one(found[iri].pem, pem)):
            found[iri] = ListedKey(iri, pem, assertion=True)
    return list(found.values())


def listed_ids(document: Document) -> set[str]:
    """Return the ids of all keys that a document lists, those that it only refers to included."""
    values = [
        *as_list(document.get("publicKey"))[:MAX_KEYS],
        *as_list(document.get("assertionMethod"))[:MAX_KEYS],
    ]
    return {iri for value in values if (iri := id_of(value))}


def with_key(document: Document, key: Document) -> Document:
    """Return an actor's document in which a key that it only refers to stands whole, as its own document has it."""
    name = "assertionMethod" if "publicKeyMultibase" in key else "publicKey"
    listed = [value for value in as_list(document.get(name)) if value != key.get("id")]
    return {**document, name: [key, *listed]}


def _own_id(key: Any, owner_property: str, owner: Any) -> str | None:
    if not isinstance(key, dict) or id_of(key.get(owner_property, owner)) != owner:
        return None
    iri = key.get("id")
    return iri if isinstance(iri, str) and is_web_iri(iri) else None


def _pem_of_multikey(key: Any) -> str | None:
    text = key.get("publicKeyMultibase") if isinstance(key, dict) and key.get("type") == "Multikey" else None
    if isinstance(text, dict):  # Fedify's spelling inside of other documents
        text = text.get("@value")
    try:
        return pem_of(decode(text)) if isinstance(text, str) else None
    except BadSignature:
        return None


def _are_one(pem: str, other: str) -> bool:
    try:
        return load_public(pem) == load_public(other)
    except BadSignature:
        return False
