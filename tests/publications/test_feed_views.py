"""Feeds and calendars as readers fetch them: what is in them, under which addresses, and when they are sent again."""

import json
from datetime import timedelta
from email.utils import format_datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from icalendar import Calendar

from actors import tombstones
from actors.database import session
from actors.rates import Rates
from flask_maillage.publications import keeping
from flask_maillage.publications.models import Publication
from tests.conftest import Clock
from tests.publications import board
from tests.reader import Reader

ATOM = "{http://www.w3.org/2005/Atom}"
TYPES = {
    "feed.atom": "application/atom+xml",
    "feed.rss": "application/rss+xml",
    "feed.json": "application/feed+json",
    "calendar.ics": "text/calendar",
}


@pytest.fixture
def reader(app: Flask) -> Reader:
    return Reader(app)


def items_of(reader: Reader, path: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads(reader.get(path).data)["items"]
    return items


def titles(reader: Reader, path: str) -> set[str]:
    return {item["title"] for item in items_of(reader, path)}


@pytest.mark.parametrize("scope", ["", "/calls", "/events", "/initiatives", "/@union", "/@union/calls"])
@pytest.mark.parametrize("name", TYPES)
def test_every_list_is_a_feed_and_a_calendar(reader: Reader, scope: str, name: str) -> None:
    answer = reader.get(f"{scope}/{name}")
    assert answer.status_code == 200
    assert answer.mimetype == TYPES[name]
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in answer.headers


def test_each_feed_holds_what_its_page_lists(app: Flask, reader: Reader) -> None:
    board.publish(app, "call", name="Our call")
    board.publish(app, "event", name="Couriers' event", handle="couriers")
    board.receive(app, "initiative", name="A partner's initiative")
    assert titles(reader, "/feed.json") == {"Our call", "Couriers' event", "A partner's initiative"}
    assert titles(reader, "/calls/feed.json") == {"Our call"}
    assert titles(reader, "/@couriers/feed.json") == {"Couriers' event"}
    assert titles(reader, "/@depot@partner.test/feed.json") == {"A partner's initiative"}
    assert titles(reader, "/@couriers/calls/feed.json") == set()


def test_publication_is_a_feed_under_both_spellings(app: Flask, reader: Reader) -> None:
    path = board.publish(app, "event")
    endings = {"atom": "feed.atom", "rss": "feed.rss", "json": "feed.json", "ics": "calendar.ics"}
    for ending, name in endings.items():
        short, long = reader.get(f"{path}.{ending}"), reader.get(f"{path}/{name}")
        assert (short.status_code, short.mimetype) == (200, TYPES[name])
        assert short.data == long.data
    feed = ElementTree.fromstring(reader.get(f"{path}.atom").data)
    addresses = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert addresses == {"self": f"http://localhost{path}/feed.atom", "alternate": f"http://localhost{path}"}
    assert reader.get(f"{path}.xml").status_code == 404


def test_addresses_come_from_the_base_url_whatever_the_host_of_the_request(app: Flask, reader: Reader) -> None:
    path = board.publish(app, "call")
    for name in TYPES:
        text = reader.get(f"/{name}", headers={"Host": "evil.test"}).text
        assert "evil.test" not in text
        assert f"http://localhost{path}" in text.replace("\r\n ", "")
    page = reader.get("/", headers={"Host": "evil.test"}).text
    assert 'href="http://localhost/feed.atom"' in page
    assert "evil.test" not in page


def test_pages_announce_their_feeds(app: Flask, reader: Reader) -> None:
    path = board.publish(app, "call")
    for page in ("/", "/calls", "/events", "/@union", path):
        text = reader.get(page).text.partition("</head>")[0]
        base = "http://localhost" + page.rstrip("/")
        for name, media_type in TYPES.items():
            announced = f'type="{media_type}"'
            assert any(announced in line and f'href="{base}/{name}"' in line for line in text.splitlines()), name


def test_entry_names_author_partner_and_page(app: Flask, reader: Reader) -> None:
    path = board.receive(app, "event", name="Elsewhere")
    [item] = items_of(reader, "/feed.json")
    assert item["url"] == f"http://localhost{path}"
    assert item["id"].startswith("https://partner.test/actors/depot/event/")
    assert item["authors"] == [{"name": "The depot (partner.test)", "url": "http://localhost/@depot@partner.test"}]
    assert "Programme" in item["content_html"]


def test_calendar_holds_events_and_deadlines(app: Flask, reader: Reader) -> None:
    board.publish(app, "call", name="The call")
    board.publish(app, "event", name="The event")
    board.publish(app, "initiative", name="The initiative")
    board.publish(app, "event", name="Called off", status="cancelled")
    calendar = Calendar.from_ical(reader.get("/calendar.ics").data)
    found = {str(event["SUMMARY"]): event for event in calendar.walk("VEVENT")}
    assert set(found) == {"Deadline: The call", "The event", "[CANCELLED] Called off"}
    assert found["[CANCELLED] Called off"]["STATUS"] == "CANCELLED"
    assert found["The event"]["DTSTART"].dt.isoformat() == "2027-01-08T08:45:00+01:00"
    assert found["Deadline: The call"]["DTEND"].dt.isoformat() == "2027-01-13T23:59:59+01:00"


def test_calendar_lets_go_of_what_is_over_for_a_year(app: Flask, reader: Reader, clock: Clock) -> None:
    board.publish(app, "event", name="The event")
    clock.turn(days=300)
    assert "The event" in reader.get("/calendar.ics").text
    clock.turn(days=200)
    assert "The event" not in reader.get("/calendar.ics").text


@pytest.mark.parametrize("name", TYPES)
def test_feed_that_has_not_changed_is_not_sent_again(app: Flask, reader: Reader, clock: Clock, name: str) -> None:
    board.publish(app, "event")
    first = reader.get(f"/{name}")
    clock.turn(minutes=10)
    by_mark = reader.get(f"/{name}", headers={"If-None-Match": first.headers["ETag"]})
    by_time = reader.get(f"/{name}", headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert (by_mark.status_code, by_time.status_code) == (304, 304)
    assert by_mark.data == by_time.data == b""
    board.publish(app, "event", name="Another one")
    for condition in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        changed = reader.get(f"/{name}", headers=condition)
        assert changed.status_code == 200
        assert b"Another one" in changed.data


def test_withdrawal_is_seen_by_readers_that_only_compare_times(app: Flask, reader: Reader, clock: Clock) -> None:
    path = board.publish(app, "call", name="Taken back")
    first = reader.get("/feed.atom")
    clock.turn(minutes=10)
    board.withdraw(app, path)
    again = reader.get("/feed.atom", headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert again.status_code == 200
    assert "Taken back" not in again.text


def test_copy_that_its_owner_erased_is_seen_to_be_gone_by_time(app: Flask, reader: Reader, clock: Clock) -> None:
    path = board.receive(app, "call", name="Erased")
    first = reader.get("/feed.atom")
    clock.turn(minutes=10)
    with app.app_context():
        found = session().query(Publication).filter_by(identifier=path.rpartition("/")[2]).one()
        tombstones.bury(found.iri, found.actor, "Article")
        keeping.erase(found)
        session().commit()
    again = reader.get("/feed.atom", headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert again.status_code == 200
    assert "Erased" not in again.text


def test_copy_that_arrives_late_is_seen_by_time(app: Flask, reader: Reader, clock: Clock) -> None:
    board.publish(app, "call")
    seen = format_datetime(clock() + timedelta(minutes=1), usegmt=True)
    clock.turn(minutes=10)
    board.receive(app, "call", name="Written before, received after")
    again = reader.get("/feed.atom", headers={"If-Modified-Since": seen})
    assert "Written before, received after" in again.text


def test_feed_speaks_the_nodes_language_to_everybody(app: Flask, reader: Reader) -> None:
    board.publish(app, "call")
    english = reader.get("/calls/feed.atom", headers={"Accept-Language": "en"})
    french = reader.get("/calls/feed.atom", headers={"Accept-Language": "fr"})
    assert english.data == french.data


def test_unknown_ones_have_no_feed(reader: Reader) -> None:
    for path in ("/@nobody/feed.atom", "/@union/calls/none.atom", "/letters/feed.atom", "/feed.xml"):
        assert reader.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/feed.rss", "/feed.atom?q=bread&km=5&near=Paris", "/calendar.ics", "/my/feed/x.atom"]
)
def test_one_address_asks_for_so_many_feeds_and_is_told_when_to_come_back(app: Flask, path: str) -> None:
    app.extensions["maillage"].rates = Rates({"feeds": "3 per minute"})
    reader, other = Reader(app), {"REMOTE_ADDR": "198.51.100.7"}
    first = reader.get(path)
    held = {"If-None-Match": first.headers.get("ETag", "")}
    assert [reader.get(path, headers=held).status_code for _ in range(2)] == [304 if held["If-None-Match"] else 404] * 2
    refused = reader.get(path)
    assert (refused.status_code, refused.mimetype) == (429, "text/plain")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert f"in {refused.headers['Retry-After']} seconds" in refused.text
    assert reader.get(path, environ_base=other).status_code == first.status_code
    assert reader.get("/").status_code == 200
