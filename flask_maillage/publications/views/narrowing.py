"""Counts by topic, territory and server as links that narrow what is found; counted only when somebody opens them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from flask_maillage.publications import facets
from flask_maillage.publications.filtering import Filter
from flask_maillage.publications.views.bar import KEPT, topic_labels
from flask_maillage.territory import zones
from flask_maillage.web.language import current_language
from flask_maillage.web.language import gettext as _

SHOWN = 12


@dataclass(frozen=True)
class Narrower:
    """A link to fewer publications: how many there are, and whether that is what one sees."""

    label: str
    count: int
    address: str
    is_chosen: bool


@dataclass(frozen=True)
class Group:
    """The counts of one sort under their heading."""

    name: str
    title: str
    links: tuple[Narrower, ...]


def is_open() -> bool:
    """Tell whether the address asks for these counts."""
    return request.args.get("facets") == "1"


def groups(asked: Filter) -> list[Group]:
    """Return the counts that there are, by topic, territory and server."""
    found, language = facets.of(asked), current_language()
    labels = topic_labels()
    inside = asked.zone or asked.country
    around = _("In %(place)s", place=zones.name_of(inside, language)) if inside else _("By country")
    all_groups = (
        Group(
            "topic",
            _("By topic"),
            _links(asked, "topic", ((iri, n) for iri, n in found.topics if iri in labels), labels),
        ),
        Group(
            "zone",
            around,
            _links(asked, "zone", found.zones, {code: zones.name_of(code, language) for code, _n in found.zones}),
        ),
        Group("host", _("By server"), _links(asked, "host", found.hosts, {})),
    )
    return [group for group in all_groups if group.links]


def _links(
    asked: Filter, name: str, counts: Iterable[tuple[str, int]], labels: Mapping[str, str]
) -> tuple[Narrower, ...]:
    rest: dict[str, Any] = asked.arguments | {key: request.args[key] for key in KEPT if request.args.get(key)}
    if name == "zone":
        rest.pop("country", None)
    links = (
        Narrower(
            label=labels.get(value, value),
            count=count,
            address=url_for("maillage.find", **{**rest, name: value}),
            is_chosen=getattr(asked, name) == value,
        )
        for value, count in counts
    )
    return tuple(links)[:SHOWN]
