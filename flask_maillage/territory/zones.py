"""In which zones of the gazetteer something lies: the smallest that is known of it, and all that contain that one."""

import re
from collections.abc import Iterable, Sequence

from flask_maillage.territory import gazetteer
from flask_maillage.territory.places import Place, country_names
from flask_maillage.territory.spelling import plain

CODE_BEHIND = re.compile(r".{1,200}\(([^()]{1,60})\)")
NOWHERE = "none"
"""What stands in the place of a code for what lies in no zone that is known."""
LONGEST_CODE = 60


def lies_in(place: Place | None, concerned: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the codes of all zones in which something lies, each once, in no order that means anything.

    Args:
        place: where it is.
        concerned: codes of zones that it says it is about, from whichever list; what nobody knows is passed over.
    """
    found: dict[str, None] = {}
    if place is not None:
        smallest = gazetteer.of_place(place)
        found |= dict.fromkeys(outwards(smallest.code) if smallest else ())
        if place.country and not any(code in country_names("en") for code in found):
            found[place.country] = None
    for code in concerned:
        known = canonical(code)
        found |= dict.fromkeys(outwards(known) if known else ())
    return tuple(found)


def outwards(code: str) -> tuple[str, ...]:
    """Return the code of a zone and of every zone that contains it, the zone itself first."""
    return tuple(dict.fromkeys([code, *(zone.code for zone in gazetteer.containing(code))]))


def trail(place: Place) -> list[str]:
    """Return the codes of the zones that a place lies in, from its country to the smallest that is certain.

    Inter-communal bodies are left out, as is the department of Paris, called as its town is: what one walks down is
    country, region, department, town.
    """
    smallest = gazetteer.of_place(place)
    if smallest is None:
        return [place.country] if place.country in country_names("en") else []
    outer = [zone for zone in reversed(gazetteer.containing(smallest.code)) if zone.kind != "epci"]
    names = [zone.name for zone in outer[1:]] + [""]
    return [zone.code for zone, inner in zip(outer, names, strict=True) if zone.name != inner]


def edition() -> str:
    """Return which data of the gazetteer is in use: what was laid out by others is laid out anew."""
    return gazetteer.edition()


def canonical(code: str) -> str | None:
    """Return the code that the gazetteer has for a zone, or None where it knows none.

    People and peers write codes of lists that many know without naming the list: `38185` is a commune of INSEE's and
    `38` a department; ISO 3166 is written in capital letters.
    """
    code = code.strip()
    if not code or len(code) > LONGEST_CODE or not code.isprintable():
        return None
    for tried in (code, code.upper(), f"insee:{code.upper()}", f"FR-{code.upper()}"):
        if (zone := gazetteer.named(tried)) is not None:
            return zone.code
        if tried in country_names("en"):
            return tried
    return None


def meant(text: str, language: str) -> list[str]:
    """Return the codes of the zones that somebody may mean who wrote a name, a postal code, or a name with a code.

    One where that is certain; of several the likeliest comes first.
    """
    text = " ".join(text.split())
    with_code = CODE_BEHIND.fullmatch(text)
    is_postal_code = len(text) == 5 and text.isdigit()
    known = canonical(with_code[1] if with_code else text) if not is_postal_code else None
    if known is not None:
        return [known]
    found = gazetteer.complete(text, language=language)
    wanted = plain(text)
    same = [zone for zone in found if wanted in map(plain, (zone.name, zone.spelled, name_of(zone.code, language)))]
    countries = [code for code, name in country_names(language).items() if name.casefold() == text.casefold()]
    return list(dict.fromkeys([*countries, *(zone.code for zone in same or found)]))


def written(code: str, language: str) -> str:
    """Return a zone as a form has it, to be read again by `meant`: its name with its code behind."""
    return f"{name_of(code, language)} ({code})"


def told_apart(code: str, language: str) -> str:
    """Return the same with what it lies in, for whoever has to choose between several of one name."""
    zone = gazetteer.named(code)
    around = gazetteer.described(zone, language) if zone is not None else ""
    return ", ".join(part for part in (name_of(code, language), around) if part) + f" ({code})"


def name_of(code: str, language: str) -> str:
    """Return what a zone is called, countries in `language`; the code itself where nobody knows its name."""
    if (country := country_names(language).get(code)) is not None:
        return country
    zone = gazetteer.named(code)
    return zone.name if zone is not None else code


def parts_of(code: str) -> tuple[str, ...]:
    """Return the codes of the zones that lie in a zone with none between, the largest first."""
    return gazetteer.parts(code)


def directly_within(code: str, others: Sequence[str]) -> list[str]:
    """Return those of `others` that lie in a zone with none of `others` between, in their order."""
    above = {other: set(outwards(other)) - {other} for other in others if other != code}
    inside = [other for other in others if code in above.get(other, ())]
    return [one for one in inside if not any(code in above[other] for other in above[one] if other in above)]
