"""Take facts out of others' documents: a wrong type is a fact that is missing, never an error.

Peers' spellings that are understood here: language maps (`nameMap`, `contentMap`), Communecter's `description` and
offsets without colon, naive times, ids and lists in all their forms.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from federation.activities import as_list, id_of, text_of, type_of
from federation.errors import Malformed
from federation.sanitising import clean_html, clean_url, text_of_html
from flask_maillage.publications import tags
from flask_maillage.publications.content import (
    HTML_LIMIT,
    NAME_LIMIT,
    SUMMARY_LIMIT,
    ActorRef,
    known_timezone,
    one_line,
)
from flask_maillage.publications.local_time import in_calendar
from flask_maillage.territory.filling import with_country
from flask_maillage.territory.places import Place

_LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}\Z")
MAX_URLS = 20
MAX_LANGUAGES = 30
MAX_TAGS_READ = 100
_UNKNOWN_LANGUAGES = frozenset({"und", "mul", "zxx"})


def require_id(document: Any) -> str:
    """Return the id of an object.

    Raises:
        Malformed: it is no object, or has no id on the web.
    """
    iri = id_of(document) if isinstance(document, dict) else None
    if iri is None:
        raise Malformed("the object has no id")
    return iri


def first_in_map(value: Any) -> str:
    """Return the first text in a language map."""
    texts = value.values() if isinstance(value, dict) else ()
    return next((text for text in texts if isinstance(text, str)), "")


def name_of(document: dict[str, Any], limit: int = NAME_LIMIT) -> str:
    """Return the name of an object, or an empty text."""
    return one_line(text_of(document.get("name"), 4 * limit) or first_in_map(document.get("nameMap")), limit)


def content_of(document: dict[str, Any]) -> str:
    """Return the HTML of an object as it came, not yet clean."""
    for value in (document.get("content"), first_in_map(document.get("contentMap")), document.get("description")):
        if isinstance(value, str) and value:
            return value
    return ""


def summary_of(document: dict[str, Any]) -> str:
    """Return the clean HTML summary, its text cut where it is longer than Mastodon would show."""
    raw = text_of(document.get("summary"), HTML_LIMIT) or first_in_map(document.get("summaryMap"))
    raw = raw or text_of(document.get("shortDescription"), HTML_LIMIT)
    cleaned = clean_html(raw, limit=HTML_LIMIT)
    text = text_of_html(cleaned, limit=SUMMARY_LIMIT + 1)
    if len(text) <= SUMMARY_LIMIT and len(cleaned) <= 4 * SUMMARY_LIMIT:
        return cleaned
    return clean_html("<p>" + escape_text(text[: SUMMARY_LIMIT - 1]) + "…</p>")


def escape_text(text: str) -> str:
    """Return text as HTML; quotes need no escape, as it never stands in an attribute."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def language_of(document: dict[str, Any]) -> str | None:
    """Return the language an object says it is in; of several, the one whose text is the object's own."""
    if (own := _own_language(document)) is not None:
        return own
    maps = (document.get(key) for key in ("contentMap", "nameMap", "summaryMap"))
    keys = (next(iter(value), None) for value in maps if isinstance(value, dict))
    for value in (*keys, *as_list(document.get("inLanguage"))[:1]):
        if (tag := tag_of(value)) is not None:
            return tag or None
    return None


def tag_of(value: Any) -> str | None:
    """Return a tag of a language as we write it; empty for one that says it is unknown, None for what is no tag."""
    if isinstance(value, str) and len(value) < 40 and _LANGUAGE.match(tag := value[:3].lower() + value[3:]):
        return "" if tag in _UNKNOWN_LANGUAGES else tag
    return None


def map_of(document: dict[str, Any], key: str) -> dict[str, str]:
    """Return the texts of a language map by their tags."""
    value = document.get(key)
    found: dict[str, str] = {}
    for tag, text in list(value.items())[:MAX_LANGUAGES] if isinstance(value, dict) else ():
        if isinstance(text, str) and (known := tag_of(tag)):
            found.setdefault(known, text)
    return found


def _own_language(document: dict[str, Any]) -> str | None:
    """Return the language under which the object's own words stand in a map of several: keys may come in any order."""
    stated = tag_of(next(iter(as_list(document.get("inLanguage"))), None))
    for key in ("content", "name", "summary"):
        texts = map_of(document, f"{key}Map")
        found = [tag for tag, text in texts.items() if text == document.get(key)] if len(texts) > 1 else []
        if found:
            return stated if stated in found else found[0]
    return None


