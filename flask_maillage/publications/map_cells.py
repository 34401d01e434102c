"""What a part of the map shows: each publication by itself where they are few, else how many lie in each square.

The squares are of the screen: about as large as a finger, whatever the zoom.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import BigInteger, ColumnElement, column, func, select, text
from sqlalchemy.orm import defer

from actors.database import session
from flask_maillage.publications import listing, matching, selecting
from flask_maillage.publications.around import in_box
from flask_maillage.publications.filtering import Filter
from flask_maillage.publications.models import Publication
from flask_maillage.publications.squares import STEPS, Square, covering, middle

MOST_ITEMS = 150
"""Up to so many publications stand on the map by themselves, and in the list beside it."""
MOST_CELLS = 600
NEAREST_ZOOM = 19
CUT = 2
"""How often a tile of the map is cut into four to make squares."""
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
    query = matching.narrowed(listing.counted(), asked)
    is_part = box != WORLD
    there = query.where(in_box(*box)) if is_part else selecting.placed(query)
    few = session().scalars(there.limit(MOST_ITEMS + 1)).all()
    if len(few) <= MOST_ITEMS:
        return Viewport(_of_items(few, zoom), len(few))
    cells = _counted(query.where(_within(box)) if is_part else there, covering(box, zoom + CUT, MOST_CELLS))
    return Viewport(cells, sum(cell.count for cell in cells))


def _within(box: Box) -> ColumnElement[bool]:
    """Return the condition that something lies in a part of the map, which its squares have found already."""
    latitude, longitude = listing.unhinted(Publication.latitude), listing.unhinted(Publication.longitude)
    return in_box(*box, latitude=latitude, longitude=longitude)


def _of_items(ids: Sequence[int], zoom: int) -> list[Cell]:
    cells: dict[int, Cell] = {}
    for row in _rows(ids):
        latitude, longitude = row.latitude or 0.0, row.longitude or 0.0
        key = (row.square or 0) >> 2 * max(STEPS - zoom - CUT, 0)
        cell = cells.setdefault(key, Cell(0.0, 0.0, 0))
        cell.latitude = (cell.latitude * cell.count + latitude) / (cell.count + 1)
        cell.longitude = (cell.longitude * cell.count + longitude) / (cell.count + 1)
        cell.count += 1
        cell.publications.append(row)
    return list(cells.values())


def _rows(ids: Sequence[int]) -> Sequence[Publication]:
    query = listing.newest(listing.among(ids)).options(*(defer(getattr(Publication, one)) for one in selecting.HEAVY))
    return session().scalars(query).all()


def _counted(query: listing.Query, squares: Sequence[Square]) -> list[Cell]:
    """Return how many lie in each square; what lies in one alone comes with it, for a pin bears its name.

    Each square is one range of an index, whose ends say where in it the publications are.
    """
    ranges = ", ".join(f"({square.first:d}, {square.after:d})" for square in squares)
    ends = column("column1", BigInteger), column("column2", BigInteger)  # both databases call them so
    drawn = text(f"VALUES {ranges}").columns(*ends).cte("drawn")
    within = query.where(Publication.square >= drawn.c.column1, Publication.square < drawn.c.column2).correlate(drawn)
    end = within.with_only_columns(Publication.square).limit(1)
    parts = (
        within.with_only_columns(func.count(Publication.id)),
        end.order_by(Publication.square),
        end.order_by(Publication.square.desc()),
        within.with_only_columns(Publication.id).limit(1),
    )
    found = select(*(part.scalar_subquery() for part in parts)).select_from(drawn)
    rows = [row for row in session().execute(found, bind_arguments={"mapper": Publication}) if row[0]]
    alone = {one.id: one for one in _rows([number for count, _, _, number in rows if count == 1])}
    return [
        Cell(*middle(least, greatest), count, [alone[number]] if count == 1 and number in alone else [])
        for count, least, greatest, number in rows
    ]


def _turned(longitude: float) -> float:
    return longitude if -180 <= longitude <= 180 else (longitude + 180) % 360 - 180
