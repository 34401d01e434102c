"""Which countries belonged to the European Union, and which were candidates, on a day.

Accessions: the treaties, as the European Union lists them at <https://european-union.europa.eu/principles-countries-history/eu-countries_en>.
Candidates: the conclusions of the European Council that gave, or took note of the end of, the status, as the European
Commission lists them at <https://enlargement.ec.europa.eu/enlargement-policy/candidate-countries-and-potential-candidates_en>.
Complete for candidates since 1 May 2004, and as known at the beginning of 2025.
"""

from datetime import date
from typing import NamedTuple

UNION, CANDIDATE = "EU", "EU-candidate"
LABELS = {UNION: "European Union", CANDIDATE: "Candidate countries of the European Union"}


class Belonging(NamedTuple):
    """From which day until which day, both counted, a country belonged; without a last day it still does."""

    country: str
    first: date
    last: date | None = None


def _since(year: int, month: int, day: int, *countries: str) -> tuple[Belonging, ...]:
    return tuple(Belonging(country, date(year, month, day)) for country in countries)


_BELONGING = {
    UNION: (
        *_since(1958, 1, 1, "BE", "DE", "FR", "IT", "LU", "NL"),
        *_since(1973, 1, 1, "DK", "IE"),
        Belonging("GB", date(1973, 1, 1), date(2020, 1, 31)),
        *_since(1981, 1, 1, "GR"),
        *_since(1986, 1, 1, "ES", "PT"),
        *_since(1995, 1, 1, "AT", "FI", "SE"),
        *_since(2004, 5, 1, "CY", "CZ", "EE", "HU", "LT", "LV", "MT", "PL", "SI", "SK"),
        *_since(2007, 1, 1, "BG", "RO"),
        *_since(2013, 7, 1, "HR"),
    ),
    CANDIDATE: (
        Belonging("BG", date(1997, 12, 13), date(2006, 12, 31)),
        Belonging("RO", date(1997, 12, 13), date(2006, 12, 31)),
        *_since(1999, 12, 11, "TR"),
        Belonging("HR", date(2004, 6, 18), date(2013, 6, 30)),
        *_since(2005, 12, 16, "MK"),
        Belonging("IS", date(2010, 6, 17), date(2015, 3, 11)),
        *_since(2010, 12, 17, "ME"),
        *_since(2012, 3, 1, "RS"),
        *_since(2014, 6, 27, "AL"),
        *_since(2022, 6, 23, "MD", "UA"),
        *_since(2022, 12, 15, "BA"),
        *_since(2023, 12, 14, "GE"),
    ),
}


def countries(code: str, day: date) -> tuple[str, ...]:
    """Return the countries that a code (`EU`, `EU-candidate`, or a country's own) names on a day, by their letters."""
    if code not in _BELONGING:
        return (code,)
    belonging = _BELONGING[code]
    return tuple(sorted(one.country for one in belonging if one.first <= day and (one.last is None or day <= one.last)))