def timezone_of(document: dict[str, Any]) -> str | None:
    """Return the IANA time zone of an object."""
    value = document.get("timezone")
    return value if known_timezone(value) else None


def instant_of(value: Any, zone: str | None) -> datetime | None:
    """Read a time; one without offset is in `zone`, or UTC. Years outside 1900 to 2200 are nonsense."""
    if not isinstance(value, str) or not 10 <= len(value) <= 40:
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(zone) if zone else UTC)
        moment = moment.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None
    return moment if in_calendar(moment) else None


def whole_number_of(value: Any, lowest: int, highest: int) -> int | None:
    """Return a whole number within bounds, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if lowest <= value <= highest and value == int(value) else None


def lines_of(value: Any, count: int, limit: int = 600) -> tuple[str, ...]:
    """Return the first `count` texts of a list, each on one line and cut; what is empty is left out."""
    texts = (one_line(item[: 4 * limit], limit) for item in as_list(value)[:count] if isinstance(item, str))
    return tuple(text for text in texts if text)


def objects_of(value: Any, count: int) -> list[dict[str, Any]]:
    """Return the first `count` things of a list that are objects."""
    return [item for item in as_list(value)[:count] if isinstance(item, dict)]


def line_of(document: dict[str, Any], key: str, limit: int = 200) -> str:
    """Return the text under `key` on one line, or an empty text."""
    return one_line(text_of(document.get(key), 4 * limit), limit)


def items_of(collection: Any) -> list[Any]:
    """Return what an embedded collection holds, or a plain list."""
    if isinstance(collection, dict) and type_of(collection).endswith("Collection"):
        return as_list(collection.get("items", collection.get("orderedItems")))
    return as_list(collection)


def actors_of(values: Iterable[Any], count: int) -> tuple[ActorRef, ...]:
    """Return who is named in a list of ids, links, actors and schema.org organisations."""
    found: list[ActorRef] = []
    for value in list(values)[:count]:
        name = name_of(value) if isinstance(value, dict) else ""
        reference = ActorRef(iri=id_of(value), name=name)
        if (reference.iri or reference.name) and reference not in found:
            found.append(reference)
    return tuple(found)


def tags_of(document: dict[str, Any]) -> tuple[str, ...]:
    """Return the hashtags of an object, without `#`; Communecter's are plain texts."""
    found = as_list(document.get("tag"))[:MAX_TAGS_READ]
    return tags.distinct(
        tag.get("name") if isinstance(tag, dict) and type_of(tag) == "Hashtag" else tag for tag in found
    )


def link_named(document: dict[str, Any], name: str) -> str | None:
    """Return the address of the attached `Link` with that name (`href` or, from Communecter, `url`)."""
    for attachment in objects_of(document.get("attachment"), 50):
        if type_of(attachment) == "Link" and attachment.get("name") == name:
            return clean_url(attachment.get("href") or attachment.get("url"))
    return None


def page_of(document: dict[str, Any]) -> str | None:
    """Return the address of an object's page: a link to HTML, else an address of which nothing else is said."""
    found = []
    for item in as_list(document.get("url"))[:MAX_URLS]:
        link = item if isinstance(item, dict) else {"href": item}
        media_type = link.get("mediaType")
        address = clean_url(link.get("href"))
        if address and (media_type is None or media_type == "text/html"):
            found.append((media_type is None, address))
    return min(found, key=lambda one: one[0])[1] if found else None


def virtual_address(location: Any) -> str | None:
    """Return the address of the first `VirtualLocation` (FEP-8a8e; Gancio lists it beside the place)."""
    for place in objects_of(location, 20):
        if type_of(place) == "VirtualLocation":
            return clean_url(place.get("url"))
    return None


def place_of(document: dict[str, Any]) -> Place | None:
    """Return the place where it is, with the country of its coordinates where it names none."""
    place = Place.from_object(document.get("location"))
    return with_country(place) if place else None


def organisers_of(document: dict[str, Any]) -> tuple[ActorRef, ...]:
    """Return who organises (FEP-8a8e): none where it is not said; nothing is inferred from `attributedTo` here."""
    return actors_of(items_of(document.get("organizers")), 30)
