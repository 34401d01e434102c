"""Streets are asked of a geocoder that the node has set: for members alone, seldom, and at no cost to the form."""

import json

import pytest

from actors.rates import Rates
from tests.fediverse import Answer
from tests.reader import Reader

PHOTON = {
    "features": [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [5.73, 45.18]},
            "properties": {
                "housenumber": "11",
                "street": "Boulevard Jean Pain",
                "postcode": "38000",
                "city": "Grenoble",
                "state": "Auvergne-Rhône-Alpes",
                "countrycode": "FR",
            },
        },
        {"geometry": {"coordinates": ["x"]}, "properties": {"street": "Nowhere"}},
        {"geometry": None, "properties": None},
        "nonsense",
    ]
}
NOMINATIM = [
    {
        "lat": "45.18",
        "lon": "5.73",
        "address": {
            "house_number": "11",
            "road": "Boulevard Jean Pain",
            "postcode": "38000",
            "town": "Grenoble",
            "state": "Auvergne-Rhône-Alpes",
            "country_code": "fr",
        },
    },
    {"lat": "1e400", "lon": "0", "address": {"road": "Far"}},
    {"lat": "1", "lon": "1", "address": {"city": "Without a street"}},
]
FOUND = {
    "kind": "address",
    "name": "11 Boulevard Jean Pain",
    "street": "11 Boulevard Jean Pain",
    "where": "38000 Grenoble, Auvergne-Rhône-Alpes",
    "postal_code": "38000",
    "locality": "Grenoble",
    "region": "Auvergne-Rhône-Alpes",
    "country": "FR",
    "latitude": 45.18,
    "longitude": 5.73,
}
ASKED = "/territory/addresses?q=11+boulevard+jean&language=fr"


@pytest.fixture
def asked(app, fediverse):
    """Set a Photon and a Nominatim on one host, and return what they were asked."""
    arrived = []

    def answering(document):
        def answer(question):
            arrived.append(question)
            return Answer(body=json.dumps(document).encode(), content_type="application/json")

        return answer

    fediverse.answer(fediverse.address("streets.test", "/api"), answering(PHOTON))
    fediverse.answer(fediverse.address("streets.test", "/search"), answering(NOMINATIM))
    state = app.extensions["maillage"].state
    state["geocoder"] = ("photon", fediverse.address("streets.test", "").rstrip("/"))
    return arrived


@pytest.fixture
def ann(app):
    reader = Reader(app)
    reader.sign_in()
    return reader


@pytest.mark.parametrize("service", ["photon", "nominatim"])
def test_a_member_is_proposed_addresses(app, asked, ann, service):
    state = app.extensions["maillage"].state
    state["geocoder"] = (service, state["geocoder"][1])

    answer = ann.get(ASKED)

    assert answer.json == [FOUND]
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert asked[0].headers["user-agent"].startswith("Maillage")
    assert "boulevard" in asked[0].path


def test_what_was_answered_is_not_asked_again(asked, ann):
    assert ann.get(ASKED).json == ann.get(ASKED).json == [FOUND]
    assert len(asked) == 1


def test_a_stranger_makes_nobody_ask(app, asked):
    assert Reader(app).get(ASKED).status_code == 404
    assert asked == []


def test_it_is_not_asked_more_often_than_its_rules_allow(app, asked, ann):
    app.extensions["maillage"].rates = Rates({"addresses": "1 per hour"})

    assert ann.get(ASKED).json == [FOUND]
    assert ann.get("/territory/addresses?q=12+boulevard+jean").json == []
    assert len(asked) == 1


@pytest.mark.parametrize(
    "answer", [Answer(status=500), Answer(body=b"<html>"), Answer(body=b"[" * 100_000), Answer(body=b"[1]")]
)
def test_a_geocoder_that_fails_costs_nothing(fediverse, asked, ann, answer):
    fediverse.answer(fediverse.address("streets.test", "/api"), answer)

    assert (ann.get(ASKED).status_code, ann.get(ASKED).json) == (200, [])


def test_without_a_geocoder_there_is_nothing_to_ask(app, asked, ann):
    with_it = ann.get("/@union/events/new").text
    app.extensions["maillage"].state["geocoder"] = None
    without = ann.get("/@union/events/new").text

    assert ann.get(ASKED).status_code == 404
    assert "/territory/addresses" in with_it
    assert "/territory/addresses" not in without
    assert "OpenStreetMap" not in Reader(app).get("/territory/sources").text
