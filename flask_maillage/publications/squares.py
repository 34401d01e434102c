"""In which square of the map something lies: one number, whose first digits tell the larger square around it.

The squares are those of web maps (Mercator): of one size on the screen wherever they lie. Each is cut into four, and
the number says at each step into which of them (a Morton code): all that lies in a larger square is one range of
numbers, so that an index counts it.
"""

import math
from dataclasses import dataclass

STEPS = 21
"""How often the world is cut: the smallest squares are twenty metres wide."""
ACROSS = 1 << STEPS
FARTHEST = 85.0511
"""Web maps end there; what lies nearer to a pole is counted in the last row."""


@dataclass(frozen=True)
class Square:
    """A square by the first number in it, and the number after the last."""

    first: int
    after: int


def square_of(latitude: float | None, longitude: float | None) -> int | None:
    """Return the number of the smallest square that holds a point; None where there is no point."""
    if latitude is None or longitude is None:
        return None
    return _number(*_steps_to(latitude, longitude))


def middle(number: int, other: int) -> tuple[float, float]:
    """Return the point in the middle between two of the smallest squares, as latitude and longitude."""
    columns, rows = zip(*(_column_and_row(one) for one in (number, other)), strict=True)
    longitude = (sum(columns) / 2 + 0.5) / ACROSS * 360 - 180
    height = math.pi * (1 - 2 * (sum(rows) / 2 + 0.5) / ACROSS)
    return math.degrees(math.atan(math.sinh(height))), longitude


def covering(box: tuple[float, float, float, float], zoom: int, most: int) -> list[Square]:
    """Return the squares that cover a part of the map.

    Args:
        box: south, west, north, east; west is greater than east across the 180th meridian.
        zoom: how often the world is cut to make them.
        most: where there would be more, they are larger.
    """
    south, west, north, east = box
    (left, top), (right, bottom) = _steps_to(north, west), _steps_to(south, east)
    for size in range(STEPS - min(max(zoom, 0), STEPS), STEPS + 1):
        rows = range(top >> size, (bottom >> size) + 1)
        columns = range(left >> size, (right >> size if west <= east else ACROSS - 1 >> size) + 1)
        behind = range(0 if west <= east else (right >> size) + 1)
        if len(rows) * (len(columns) + len(behind)) <= most:
            break
    numbers = [_number(column << size, row << size) for row in rows for column in {*columns, *behind}]
    return [Square(number, number + (1 << 2 * size)) for number in numbers]


def _steps_to(latitude: float, longitude: float) -> tuple[int, int]:
    """Return how many of the smallest squares lie west and north of a point."""
    height = math.asinh(math.tan(math.radians(max(-FARTHEST, min(FARTHEST, latitude))))) / math.pi
    return _within((longitude + 180) / 360), _within((1 - height) / 2)


def _within(share: float) -> int:
    return max(0, min(ACROSS - 1, int(share * ACROSS)))


def _number(column: int, row: int) -> int:
    number = 0
    for step in range(STEPS):
        number |= (column >> step & 1) << 2 * step | (row >> step & 1) << 2 * step + 1
    return number


def _column_and_row(number: int) -> tuple[int, int]:
    column = row = 0
    for step in range(STEPS):
        column |= (number >> 2 * step & 1) << step
        row |= (number >> 2 * step + 1 & 1) << step
    return column, row
