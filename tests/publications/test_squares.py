"""Squares of the map: a point lies in one, larger ones are ranges of numbers, and a part of the map is covered."""

import pytest

from flask_maillage.publications.squares import STEPS, covering, middle, square_of

POINTS = [(45.19, 5.72), (-18.14, 178.44), (-13.83, -171.76), (89.9, 0.0), (-89.9, -180.0), (0.0, 180.0)]


@pytest.mark.parametrize("zoom", [0, 1, 4, 9, STEPS])
@pytest.mark.parametrize("point", POINTS)
def test_a_point_lies_in_exactly_one_square_of_what_covers_its_surroundings(point, zoom):
    latitude, longitude = point
    box = (max(-90, latitude - 0.01), max(-180, longitude - 0.01), min(90, latitude + 0.01), min(180, longitude + 0.01))
    number = square_of(*point)
    squares = covering(box, zoom, 600)
    assert sum(square.first <= number < square.after for square in squares) == 1


def test_squares_are_larger_where_there_would_be_too_many():
    assert len(covering((-90, -180, 90, 180), 2, 600)) == 16
    assert 1 < len(covering((-90, -180, 90, 180), 19, 600)) <= 600
    assert len({square.first for square in covering((-90, -180, 90, 180), 19, 600)}) <= 600


def test_a_part_across_the_180th_meridian_has_both_its_sides_and_no_more():
    squares = covering((-20, 170, -10, -170), 4, 600)
    there = [any(one.first <= square_of(*point) < one.after for one in squares) for point in POINTS[:3]]
    assert there == [False, True, True]


def test_the_middle_of_a_square_and_itself_is_where_the_point_is():
    latitude, longitude = middle(square_of(45.19, 5.72), square_of(45.19, 5.72))
    assert (latitude, longitude) == (pytest.approx(45.19, abs=0.001), pytest.approx(5.72, abs=0.001))
    assert square_of(None, 5.0) is None
