"""What somebody means who begins to type the name or the postal code of a place."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache, lru_cache

from babel.languages import get_official_languages

from flask_maillage.territory import spelling
from flask_maillage.territory.atlas import (
    COLUMNS,
    FRENCH,
    KINDS,
    SETTLEMENTS,
    Zone,
    box_around,
    called,
    kilometres,
    marks,
    named,
    rows,
    zone_of,
    zones,
)
from flask_maillage.territory.places import country_names
from flask_maillage.territory.spelling import plain_beginning

LONGEST = 80
CANDIDATES = 25
NEAR = 60.0
EUROPE = FRENCH.union(
    re.findall("[A-Z]{2}", "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"),
    re.findall("[A-Z]{2}", "AL BA GE MD ME MK RS TR UA XK AD AX CH FO GB GG GI IM IS JE LI MC NO SM VA"),
)
"""Where the territories of this network are: the Union, candidates, their neighbours and what is France overseas."""
BY_KIND = {"country": 1.0, "region": 0.3, "epci": -0.8, "district": -1.5}
Point = tuple[float, float]
plain = lru_cache(maxsize=20_000)(spelling.plain)


def complete(
    text: str,
    *,
    limit: int = 8,
    language: str = "en",
    near: Point | None = None,
    kinds: Sequence[str] = KINDS,
    country: str = "",
) -> list[Zone]:
    """Return the zones that a beginning may mean, the likeliest first.

    Large ones come before small ones, names that begin so before names with a later word that does, those near a
    point and those in countries of the reader's language before others. A beginning of digits is a postal code.
    """
    typed = plain_beginning(text[:LONGEST])
    if sum(map(len, typed.split())) < 2:
        return []
    by_code = [
        zone for zone in _by_code(text, typed) if zone.kind in kinds and country in ("", zone.country, *zone.within)
    ]
    found = [*by_code, *_completed(typed, language, near, tuple(kinds), country)]
    return list({zone.code: zone for zone in found}.values())[:limit]


def described(zone: Zone, language: str) -> str:
    """Return where a zone lies, in words: its department, region or province, and its country."""
    outer = [found for code in zone.within if (found := named(code)) is not None]
    chosen = [one for one in outer if one.kind in ("department", "province", "region")][:1]
    chosen += [one for one in outer if one.kind == "country"][:1]
    return ", ".join(called(one, language) for one in chosen)


@lru_cache(maxsize=2048)
def _completed(typed: str, language: str, near: Point | None, kinds: tuple[str, ...], country: str) -> list[Zone]:
    digits = next((word for word in typed.split() if word.isdigit() and len(word) > 1), "")
    words = tuple(word for word in typed.split() if word != digits)
    if digits:
        found = _by_postal_code(digits, kinds, country)
    else:
        known = [] if country else _countries(words, kinds, language)
        found = [*known, *_by_name(words, kinds, country, language, near)]
    fitting = _spelled({zone.code: zone for zone in found}.values(), words, language)
    return sorted(fitting, key=lambda zone: -_likelihood(zone, " ".join(words), language, near))[:CANDIDATES]


def _by_code(text: str, typed: str) -> list[Zone]:
    """A code, typed whole (`FR-38`, `insee:38185`), or a French department by its number."""
    codes = [text.strip(), f"FR-{typed}"] if typed.isalnum() and typed[0].isdigit() else [text.strip()]
    return [zone for code in codes if (zone := named(code[:LONGEST])) is not None]


def _by_postal_code(digits: str, kinds: Sequence[str], country: str) -> list[Zone]:
    condition = (
        "number IN (SELECT number FROM postal_codes WHERE postal_code >= ? AND postal_code < ?) "  # noqa: S608
        f"AND kind IN ({marks(kinds)}) AND (? IN ('', country))"
    )
    return zones(condition, (digits, f"{digits}:", *kinds, country), limit=CANDIDATES)


def _countries(words: Sequence[str], kinds: Sequence[str], language: str) -> list[Zone]:
    """Countries by the name that the reader's language has for them, which the file does not know."""
    codes = [code for code, name in _plain_countries(language).items() if _fits(name, words)]
    return [zone for code in codes if "country" in kinds and (zone := named(code)) is not None]


