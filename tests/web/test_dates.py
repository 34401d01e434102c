"""Dates in words, where their clock hangs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from flask_maillage.web import dates
from tests.conftest import Clock

DEADLINE = datetime(2027, 1, 13, 22, 59, 59, tzinfo=UTC)  # 23:59:59 in Brussels


@pytest.fixture
def database_url() -> str:
    return "sqlite://"


def say(app: Flask, language: str, function: Callable[..., object], *values: object) -> object:
    with app.test_request_context(f"/?lang={language}"):
        return function(*values)


def test_deadline_is_said_by_the_clock_of_its_town(app: Flask) -> None:
    english = "Wednesday 13 January 2027, 23:59 (Brussels time)"
    assert say(app, "en", dates.date_in_words, DEADLINE, "Europe/Brussels") == english
    french = "mercredi 13 janvier 2027, 23:59 (heure locale à Bruxelles)"
    assert say(app, "fr", dates.date_in_words, DEADLINE, "Europe/Brussels") == french


def test_unknown_zone_is_read_as_utc(app: Flask) -> None:
    assert say(app, "en", dates.date_in_words, DEADLINE, None) == "Wednesday 13 January 2027, 22:59 (UTC)"
    assert say(app, "en", dates.time_of_day, DEADLINE, "Mars/Olympus") == "22:59"


def test_period_names_the_second_day_only_where_there_is_one(app: Flask) -> None:
    start = datetime(2027, 1, 22, 7, 45, tzinfo=UTC)
    same = say(app, "en", dates.period_in_words, start, start + timedelta(hours=5), "Europe/Paris")
    assert same == "Friday 22 January 2027, 08:45–13:45 (Paris time)"
    other = say(app, "en", dates.period_in_words, start, start + timedelta(days=1), "Europe/Paris")
    assert other == "Friday 22 January 2027, 08:45 – Saturday 23 January 2027, 08:45 (Paris time)"
    assert say(app, "en", dates.period_in_words, start, None, "Europe/Paris") == (
        "Friday 22 January 2027, 08:45 (Paris time)"
    )


def test_days_left_turn_at_midnight_of_the_deadlines_own_zone(app: Flask, clock: Clock) -> None:
    clock.moment = datetime(2027, 1, 12, 22, 30, tzinfo=UTC)
    assert say(app, "en", dates.days_left, DEADLINE, "Europe/Brussels") == 1
    clock.moment = datetime(2027, 1, 12, 23, 30, tzinfo=UTC)
    assert say(app, "en", dates.days_left, DEADLINE, "Europe/Brussels") == 0
    assert say(app, "en", dates.days_left, DEADLINE, "UTC") == 1


@pytest.mark.parametrize(
    ("days", "english", "french"),
    [
        (0, "today", "aujourd’hui"),
        (1, "tomorrow", "demain"),
        (-1, "yesterday", "hier"),
        (12, "in 12 days", "dans 12 jours"),
        (-21, "21 days ago", "il y a 21 jours"),
        (-90, "3 months ago", "il y a 3 mois"),
    ],
)
def test_distance_in_words(app: Flask, clock: Clock, days: int, english: str, french: str) -> None:
    moment = clock() + timedelta(days=days)
    assert say(app, "en", dates.relative, moment) == english
    assert say(app, "fr", dates.relative, moment) == french


def test_country_has_its_name_in_the_readers_language(app: Flask) -> None:
    assert say(app, "en", dates.country_name, "BE") == "Belgium"
    assert say(app, "fr", dates.country_name, "BE") == "Belgique"
    assert say(app, "en", dates.country_name, "??") == "??"


def test_square_of_a_day_shows_the_year_only_where_it_is_another(app: Flask, clock: Clock) -> None:
    with app.app_context():
        assert dates.date_parts(datetime(2026, 12, 31, 12, tzinfo=UTC), "UTC").month == "Dec"
        assert dates.date_parts(datetime(2027, 1, 1, 12, tzinfo=UTC), "UTC").month == "Jan 2027"
        assert dates.date_parts(datetime(2020, 1, 1, 12, tzinfo=UTC), "UTC").month == "Jan 2020"
