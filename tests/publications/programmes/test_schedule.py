"""What conference apps read: the shape that their validators ask for, the same ids after every change, every item."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as etree

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select

from actors.database import session
from flask_maillage.publications import publishing
from flask_maillage.publications.models import Publication
from flask_maillage.publications.programmes.lines import parse
from flask_maillage.publications.programmes.schedule import Schedule, to_json, to_xml
from tests.publications import board
from tests.reader import Reader

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

START = datetime(2026, 12, 11, 8, tzinfo=UTC)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
EVENT = {
    *("room", "title", "subtitle", "type", "date", "start", "duration", "abstract", "slug", "track"),
    *("persons", "language", "description", "url"),
}
REQUIRED = {
    *(
        "abstract",
        "date",
        "duration",
        "guid",
        "id",
        "language",
        "links",
        "persons",
        "room",
        "slug",
        "start",
        "subtitle",
    ),
    *("title", "track", "type", "url"),
}
TEXT = """\
09:00 session | L'été & “l'hiver” | Ann Lee, Chair, A union (FR); Bob Ray | Salle 1 | What it is about
- A part | Cy Ode, C
09:00 talk | Beside it | | Salle 2
10:00 debate | Debate
# 2026-12-12
09:00 talk | The day after"""


def schedule(text: str = TEXT, **changes: Any) -> Schedule:
    programme = parse(text, zone="Europe/Paris", starts_at=START, ends_at=START + timedelta(days=1, hours=4))
    given = {"iri": "https://a.example/events/1", "url": "https://a.example/@union/events/1", "version": "3"}
    named = {"title": "Été des coopératives", "room": "Grenoble", "zone": "Europe/Paris", "language": "fr"}
    return Schedule(programme=programme, **(given | named | changes))


def test_xml_has_the_shape_that_validators_ask_for() -> None:
    root = etree.fromstring(to_xml(schedule()))
    assert [child.tag for child in root] == ["generator", "version", "conference", "day", "day"]
    assert {child.tag: child.text for child in root.find("conference")} == {
        "title": "Été des coopératives",
        "acronym": "ete_des_cooperatives",
        "start": "2026-12-11",
        "end": "2026-12-12",
        "days": "2",
        "timeslot_duration": "00:05",
        "base_url": "https://a.example/@union/events/1",
        "time_zone_name": "Europe/Paris",
    }
    assert [dict(day.attrib) for day in root.findall("day")] == [
        {"date": "2026-12-11", "start": "2026-12-11T09:00:00+01:00", "end": "2026-12-12T09:00:00+01:00", "index": "1"},
        {"date": "2026-12-12", "start": "2026-12-12T09:00:00+01:00", "end": "2026-12-12T13:00:00+01:00", "index": "2"},
    ]
    assert [room.get("name") for room in root.iter("room") if room.get("name")] == ["Salle 1", "Salle 2"] + [
        "Grenoble"
    ] * 2
    events = list(root.iter("event"))
    assert all({child.tag for child in event} == EVENT for event in events)
    assert all(UUID.fullmatch(event.get("guid")) and int(event.get("id")) > 0 for event in events)
    assert all(STAMP.fullmatch(event.findtext("date")) for event in events)
    assert all(re.fullmatch(r"\d\d:\d\d", event.findtext(name)) for event in events for name in ("start", "duration"))
    assert all(re.fullmatch(r"[a-z0-9_-]+[a-z0-9]", event.findtext("slug")) for event in events)


def test_xml_says_what_the_programme_says() -> None:
    first = next(etree.fromstring(to_xml(schedule())).iter("event"))
    assert {name: first.findtext(name) for name in ("title", "subtitle", "type", "start", "duration", "language")} == {
        "title": "L'été & “l'hiver”",
        "subtitle": "What it is about",
        "type": "session",
        "start": "09:00",
        "duration": "01:00",
        "language": "fr",
    }
    assert first.findtext("description") == "A part: Cy Ode, C"
    assert [person.text for person in first.find("persons")] == ["Ann Lee", "Bob Ray", "Cy Ode"]


def test_json_has_the_shape_that_validators_ask_for() -> None:
    document = json.loads(to_json(schedule()))
    assert document["$schema"] == "https://c3voc.de/schedule/schema.json"
    conference = document["schedule"]["conference"]
    assert re.fullmatch(r"[a-z0-9_-][a-z0-9_]{3,}", conference["acronym"])
    assert (conference["daysCount"], [room["name"] for room in conference["rooms"]]) == (
        2,
        ["Salle 1", "Salle 2", "Grenoble"],
    )
    talks = [talk for day in conference["days"] for room in day["rooms"].values() for talk in room]
    assert [talk["title"] for talk in talks] == ["L'été & “l'hiver”", "Beside it", "Debate", "The day after"]
    assert all(talk.keys() >= REQUIRED for talk in talks)
    assert all(set(day) == {"index", "date", "day_start", "day_end", "rooms"} for day in conference["days"])
    ann = talks[0]["persons"][0]
    assert (ann["name"], ann["biography"]) == ("Ann Lee", "Chair, A union (FR)")
    assert "public_name" not in ann  # the schema takes either frab's persons or pretalx's, never both


def test_both_files_agree_on_ids() -> None:
    root, document = etree.fromstring(to_xml(schedule())), json.loads(to_json(schedule()))
    talks = [
        (talk["guid"], str(talk["id"]), talk["slug"])
        for day in document["schedule"]["conference"]["days"]
        for room in day["rooms"].values()
        for talk in room
    ]
    assert [(event.get("guid"), event.get("id"), event.findtext("slug")) for event in root.iter("event")] == talks
    assert len({guid for guid, _, _ in talks}) == len({number for _, number, _ in talks}) == len(talks) == 4


@pytest.mark.parametrize("title", ["語", "ABC", "", "\x00é!"])
def test_acronym_is_made_of_plain_letters_whatever_the_title(title: str) -> None:
    assert re.fullmatch(r"[a-z0-9_-][a-z0-9_]{3,}", schedule(title=title).acronym)
    assert etree.fromstring(to_xml(schedule(title=title))) is not None


def test_item_longer_than_the_format_can_say_and_one_without_an_end_have_a_duration() -> None:
    (first,) = schedule("09:00 talk | A").programme
    long = first.model_copy(update={"ends_at": first.starts_at + timedelta(days=9)})  # type: ignore[operator]
    endless = first.model_copy(update={"key": "b", "ends_at": None})
    made = Schedule(programme=(long, endless), iri="x:y", url="https://a.example/", title="Name", version="1", room="R")
    durations = [event.findtext("duration") for event in etree.fromstring(to_xml(made)).iter("event")]
    assert durations == ["99:59", "00:30"]


def find(path: str) -> Publication:
    return session().scalars(select(Publication).where(Publication.identifier == path.rpartition("/")[2])).one()


@on_sqlite
def test_ids_stay_when_the_programme_changes_and_the_version_grows(app: Flask) -> None:
    event = board.publish(app, "event")
    reader = Reader(app)
    before = etree.fromstring(reader.get(f"{event}/schedule.xml").data)
    with app.app_context():
        found = find(event)
        details: Any = found.content.details
        changed = (details.programme[0].model_copy(update={"name": "Other words"}), *details.programme[2:])
        publishing.revise(
            found, found.content.model_copy(update={"details": details.model_copy(update={"programme": changed})})
        )
        session().commit()
    after = etree.fromstring(reader.get(f"{event}/schedule.xml").data)
    assert (before.findtext("version"), after.findtext("version")) == ("1", "2")
    guids = [event.get("guid") for event in before.iter("event")]
    assert [event.get("guid") for event in after.iter("event")] == [guids[0], *guids[2:]]


@on_sqlite
def test_page_links_its_files_and_they_are_kept_and_asked_for_again(app: Flask) -> None:
    event = board.publish(app, "event")
    reader = Reader(app)
    page = reader.get(event).text
    for name in ("schedule.xml", "schedule.json", "programme.ics"):
        assert f'href="{event}/{name}"' in page
        answer = reader.get(f"{event}/{name}")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        again = reader.get(f"{event}/{name}", headers={"If-None-Match": answer.headers["ETag"]})
        assert (answer.status_code, again.status_code) == (200, 304)


@on_sqlite
def test_calendar_has_an_entry_for_each_item(app: Flask) -> None:
    event = board.publish(app, "event")
    calendar = Calendar.from_ical(Reader(app).get(f"{event}/programme.ics").data)
    entries = calendar.walk("VEVENT")
    assert len(entries) == 12
    first = next(entry for entry in entries if str(entry["SUMMARY"]).startswith("Session 1"))
    assert f"{first.decoded('DTSTART'):%H:%M}-{first.decoded('DTEND'):%H:%M}" == "09:15-09:30"
    assert "Kristy Milland, Community Manager, TurkerNation.com" in first["DESCRIPTION"]


@on_sqlite
def test_draft_and_event_without_programme_have_no_files(app: Flask) -> None:
    details = board.SAMPLES["event"](START).details.model_copy(update={"programme": ()})
    for path in (board.draft(app, "event"), board.publish(app, "event", details=details)):
        for name in ("schedule.xml", "schedule.json", "programme.ics"):
            assert Reader(app).get(f"{path}/{name}").status_code == 404


@on_sqlite
def test_followers_only_event_shows_its_programme_in_no_file(app: Flask) -> None:
    event = board.publish(app, "event", row={"visibility": "followers"})
    assert Reader(app).get(f"{event}/schedule.xml").status_code == 404
