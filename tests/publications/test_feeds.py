"""What feed readers and calendars get: valid whatever a title holds, and the same bytes for the same entries."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from flask_maillage.publications.feeds.calendar import calendar
from flask_maillage.publications.feeds.entries import NEVER, Feed, FeedEntry, etag_of
from flask_maillage.publications.feeds.json_feed import json_feed
from flask_maillage.publications.feeds.syndication import atom, rss

ATOM = "{http://www.w3.org/2005/Atom}"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"
SPRING = datetime(2026, 3, 2, 9, tzinfo=UTC)
WRITERS: list[Callable[[Feed], bytes]] = [atom, rss, json_feed, calendar]
HOSTILE = "Night \x00\x07\x1b\u202eof ]]> \ud800 <b>work</b>\r\nSUMMARY:forged;a,b\\n \uffff"
READABLE = "Night of ]]> work SUMMARY:forged;a,b\\n"

CALL = FeedEntry(
    id="https://node-a.example/actors/platform_workers/calls/1",
    url="https://node-a.example/@platform_workers/calls/1",
    title="Call for expressions of interest",
    summary="Ten initiatives; apply in time.",
    html="<p>Ten initiatives &amp; more.</p><p>Apply.</p>",
    author="Platform workers",
    author_url="https://node-a.example/@platform_workers",
    kind="call",
    published=SPRING,
    updated=SPRING + timedelta(days=2),
    language="en",
    starts_at=SPRING,
    ends_at=datetime(2027, 1, 13, 22, 59, 59, tzinfo=UTC),
    timezone="Europe/Brussels",
)
EVENT = replace(
    CALL,
    id="https://node-b.example/actors/ires/events/1",
    url="https://node-b.example/@ires/events/1",
    title="Collective groups, and action; a seminar",
    author="IRES",
    author_url="https://node-b.example/@ires",
    kind="event",
    updated=SPRING + timedelta(days=1),
    starts_at=datetime(2026, 12, 11, 7, 45, tzinfo=UTC),
    ends_at=datetime(2026, 12, 11, 13, tzinfo=UTC),
    timezone="Europe/Paris",
    place="Salle Jean Monnet, 20 avenue de Ségur; Paris",
    latitude=48.8566,
    longitude=2.3522,
    source="node-b.example",
)
INITIATIVE = replace(
    CALL, id="https://node-a.example/actors/coop/initiatives/1", kind="initiative", title="A cooperative"
)


def _feed(*entries: FeedEntry, **more: Any) -> Feed:
    given: dict[str, Any] = {
        "id": "https://node-a.example/",
        "title": "Everything here",
        "subtitle": "Calls, events and initiatives",
        "url": "https://node-a.example/",
        "self_url": "https://node-a.example/feed.atom",
        "language": "en",
        "entries": entries,
    }
    return Feed(**{**given, **more})


def _events(body: bytes) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(body).walk("VEVENT"))


def _event(entry: FeedEntry, **more: Any) -> icalendar.Event:
    (event,) = _events(calendar(_feed(replace(entry, **more))))
    return event


class TestEntries:
    def test_last_modified_is_the_newest_change_and_never_now(self) -> None:
        assert _feed(EVENT, CALL, updated=SPRING + timedelta(days=9)).last_modified == CALL.updated

    def test_an_empty_feed_was_modified_when_it_says_or_at_a_fixed_time(self) -> None:
        assert _feed(updated=SPRING).last_modified == SPRING
        assert _feed().last_modified == NEVER

    def test_a_time_without_zone_is_refused_where_it_is_made(self) -> None:
        with pytest.raises(ValueError, match="starts_at"):
            replace(EVENT, starts_at=datetime(2026, 12, 11, 8, 45))
        with pytest.raises(ValueError, match="updated"):
            _feed(updated=datetime(2026, 12, 11))

    def test_the_etag_follows_the_bytes(self) -> None:
        assert etag_of(b"a") == etag_of(b"a") != etag_of(b"b")
        assert '"' not in etag_of(b"a")


class TestEveryFormat:
    @pytest.mark.parametrize("write", WRITERS)
    def test_equal_entries_give_equal_bytes(self, write: Callable[[Feed], bytes]) -> None:
        assert write(_feed(EVENT, CALL)) == write(_feed(EVENT, CALL))
        assert write(_feed(EVENT, CALL)) != write(_feed(replace(EVENT, title="Other"), CALL))

    @pytest.mark.parametrize("write", WRITERS)
    def test_an_empty_feed_is_valid_and_stable(self, write: Callable[[Feed], bytes]) -> None:
        assert write(_feed()) == write(_feed())
        assert b"Everything here" in write(_feed())

    @pytest.mark.parametrize("write", WRITERS)
    def test_an_entry_with_nothing_but_addresses_is_written(self, write: Callable[[Feed], bytes]) -> None:
        bare = FeedEntry(
            id=EVENT.id, url=EVENT.url, title="\x00", kind="event", published=SPRING, updated=SPRING, starts_at=SPRING
        )
        assert EVENT.url.encode() in write(_feed(bare, title="", subtitle="", language=None))

    def test_two_processes_with_other_hash_seeds_give_the_same_bytes(self) -> None:
        """Zones in a set came out in another order in each web process, and with them another ETag."""
        script = (
            "import sys; from datetime import datetime, UTC\n"
            "from flask_maillage.publications.feeds.entries import Feed, FeedEntry\n"
            "from flask_maillage.publications.feeds.calendar import calendar\n"
            "m = datetime(2026, 1, 1, tzinfo=UTC)\n"
            "zones = ('Europe/Paris', 'Europe/Brussels', 'Asia/Tokyo', 'America/Lima', 'Africa/Lagos')\n"
            "made = [FeedEntry(id=z, url=z, title=z, kind='event', published=m, updated=m, starts_at=m, timezone=z)"
            " for z in zones]\n"
            "sys.stdout.buffer.write(calendar(Feed(id='x', title='x', url='x', self_url='x', entries=made)))\n"
        )
        root = Path(__file__).parents[2]
        bodies = {
            subprocess.run(
                [sys.executable, "-c", script],
                cwd=root,
                env={**os.environ, "PYTHONPATH": str(root), "PYTHONHASHSEED": seed},
                check=True,
                capture_output=True,
            ).stdout
            for seed in ("1", "2")
        }
        assert len(bodies) == 1
        assert bodies.pop().count(b"BEGIN:VTIMEZONE") == 5

    @given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=20))
    def test_any_text_can_be_written_and_read_back(self, title: str, html: str, place: str) -> None:
        feed = _feed(replace(EVENT, title=title, html=html, summary=html, place=place), title=title)
        etree.fromstring(atom(feed))
        etree.fromstring(rss(feed))
        json.loads(json_feed(feed))
        (event,) = _events(calendar(feed))
        assert str(event["uid"]) == EVENT.id
        assert str(event["summary"]) == feed.entries[0].headline


class TestAtom:
    def test_the_feed_says_what_and_where_it_is(self) -> None:
        root = etree.fromstring(atom(_feed(EVENT, CALL)))
        assert root.findtext(f"{ATOM}id") == "https://node-a.example/"
        assert root.findtext(f"{ATOM}title") == "Everything here"
        assert root.findtext(f"{ATOM}subtitle") == "Calls, events and initiatives"
        assert root.findtext(f"{ATOM}updated") == CALL.updated.isoformat()
        assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
        links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
        assert links == {"self": "https://node-a.example/feed.atom", "alternate": "https://node-a.example/"}

    def test_entries_keep_their_order_and_say_who_when_and_what_kind(self) -> None:
        root = etree.fromstring(atom(_feed(EVENT, CALL)))
        first, second = root.findall(f"{ATOM}entry")
        assert [first.findtext(f"{ATOM}id"), second.findtext(f"{ATOM}id")] == [EVENT.id, CALL.id]
        assert first.findtext(f"{ATOM}author/{ATOM}name") == "IRES (node-b.example)"
        assert second.findtext(f"{ATOM}author/{ATOM}name") == "Platform workers"
        assert second.findtext(f"{ATOM}author/{ATOM}uri") == CALL.author_url
        assert second.findtext(f"{ATOM}published") == CALL.published.isoformat()
        assert second.findtext(f"{ATOM}updated") == CALL.updated.isoformat()
        assert second.find(f"{ATOM}category").get("term") == "call"
        assert second.find(f"{ATOM}link").get("href") == CALL.url
        assert second.findtext(f"{ATOM}summary") == CALL.summary
        assert second.find(f"{ATOM}content").get("type") == "html"
        assert second.findtext(f"{ATOM}content") == CALL.html

    def test_a_hostile_title_is_readable_and_breaks_nothing(self) -> None:
        hostile = replace(EVENT, title=HOSTILE, author=HOSTILE, html=HOSTILE, url=EVENT.url + "\r\n\x00")
        entry = etree.fromstring(atom(_feed(hostile, CALL, title=HOSTILE))).find(f"{ATOM}entry")
        assert entry.findtext(f"{ATOM}title") == READABLE
        assert entry.find(f"{ATOM}link").get("href") == EVENT.url
        assert "]]>" in entry.findtext(f"{ATOM}content")


class TestRss:
    def test_the_channel_links_to_the_page_and_to_itself(self) -> None:
        channel = etree.fromstring(rss(_feed(EVENT, CALL))).find("channel")
        assert channel.findtext("link") == "https://node-a.example/"
        assert channel.find(f"{ATOM}link").get("href") == "https://node-a.example/feed.atom"
        assert channel.findtext("lastBuildDate") == "Wed, 04 Mar 2026 09:00:00 +0000"
        assert channel.findtext("description") == "Calls, events and initiatives"

    def test_items_keep_their_order_and_have_a_stable_guid_and_an_author(self) -> None:
        first, second = etree.fromstring(rss(_feed(EVENT, CALL))).findall("channel/item")
        assert first.findtext("guid") == EVENT.id
        assert first.find("guid").get("isPermaLink") == "false"
        assert second.findtext("link") == CALL.url
        assert second.findtext(CREATOR) == "Platform workers"
        assert second.findtext("category") == "call"
        assert second.findtext("pubDate") == "Mon, 02 Mar 2026 09:00:00 +0000"
        assert second.findtext("description") == CALL.summary
        assert second.findtext(ENCODED) == CALL.html
        assert second.find("enclosure") is None

    def test_a_hostile_title_is_readable_and_breaks_nothing(self) -> None:
        item = etree.fromstring(rss(_feed(replace(EVENT, title=HOSTILE, html=HOSTILE)))).find("channel/item")
        assert item.findtext("title") == READABLE
        assert "]]>" in item.findtext(ENCODED)


class TestJsonFeed:
    def test_the_document_has_what_version_1_1_asks_for(self) -> None:
        document = json.loads(json_feed(_feed(EVENT, CALL)))
        assert document["version"] == "https://jsonfeed.org/version/1.1"
        assert document["title"] == "Everything here"
        assert document["home_page_url"] == "https://node-a.example/"
        assert document["feed_url"] == "https://node-a.example/feed.atom"
        first, second = document["items"]
        assert first["id"] == EVENT.id
        assert first["_maillage"]["source"] == "node-b.example"
        assert second["url"] == CALL.url
        assert second["content_html"] == CALL.html
        assert second["date_modified"] == CALL.updated.isoformat()
        assert second["authors"] == [{"name": "Platform workers", "url": CALL.author_url}]
        assert second["tags"] == ["call"]
        assert second["_maillage"]["ends_at"] == "2027-01-13T22:59:59+00:00"

    def test_what_is_not_known_is_left_out_and_content_is_always_there(self) -> None:
        body = json_feed(_feed(replace(CALL, html="", summary="", language=None, author="", ends_at=None)))
        (item,) = json.loads(body)["items"]
        assert item["content_text"] == CALL.title
        assert not {"content_html", "language", "authors", "summary"} & set(item)
        assert b"null" not in body

    def test_a_hostile_title_is_readable(self) -> None:
        (item,) = json.loads(json_feed(_feed(replace(EVENT, title=HOSTILE))))["items"]
        assert item["title"] == READABLE


class TestCalendar:
    def test_the_calendar_has_a_name_and_says_how_often_to_ask(self) -> None:
        document = icalendar.Calendar.from_ical(calendar(_feed(EVENT)))
        assert str(document["version"]) == "2.0"
        assert str(document["x-wr-calname"]) == "Everything here"
        assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in calendar(_feed(EVENT))

    def test_an_event_keeps_its_facts_in_its_own_zone(self) -> None:
        event = _event(EVENT)
        assert b"DTSTART;TZID=Europe/Paris:20261211T084500\r\n" in calendar(_feed(EVENT))
        assert event.decoded("dtstart") == EVENT.starts_at
        assert event.decoded("dtend") == EVENT.ends_at
        assert str(event["uid"]) == EVENT.id
        assert str(event["summary"]) == EVENT.title
        assert str(event["location"]) == EVENT.place
        assert (event["geo"].latitude, event["geo"].longitude) == (48.8566, 2.3522)
        assert str(event["url"]) == EVENT.url
        assert str(event["status"]) == "CONFIRMED"
        assert event["sequence"] == 86_400
        assert str(event["organizer"]) == EVENT.author_url
        assert event["organizer"].params["CN"] == "IRES (node-b.example)"
        assert event.decoded("dtstamp") == EVENT.updated
        assert str(event["description"]) == f"Ten initiatives & more.\n\nApply.\n\n{EVENT.url}"

    def test_every_zone_that_is_used_is_described_before_the_events(self) -> None:
        body = calendar(_feed(EVENT, CALL))
        document = icalendar.Calendar.from_ical(body)
        assert [str(zone["tzid"]) for zone in document.walk("VTIMEZONE")] == ["Europe/Brussels", "Europe/Paris"]
        assert body.rindex(b"END:VTIMEZONE") < body.index(b"BEGIN:VEVENT")
        assert not document.get_missing_tzids()

    @pytest.mark.parametrize("zone", [None, "UTC", "Mars/Olympus", "../../etc/passwd", "Europe", ""])
    def test_without_a_known_zone_times_are_in_utc(self, zone: str | None) -> None:
        body = calendar(_feed(replace(EVENT, timezone=zone)))
        assert b"DTSTART:20261211T074500Z\r\n" in body
        assert b"VTIMEZONE" not in body

    def test_the_deadline_of_a_call_ends_at_the_deadline_on_its_own_day(self) -> None:
        event = _event(CALL)
        assert str(event["summary"]) == "Deadline: Call for expressions of interest"
        assert str(event["uid"]) == f"{CALL.id}#deadline"
        assert event.decoded("dtend") == CALL.ends_at
        assert event.decoded("dtstart") == CALL.ends_at - timedelta(minutes=30)
        assert event.decoded("dtstart").date() == event.decoded("dtend").date() == date(2027, 1, 13)
        assert str(event["transp"]) == "TRANSPARENT"

    def test_the_word_for_deadline_can_be_translated(self) -> None:
        (event,) = _events(calendar(_feed(CALL), deadline_label="Date limite"))
        assert str(event["summary"]).startswith("Date limite: ")

    def test_the_half_hour_before_a_deadline_is_right_across_a_clock_change(self) -> None:
        paris = ZoneInfo("Europe/Paris")
        deadline = datetime(2026, 3, 29, 3, 15, tzinfo=paris)  # a quarter of an hour after the change
        event = _event(CALL, ends_at=deadline, timezone="Europe/Paris")
        assert event.decoded("dtend").astimezone(UTC) - event.decoded("dtstart").astimezone(UTC) == timedelta(
            minutes=30
        )

    def test_only_events_with_a_start_and_calls_with_a_deadline_are_taken(self) -> None:
        entries = [
            INITIATIVE,
            replace(INITIATIVE, starts_at=SPRING),
            replace(EVENT, starts_at=None),
            replace(CALL, ends_at=None),
        ]
        assert _events(calendar(_feed(*entries))) == []

    @pytest.mark.parametrize("ends_at", [None, EVENT.starts_at, SPRING])
    def test_an_end_that_is_not_after_the_start_is_left_out(self, ends_at: datetime | None) -> None:
        assert "dtend" not in _event(EVENT, ends_at=ends_at)

    @pytest.mark.parametrize(
        ("ends_at", "over"),
        [
            (None, date(2026, 12, 12)),
            (datetime(2026, 12, 11, 22, 59, 59, tzinfo=UTC), date(2026, 12, 12)),
            (datetime(2026, 12, 11, 23, tzinfo=UTC), date(2026, 12, 12)),
            (datetime(2026, 12, 12, 9, tzinfo=UTC), date(2026, 12, 13)),
        ],
    )
    def test_an_all_day_event_ends_on_the_day_after_its_last(self, ends_at: datetime | None, over: date) -> None:
        starts_at = datetime(2026, 12, 10, 23, tzinfo=UTC)  # midnight in Paris
        event = _event(EVENT, starts_at=starts_at, ends_at=ends_at, all_day=True)
        assert event.decoded("dtstart") == date(2026, 12, 11)
        assert event.decoded("dtend") == over

    @pytest.mark.parametrize(
        ("status", "written"), [("CANCELLED", "CANCELLED"), ("TENTATIVE", "TENTATIVE"), ("nonsense", "CONFIRMED")]
    )
    def test_a_cancelled_event_says_so(self, status: str, written: str) -> None:
        assert str(_event(EVENT, status=status)["status"]) == written

    @pytest.mark.parametrize(
        ("latitude", "longitude"), [(None, 2.3), (48.8, None), (91.0, 2.3), (48.8, 181.0), (float("nan"), 2.3)]
    )
    def test_a_place_that_is_not_on_earth_has_no_geo(self, latitude: float | None, longitude: float | None) -> None:
        assert "geo" not in _event(EVENT, latitude=latitude, longitude=longitude)

    @pytest.mark.parametrize("moment", [datetime.min, datetime.max])
    @pytest.mark.parametrize("hours", [-12, 0, 12])
    def test_a_date_at_the_end_of_time_breaks_nothing(self, moment: datetime, hours: int) -> None:
        extreme = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
        feed = _feed(
            replace(EVENT, starts_at=extreme, timezone="Asia/Tokyo"), replace(CALL, ends_at=extreme), replace(EVENT)
        )
        assert [str(event["uid"]) for event in _events(calendar(feed))] == [EVENT.id]

    def test_a_hostile_text_forges_no_property(self) -> None:
        place = "Room 1\r\nATTENDEE:mailto:x@evil.test\r\n; a, b\\"
        html = "<p>a;b,c\\d</p>\r\nEND:VEVENT<br>\nBEGIN:VEVENT"
        body = calendar(_feed(replace(EVENT, title=HOSTILE, place=place, html=html, url=EVENT.url + "\r\nX-A:b")))
        (event,) = _events(body)
        assert str(event["summary"]) == READABLE
        assert str(event["location"]) == "Room 1 ATTENDEE:mailto:x@evil.test ; a, b\\"
        assert str(event["description"]).startswith("a;b,c\\d\n\nEND:VEVENT\nBEGIN:VEVENT")
        assert not {"attendee", "x-a"} & {key.lower() for key in event}
        assert body.count(b"\r\nBEGIN:VEVENT") == 1
        lines = body.split(b"\r\n")
        assert all(len(line) <= 75 for line in lines)
        assert not any(b"\n" in line or b"\r" in line for line in lines)
