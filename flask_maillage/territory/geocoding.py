"""Streets and house numbers, which the gazetteer does not have: asked of a Photon or a Nominatim, where one is set.

Only for members who type into the field, only by this server and its one client, seldom (one question a second, as
Nominatim's rules ask), and what was answered is remembered. Whatever goes wrong, the field works as it does without.
"""

import json
import logging
import math
from collections import OrderedDict
from typing import Any
from urllib.parse import urlencode

from actors.node import node
from federation.errors import FederationError
from federation.sanitising import clean_text

PHOTON, NOMINATIM = "photon", "nominatim"
SERVICES = (PHOTON, NOMINATIM)
SHORTEST, LONGEST = 5, 200
MOST_BYTES = 200_000
MOST = 6
REMEMBERED = 500
TOWNS = ("city", "town", "village", "municipality")
Address = dict[str, Any]
log = logging.getLogger(__name__)


def addresses(text: str, *, language: str, member: str) -> list[Address]:
    """Return the addresses that a text may mean; none where no service is set, or it does not answer.

    Args:
        text: what was typed.
        language: of the names.
        member: what tells the member apart who asks: questions of each are counted.
    """
    asked = " ".join(clean_text(text, limit=LONGEST).split())
    service, url = node().state.get("geocoder") or ("", "")
    if not service or len(asked) < SHORTEST:
        return []
    known: OrderedDict[tuple[str, str], list[Address]] = node().state.setdefault("addresses", OrderedDict())
    key = (asked.casefold(), language)
    if key in known:
        return known[key]
    rates = node().rates
    if not (rates.allow("addresses of a member", member) and rates.allow("addresses", url)):
        return []
    try:
        body = node().client.fetch_file(_question(service, url, asked, language), accept="*/*", limit=MOST_BYTES).body
        found = _read(service, json.loads(body))
    except (FederationError, ValueError, RecursionError) as error:
        log.warning("The geocoder %s gave no answer: %s", url, error)
        return []
    known[key] = found
    while len(known) > REMEMBERED:
        known.popitem(last=False)
    return found


def _question(service: str, url: str, text: str, language: str) -> str:
    if service == PHOTON:
        return f"{url}/api?{urlencode({'q': text, 'lang': language, 'limit': MOST})}"
    asked = {"q": text, "format": "jsonv2", "addressdetails": 1, "limit": MOST, "accept-language": language}
    return f"{url}/search?{urlencode(asked)}"


def _read(service: str, answer: Any) -> list[Address]:
    things = answer.get("features") if service == PHOTON and isinstance(answer, dict) else answer
    read = _photon if service == PHOTON else _nominatim
    found = [read(thing) for thing in things[:MOST] if isinstance(thing, dict)] if isinstance(things, list) else []
    return [address for address in found if address is not None]


def _photon(feature: dict[str, Any]) -> Address | None:
    """Read a feature of GeoJSON, whose coordinates begin with the longitude."""
    facts, geometry = feature.get("properties"), feature.get("geometry")
    if not isinstance(facts, dict) or not isinstance(geometry, dict):
        return None
    longitude, latitude = [*(geometry.get("coordinates") or ()), None, None][:2]
    street = facts.get("street") or (facts.get("name") if facts.get("type") == "street" else "")
    parts = {"postal_code": "postcode", "locality": "city", "region": "state", "country": "countrycode"}
    found = {name: facts.get(theirs) for name, theirs in parts.items()}
    return _address([facts.get("housenumber"), street], found, latitude, longitude)


def _nominatim(thing: dict[str, Any]) -> Address | None:
    facts = thing.get("address")
    if not isinstance(facts, dict):
        return None
    parts = {"postal_code": "postcode", "region": "state", "country": "country_code"}
    found = {name: facts.get(theirs) for name, theirs in parts.items()}
    found["locality"] = next((facts[name] for name in TOWNS if facts.get(name)), "")
    return _address([facts.get("house_number"), facts.get("road")], found, thing.get("lat"), thing.get("lon"))


def _address(street: list[Any], parts: dict[str, Any], latitude: Any, longitude: Any) -> Address | None:
    """Return an address with its point, or None where it has no street or the point cannot be."""
    line = " ".join(_text(part) for part in street if _text(part))
    try:
        north, east = round(float(latitude), 6), round(float(longitude), 6)
    except (TypeError, ValueError, OverflowError):
        return None
    if not _text(street[1]) or not (math.isfinite(north) and abs(north) <= 90 and abs(east) <= 180):
        return None
    found = {name: _text(value) for name, value in parts.items()}
    country = found["country"].upper()
    found["country"] = country if len(country) == 2 and country.isascii() and country.isalpha() else ""
    where = ", ".join(filter(None, (f"{found['postal_code']} {found['locality']}".strip(), found["region"])))
    return {"kind": "address", "name": line, "street": line, "where": where, **found} | {
        "latitude": north,
        "longitude": east,
    }


def _text(value: Any) -> str:
    return " ".join(clean_text(value, limit=200).split()) if isinstance(value, str) else ""
