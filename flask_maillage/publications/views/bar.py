"""The filter bar of every list: what stands in it, what one may choose, and what is asked as chips to take away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import request

from flask_maillage.publications import topic_list
from flask_maillage.publications.filtering import PARAMETERS, Filter
from flask_maillage.publications.kinds import KINDS, kind_named
from flask_maillage.publications.standpoint import place_called
from flask_maillage.publications.topics import TOPICS
from flask_maillage.publications.views.channels import name_of_territory
from flask_maillage.territory.gazetteer import Zone, called, described
from flask_maillage.territory.places import country_names
from flask_maillage.web.dates import plain_day
from flask_maillage.web.language import current_language, gettext
from flask_maillage.web.language import gettext as _

KEPT = ("view", "sort", "span", "day", "past", "facets")
"""What an address of a list says besides its filter, which a change of the filter leaves as it is."""
DISTANCES = ("2", "5", "10", "20", "50", "100", "200", "500")
TOGETHER = {"near": ("near", "km"), "lat": ("lat", "lon", "km")}
"""What is taken away with one chip."""
WITH_ANOTHER = frozenset({"lon", "km"})


@dataclass(frozen=True)
class Chip:
    """One thing that is asked for, in words, and the address of the same list without it."""

    label: str
    without: str


def bar(asked: Filter, problems: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return what the template of a list needs for its filter bar."""
    return {
        "asked": asked,
        "problems": problems or {},
        "typed": {name: request.args.get(name, "") for name in PARAMETERS},
        "kept": {name: request.args[name] for name in KEPT if request.args.get(name)},
        "choices": _choices(),
        "chips": [] if problems else [_chip(name, value, asked) for name, value in asked.written if _stands(name)],
    }


def _stands(name: str) -> bool:
    return name not in WITH_ANOTHER


def _choices() -> dict[str, list[tuple[str, str]]]:
    """Return what the filter lets one choose from."""
    countries = country_names(current_language()).items()
    return {
        "kind": [(kind.name, gettext(kind.plural)) for kind in KINDS],
        "country": sorted(countries, key=lambda country: country[1].casefold()),
        "topic": [(topic.iri, gettext(topic.label)) for topic in TOPICS],
        "km": [(distance, gettext("%(n)s km", n=distance)) for distance in DISTANCES],
    }


def _chip(name: str, value: str, asked: Filter) -> Chip:
    gone = TOGETHER.get(name, (name,))
    left = [pair for pair in asked.written if pair[0] not in gone or (name == "kind" and pair[1] != value)]
    kept = [(key, request.args[key]) for key in KEPT if request.args.get(key)]
    return Chip(_in_words(name, value, asked), f"?{urlencode([*left, *kept])}")


def _in_words(name: str, value: str, asked: Filter) -> str:
    if name == "kind":
        return gettext(kind_named(value).plural)
    if name == "country":
        return country_names(current_language()).get(asked.country, value)
    if name == "zone":
        return name_of_territory(asked.zone, current_language())
    if name == "topic":
        return topic_labels().get(value, value)
    if name in TOGETHER and asked.around:
        zone = place_called(value) if name == "near" else None
        place = _place_in_words(zone) if zone else _("this point")
        return _("Within %(km)s km of %(place)s", km=asked.around.radius, place=place)
    words = {
        "q": _("“%(text)s”", text=value),
        "tag": f"#{value.removeprefix('#')}",
        "actor": _("By %(who)s", who=value),
        "members": _("By those who belong to %(who)s", who=value),
        "host": _("From the server %(host)s", host=value),
        "from": _("From %(day)s", day=_day(value)),
        "until": _("Until %(day)s", day=_day(value)),
        "open": _("Open or still to come"),
    }
    return words.get(name, value)


def topic_labels() -> dict[str, str]:
    """Return what the topics are called that all nodes share, and those of this one, in the reader's language."""
    own = {topic.iri: topic.named.label(current_language()) for topic in topic_list.listed(retired=True)}
    return own | {topic.iri: gettext(topic.label) for topic in TOPICS}


def _place_in_words(zone: Zone) -> str:
    name, where = called(zone, current_language()), described(zone, current_language())
    return f"{name} ({where})" if where else name


def _day(value: str) -> str:
    try:
        return plain_day(date.fromisoformat(value))
    except ValueError:
        return value
