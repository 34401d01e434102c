"""What an address leaves out and the gazetteer knows: the region, the country and the point of a town.

What somebody wrote stays as it is. Only what we filled in ourselves, for another town, makes room for the new one.
"""

from flask_maillage.territory.atlas import Zone, country_at, named, zones
from flask_maillage.territory.locating import fitting, likeliest
from flask_maillage.territory.places import Place

MOST_OFFERED = 10
"""Of how many towns of one name somebody may choose; of more, a postal code tells faster."""


def completed(place: Place, chosen: str = "") -> Place:
    """Return a place with what its town tells, where that is certain or was chosen by its code."""
    asked = without_what_was_ours(place)
    town = next((zone for zone in fitting(asked) if zone.code == chosen), None) or _certain(asked)
    if town is None:
        return with_country(asked)
    given = {name: value for name, value in asked.model_dump().items() if value not in ("", None)}
    return Place.model_validate(facts_of(town) | given)


def with_country(place: Place) -> Place:
    """Return a place with the country of its coordinates, where it says none; nothing else changes."""
    if place.country or place.latitude is None or place.longitude is None:
        return place
    country = country_at(place.latitude, place.longitude)
    return place.model_copy(update={"country": country}) if country else place


def offered(place: Place) -> list[Zone]:
    """Return the towns that somebody may mean who named one of several; none where it is certain, or nobody asked."""
    asked = without_what_was_ours(place)
    if not asked.locality or asked.latitude is not None or _certain(asked) is not None:
        return []
    found = fitting(asked)
    return found if len(found) <= MOST_OFFERED else []


def facts_of(town: Zone) -> dict[str, object]:
    """Return the parts of a place that its town tells: region, country and point."""
    regions = [zone.name for code in town.within if (zone := named(code)) is not None and zone.kind == "region"]
    facts: dict[str, object] = {"region": regions[-1] if regions else "", "country": town.country}
    return facts | ({"latitude": town.latitude, "longitude": town.longitude} if town.point is not None else {})


def without_what_was_ours(place: Place) -> Place:
    """Take off the point and the region of another town than the one that is named: we had filled them in for that."""
    if place.latitude is None or not place.locality:
        return place
    bare = place.model_copy(update={"latitude": None, "longitude": None, "region": ""})
    meant = fitting(bare.model_copy(update={"country": ""}))
    condition = "latitude = ? AND longitude = ? AND kind IN ('commune', 'place', 'district')"
    others = zones(condition, (place.latitude, place.longitude)) if meant else []
    codes = {code for zone in meant for code in (zone.code, *zone.within)}
    if not others or any(zone.code in codes for zone in others):
        return place
    countries = {zone.country for zone in meant}
    keeps_country = place.country in countries or place.country not in {zone.country for zone in others}
    return bare if keeps_country else bare.model_copy(update={"country": ""})


def _certain(place: Place) -> Zone | None:
    return likeliest(fitting(place)) if place.locality or place.postal_code else None
