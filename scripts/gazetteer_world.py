"""What the gazetteer knows beyond France: countries, the subdivisions of ISO 3166-2, and towns of GeoNames."""

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from gazetteer_file import Zone, middle
from geonames import Town
from plain_spelling import plain
from subdivisions import FRENCH_OVERSEAS, matched

EVERY_TOWN = frozenset(
    re.findall("[A-Z]{2}", "AT BE BG CY CZ DE DK EE ES FI GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"),
).union(re.findall("[A-Z]{2}", "AL BA GE MD ME MK RS TR UA XK AD AX CH FO GB GG GI IM IS JE LI MC NO SM VA"))
"""Countries of the Union, candidates and their neighbours: towns from a thousand inhabitants; elsewhere from more."""
FROM, FROM_ELSEWHERE = 1000, 50_000
GEONAMES_NAMES = frozenset({"UA"})
"""Countries whose subdivisions CLDR calls by names that nobody outside knows ("Kharkivshchyna")."""
Names = dict[str, str]


def aliases(core: Path) -> dict[str, str]:
    """Return the code that a subdivision's former or other code stands for: FR-A for Alsace is FR-GES, FR-RE is RE."""
    supplemental = json.loads((core / "supplemental/aliases.json").read_text(encoding="utf-8"))["supplemental"]
    found = {}
    for code, alias in supplemental["metadata"]["alias"]["subdivisionAlias"].items():
        successor = alias["_replacement"].split()[0]
        found[_code(code)] = successor if len(successor) == 2 else _code(successor)
    found |= {f"FR-{number}": country for number, country in FRENCH_OVERSEAS.items()}
    return found | {"FR-75": "FR-75C", "FR-COR": "FR-20R"}


def world(
    cldr: tuple[Path, Path], cities: Path, countries: dict[str, dict[str, Any]], towns: list[Town], former: Names
) -> list[Zone]:
    """Gather countries, subdivisions outside of France and towns outside of France."""
    core, names = cldr
    zones = {code: _country(code, one, former) for code, one in countries.items()}
    for zone in _subdivisions(core, names, former):
        zones[zone.code] = zone
    ours = defaultdict(dict)
    for code, zone in zones.items():
        if zone.kind in ("region", "province"):
            ours[zone.country][code] = [zone.name]
    theirs, theirs2 = _divisions(cities)
    iso = {}
    for country, divisions in theirs.items():
        if country == "FR" or country not in zones:
            continue
        for code, found in matched(country, divisions, ours[country], plain).items():
            iso[country, code] = found
            _rename(zones[found], divisions[code])
        for code, names_inside in theirs2[country].items():
            outer = iso.get((country, code))
            children = {
                key: names for key, names in ours[country].items() if outer is None or outer in zones[key].within
            }
            for inner, found in matched(country, names_inside, children, plain).items():
                iso[country, f"{code}.{inner}"] = found
                _rename(zones[found], names_inside[inner])
    places = [_place(town, iso, zones) for town in towns if _is_wanted(town)]
    _sum_up(zones, places)
    return [*zones.values(), *places]


def _code(code: str) -> str:
    return f"{code[:2]}-{code[2:]}".upper()


def _country(code: str, record: dict[str, Any], former: Names) -> Zone:
    """A country; those that are subdivisions of another one too (Réunion, Åland) lie in it."""
    parent = next((old[:2] for old, new in former.items() if new == code and old[:2] != code), None)
    spellings = [record["iso3"], record["name"]]
    return Zone(
        code, "country", record["name"], code, [parent] if parent else [], population=record["population"],
        spellings=spellings,
    )  # fmt: skip


def _subdivisions(core: Path, names: Path, former: Names) -> list[Zone]:
    contained = json.loads((core / "supplemental/subdivisionContainment.json").read_text(encoding="utf-8"))
    contains = {code: one["_contains"] for code, one in contained["supplemental"]["subdivisionContainment"].items()}
    english = json.loads((names / "subdivisions/en/en.json").read_text(encoding="utf-8"))
    named = english["subdivisions"]["localeDisplayNames"]["subdivisions"]
    zones = []

    def gather(parent: str, within: list[str]) -> None:
        for code in contains.get(parent, []):
            if _code(code) not in former and code in named:
                kind = "region" if len(within) == 1 else "province"
                zones.append(Zone(_code(code), kind, named[code], within[-1], within))
                gather(code, [_code(code), *within])

    for country in sorted(code for code in contains if len(code) == 2 and code.isupper() and code != "FR"):
        gather(country, [country])
    return zones


def _divisions(cities: Path) -> tuple[dict[str, Names], dict[str, dict[str, Names]]]:
    """Return GeoNames' divisions of each country by code, and those inside them by both codes."""
    first: dict[str, Names] = defaultdict(dict)
    second: dict[str, dict[str, Names]] = defaultdict(lambda: defaultdict(dict))
    for one in json.loads((cities / "admin1.json").read_text(encoding="utf-8")):
        country, _, code = one["code"].partition(".")
        first[country][code] = one["name"]
    for one in json.loads((cities / "admin2.json").read_text(encoding="utf-8")):
        country, code, inner = one["code"].split(".", 2)
        second[country][code][inner] = one["name"]
    return first, second


def _rename(zone: Zone, name: str) -> None:
    """Let a subdivision be found by the name that GeoNames has, and be called so where CLDR's is strange."""
    if zone.country in GEONAMES_NAMES:
        zone.spellings.append(zone.name)
        zone.name = name
    else:
        zone.spellings.append(name)


def _is_wanted(town: Town) -> bool:
    if town.country == "FR" or town.country in FRENCH_OVERSEAS.values():
        return False
    return town.population >= (FROM if town.country in EVERY_TOWN else FROM_ELSEWHERE)


def _place(town: Town, iso: dict[tuple[str, str], str], zones: dict[str, Zone]) -> Zone:
    found = iso.get((town.country, f"{town.region}.{town.division}")) or iso.get((town.country, town.region))
    country = zones.get(town.country)
    outer = [town.country, *(country.within if country else [])]
    return Zone(
        f"geonames:{town.number}",
        "place",
        town.name,
        town.country,
        [found, *zones[found].within] if found else outer,
        [],
        town.latitude,
        town.longitude,
        True,
        town.population,
        town.spellings,
    )


def _sum_up(zones: dict[str, Zone], places: list[Zone]) -> None:
    inside = defaultdict(list)
    for place in places:
        for code in place.within:
            inside[code].append(place)
    for code, zone in zones.items():
        zone.latitude, zone.longitude = middle(inside[code]) or (None, None)
        if zone.kind != "country":
            zone.population = sum(place.population for place in inside[code])
