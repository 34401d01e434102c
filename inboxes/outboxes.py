"""What others' outboxes list, made into letters: activities, bare objects, or ids alone.

An outbox is read from its owner's own server, so what it says of the owner's things counts as if the owner had sent
it, and of anybody else's things nothing (FEP-fe34).
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from federation.activities import (
    Document,
    activity_of,
    as_list,
    id_of,
    ids_of,
    is_web_iri,
    same_origin,
    type_of,
    visibility,
)
from federation.errors import Malformed

VERBS = frozenset({"Create", "Update", "Announce"})
OTHER_VERBS = frozenset(
    {"Accept", "Add", "Arrive", "Block", "Delete", "Dislike", "Flag", "Follow", "Ignore", "Invite", "Join", "Leave"}
    | {"Like", "Listen", "Move", "Offer", "Question", "Read", "Reject", "Remove", "TentativeAccept"}
    | {"TentativeReject", "Travel", "Undo", "View"}
)
MAX_BODY = 256 * 1024
"""As long as a letter that is pushed may be."""


@dataclass(frozen=True)
class Listed:
    """A letter to be, with the page that lists it."""

    iri: str
    type: str
    object_iri: str | None
    body: str
    page: str
    makes_us_fetch: bool


def listed_by(owner: str, page: str, item: Any) -> Listed | None:
    """Return what an item of an outbox says in its owner's name and for everyone, or None where it says nothing so.

    Args:
        owner: the id of the actor whose outbox it is.
        page: the address of the page, kept with it.
        item: what stands there.
    """
    try:
        document = _activity(owner, item)
        if document is None:
            return None
        activity = activity_of(document)
        body = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    except (Malformed, ValueError, RecursionError):
        return None
    if activity.actor != owner or not same_origin(activity.id, owner) or len(body.encode("utf-8")) > MAX_BODY:
        return None
    embedded = isinstance(activity.object, dict)
    if activity.type != "Announce" and not _is_own(activity.object_id, owner):
        return None
    makes_us_fetch = activity.type == "Announce" or not embedded
    return Listed(activity.id, activity.type, activity.object_id, body, page, makes_us_fetch)


def _activity(owner: str, item: Any) -> Document | None:
    """Return an item as an activity: itself, or the Create of the object that it is."""
    if isinstance(item, str):
        return _create(owner, item, item) if is_web_iri(item) and same_origin(item, owner) else None
    if not isinstance(item, dict):
        return None
    kind, iri = type_of(item), id_of(item)
    if kind in VERBS:
        thing = item.get("object")
        if iri is None and kind == "Create":
            item = thing if isinstance(thing, dict) else {}
        else:
            return item if _is_for_everyone(item, thing) else None
    elif kind in OTHER_VERBS or ids_of(item.get("attributedTo")) != [owner]:
        return None
    iri = id_of(item)
    if iri is None or not _is_for_everyone(item, None):
        return None
    return _create(owner, item, iri)


def _create(owner: str, thing: Any, iri: str) -> Document:
    """Wrap an object in a Create whose id changes with the object, so that a later version counts again."""
    version = thing.get("updated") or thing.get("published") if isinstance(thing, dict) else None
    mark = hashlib.sha256(str(version or "").encode("utf-8", "replace")).hexdigest()[:12]
    audience = {key: as_list(thing.get(key)) for key in ("to", "cc")} if isinstance(thing, dict) else {}
    return {"id": f"{iri.partition('#')[0]}#read-{mark}", "type": "Create", "actor": owner, "object": thing, **audience}


def _is_for_everyone(activity: Document, thing: Any) -> bool:
    if isinstance(thing, dict) and ("to" in thing or "cc" in thing):
        return visibility(thing) != "limited"
    return visibility(activity) != "limited"


def _is_own(iri: str | None, owner: str) -> bool:
    return iri is not None and same_origin(iri, owner)
