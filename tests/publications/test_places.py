"""Places, ours and theirs."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from flask_maillage.territory.places import Place, country_code

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
LYON = Place(
    name="La Ruche",
    street="12 rue des Ateliers",
    postal_code="69007",
    locality="Lyon",
    region="Auvergne-Rhône-Alpes",
    country="FR",
    latitude=45.7578,
    longitude=4.0,
)


def test_place_comes_back_as_it_went_out() -> None:
    assert Place.from_object(json.loads(json.dumps(LYON.to_object("https://node.example/places/1")))) == LYON


def test_coordinates_are_floats_for_mobilizon_even_when_whole() -> None:
    place = Place(name="x", latitude=45, longitude=4).to_object(None)
    assert [type(place[key]) for key in ("latitude", "longitude")] == [float, float]
    assert "id" not in place


def test_place_without_name_is_called_by_its_street_or_town() -> None:
    assert Place(locality="Lyon").name == "Lyon"
    assert Place(street="1 rue X", locality="Lyon").in_words == "1 rue X, Lyon"
    assert Place(name="Lyon, centre", locality="Lyon").in_words == "Lyon, centre"


def test_text_is_a_place_with_a_name() -> None:
    assert Place.from_object("  Town hall ") == Place(name="Town hall")


def test_address_as_text_of_gancio_is_kept() -> None:
    gancio = {"type": "Place", "name": "Circolo", "address": "via Roma 1", "latitude": 45.1, "longitude": 7.6}
    assert Place.from_object(gancio) == Place(name="Circolo", street="via Roma 1", latitude=45.1, longitude=7.6)


def test_first_physical_place_of_a_list_counts() -> None:
    hybrid = [{"type": "VirtualLocation", "url": "https://meet.example/a"}, 7, {"type": "Place", "name": "Hall"}]
    assert Place.from_object(hybrid) == Place(name="Hall")
    assert Place.from_object(hybrid[:1]) is None


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(91, 0.5), (45.0, 181.0), ("45", "4"), (None, 4.0), (45.0, None), (True, True), (0, 0), (1e308, 2.0), ([], {})],
)
def test_nonsense_coordinates_are_dropped_and_the_place_kept(latitude: object, longitude: object) -> None:
    place = Place.from_object({"type": "Place", "name": "Hall", "latitude": latitude, "longitude": longitude})
    assert place == Place(name="Hall")


def test_country_name_of_mobilizon_becomes_its_code() -> None:
    codes = [country_code(name) for name in ("France", "Belgique", "deutschland", "fr", "Atlantis", "ZZ", "")]
    assert codes == ["FR", "BE", "DE", "FR", "", "", ""]


def test_half_a_position_is_refused() -> None:
    with pytest.raises(ValidationError):
        Place(name="x", latitude=45.0)


@given(JSON)
def test_reading_a_place_never_raises(value: object) -> None:
    place = Place.from_object(value)
    assert place is None or place.name or place.has_address or place.latitude is not None


@given(st.fixed_dictionaries({"type": st.just("Place")}, optional=dict.fromkeys(("name", "address", "latitude"), JSON)))
def test_reading_parts_of_a_place_never_raises(value: object) -> None:
    Place.from_object(value)


@given(st.dictionaries(st.sampled_from(["streetAddress", "addressCountry", "addressLocality"]), JSON))
def test_reading_an_address_never_raises(address: object) -> None:
    Place.from_object({"type": "Place", "address": address})
