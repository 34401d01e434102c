"""Territories on the command line, and the country of what others wrote without one."""

import pytest

from flask_maillage.publications.importing import rows
from flask_maillage.publications.kinds.reading import place_of
from flask_maillage.territory.atlas import country_at


@pytest.fixture
def run(app):
    return app.test_cli_runner().invoke


def test_a_territory_is_found_by_its_name_and_shown_by_its_code(app, run):
    found = run(args=["maillage", "territory", "find", "greno"]).output
    shown = run(args=["maillage", "territory", "show", "insee:38185"]).output

    assert found.startswith("insee:38185")
    assert "postal codes: 38000 38100" in shown
    assert "lies in siren:200040715" in shown
    assert "lies in FR " in shown


@pytest.mark.parametrize(("command", "text"), [("find", "zzzz"), ("show", "FR-999")])
def test_a_territory_that_is_none_is_told_in_one_sentence(app, run, command, text):
    told = run(args=["maillage", "territory", command, text])

    assert told.exit_code == 1
    assert told.output.startswith("Error: ")
    assert text in told.output


@pytest.mark.parametrize(
    ("point", "country"),
    [
        ((45.1787, 5.7148), "FR"),
        ((50.85, 4.35), "BE"),
        ((-20.88, 55.45), "RE"),
        ((46.2, 6.15), "CH"),
        ((46.198, 6.24), ""),
        ((45.0, -20.0), ""),
    ],
)
def test_the_country_of_a_point_is_told_where_it_is_certain(point, country):
    assert country_at(*point) == country


def test_what_others_say_of_a_place_is_never_overwritten():
    here = {"type": "Place", "name": "Hall", "latitude": 45.1787, "longitude": 5.7148}
    abroad = here | {"address": {"type": "PostalAddress", "addressCountry": "BE"}}

    assert place_of({"location": here}).model_dump(exclude_defaults=True) == {
        "name": "Hall",
        "country": "FR",
        "latitude": 45.1787,
        "longitude": 5.7148,
    }
    assert place_of({"location": abroad}).country == "BE"
    assert place_of({"location": "Somewhere"}).country == ""
    assert rows.place(name="Hall", latitude="45,1787", longitude="5.7148").country == "FR"
    assert rows.place(name="Hall", country="BE", latitude=45.1787, longitude=5.7148).country == "BE"
