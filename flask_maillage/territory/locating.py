"""In which zone a place lies, from what somebody wrote of it: the smallest zone that is certain, never a guess.

A postal code with its town says most; then a town's name within what else is known; then the coordinates; then the
region or the country. Where several towns fit, the answer is what they have in common.
"""

import re
from collections.abc import Sequence

from flask_maillage.territory.atlas import FRENCH, SETTLEMENTS, Zone, kilometres, marks, named, nearest, zones
from flask_maillage.territory.places import Place
from flask_maillage.territory.spelling import plain, without_cedex

POSTAL_CODE = re.compile(r"\d{5}")
FAR = 50.0
"""Kilometres between a town's middle and coordinates from which on they contradict each other."""
LARGE, LARGER = 20_000, 10
"""A town of so many people is meant before its namesakes if it has so many times as many as the next of them."""
DISTRICT = re.compile(r" \d+(er?|eme|e)?( arrondissement)?$")


def of_place(place: Place) -> Zone | None:
    """Return the smallest zone that a place lies in, or None where nothing is known of it."""
    return (
        _by_postal_code(place)
        or _by_name(place)
        or _by_point(place)
        or _by_region(place)
        or (named(place.country) if place.country else None)
    )


def fitting(place: Place) -> list[Zone]:
    """Return the towns that a place may lie in by its postal code and its town's name; one where they are certain."""
    listed = _with_postal_code(place)
    by_code = _of_that_name(listed, place.locality) if place.locality else listed
    return by_code or _known_of(_foremost(place.locality), place)


def _with_postal_code(place: Place) -> list[Zone]:
    """Communes, and districts of cities, of a French postal code."""
    code = place.postal_code.replace(" ", "")
    if not POSTAL_CODE.fullmatch(code) or (place.country and place.country not in FRENCH):
        return []
    return zones("number IN (SELECT number FROM postal_codes WHERE postal_code = ?)", (code,))


def _by_postal_code(place: Place) -> Zone | None:
    listed = _with_postal_code(place)
    if place.locality:
        listed = _of_that_name(listed, place.locality)
    elif not place.country:
        return None
    return _only_district(listed) or _common(listed)


def likeliest(found: Sequence[Zone]) -> Zone | None:
    """Return the one that is meant of several towns: the district that a postal code names, or by far the largest."""
    if len(found) < 2:
        return found[0] if found else None
    first, second = sorted(found, key=lambda zone: -zone.population)[:2]
    return _only_district(found) or (first if first.population >= max(LARGE, LARGER * second.population) else None)


def _only_district(found: Sequence[Zone]) -> Zone | None:
    districts = [zone for zone in found if zone.kind == "district"]
    return districts[0] if len(districts) == 1 else None


def _of_that_name(listed: Sequence[Zone], locality: str) -> list[Zone]:
    """Return those of a postal code that a town's name names, with the district that the code means."""
    named_so = {zone.code for zone in _called(locality)}
    return [zone for zone in listed if named_so.intersection((zone.code, *zone.within))]


def _called(locality: str) -> list[Zone]:
    whole = without_cedex(locality)
    names = {whole, DISTRICT.sub("", whole)} - {""}
    condition = f"number IN (SELECT number FROM spellings WHERE plain IN ({marks([*names])}))"  # noqa: S608
    return zones(f"{condition} AND kind IN ({marks(SETTLEMENTS)})", (*sorted(names), *SETTLEMENTS)) if names else []


def _foremost(locality: str) -> list[Zone]:
    """Return the towns that have a name as their first one; where none has, those that are called so as well."""
    found = _called(locality)
    wanted = without_cedex(locality)
    return [zone for zone in found if plain(zone.name) == wanted] or found


def _by_name(place: Place) -> Zone | None:
    found = _known_of(_foremost(place.locality), place)
    if not found and not place.has_address and place.name:
        known = _known_of(_foremost(place.name), place)
        found = [zone for zone in known if zone.population >= LARGE and plain(zone.name) == plain(place.name)]
    return likeliest(found) or (_common(found) if place.country else None)


def _known_of(found: list[Zone], place: Place) -> list[Zone]:
    """Leave out what the country, the postal code, the region or the coordinates contradict; the likeliest first."""
    if place.country:
        found = [zone for zone in found if place.country in (zone.country, *zone.within)]
    department = _department(place)
    if department:
        found = [zone for zone in found if department in zone.within or "FR" not in zone.within]
    if place.region:
        region = plain(place.region)
        in_region = [zone for zone in found if any(plain(outer.name) == region for outer in _outer(zone))]
        found = in_region or found
    if place.latitude is not None and place.longitude is not None:
        here = (place.latitude, place.longitude)
        distances = [(kilometres(*here, *zone.point), zone) for zone in found if zone.point is not None]
        near = sorted((pair for pair in distances if pair[0] <= FAR), key=lambda pair: pair[0])
        return [zone for _, zone in near[:1]]
    return sorted(found, key=lambda zone: -zone.population)


def _department(place: Place) -> str:
    """Return the code of the department that a postal code of firms (Cedex) still tells."""
    code = place.postal_code.replace(" ", "")
    if not POSTAL_CODE.fullmatch(code) or place.country not in FRENCH | {""}:
        return ""
    zone = named(f"FR-{code[:3]}" if code.startswith(("97", "98")) else f"FR-{code[:2]}")
    return zone.code if zone is not None else ""


def _by_point(place: Place) -> Zone | None:
    return (
        nearest(place.latitude, place.longitude) if place.latitude is not None and place.longitude is not None else None
    )


def _by_region(place: Place) -> Zone | None:
    name = plain(place.region)
    found = zones("number IN (SELECT number FROM spellings WHERE plain = ?)", (name,)) if name else []
    larger = [zone for zone in found if zone.kind in ("region", "province", "department", "epci")]
    if place.country:
        larger = [zone for zone in larger if place.country in (zone.country, *zone.within)]
    return larger[0] if len({zone.country for zone in larger}) == 1 else None


def _common(found: Sequence[Zone]) -> Zone | None:
    """Return the smallest zone that all of them lie in."""
    if not found:
        return None
    codes = [(zone.code, *zone.within) for zone in found]
    return next((named(code) for code in codes[0] if all(code in others for others in codes)), None)


def _outer(zone: Zone) -> list[Zone]:
    return [outer for code in zone.within if (outer := named(code)) is not None]
