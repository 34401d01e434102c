"""Peel others' JSON, and build the envelope of ours.

ActivityPub is read as plain JSON: no remote context is ever fetched. Only this module and the kinds of
publications may index another server's document.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from federation import hosts, strict_json
from federation.errors import Malformed

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
PUBLIC_SPELLINGS = frozenset({PUBLIC, "as:Public", "Public"})
AS2 = "https://www.w3.org/ns/activitystreams"
CONTENT_TYPE = "application/activity+json"
LD_CONTENT_TYPE = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
MAX_IRI = 2048
"""In bytes of UTF-8: a row of an index of PostgreSQL holds 2704."""
SAFE_IN_HEADERS = "!#$%&'()*+/:;=?@[]~"
MAX_RECIPIENTS = 500
ACTOR_TYPES = frozenset({"Application", "Group", "Organization", "Person", "Service"})
DEFAULT_PORTS = {"http": 80, "https": 443}
VALUE_KEYS = frozenset({"@value", "@language", "@direction", "@type", "type"})
_BRACKETED = re.compile(r"\[[^\[\]@]*\](:[0-9]*)?")
_UNFIT = re.compile(r"[\x00-\x20\x7f-\x9f\\]")

Document = dict[str, Any]


@cache
def context() -> list[Any]:
    """Return the `@context` of everything we emit: the AS2 address first, our own terms inline."""
    value: list[Any] = json.loads((Path(__file__).parent / "context.json").read_text(encoding="utf-8"))
    return value


def as_list(value: Any) -> list[Any]:
    """Return `value` as a list: nothing as an empty one, a single thing as a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def alone(value: Any) -> Any:
    """Return what a list of one holds; anything else as it is: in JSON-LD the two say the same."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def id_of(value: Any) -> str | None:
    """Return the id of a reference given as a string, an object with `id`, or a `Link` with `href`."""
    if isinstance(value, dict):
        value = value.get("id") or (value.get("href") if value.get("type") == "Link" else None)
    return value if isinstance(value, str) and is_web_iri(value) else None


def ids_of(value: Any) -> list[str]:
    """Return the ids in a list of references, each once, in their order; what has no id is left out."""
    return list(dict.fromkeys(iri for item in as_list(value) if (iri := id_of(item))))


def type_of(value: Any) -> str:
    """Return the first type of an object, or an empty string."""
    kind = as_list(value.get("type"))[:1] if isinstance(value, dict) else []
    return kind[0] if kind and isinstance(kind[0], str) else ""


def text_of(value: Any, limit: int) -> str:
    """Return `value` when it is text, cut to `limit` characters, else an empty string."""
    return value[:limit] if isinstance(value, str) else ""


def is_web_iri(value: str) -> bool:
    """Tell whether `value` can be an id on the web: http(s), a host that can be one, no spaces, no control characters.

    What cannot be brought into one spelling (`origin`) is refused here, so that whoever compares hosts later can.
    """
    if not 0 < len(value.encode("utf-8", "replace")) <= MAX_IRI or _UNFIT.search(value):
        return False
    try:
        parts = urlsplit(value)
        origin(value)
    except ValueError:
        return False
    return parts.scheme in DEFAULT_PORTS and parts.username is None and parts.port != 0


def header_form(iri: str) -> str:
    """Return an IRI as it may stand in a header, as in `Link: <…>`: ASCII, without spaces, quotes, commas and <>.

    A WSGI server encodes headers as latin-1 and fails at the rest; what it lets pass could add links of a peer's own.
    """
    return quote(iri, safe=SAFE_IN_HEADERS, errors="replace")


def origin(iri: str) -> str:
    """Return scheme, host and port of an IRI in one comparable text, whatever its spelling.

    The host is in ASCII and lower case, without a dot at its end; the default port is left out.

    Raises:
        ValueError: it has no host that can be one, or a port that is none; never for what `is_web_iri` let pass.
    """
    parts = urlsplit(iri)
    bracketed = "[" in parts.netloc
    if bracketed and not _BRACKETED.fullmatch(parts.netloc.rpartition("@")[2]):
        raise ValueError("the host is not an address in brackets")
    name = hosts.canonical(f"[{parts.hostname}]" if bracketed else parts.hostname or "")
    port = parts.port if parts.port not in (None, DEFAULT_PORTS.get(parts.scheme)) else None
    return f"{parts.scheme}://{name}" + (f":{port}" if port is not None else "")


def host_of(iri: str) -> str:
    """Return the host of an IRI with its port where it is not the default one: the name a peer is known by.

    Raises:
        ValueError: as `origin`.
    """
    return origin(iri).partition("://")[2]


def same_origin(*iris: str) -> bool:
    """Tell whether all IRIs have one origin (FEP-fe34); what has none is of no origin."""
    try:
        return len({origin(iri) for iri in iris}) == 1
    except ValueError:
        return False


def recipients(document: Document) -> set[str]:
    """Return everyone whom `to` and `cc` name, Public in its one canonical spelling."""
    named = [value for key in ("to", "cc", "audience") for value in as_list(document.get(key))]
    return {iri for value in named[:MAX_RECIPIENTS] if (iri := _recipient(value))}


def visibility(document: Document) -> str:
    """Return `public` (Public in `to`), `unlisted` (Public in `cc`) or `limited`."""
    if any(_recipient(value) == PUBLIC for value in as_list(document.get("to"))):
        return "public"
    return "unlisted" if PUBLIC in recipients(document) else "limited"


def _recipient(value: Any) -> str | None:
    if isinstance(value, str) and value in PUBLIC_SPELLINGS:
        return PUBLIC
    return id_of(value)


@dataclass(frozen=True)
class Activity:
    """One activity, checked for shape: every field that a decision rests on is of the right type."""

    id: str
    type: str
    actor: str
    object: Any
    document: Document

    @property
    def object_id(self) -> str | None:
        """The id of the object, embedded or not."""
        return id_of(self.object)

    @property
    def target_id(self) -> str | None:
        """The id of the target."""
        return id_of(alone(self.document.get("target")))


def parse(body: bytes) -> Activity:
    """Read the bytes of a letter.

    Raises:
        Malformed: not strict JSON, not an object, without id, type, actor or object of the right shape, or with a
            JSON-LD keyword other than `@context` anywhere (the smuggling behind CVE-2026-46349 and its kin).
    """
    return activity_of(strict_json.loads(body))


def activity_of(document: Any) -> Activity:
    """Check the shape of an activity already read from JSON; see `parse`."""
    if not isinstance(document, dict):
        raise Malformed("the document is not an object")
    refuse_keywords(document)
    kinds = as_list(document.get("type"))
    if len(kinds) != 1 or not isinstance(kinds[0], str) or not 0 < len(kinds[0]) <= 100:
        raise Malformed("the type is not one text")
    iri, actor = document.get("id"), id_of(alone(document.get("actor")))
    if not isinstance(iri, str) or not is_web_iri(iri):
        raise Malformed("the id is not an address")
    if actor is None:
        raise Malformed("the actor is not one address")
    thing = alone(document.get("object"))
    if thing is None or isinstance(thing, bool | int | float):
        raise Malformed("the object is missing or a number")
    return Activity(iri, kinds[0], actor, thing, document)


def refuse_keywords(value: Any) -> None:
    """Refuse a document with any key that begins with `@`, other than `@context` and those of a plain value.

    A plain value is what Fedify writes where an actor is embedded in its Accept: `{"type": "sec:multibase", "@value":
    "z6Mk…"}`, a text and what it is. It may hold nothing else, so that nobody reads an id or an object in it. The
    definitions inside an inline `@context` are left alone: we read none of them.

    Raises:
        Malformed: such a key occurs.
    """
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, dict) and not _is_plain_value(item):
            for key, child in item.items():
                if key == "@context":
                    continue
                if key.startswith("@"):
                    raise Malformed(f"the JSON-LD keyword {key[:40]} is refused")
                stack.append(child)


def _is_plain_value(item: Document) -> bool:
    """Tell whether an object is a value of JSON-LD (1.1 §4.2.1) and nothing else."""
    return "@value" in item and item.keys() <= VALUE_KEYS and not any(isinstance(v, dict | list) for v in item.values())


def envelope(
    kind: str,
    *,
    iri: str,
    actor: str,
    thing: Any,
    to: Iterable[str],
    cc: Iterable[str] = (),
    published: str,
    **more: Any,
) -> Document:
    """Build an activity of ours.

    Args:
        kind: the activity's type.
        iri: its id.
        actor: the id of the actor who acts.
        thing: the object, embedded or as its id.
        to: ids of the first audience.
        cc: ids of the second audience.
        published: an RFC 3339 timestamp.
        more: further properties, as `result` or `target`.
    """
    document: Document = {
        "@context": context(),
        "id": iri,
        "type": kind,
        "actor": actor,
        "published": published,
        "to": list(to),
        "cc": list(cc),
        "object": thing,
    }
    document.update({key: value for key, value in more.items() if value is not None})
    return document
