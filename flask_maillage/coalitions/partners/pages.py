"""The page of the node's partners, for everybody: who they are, since when, and where, on a map and in a list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, jsonify, render_template

from actors import iris
from actors.node import node
from flask_maillage.coalitions.partners import ourselves, partnership, places
from flask_maillage.coalitions.partners.facts import Facts
from flask_maillage.coalitions.partners.places import Spot
from flask_maillage.publications.views.map import with_tiles
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language
from flask_maillage.web.negotiation import conditional, page


@dataclass(frozen=True)
class Shown:
    """A partner as everybody sees it."""

    name: str
    host: str
    address: str
    facts: Facts
    spot: Spot | None
    since: datetime | None


@pages.get("/partners", endpoint="partners")
def show_partners() -> Response:
    """Show the partners of this node, on a map and as a list."""
    shown = _shown(current_language())
    html = render_template(
        "maillage/partners.html",
        shown=shown,
        is_mapped=any(one.spot is not None and one.spot.is_on_the_map for one in shown),
        map_tiles=node().state.get("map_tiles", ""),
        map_attribution=node().state.get("map_attribution", ""),
    )
    return with_tiles(page(html))


@pages.get("/partners/cells.json", endpoint="partner_cells")
def partner_cells() -> Response:
    """Answer the script of the map, in the same words for everybody: our node, its partners, the lines between us."""
    language = node().language
    here = _here(language)
    found: dict[tuple[float, float], list[dict[str, Any]]] = {}
    if here is not None:
        _put(found, here, {"name": node().name, "kind": "this", "where": here.name, "url": iris.home()})
    for one in _shown(language):
        if one.spot is not None:
            _put(found, one.spot, {"name": one.name, "kind": "partner", "where": one.spot.name, "url": one.address})
    cells = [{"lat": lat, "lon": lon, "count": len(items), "items": items} for (lat, lon), items in found.items()]
    return conditional(jsonify(total=sum(cell["count"] for cell in cells), cells=cells, lines=_lines(here, found)))


def _lines(here: Spot | None, points: Iterable[tuple[float, float]]) -> list[list[list[float]]]:
    """Return a line from our node to each other point, where it is known where our node is."""
    if here is None or not here.is_on_the_map:
        return []
    ours = point_of(here)
    return [[ours, list(point)] for point in points if list(point) != ours]


def point_of(spot: Spot) -> list[float]:
    """Return a spot on the map as the script reads it."""
    return [round(spot.latitude or 0.0, 5), round(spot.longitude or 0.0, 5)]


def _put(found: dict[tuple[float, float], list[dict[str, Any]]], spot: Spot, item: dict[str, Any]) -> None:
    if spot.is_on_the_map:
        latitude, longitude = point_of(spot)
        found.setdefault((latitude, longitude), []).append(item)


def _here(language: str) -> Spot | None:
    code = ourselves.code()
    return places.of_zone(code, language) if code is not None else None


def _shown(language: str) -> list[Shown]:
    return [
        Shown(
            name=one.name,
            host=one.host,
            address=one.address,
            facts=Facts.from_row(one.facts),
            spot=places.of(one, language),
            since=one.agreed_at,
        )
        for one in partnership.shown()
    ]
