"""What a part of the map shows: each publication by itself where they are few, else how many lie in each square.

The squares are of the screen: about as large as a finger, whatever the zoom.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Integer, cast, func
from sqlalchemy.orm import defer

from actors.database import session
from flask_maillage.publications import listing, matching, selecting
from flask_maillage.publications.around import DEGREE, in_box
from flask_maillage.publications.filtering import Filter
from flask_maillage.publications.models import Publication

MOST_ITEMS = 150
"""Up to so many publications stand on the map by themselves, and in the list beside it."""
MOST_CELLS = 600
NEAREST_ZOOM = 19
CELLS_OF_A_TILE = 4
Box = tuple[float, float, float, float]
"""South, west, north, east; west is greater than east where it lies across the 180th meridian."""
WORLD: Box = (-90.0, -180.0, 90.0, 180.0)


@dataclass
class Cell:
    """A square with its middle, how many lie in it, and which, where that is known."""

    latitude: float
    longitude: float
    count: int
    publications: list[Publication] = field(default_factory=list)


@dataclass(frozen=True)
class Viewport:
    """The cells of a part of the map, and how many publications lie in it."""

    cells: Sequence[Cell]
    total: int


def box_of(south: float, west: float, north: float, east: float) -> Box:
    """Return a part of the map as the world has it: maps count longitudes on when they are turned around.

    Raises:
        ValueError: there is no such part.
    """
    if not all(math.isfinite(number) for number in (south, west, north, east)) or south > north or west > east:
        raise ValueError("not a part of the map")
    south, north = max(-90.0, south), min(90.0, north)
    if east - west >= 360:
        return south, -180.0, north, 180.0
    return south, _turned(west), north, _turned(east)


def viewport(asked: Filter, box: Box, zoom: int) -> Viewport:
    """Return what a filter leaves of a part of the map."""
    query = matching.narrowed(listing.visible(), asked)
    query = selecting.placed(query) if box == WORLD else query.where(in_box(*box))
    few = session().scalars(query.with_only_columns(Publication.id).limit(MOST_ITEMS + 1)).all()
    across, along = _steps(box, zoom)
    if len(few) <= MOST_ITEMS:
        cells = _of_items(few, across, along)
        return Viewport(cells, len(few))
    cells = _counted(query, across, along)
    return Viewport(cells, sum(cell.count for cell in cells))


def _of_items(ids: Sequence[int], across: float, along: float) -> list[Cell]:
    cells: dict[tuple[int, int], Cell] = {}
    for row in _rows(ids):
        latitude, longitude = row.latitude or 0.0, row.longitude or 0.0
        key = int((latitude + 90) / across), int((longitude + 180) / along)
        cell = cells.setdefault(key, Cell(0.0, 0.0, 0))
        cell.latitude = (cell.latitude * cell.count + latitude) / (cell.count + 1)
        cell.longitude = (cell.longitude * cell.count + longitude) / (cell.count + 1)
        cell.count += 1
        cell.publications.append(row)
    return list(cells.values())


def _rows(ids: Sequence[int]) -> Sequence[Publication]:
    query = listing.newest(listing.among(ids)).options(*(defer(getattr(Publication, one)) for one in selecting.HEAVY))
    return session().scalars(query).all()


def _counted(query: listing.Query, across: float, along: float) -> list[Cell]:
    """Return how many lie in each cell; what lies in one alone comes with it, for a pin bears its name."""
    row = cast((Publication.latitude + 90) / across - 0.5, Integer)
    column = cast((Publication.longitude + 180) / along - 0.5, Integer)
    number = func.count()
    middle = func.avg(Publication.latitude), func.avg(Publication.longitude)
    found = query.with_only_columns(*middle, number, func.min(Publication.id))
    found = found.group_by(row, column).order_by(number.desc()).limit(MOST_CELLS)
    rows: Sequence[Any] = session().execute(found, bind_arguments={"mapper": Publication}).all()
    alone = {one.id: one for one in _rows([first for *_, count, first in rows if count == 1])}
    return [
        Cell(float(latitude), float(longitude), count, [alone[first]] if first in alone else [])
        for latitude, longitude, count, first in rows
    ]


def _steps(box: Box, zoom: int) -> tuple[float, float]:
    """Return height and width of a cell in degrees; Mercator's map is stretched to the north and the south."""
    along = 360 / 2 ** min(max(zoom, 0), NEAREST_ZOOM) / CELLS_OF_A_TILE
    middle = min(abs(box[0] + box[2]) / 2, 80.0)
    return along * math.cos(middle * DEGREE), along


def _turned(longitude: float) -> float:
    return longitude if -180 <= longitude <= 180 else (longitude + 180) % 360 - 180
