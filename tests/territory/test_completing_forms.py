"""Places in forms: proposed as one types, completed by the server where they are certain, asked about where not."""

import re

import pytest
from sqlalchemy import select

from actors.database import reading, session
from actors.rates import Rates
from flask_maillage.publications.models import Publication
from flask_maillage.territory.filling import completed, offered
from flask_maillage.territory.places import Place
from tests.reader import Reader

EVENT = {"name": "Assembly", "text": "Come.", "starts": "2027-03-01T09:00", "timezone": "Europe/Paris"}


@pytest.fixture
def ann(app):
    reader = Reader(app)
    reader.sign_in()
    return reader


def write(ann, **typed):
    return ann.submit("/@union/events/new", **EVENT, do="publish", **typed)


def place_of(app) -> Place:
    with app.app_context(), reading():
        return session().scalars(select(Publication)).one().content.place


def test_a_field_is_proposed_what_it_fills_other_fields_with(app):
    answer = Reader(app).get("/territory/complete?q=grenob&kinds=commune+place&language=fr")

    assert answer.json[0] == {
        "code": "insee:38185",
        "zone": "insee:38185",
        "name": "Grenoble",
        "kind": "commune",
        "where": "Isère, France",
        "population": answer.json[0]["population"],
        "exact": True,
        "locality": "Grenoble",
        "postal_code": "",
        "postal_codes": ["38000", "38100"],
        "region": "Auvergne-Rhône-Alpes",
        "country": "FR",
        "latitude": 45.17869,
        "longitude": 5.71479,
    }
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    assert Reader(app).get("/territory/complete?q=38100").json[0]["postal_code"] == "38100"


@pytest.mark.parametrize(
    "query",
    ["", "?q=", "?q=%00%22*", "?q=a&kinds=nothing&near=here&limit=x&country=%25", "?q=gre&limit=-5&near=1e99,2"],
)
def test_nonsense_is_answered_and_breaks_nothing(app, query):
    answer = Reader(app).get(f"/territory/complete{query}")

    assert answer.status_code == 200
    assert isinstance(answer.json, list)


def test_one_address_may_not_ask_without_end(app):
    app.extensions["maillage"].rates = Rates({"completions": "2 per minute"})
    answers = [Reader(app).get("/territory/complete?q=gre").status_code for _ in range(3)]

    assert answers == [200, 200, 429]


def test_coordinates_of_a_place_without_a_town_tell_its_country_as_they_do_to_who_reads_it(app, ann):
    write(ann, place_name="A hut", locality="Nowhere known", latitude="65.73751", longitude="25.34687")

    assert place_of(app).country == "FI"
    assert place_of(app).locality == "Nowhere known"


def test_a_town_with_its_postal_code_is_completed_and_the_writer_is_told(app, ann):
    answer = write(ann, locality="Grenoble", postal_code="38000")
    page = ann.get(answer.location)

    assert answer.status_code == 303
    assert "Completed from the town: Auvergne-Rhône-Alpes · France · 45.17869, 5.71479." in page.text
    assert place_of(app) == Place(
        locality="Grenoble",
        postal_code="38000",
        region="Auvergne-Rhône-Alpes",
        country="FR",
        latitude=45.17869,
        longitude=5.71479,
    )


def test_what_the_writer_gave_stays(app, ann):
    given = {"region": "Dauphiné", "latitude": "45.2", "longitude": "5.7", "country": "FR"}
    answer = write(ann, locality="Grenoble", postal_code="38000", **given)

    place = place_of(app)
    assert (place.region, place.latitude, place.longitude) == ("Dauphiné", 45.2, 5.7)
    assert "Completed" not in ann.get(answer.location).text


def test_of_towns_with_one_name_the_writer_chooses(app, ann):
    answer = write(ann, locality="Saint-Denis", country="FR")
    offers = re.findall(r'name="which_place"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="which_place"', answer.text)

    assert answer.status_code == 422
    assert "Several towns have this name: choose one, or give its postal code." in answer.text
    assert "Saint-Denis, Seine-Saint-Denis, France" in answer.text
    assert {"insee:93066", "insee:97411", "none"} <= {value for pair in offers for value in pair}

    assert write(ann, locality="Saint-Denis", country="FR", which_place="insee:93066").status_code == 303
    assert place_of(app).region == "Île-de-France"


def test_nobody_has_to_choose(app, ann):
    assert write(ann, locality="Saint-Denis", country="FR", which_place="none").status_code == 303
    assert place_of(app) == Place(locality="Saint-Denis", country="FR")


@pytest.mark.parametrize("forged", ["insee:38185", "nothing", "'"])
def test_only_what_was_offered_can_be_chosen(app, ann, forged):
    assert write(ann, locality="Saint-Denis", country="FR", which_place=forged).status_code == 422


def test_a_point_that_we_filled_in_makes_room_for_that_of_the_new_town():
    before = completed(Place(locality="Grenoble", postal_code="38000"))
    moved = before.model_copy(update={"locality": "Échirolles", "postal_code": "38130", "name": "Échirolles"})
    abroad = before.model_copy(update={"locality": "Bruxelles", "postal_code": "", "name": "Bruxelles"})
    by_hand = moved.model_copy(update={"latitude": 45.1, "longitude": 5.7})

    assert (completed(moved).latitude, completed(moved).longitude) != (before.latitude, before.longitude)
    assert (completed(abroad).region, completed(abroad).country) == ("Brussels", "BE")
    assert (completed(by_hand).latitude, completed(by_hand).longitude) == (45.1, 5.7)
    assert completed(before) == before


def test_of_very_many_namesakes_nobody_is_asked_to_choose():
    typed = Place(locality="Sainte-Colombe")

    assert offered(typed) == []
    assert completed(typed) == typed


def test_the_sources_are_named_as_their_licences_ask(app):
    page = Reader(app).get("/territory/sources").text

    assert "GeoNames" in page
    assert "https://creativecommons.org/licenses/by/4.0/" in page
    assert "Licence Ouverte 2.0" in page
    assert 'href="/territory/sources"' in Reader(app).get("/").text
