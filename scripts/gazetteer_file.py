"""The gazetteer's file: zones that were gathered, put into one SQLite database that is only ever read.

Zones are numbered by how likely somebody means them, so that the first rows that match are the first to show and a
search of two letters stops after a few of them.
"""

import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

from plain_spelling import plain

LAYOUT = """
CREATE TABLE zones (
    number INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, name TEXT NOT NULL,
    country TEXT NOT NULL, within TEXT NOT NULL, postal_codes TEXT NOT NULL,
    latitude REAL, longitude REAL, exact INTEGER NOT NULL, population INTEGER NOT NULL
);
CREATE TABLE former_codes (code TEXT PRIMARY KEY, successor TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE inside (container TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (container, number)) WITHOUT ROWID;
CREATE TABLE postal_codes (postal_code TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (postal_code, number))
    WITHOUT ROWID;
CREATE TABLE spellings (plain TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (plain, number))
    WITHOUT ROWID;
CREATE INDEX spellings_number ON spellings (number);
CREATE VIRTUAL TABLE names USING fts5 (
    plain, country, content='', detail='column', prefix='1 2 3', tokenize='unicode61 remove_diacritics 0'
);
CREATE VIRTUAL TABLE points USING rtree (number, south, north, west, east);
CREATE TABLE made_from (digest TEXT NOT NULL);
"""
SETTLEMENTS = ("commune", "place")
LIKELIHOOD = {"country": 10.0, "region": 1.0, "province": 0.5, "department": 0.5, "epci": 0.3, "district": 0.5}
"""How much more or less than its population a kind of zone counts; towns count twice."""


@dataclass
class Zone:
    """One zone as the sources have it; `within` lists the codes of what contains it, the nearest first."""

    code: str
    kind: str
    name: str
    country: str
    within: list[str] = field(default_factory=list)
    postal_codes: list[str] = field(default_factory=list)
    latitude: float | None = None
    longitude: float | None = None
    exact: bool = False
    population: int = 0
    spellings: list[str] = field(default_factory=list)

    @property
    def likelihood(self) -> float:
        return self.population * LIKELIHOOD.get(self.kind, 2.0)


def middle(zones: list[Zone]) -> tuple[float, float] | None:
    """Return where the people of several zones live on average, of those whose own point is known."""
    known = [
        (zone.latitude, zone.longitude, zone.population + 1)
        for zone in zones
        if zone.latitude is not None and zone.longitude is not None
    ]
    people = sum(weight for _, _, weight in known)
    if not known:
        return None
    return (
        round(sum(latitude * weight for latitude, _, weight in known) / people, 5),
        round(sum(longitude * weight for _, longitude, weight in known) / people, 5),
    )


def write(path: Path, zones: list[Zone], former: dict[str, str], digest: str) -> None:
    """Write the whole file; a code that comes twice is an error of the sources and ends the build."""
    connection = sqlite3.connect(path)
    connection.executescript(f"PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; {LAYOUT}")
    for number, zone in enumerate(sorted(zones, key=lambda zone: (-zone.likelihood, zone.code)), start=1):
        _write_zone(connection, number, zone)
    connection.executemany("INSERT INTO former_codes VALUES (?, ?)", sorted(former.items()))
    connection.execute("INSERT INTO made_from VALUES (?)", (digest,))
    connection.execute("INSERT INTO names (names) VALUES ('optimize')")
    connection.commit()
    connection.executescript("ANALYZE; VACUUM;")
    connection.close()


def _write_zone(connection: sqlite3.Connection, number: int, zone: Zone) -> None:
    connection.execute(
        "INSERT INTO zones VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            zone.code,
            zone.kind,
            zone.name,
            zone.country,
            " ".join(zone.within),
            " ".join(zone.postal_codes),
            zone.latitude,
            zone.longitude,
            zone.exact,
            zone.population,
        ),
    )
    spelled = {plain(name): name for name in reversed([zone.name, *zone.spellings]) if plain(name)}
    connection.executemany("INSERT INTO spellings VALUES (?, ?, ?)", [(key, number, spelled[key]) for key in spelled])
    countries = {zone.country, *(code for code in zone.within if len(code) == 2)}
    connection.execute(
        "INSERT INTO names (rowid, plain, country) VALUES (?, ?, ?)",
        (number, " ".join(spelled), " ".join(sorted(countries))),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO postal_codes VALUES (?, ?)", [(postal_code, number) for postal_code in zone.postal_codes]
    )
    connection.executemany("INSERT OR IGNORE INTO inside VALUES (?, ?)", [(code, number) for code in zone.within])
    if zone.exact and zone.kind in SETTLEMENTS:
        connection.execute(
            "INSERT INTO points VALUES (?, ?, ?, ?, ?)",
            (number, zone.latitude, zone.latitude, zone.longitude, zone.longitude),
        )