def _by_name(words: Sequence[str], kinds: Sequence[str], country: str, language: str, near: Point | None) -> list[Zone]:
    beginning = " AND ".join([*(f'plain : "{word}"' for word in words[:-1]), f'plain : "{words[-1]}"*'])
    home = (country,) if country else _home(language)
    found = [] if country else _matching(beginning, kinds)
    if home:
        found += _matching(f"{beginning} AND country : ({' OR '.join(home)})", kinds)
    condition = (
        f"number IN (SELECT number FROM spellings WHERE plain = ?) AND kind IN ({marks(kinds)}) "  # noqa: S608
        "AND (? IN ('', country))"
    )
    found += zones(condition, (" ".join(words), *kinds, country), limit=CANDIDATES)
    return found + _around(beginning, kinds, near) if near is not None else found


def _matching(
    expression: str, kinds: Sequence[str], condition: str = "", parameters: Sequence[object] = ()
) -> list[Zone]:
    columns = ", ".join(f"z.{column}" for column in COLUMNS.split(", "))
    question = (
        f"SELECT {columns} FROM names n JOIN zones z ON z.number = n.rowid "  # noqa: S608 - parts of ours
        f"WHERE names MATCH ? AND z.kind IN ({marks(kinds)}) {condition} ORDER BY n.rowid LIMIT {CANDIDATES}"
    )
    return [zone_of(row) for row in rows(question, (expression, *kinds, *parameters))]


def _around(expression: str, kinds: Sequence[str], near: Point) -> list[Zone]:
    condition = "AND n.rowid IN (SELECT number FROM points WHERE south >= ? AND north <= ? AND west >= ? AND east <= ?)"
    towns = [kind for kind in kinds if kind in SETTLEMENTS]
    return _matching(expression, towns, condition, box_around(*near, NEAR)) if towns else []


def _spelled(found: Iterable[Zone], words: Sequence[str], language: str) -> list[Zone]:
    """Return the zones that fit, by another spelling where that is what was typed, to the last letter."""
    found = list(found)
    if not words:
        return found
    wanted = " ".join(words)
    others = [zone.number for zone in found if not _fits(plain(called(zone, language)), words)]
    question = f"SELECT number, plain, name FROM spellings WHERE number IN ({marks(others)})"  # noqa: S608
    spellings: dict[int, list[tuple[str, str]]] = {}
    for number, key, name in map(tuple, rows(question, others)):
        spellings.setdefault(number, []).append((key, name))
    fitting = []
    for zone in found:
        keys = dict(spellings.get(zone.number, ()))
        if zone.number not in others:
            fitting.append(zone)
        elif wanted in keys:
            fitting.append(replace(zone, spelled=keys[wanted]))
        elif any(_fits(key, words) for key in keys):
            fitting.append(zone)
    return fitting


def _fits(spelling: str, words: Sequence[str]) -> bool:
    parts = spelling.split()
    return all(word in parts for word in words[:-1]) and any(part.startswith(words[-1]) for part in parts)


def _likelihood(zone: Zone, wanted: str, language: str, near: Point | None) -> float:
    name = plain(zone.spelled or called(zone, language))
    likelihood = math.log10(zone.population + 10) + BY_KIND.get(zone.kind, 0.0)
    likelihood += 1.5 if name == wanted else 1.0 if name.startswith(wanted) else 0.0
    countries = {zone.country, *zone.within}
    likelihood += 1.3 if not countries.isdisjoint(_home(language)) else 0.0
    likelihood += 0.7 if not countries.isdisjoint(EUROPE) else 0.0
    if near is not None and zone.point is not None and zone.kind != "country":
        likelihood += max(0.0, 2.0 - kilometres(*near, *zone.point) / 100)
    return likelihood - (0.5 if zone.spelled else 0.0)


@cache
def _home(language: str) -> tuple[str, ...]:
    """The countries of Europe where a language is official, or of the world where it is in none of those."""
    spoken = [code for code in country_names("en") if language in get_official_languages(code, de_facto=True)]
    return tuple(code for code in spoken if code in EUROPE) or tuple(spoken)


@cache
def _plain_countries(language: str) -> dict[str, str]:
    return {code: plain(name) for code, name in country_names(language).items()}
