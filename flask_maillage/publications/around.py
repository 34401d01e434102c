"""Distance from a point: what lies around it, how far each is, and the nearest first.

A box on the index finds candidates, and the haversine formula decides, in SQL on both databases; the distances that
people read are computed here.
"""

import math
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_

from flask_maillage.publications.models import Publication

EARTH = 6371.0
"""Its mean radius in kilometres."""
DEGREE = math.pi / 180
KILOMETRES_PER_DEGREE = EARTH * DEGREE
FEWEST, MOST, USUAL = 1, 500, 20
"""Within how many kilometres one may ask, and within how many where nothing is said."""


@dataclass(frozen=True)
class Circle:
    """A point with the distance in kilometres within which something is around it."""

    latitude: float
    longitude: float
    radius: int = USUAL

    def kilometres_to(self, latitude: float, longitude: float) -> float:
        """Return how far a point is from the middle."""
        across = math.sin((latitude - self.latitude) * DEGREE / 2) ** 2
        along = math.sin((longitude - self.longitude) * DEGREE / 2) ** 2
        half = across + math.cos(self.latitude * DEGREE) * math.cos(latitude * DEGREE) * along
        return 2 * EARTH * math.asin(min(1.0, math.sqrt(half)))

    def holds(self) -> ColumnElement[bool]:
        """Return the condition that a publication lies in it."""
        limit = math.sin(self.radius / EARTH / 2) ** 2
        return and_(in_box(*self.box()), self.nearness() <= limit)

    def nearness(self) -> ColumnElement[float]:
        """Return an expression that grows with the distance: the nearest first is in its order."""
        across = func.sin((Publication.latitude - self.latitude) * (DEGREE / 2))
        along = func.sin((Publication.longitude - self.longitude) * (DEGREE / 2))
        shrunk = math.cos(self.latitude * DEGREE) * func.cos(Publication.latitude * DEGREE)
        found: ColumnElement[float] = across * across + shrunk * along * along
        return found

    def box(self) -> tuple[float, float, float, float]:
        """Return south, west, north, east of what holds it; west is greater than east across the 180th meridian."""
        reach = self.radius / KILOMETRES_PER_DEGREE
        south, north = max(-90.0, self.latitude - reach), min(90.0, self.latitude + reach)
        if south == -90.0 or north == 90.0:
            return south, -180.0, north, 180.0
        sideways = math.asin(min(1.0, math.sin(reach * DEGREE) / math.cos(self.latitude * DEGREE))) / DEGREE
        return south, _within_world(self.longitude - sideways), north, _within_world(self.longitude + sideways)


def in_box(
    south: float,
    west: float,
    north: float,
    east: float,
    *,
    latitude: ColumnElement[Any] = Publication.latitude.expression,
    longitude: ColumnElement[Any] = Publication.longitude.expression,
) -> ColumnElement[bool]:
    """Return the condition that a publication lies between four lines; across the 180th meridian where west > east.

    Args:
        south: degrees, as `west`, `north` and `east`.
        west: see above.
        north: see above.
        east: see above.
        latitude: in place of the column, for who does not want its index.
        longitude: the same.
    """
    between = latitude.between(south, north)
    if west <= east:
        return and_(between, longitude.between(west, east))
    return and_(between, or_(longitude >= west, longitude <= east))


def _within_world(longitude: float) -> float:
    return (longitude + 180) % 360 - 180
