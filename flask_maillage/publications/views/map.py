"""What the script of the map asks: the cells of a part of it, the same for everybody."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, abort, jsonify, request, url_for

from actors.node import node
from flask_maillage.publications.filtering import Refused, read
from flask_maillage.publications.map_cells import NEAREST_ZOOM, WORLD, Box, Cell, box_of, viewport
from flask_maillage.publications.models import Publication
from flask_maillage.publications.views.finding import may_find
from flask_maillage.web.blueprint import pages
from flask_maillage.web.negotiation import SECURITY, conditional

SHOWN_OF_A_CELL = 20


@pages.get("/find/cells.json")
def map_cells() -> Response:
    """Answer with what a filter leaves of a part of the map."""
    may_find()
    try:
        found = viewport(read(request.args), _box(), _zoom())
    except (Refused, ValueError):
        abort(400)
    return conditional(jsonify(total=found.total, cells=[_cell(cell) for cell in found.cells]))


def _box() -> Box:
    parts = request.args.get("box", "").split(",")
    if parts == [""]:
        return WORLD
    south, west, north, east = (float(part[:30]) for part in parts)
    return box_of(south, west, north, east)


def _zoom() -> int:
    text = request.args.get("zoom", "2")
    return min(int(text), NEAREST_ZOOM) if text.isascii() and text.isdigit() and len(text) < 4 else abort(400)


def _cell(cell: Cell) -> dict[str, Any]:
    items = [_item(one) for one in cell.publications[:SHOWN_OF_A_CELL]]
    return {
        "lat": round(cell.latitude, 5),
        "lon": round(cell.longitude, 5),
        "count": cell.count,
        **({"items": items} if items else {}),
    }


def _item(row: Publication) -> dict[str, Any]:
    place = row.place or {}
    return {
        "name": row.name,
        "kind": row.kind,
        "language": row.language,
        "where": place.get("locality") or place.get("name") or "",
        "who": row.actor.name,
        "url": url_for(
            "maillage.publication",
            page_handle=row.actor.page_handle,
            slug=row.kind_of_it.slug,
            identifier=row.identifier,
        ),
    }


def with_tiles(response: Response) -> Response:
    """Let a page load the images of the tile server that an admin chose, and nothing more from there."""
    tiles = node().state.get("map_tiles", "")
    if tiles:
        address = urlsplit(tiles.replace("{s}", "*"))
        policy = SECURITY["Content-Security-Policy"]
        response.headers["Content-Security-Policy"] = f"{policy}; img-src 'self' {address.scheme}://{address.netloc}"
    return response
