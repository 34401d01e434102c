"""Any filtered list is a page, a feed, a calendar, a table and a map of the same publications, and stays so quietly."""

import csv
import io
import json
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from icalendar import Calendar

from actors import policy
from actors.database import session
from flask_maillage.publications import listing, selecting
from flask_maillage.publications.feeds.table import COLUMNS
from flask_maillage.publications.topics import RIGHTS
from flask_maillage.publications.views import feeds
from flask_maillage.territory.places import Place
from tests.conftest import Clock
from tests.publications import board
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

LYON = Place(name="Bourse du travail", locality="Lyon", region="Rhône", country="FR", latitude=45.76, longitude=4.84)
GHENT = Place(name="Vooruit", locality="Gent", country="BE")
FILES = ("feed.atom", "feed.rss", "feed.json", "calendar.ics", "list.csv", "map.geojson")


@pytest.fixture
def reader(app: Flask) -> Reader:
    return Reader(app)


@pytest.fixture
def filled(app: Flask) -> Reader:
    """Two calls, two events and an initiative, of three actors."""
    board.publish(app, "call", name="Call of the union", place=None)
    board.publish(app, "call", name="Closed call", place=None, row={"status": "closed"})
    board.publish(app, "event", name="Evening in Lyon", handle="couriers", place=LYON)
    board.publish(app, "event", name="Morning in Gent", place=GHENT)
    board.receive(app, "initiative", name="Bicycles of a partner", place=None)
    return Reader(app)


def titles(reader: Reader, query: str, base: str = "") -> set[str]:
    return {item["title"] for item in json.loads(reader.get(f"{base}/feed.json?{query}").data)["items"]}


ALL = {"Call of the union", "Closed call", "Evening in Lyon", "Morning in Gent", "Bicycles of a partner"}


def test_each_part_of_a_filter_keeps_what_it_means(filled: Reader) -> None:
    answers = {
        "": ALL,
        "kind=event": {"Evening in Lyon", "Morning in Gent"},
        "kind=call&kind=initiative": {"Call of the union", "Closed call", "Bicycles of a partner"},
        "actor=couriers": {"Evening in Lyon"},
        "actor=depot@partner.test": {"Bicycles of a partner"},
        "country=be": {"Morning in Gent"},
        "place=lyon": {"Evening in Lyon"},
        "place=Rh%C3%B4ne": {"Evening in Lyon"},
        "place=100%25": set(),
        "q=MORNING": {"Morning in Gent"},
        "open=1": ALL - {"Closed call"},
        "host=partner.test": {"Bicycles of a partner"},
        "host=localhost": ALL - {"Bicycles of a partner"},
        "kind=event&country=FR&q=evening": {"Evening in Lyon"},
        "from=2027-01-08&until=2027-01-08&kind=event": {"Evening in Lyon", "Morning in Gent"},
        "from=2027-01-10&kind=event": set(),
        "until=2026-11-20": {"Bicycles of a partner"},
    }
    assert {query: titles(filled, query) for query in answers} == answers


def test_tag_is_a_channel_however_it_is_written(app: Flask, reader: Reader) -> None:
    board.publish(app, "event", name="With", tags=("Réemploi",), place=LYON)
    board.publish(app, "event", name="Without", place=LYON)
    assert titles(reader, "tag=REEMPLOI") == titles(reader, "tag=%23r%C3%A9emploi") == {"With"}
    for file in FILES:
        answer = reader.get(f"/tags/reemploi/{file}")
        assert answer.status_code == 200, file
        assert "With" in answer.text, file
        assert "Without" not in answer.text, file
    assert f'href="http://localhost/tags/reemploi/{FILES[0]}"' in reader.get("/tags/reemploi").text
    assert reader.get("/tags/R%C3%A9emploi/feed.atom").status_code == 404


def test_topic_is_looked_for_among_topics_alone(app: Flask, reader: Reader, clock: Clock) -> None:
    for name, topics in (("With", (RIGHTS, "Économie “sociale”")), ("Without", ())):
        details = board.sample_of("initiative", clock()).details
        changed = details.model_copy(update={"topics": topics, "needs": ("Économie “sociale”",)})
        board.publish(app, "initiative", name=name, details=changed)
    assert titles(reader, "topic=https://w3id.org/maillage%23rights") == {"With"}
    assert titles(reader, "topic=%C3%89conomie+%E2%80%9Csociale%E2%80%9D") == {"With"}
    assert titles(reader, "topic=conomie") == set()


