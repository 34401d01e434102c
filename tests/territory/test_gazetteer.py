"""The gazetteer as people meet it: what contains what, what they mean who begin to type, where a place lies."""

import threading
from typing import Any

import pytest

from flask_maillage.territory import atlas
from flask_maillage.territory.gazetteer import (
    Zone,
    called,
    complete,
    containing,
    described,
    fitting,
    inside,
    kilometres,
    named,
    nearest,
    of_place,
)
from flask_maillage.territory.places import Place


@pytest.fixture(autouse=True)
def built() -> None:
    assert atlas.is_built(), "run `make assets` first"


def codes(zones: Any) -> list[str]:
    return [zone.code for zone in zones]


@pytest.mark.parametrize(
    ("code", "outwards"),
    [
        ("insee:38185", ["siren:200040715", "FR-38", "FR-ARA", "FR"]),
        ("insee:75113", ["insee:75056", "siren:200054781", "FR-75C", "FR-IDF", "FR"]),
        ("insee:93066", ["siren:200057867", "siren:200054781", "FR-93", "FR-IDF", "FR"]),
        ("insee:97411", ["siren:249740119", "RE", "FR"]),
        ("insee:2A004", ["siren:242010056", "FR-2A", "FR-20R", "FR"]),
        ("geonames:3173435", ["IT-MI", "IT-25", "IT"]),
        ("geonames:2800866", ["BE-BRU", "BE"]),
        ("geonames:706483", ["UA-63", "UA"]),
        ("FR-38", ["FR-ARA", "FR"]),
        ("FR", []),
        ("insee:99999", None),
        ("", None),
    ],
)
def test_a_zone_lies_in_all_that_contains_it(code: str, outwards: list[str] | None) -> None:
    assert codes(containing(code)) == ([] if outwards is None else [code, *outwards])


def test_a_body_across_departments_lies_in_each_and_its_communes_in_their_own() -> None:
    body = "siren:248400251"  # Grand Avignon
    departments = [code for code in codes(containing(body)) if code.startswith("FR-") and code[3:].isdigit()]
    commune = inside(body, ("commune",), limit=1)[0]

    assert len(departments) > 1
    assert len([code for code in commune.within if code in departments]) == 1


@pytest.mark.parametrize(
    ("former", "code"), [("FR-75", "FR-75C"), ("FR-A", "FR-GES"), ("fr-38", "FR-38"), ("FR-RE", "RE")]
)
def test_a_code_that_was_given_up_leads_to_the_one_after_it(former: str, code: str) -> None:
    zone = named(former)

    assert zone is not None
    assert zone.code == code


@pytest.mark.parametrize(
    ("typed", "options", "first"),
    [
        ("grenob", {}, "insee:38185"),
        ("38000", {}, "insee:38185"),
        ("38100 gre", {}, "insee:38185"),
        ("st etienne", {}, "insee:42218"),
        ("SAINT-ÉTIENNE", {}, "insee:42218"),
        ("romans sur", {}, "insee:26281"),
        ("bruxelles", {"language": "fr"}, "geonames:2800866"),
        ("Brux", {"language": "fr", "kinds": ("commune", "place")}, "geonames:2800866"),
        ("allem", {"language": "fr"}, "DE"),
        ("germ", {"language": "en"}, "DE"),
        ("київ", {"kinds": ("place",)}, "geonames:703448"),
        ("FR-38", {}, "FR-38"),
        ("38", {"language": "fr"}, "FR-38"),
        ("valence", {"near": (44.93, 4.89)}, "insee:26362"),
        ("valence", {"near": (44.11, 0.89)}, "insee:82186"),
        ("sai", {"near": (45.18, 5.71), "kinds": ("commune",)}, "insee:38421"),
        ("gren", {"country": "FR"}, "insee:38185"),
    ],
)
def test_what_somebody_means_comes_first(typed: str, options: dict[str, Any], first: str) -> None:
    assert codes(complete(typed, **options))[:1] == [first]


@pytest.mark.parametrize(
    "typed", ["", " ", "a", "zzzzzz", '"', "*", 'plain : "x" OR', "-1", "é" * 500, "9" * 500, "\0"]
)
def test_what_nobody_means_finds_nothing_and_breaks_nothing(typed: str) -> None:
    assert complete(typed) == []


def test_a_spelling_that_was_typed_whole_is_the_one_that_is_kept() -> None:
    whole, beginning = complete("bruxelles")[0], complete("bruxell")[0]

    assert (whole.name, whole.spelled) == ("Brussels", "Bruxelles")
    assert beginning.spelled == ""


