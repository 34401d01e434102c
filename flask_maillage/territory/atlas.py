"""The gazetteer's file, opened for reading: zones by their codes, what contains them, what lies near a point.

`make assets` builds it and the wheel carries it (`scripts/gazetteer.py`, `docs/territory.md`). Where it was never
built there are no zones, which the log says once; nothing else breaks.
"""

import logging
import math
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from flask_maillage.territory.places import country_names

FILE = Path(__file__).with_name("gazetteer.sqlite3")
SETTLEMENTS = ("commune", "place")
FRENCH = frozenset({"FR", "GP", "MQ", "GF", "RE", "PM", "YT", "BL", "MF", "TF", "WF", "PF", "NC"})
"""France, and what of it ISO 3166-1 has as countries."""
KINDS = ("country", "region", "province", "department", "epci", "commune", "district", "place")
COLUMNS = "number, code, kind, name, country, within, postal_codes, latitude, longitude, exact, population"
EARTH_RADIUS = 6371.0088
KILOMETRES_OF_A_DEGREE = 111.2
NEARBY = 12.0
MOST_PARTS = 2000
_open = threading.local()
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Zone:
    """A territory: a country, a part of one, a commune, a town.

    `within` has the codes of all zones that contain it, the nearest first. `exact` tells a town's own point from the
    middle of what lies around. `population` is for ordering. `spelled` is the name that somebody asked for, where it
    is another one than `name`.
    """

    number: int
    code: str
    kind: str
    name: str
    country: str
    within: tuple[str, ...] = ()
    postal_codes: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    exact: bool = False
    population: int = 0
    spelled: str = ""

    @property
    def point(self) -> tuple[float, float] | None:
        """Latitude and longitude, or None."""
        return None if self.latitude is None or self.longitude is None else (self.latitude, self.longitude)


def is_built() -> bool:
    """Tell whether there is a gazetteer at all."""
    return _connection() is not None


def edition() -> str:
    """Return a mark of the data that the file was made from, or an empty text where there is no file."""
    return next((str(row[0]) for row in rows("SELECT digest FROM made_from")), "")


def rows(question: str, parameters: Sequence[object] = ()) -> list[sqlite3.Row]:
    """Return what the file answers; nothing where there is no file."""
    connection = _connection()
    return connection.execute(question, parameters).fetchall() if connection is not None else []


def zones(condition: str, parameters: Sequence[object] = (), *, limit: int = 200) -> list[Zone]:
    """Return the zones that meet a condition of ours (never one that a reader wrote), the likeliest first."""
    question = f"SELECT {COLUMNS} FROM zones WHERE {condition} ORDER BY number LIMIT {limit}"  # noqa: S608 - see above
    return [zone_of(row) for row in rows(question, parameters)]


def zone_of(row: sqlite3.Row) -> Zone:
    """Make a zone of a row of `COLUMNS`."""
    number, code, kind, name, country, within, postal_codes, latitude, longitude, exact, population = tuple(row)
    return Zone(
        number,
        code,
        kind,
        name,
        country,
        tuple(within.split()),
        tuple(postal_codes.split()),
        latitude,
        longitude,
        bool(exact),
        population,
    )


@lru_cache(maxsize=4096)
def named(code: str) -> Zone | None:
    """Return the zone with a code, or with a code that it had before; None where there is none."""
    written = code.strip() if ":" in code else code.strip().upper()
    found = zones("code = ?", (written,)) or zones(
        "code = (SELECT successor FROM former_codes WHERE code = ?)", (written,)
    )
    return found[0] if found else None


def containing(code: str) -> tuple[Zone, ...]:
    """Return a zone and all zones that it lies in, outwards to the country; nothing for a code that there is not."""
    zone = named(code)
    outer = (named(outer) for outer in zone.within) if zone is not None else ()
    return (zone, *(found for found in outer if found is not None)) if zone is not None else ()


def inside(code: str, kinds: Iterable[str] = KINDS, *, limit: int = 200) -> list[Zone]:
    """Return what lies in a zone, at any depth, the largest first."""
    chosen = tuple(kinds)
    condition = f"number IN (SELECT number FROM inside WHERE container = ?) AND kind IN ({marks(chosen)})"  # noqa: S608
    return zones(condition, (code, *chosen), limit=limit)


def parts(code: str) -> tuple[str, ...]:
    """Return the codes of what lies in a zone with nothing between, the largest first."""
    return _parts(code, edition())


@lru_cache(maxsize=1_000)
def _parts(code: str, _edition: str) -> tuple[str, ...]:
    """Keep them as long as the data are the same: a country has tens of thousands of zones to look through."""
    condition = "number IN (SELECT number FROM inside WHERE container = ?) AND (within = ? OR within LIKE ? || ' %')"
    question = f"SELECT code FROM zones WHERE {condition} ORDER BY number LIMIT {MOST_PARTS}"  # noqa: S608 - see above
    return tuple(str(row[0]) for row in rows(question, (code, code, code)))


def called(zone: Zone, language: str) -> str:
    """Return a zone's name; a country's in the language of the reader."""
    return country_names(language).get(zone.code, zone.name) if zone.kind == "country" else zone.name


def nearest(latitude: float, longitude: float, *, within: float = NEARBY) -> Zone | None:
    """Return the town or commune whose middle is nearest, at most so many kilometres away."""
    return next((zone for _, zone in _by_distance(latitude, longitude, within)), None)


def country_at(latitude: float, longitude: float, *, within: float = 2 * NEARBY) -> str:
    """Return the country of a point; empty at sea, and where a town across a border is about as near."""
    found = _by_distance(latitude, longitude, within)
    if not found:
        return ""
    distance, zone = found[0]
    abroad = next((other for other, town in found if town.country != zone.country), math.inf)
    return zone.country if abroad > 2 * distance + 1 else ""


def _by_distance(latitude: float, longitude: float, within: float) -> list[tuple[float, Zone]]:
    found = zones(
        "number IN (SELECT number FROM points WHERE south >= ? AND north <= ? AND west >= ? AND east <= ?)",
        box_around(latitude, longitude, within),
        limit=2000,
    )
    distances = [(kilometres(latitude, longitude, *zone.point), zone) for zone in found if zone.point is not None]
    return sorted((pair for pair in distances if pair[0] <= within), key=lambda pair: pair[0])


def box_around(latitude: float, longitude: float, distance: float) -> tuple[float, float, float, float]:
    """Return south, north, west and east of what lies at most so many kilometres away."""
    height = distance / KILOMETRES_OF_A_DEGREE
    width = height / max(math.cos(math.radians(latitude)), 0.01)
    return latitude - height, latitude + height, longitude - width, longitude + width


def kilometres(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Return the distance of two points as the crow flies."""
    here, there = math.radians(latitude), math.radians(other_latitude)
    half = (
        math.sin((there - here) / 2) ** 2
        + math.cos(here) * math.cos(there) * math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    )
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(half)))


def marks(values: Sequence[object]) -> str:
    """Return as many question marks as there are values."""
    return ", ".join("?" * len(values))


def _connection() -> sqlite3.Connection | None:
    """Return this thread's connection: the file is never written, so nobody waits for anybody."""
    connection: sqlite3.Connection | None = getattr(_open, "connection", None)
    if connection is None and _is_there():
        connection = sqlite3.connect(f"{FILE.as_uri()}?mode=ro&immutable=1", uri=True)
        _open.connection = connection
    return connection


@cache
def _is_there() -> bool:
    if not FILE.is_file():
        log.warning("There is no gazetteer, so places are not completed and have no zones: run `make assets`.")
    return FILE.is_file()