def test_filter_holds_under_every_path_and_in_every_format(app: Flask, filled: Reader) -> None:
    assert titles(filled, "q=lyon", "/events") == {"Evening in Lyon"}
    assert titles(filled, "kind=event", "/@union") == {"Morning in Gent"}
    in_france = {"Evening in Lyon"} | {"Bicycles of a partner"} | {"Closed call", "Call of the union"}
    assert titles(filled, "", "/territories/FR") == in_france, "what acts there and what its people may answer, too"
    assert titles(filled, "kind=call", "/territories/FR") == {"Closed call", "Call of the union"}
    assert titles(filled, "kind=event", "/territories/FR") == {"Evening in Lyon"}
    texts = {file: filled.get(f"/{file}?country=FR") for file in FILES}
    for file, answer in texts.items():
        assert answer.status_code == 200, file
        assert "Evening in Lyon" in answer.text, file
        assert "Morning in Gent" not in answer.text, file
    ElementTree.fromstring(texts["feed.atom"].data)
    assert len(Calendar.from_ical(texts["calendar.ics"].data).walk("VEVENT")) == 1


def test_page_shows_the_same_and_announces_the_same_filter(filled: Reader) -> None:
    page = filled.get("/publications?country=FR&kind=event")
    assert page.status_code == 200
    assert "Evening in Lyon" in page.text
    assert "Morning in Gent" not in page.text
    for file in FILES:
        assert f'href="http://localhost/{file}?kind=event&amp;country=FR"' in page.text, file
    assert '<option value="FR" selected>' in page.text
    feed = ElementTree.fromstring(filled.get("/feed.atom?kind=event&country=FR").data)
    links = {link.get("rel"): link.get("href") for link in feed.findall("{http://www.w3.org/2005/Atom}link")}
    assert links["alternate"] == "http://localhost/publications?kind=event&country=FR"
    assert links["self"] == "http://localhost/feed.atom?kind=event&country=FR"
    assert "Evening in Lyon" in filled.get("/events?place=Lyon").text
    assert "Morning in Gent" not in filled.get("/events?place=Lyon").text


def test_what_cannot_be_meant_gets_a_sentence_and_nothing_else(filled: Reader) -> None:
    for file in FILES:
        answer = filled.get(f"/{file}?country=Atlantis&from=2027-02-30")
        assert (answer.status_code, answer.mimetype) == (400, "text/plain"), file
        assert "country: There is no country" in answer.text
        assert "from: There is no such day" in answer.text
    page = filled.get("/events?country=Atlantis&q=keep+this")
    assert page.status_code == 400
    assert 'id="filter-country-error"' in page.text
    assert 'value="keep this"' in page.text
    assert "Evening in Lyon" not in page.text
    assert filled.get("/territories/ZZ").status_code == 404
    assert filled.get("/territories/fr").headers["Location"].endswith("/territories/FR")