def test_namesakes_are_told_apart_by_what_they_lie_in() -> None:
    found = {described(zone, "fr") for zone in complete("valence", language="fr") if zone.name == "Valence"}

    assert {"Drôme, France", "Tarn-et-Garonne, France"} <= found
    assert called(complete("DE")[0], "fr") == "Allemagne"


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ({"postal_code": "38000", "locality": "Grenoble", "country": "FR"}, "insee:38185"),
        ({"postal_code": "38000", "locality": "GRENOBLE CEDEX 1"}, "insee:38185"),
        ({"postal_code": "75013", "locality": "Paris", "country": "FR"}, "insee:75113"),
        ({"postal_code": "75647", "locality": "Paris Cedex 13", "country": "FR"}, "insee:75056"),
        ({"postal_code": "69003", "locality": "Lyon 3e"}, "insee:69383"),
        ({"postal_code": "91000", "locality": "Évry"}, "insee:91228"),
        ({"postal_code": "38000", "country": "FR"}, "insee:38185"),
        ({"postal_code": "38190", "country": "FR"}, "siren:200018166"),
        ({"postal_code": "97400", "locality": "Saint-Denis", "country": "RE"}, "insee:97411"),
        ({"locality": "Saint-Denis", "country": "FR"}, "FR"),
        ({"locality": "Saint-Denis", "region": "Seine-Saint-Denis", "country": "FR"}, "insee:93066"),
        ({"locality": "Saint-Denis"}, None),
        ({"locality": "Valence", "country": "FR"}, "insee:26362"),
        ({"locality": "Bruxelles", "country": "BE"}, "geonames:2800866"),
        ({"name": "Somewhere", "latitude": 45.19, "longitude": 5.72}, "insee:38185"),
        ({"locality": "Lyon", "country": "FR", "latitude": 45.19, "longitude": 5.72}, "insee:38185"),
        ({"name": "At sea", "latitude": 45.0, "longitude": -20.0}, None),
        ({"name": "At sea", "latitude": 45.0, "longitude": -20.0, "country": "FR"}, "FR"),
        ({"name": "Grenoble"}, "insee:38185"),
        ({"name": "Bar"}, None),
        ({"region": "Isère", "country": "FR"}, "FR-38"),
        ({"country": "DE"}, "DE"),
        ({"locality": "Nowhere at all", "country": "DE"}, "DE"),
        ({"name": "Online"}, None),
    ],
)
def test_a_place_lies_in_the_smallest_zone_that_is_certain(place: dict[str, Any], code: str | None) -> None:
    zone = of_place(Place(**place))

    assert (zone and zone.code) == code


def test_towns_of_one_postal_code_are_all_offered() -> None:
    assert len(fitting(Place(postal_code="38190", country="FR"))) > 5
    assert codes(fitting(Place(postal_code="38000", locality="grenoble"))) == ["insee:38185"]


def test_what_is_nearest_is_a_point_that_is_known_and_not_far() -> None:
    here = nearest(45.19, 5.72)

    assert here is not None
    assert (here.code, here.exact) == ("insee:38185", True)
    assert nearest(45.0, -20.0) is None
    assert nearest(89.9, 179.9) is None


def test_a_distance_is_measured_on_the_globe() -> None:
    assert kilometres(48.8566, 2.3522, 50.8503, 4.3517) == pytest.approx(264, abs=2)
    assert kilometres(0, 179.9, 0, -179.9) == pytest.approx(22.2, abs=0.2)


def test_several_threads_read_at_once() -> None:
    found: list[list[Zone]] = []
    threads = [threading.Thread(target=lambda: found.append(inside("FR-38", limit=5))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 4
    assert all(zones == inside("FR-38", limit=5) for zones in found)


def test_without_the_file_nothing_is_known_and_nothing_breaks(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(atlas, "FILE", tmp_path / "missing.sqlite3")
    monkeypatch.setattr(atlas, "_open", threading.local())
    atlas._is_there.cache_clear()
    atlas.named.cache_clear()
    try:
        assert named("FR") is None
        assert complete("never typed before") == []
        assert of_place(Place(country="FR", locality="Paris")) is None
        assert nearest(45.19, 5.72) is None
        assert [record.message for record in caplog.records] == [
            "There is no gazetteer, so places are not completed and have no zones: run `make assets`."
        ]
    finally:
        atlas._is_there.cache_clear()
        atlas.named.cache_clear()
