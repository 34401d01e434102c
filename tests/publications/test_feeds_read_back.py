"""Feeds as feedparser, icalendar and a JSON parser read them, field by field beside what was published."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import feedparser
import icalendar
import pytest
from flask import Flask
from sqlalchemy import select

from actors import iris, local
from actors.database import session
from flask_maillage.files import storing
from flask_maillage.files.media_types import DOCUMENT, IMAGE
from flask_maillage.publications.attached import Attachment, Picture
from flask_maillage.publications.models import Publication
from flask_maillage.publications.recurrence import Exclusion, Recurrence
from flask_maillage.territory.places import Place
from tests.conftest import Clock
from tests.files import nasty
from tests.publications import board
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PARIS, BRUSSELS = ZoneInfo("Europe/Paris"), ZoneInfo("Europe/Brussels")
ODD = "L’été & la «nuit», 2 < 3; a,b \\n ]]> \U0001f6b2 ﷽ é"
HTML = "<p>Tous, &lt;b&gt; &amp; “toutes”; a,b\\c ]]&gt; \U0001f6b2</p><ul><li>un</li><li>deux</li></ul>"
HALL = Place(
    name="Salle “Jean-Monnet”; 2, aile B",
    street="20 avenue de Ségur",
    postal_code="75007",
    locality="Paris",
    country="FR",
    latitude=48.8508,
    longitude=-2.3087,
)
ROOM = "https://meet.example/room?a=1&b=2;c"
MEETING = Recurrence(
    rule="FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;UNTIL=20270427",
    first_start=datetime(2026, 12, 1, 18),
    first_end=datetime(2026, 12, 1, 20),
    exceptions=(Exclusion(day=date(2026, 12, 29), reason="Closed; for “holidays”"),),
    additions=(date(2027, 3, 31),),
)


@dataclass
class Said:
    """What was published, as its row says it, and the address of its page."""

    row: Publication
    path: str

    @property
    def page(self) -> str:
        return f"http://localhost{self.path}"

    @property
    def body(self) -> str:
        return self.row.kind_of_it.body(self.row.content)


@pytest.fixture
def published(app: Flask, clock: Clock) -> Iterator[dict[str, Said]]:
    """One of each kind, with events of each sort; all written two days ago and changed since."""
    with app.app_context():
        picture, document = _files()
        details = {kind: board.sample_of(kind, clock()).details for kind in board.SAMPLES}
        event = details["event"].model_copy(update={"programme": ()})
    common = {"html": HTML, "source": "", "language": "fr", "tags": ("Été", "DroitsSociaux"), "translations": ()}
    two_days = {"starts_at": datetime(2026, 12, 11, 20, tzinfo=UTC), "ends_at": datetime(2026, 12, 13, 1, tzinfo=UTC)}
    zone = {"timezone": "Europe/Paris"}
    whole = {
        "starts_at": datetime(2026, 12, 10, 23, tzinfo=UTC),
        "ends_at": datetime(2026, 12, 13, 22, 59, 59, tzinfo=UTC),
        "details": event.model_copy(update={"all_day": True}),
    }
    weekly = {
        "starts_at": datetime(2026, 12, 1, 17, tzinfo=UTC),
        "ends_at": datetime(2026, 12, 1, 19, tzinfo=UTC),
        "details": event.model_copy(update={"recurrence": MEETING}),
    }
    deadline = {"ends_at": datetime(2027, 1, 13, 22, 59, 59, tzinfo=UTC), "timezone": "Europe/Brussels"}
    given: dict[str, tuple[str, dict[str, Any]]] = {
        "call": ("call", {"image": picture, "attachments": (document,), **deadline}),
        "event": ("event", {"place": HALL, "online_url": ROOM, **two_days, **zone, "details": event}),
        "online": ("event", {"place": None, "online_url": ROOM, "status": "cancelled", **two_days, **zone}),
        "days": ("event", {"place": HALL, "status": "tentative", **zone, **whole}),
        "weekly": ("event", {"place": HALL, **zone, **weekly}),
        "initiative": ("initiative", {"attachments": (document,)}),
        "news": ("news", {}),
    }
    given["online"][1]["details"] = event
    paths = {}
    for name, (kind, more) in given.items():
        paths[name] = board.publish(app, kind, **common, name=f"{ODD} {name}", **more)
    for path in paths.values():
        board.change(app, path, published_at=clock() - timedelta(days=2), updated_at=clock() - timedelta(hours=1))
    with app.app_context():
        rows = {row.identifier: row for row in session().scalars(select(Publication))}
        yield {name: Said(rows[path.rpartition("/")[2]], path) for name, path in paths.items()}


def _files() -> tuple[Picture, Attachment]:
    union = local.find("union")
    assert union is not None
    picture = storing.store(storing.prepare(IMAGE, io.BytesIO(nasty.photograph()), "room.jpg"), union, None)
    paper = storing.store(storing.prepare(DOCUMENT, io.BytesIO(nasty.pdf(2)), "call.pdf"), union, None)
    session().commit()
    facts = {"size": picture.size, "media_type": picture.media_type, "alt": ODD}
    return (
        Picture(url=iris.media(f"{picture.name}.jpg"), **facts),
        Attachment(url=iris.media(f"{paper.name}.pdf"), media_type=paper.media_type, size=paper.size, title=ODD),
    )


@pytest.fixture
def reader(app: Flask) -> Reader:
    return Reader(app)


def parsed(reader: Reader, name: str) -> Any:
    """Return a feed as feedparser reads it, which finds nothing wrong with it and takes nothing from it."""
    answer = reader.get(name)
    headers = {"content-type": answer.content_type, "content-location": f"http://localhost{name}"}
    found = feedparser.parse(answer.data, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo, found.get("bozo_exception")
    return found


def moment(parts: Any) -> datetime:
    return datetime(*parts[:6], tzinfo=UTC)


def labels_of(said: Said) -> set[str]:
    return {said.row.kind, *(tag.label for tag in said.row.hashtags)}


@pytest.mark.parametrize("name", ["/feed.atom", "/feed.rss"])
def test_feedparser_reads_every_field_as_it_was_published(
    published: dict[str, Said], reader: Reader, name: str
) -> None:
    feed = parsed(reader, name)
    assert feed.version == {"/feed.atom": "atom10", "/feed.rss": "rss20"}[name]
    assert (feed.feed.link, feed.feed.language) == ("http://localhost/", "en")
    assert [link.href for link in feed.feed.links if link.rel == "self"] == [f"http://localhost{name}"]
    entries = {entry.id: entry for entry in feed.entries}
    assert len(entries) == len(feed.entries) == len(published)
    for said in published.values():
        entry, row = entries[said.row.iri], said.row
        assert entry.title == (f"[ANNULÉ] {row.name}" if row.status == "cancelled" else row.name)
        assert entry.link == said.page
        assert moment(entry.published_parsed) == row.published_at
        assert moment(entry.updated_parsed) == row.updated_at
        assert entry.author == "A union"
        text, summary = text_and_summary(entry)
        assert (text.value, text.type) == (said.body, "text/html")
        assert HTML in text.value
        assert summary == summary_of(said)
        assert labels_of(said) <= {tag.term for tag in entry.tags}
        assert (entry.get("language") or text.language) == "fr"


def text_and_summary(entry: Any) -> tuple[Any, str]:
    """Return the text of an entry and its summary; where there is none, feedparser has the text in its place."""
    text = entry.content[0] if "content" in entry else entry.summary_detail
    return text, "" if entry.summary == text.value else entry.summary


def summary_of(said: Said) -> str:
    """Return the summary of a publication as plain text."""
    return unescape(re.sub("<[^>]*>", "", said.row.summary))


def test_feedparser_finds_the_files_with_their_type_and_size(published: dict[str, Said], reader: Reader) -> None:
    for said in published.values():
        content = said.row.content
        files = [*([content.image] if content.image else []), *content.attachments]
        wanted = [(one.url, one.media_type, str(one.size)) for one in files]
        for name, expected in ((f"{said.path}.atom", wanted), (f"{said.path}.rss", wanted[:1])):
            (entry,) = parsed(reader, name).entries
            assert [(one.href, one.type, one.length) for one in entry.enclosures] == expected


def test_json_feed_has_every_field_as_it_was_published(published: dict[str, Said], reader: Reader) -> None:
    items = {item["id"]: item for item in reader.get("/feed.json").get_json()["items"]}
    assert len(items) == len(published)
    for said in published.values():
        item, row, content = items[said.row.iri], said.row, said.row.content
        assert item["title"].removeprefix("[ANNULÉ] ") == row.name
        assert item["url"] == said.page
        assert datetime.fromisoformat(item["date_published"]) == row.published_at
        assert datetime.fromisoformat(item["date_modified"]) == row.updated_at
        assert item["authors"] == [{"name": "A union", "url": "http://localhost/@union"}]
        assert item.get("summary", "") == summary_of(said)
        assert item["content_html"] == said.body
        assert labels_of(said) <= set(item["tags"])
        assert item["language"] == "fr"
        files = [*([content.image] if content.image else []), *content.attachments]
        assert [(one["url"], one["mime_type"], one["size_in_bytes"]) for one in item.get("attachments", [])] == [
            (one.url, one.media_type, one.size) for one in files
        ]
        assert item.get("image") == (content.image.url if content.image else None)
        assert item["_maillage"]["kind"] == row.kind


@pytest.fixture
def events(published: dict[str, Said], reader: Reader) -> dict[str, icalendar.Event]:
    """The components of the calendar of the node, by the names of what was published."""
    document = icalendar.Calendar.from_ical(reader.get("/calendar.ics").data)
    assert not document.errors
    assert not document.get_missing_tzids()
    found = {str(event["UID"]): event for event in document.walk("VEVENT")}
    assert not any(event.errors for event in found.values())
    uids = {said.row.iri: name for name, said in published.items()}
    uids[f"{published['call'].row.iri}#deadline"] = "call"
    return {uids[uid]: event for uid, event in found.items()}


def test_calendar_holds_what_has_a_date_with_every_common_field(
    published: dict[str, Said], events: dict[str, icalendar.Event]
) -> None:
    assert set(events) == {"call", "event", "online", "days", "weekly"}
    for name, event in events.items():
        row = published[name].row
        assert str(event["URL"]) == published[name].page
        assert str(event["SUMMARY"]) == {
            "call": f"Deadline: {row.name}",
            "online": f"[ANNULÉ] {row.name}",
        }.get(name, row.name)
        assert str(event["DESCRIPTION"]).startswith("Tous, <b> & “toutes”; a,b\\c ]]> \U0001f6b2")
        assert str(event["DESCRIPTION"]).endswith(published[name].page)
        assert (str(event["ORGANIZER"]), event["ORGANIZER"].params["CN"]) == ("http://localhost/@union", "A union")
        assert labels_of(published[name]) <= {str(one) for one in event["CATEGORIES"].cats}
        assert event["LAST-MODIFIED"].dt == event["DTSTAMP"].dt == row.updated_at
        assert event["CREATED"].dt == row.published_at
        assert event["SEQUENCE"] == 47 * 3600
        assert event["SUMMARY"].params["LANGUAGE"] == event["DESCRIPTION"].params["LANGUAGE"] == "fr"
    assert {name: str(event["STATUS"]) for name, event in events.items()} == {
        "call": "CONFIRMED",
        "event": "CONFIRMED",
        "online": "CANCELLED",
        "days": "TENTATIVE",
        "weekly": "CONFIRMED",
    }


def test_calendar_says_when_on_the_clock_of_the_place(events: dict[str, icalendar.Event]) -> None:
    starts = {name: event["DTSTART"].dt for name, event in events.items()}
    ends = {name: event["DTEND"].dt for name, event in events.items()}
    for name in ("event", "online"):
        assert starts[name] == datetime(2026, 12, 11, 21, tzinfo=PARIS)
        assert ends[name] == datetime(2026, 12, 13, 2, tzinfo=PARIS)
    assert (starts["days"], ends["days"]) == (date(2026, 12, 11), date(2026, 12, 14))
    assert ends["call"] == datetime(2027, 1, 13, 23, 59, 59, tzinfo=BRUSSELS)
    assert starts["call"] == ends["call"] - timedelta(minutes=30)
    zones = {name: event["DTSTART"].params.get("TZID") for name, event in events.items()}
    assert zones == {
        "call": "Europe/Brussels",
        "event": "Europe/Paris",
        "online": "Europe/Paris",
        "weekly": "Europe/Paris",
        "days": None,
    }


def test_calendar_says_how_an_event_comes_again_and_when_not(events: dict[str, icalendar.Event]) -> None:
    weekly = events["weekly"]
    assert weekly["DTSTART"].dt == datetime(2026, 12, 1, 18, tzinfo=PARIS)
    assert weekly["DTEND"].dt == datetime(2026, 12, 1, 20, tzinfo=PARIS)
    rule = dict(weekly["RRULE"])
    assert (rule["FREQ"], rule["INTERVAL"], rule["BYDAY"]) == (["WEEKLY"], [2], ["TU"])
    assert rule["UNTIL"] == [datetime(2027, 4, 27, 23, 59, 59, tzinfo=PARIS)]
    assert [one.dt for one in weekly["EXDATE"].dts] == [datetime(2026, 12, 29, 18, tzinfo=PARIS)]
    assert [one.dt for one in weekly["RDATE"].dts] == [datetime(2027, 3, 31, 18, tzinfo=PARIS)]
    assert not any("RRULE" in event for name, event in events.items() if name != "weekly")


def test_calendar_says_where(events: dict[str, icalendar.Event]) -> None:
    for name in ("event", "days", "weekly"):
        hall = "Salle “Jean-Monnet”; 2, aile B, 20 avenue de Ségur, 75007 Paris, FR"
        assert str(events[name]["LOCATION"]) == hall
        geo = events[name]["GEO"]
        assert (geo.latitude, geo.longitude) == (48.8508, -2.3087)
    assert str(events["online"]["LOCATION"]) == ROOM
    for name in ("event", "online"):
        assert str(events[name]["CONFERENCE"]) == ROOM
        assert events[name]["CONFERENCE"].params["VALUE"] == "URI"
    assert "CONFERENCE" not in events["days"]
    assert not {"LOCATION", "GEO"} & set(events["call"])