def test_table_holds_the_documented_columns_and_no_formula(app: Flask, reader: Reader) -> None:
    path = board.publish(app, "event", name='=HYPERLINK("http://evil.test";"x")', place=LYON)
    board.publish(app, "call", name="@SUM(A1)", place=None)
    answer = reader.get("/list.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert list(rows[0]) == list(COLUMNS)
    event = next(row for row in rows if row["kind"] == "event")
    assert event["title"] == '\'=HYPERLINK("http://evil.test";"x")'
    assert {row["title"] for row in rows} == {event["title"], "'@SUM(A1)"}
    assert event["starts_at"] == "2027-01-08T08:45:00+01:00"
    assert (event["timezone"], event["country"], event["locality"]) == ("Europe/Paris", "FR", "Lyon")
    assert (float(event["latitude"]), float(event["longitude"])) == (45.76, 4.84)
    assert event["url"] == f"http://localhost{path}"
    assert all(row["published"] and row["author"] for row in rows)


def test_map_shows_points_and_counts_the_others(filled: Reader) -> None:
    answer = filled.get("/map.geojson")
    assert answer.mimetype == "application/geo+json"
    document = json.loads(answer.data)
    assert document["type"] == "FeatureCollection"
    assert document["withoutLocation"] == 4
    [feature] = document["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [4.84, 45.76]}
    assert feature["properties"]["title"] == "Evening in Lyon"
    assert feature["properties"]["starts_at"] == "2027-01-08T07:45:00+00:00"


def test_long_lists_go_on_at_the_next_address(app: Flask, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    short = {name: feeds.Format(one.write, one.content_type, 2, one.brief) for name, one in feeds.FORMATS.items()}
    monkeypatch.setattr(feeds, "FORMATS", short)
    for number in range(5):
        board.publish(app, "initiative", name=f"Number {number}", place=LYON)
    seen: list[str] = []
    address: str | None = "/feed.json?kind=initiative"
    while address:
        document = json.loads(reader.get(address).data)
        seen += [item["title"] for item in document["items"]]
        assert len(seen) < 10
        address = document.get("next_url", "").removeprefix("http://localhost") or None
    assert seen == [f"Number {number}" for number in (4, 3, 2, 1, 0)]
    for file in ("feed.atom", "feed.rss"):
        first, last = (reader.get(f"/{file}{query}").text for query in ("", "?page=3"))
        assert f'rel="next" href="http://localhost/{file}?page=2"' in first or (
            f'href="http://localhost/{file}?page=2" rel="next"' in first
        )
        assert 'rel="next"' not in last
    assert reader.get("/feed.atom?page=9").status_code == 404
    assert reader.get("/feed.atom?page=0").status_code == 404
    assert len(json.loads(reader.get("/map.geojson?page=3").data)["features"]) == 1


def test_nothing_is_written_for_who_holds_it_already(
    app: Flask, filled: Reader, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks = {file: filled.get(f"/{file}?country=FR").headers["ETag"] for file in FILES}
    clock.turn(minutes=10)

    def never(self: Any) -> Any:
        raise AssertionError("built for a reader that has it")

    with monkeypatch.context() as patch:
        patch.setattr(selecting.Part, "publications", never)
        for file, mark in marks.items():
            answer = filled.get(f"/{file}?country=FR", headers={"If-None-Match": mark})
            assert (answer.status_code, answer.data) == (304, b""), file
            assert answer.headers["ETag"] == mark
    assert len(set(marks.values())) == len(FILES)
    everything = filled.get("/feed.atom").headers["ETag"]
    with app.app_context():
        policy.block("partner.test")
        session().commit()
    assert filled.get("/feed.atom", headers={"If-None-Match": everything}).status_code == 200


def test_mark_follows_whatever_a_file_shows(app: Flask, reader: Reader) -> None:
    path = board.receive(app, "event", name="Evening", place=LYON)

    def marks() -> dict[str, str]:
        return {file: reader.get(f"/{file}").headers["ETag"] for file in FILES}

    def bodies() -> dict[str, bytes]:
        return {file: reader.get(f"/{file}").data for file in FILES}

    for change in ({"name": "Night"}, {"status": "cancelled"}, {"summary": "<p>Changed.</p>"}, {"html": "<p>New.</p>"}):
        before, shown = marks(), bodies()
        board.change(app, path, **change)
        after, now_shown = marks(), bodies()
        for file in FILES:
            assert (shown[file] == now_shown[file]) or (before[file] != after[file]), (file, change)
    before = marks()
    with app.app_context():
        board.partner().name = "Renamed"
        session().commit()
    assert all(before[file] != mark for file, mark in marks().items())


def test_what_the_hour_decides_is_never_taken_for_unchanged_by_time_alone(filled: Reader, clock: Clock) -> None:
    first = filled.get("/feed.atom?open=1")
    assert "Last-Modified" not in first.headers
    assert "Call of the union" in first.text
    clock.turn(days=90)
    assert "Call of the union" not in filled.get("/feed.atom?open=1").text


def test_tables_are_not_for_asking_all_day(filled: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [filled.get("/list.csv").status_code for _ in range(61)]
    assert (answers[0], answers[-1]) == (200, 429)
    assert filled.get("/feed.atom").status_code == 200


def test_unlisted_stands_only_where_its_actor_is_the_list(app: Flask, reader: Reader) -> None:
    board.publish(app, "event", name="Unlisted", place=LYON, row={"visibility": "unlisted"})
    for query in ("", "actor=union", "country=FR", "q=unlisted"):
        assert titles(reader, query) == set(), query
    assert titles(reader, "q=unlisted", "/@union") == {"Unlisted"}
    assert "Unlisted" not in reader.get("/publications?actor=union").text
    assert feeds.FORMATS["atom"].size == listing.FEED_SIZE


def test_map_of_the_site_names_what_is_public_and_ours(app: Flask, reader: Reader) -> None:
    ours = board.publish(app, "event", name="Ours", place=LYON)
    board.receive(app, "event", name="A copy", place=LYON)
    board.publish(app, "event", name="Unlisted", place=LYON, row={"visibility": "unlisted"})
    board.draft(app, "event", name="A draft")
    answer = reader.get("/sitemap.xml")
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    root = ElementTree.fromstring(answer.data)
    found = [place.text for place in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    publications = [address for address in found if address and address.count("/") > 4]
    assert publications == [f"http://localhost{ours}"]
    assert {"http://localhost/", "http://localhost/events", "http://localhost/@union"} <= set(found)
    assert "http://localhost/@ann" not in found
    assert "http://localhost/territories/FR" in found, "something public lies there"
    assert not [address for address in found if address and "/territories/" in address and "BE" in address]
    robots = reader.get("/robots.txt")
    assert "Sitemap: http://localhost/sitemap.xml" in robots.text
    assert "Disallow: /search" in robots.text
