"""What hostile contents become: rows P04 to P11 of `protocol.md` §4.4, through both inboxes and onto every page.

A followed actor publishes an event whose fields are an attack; then everything that shows it is read as a browser, a
feed reader or a calendar reads it.
"""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from actors import following, local, remote
from actors.database import session
from flask_maillage.publications.models import Publication
from inboxes.models import Letter
from tests.conftest import Clock
from tests.fediverse import Fediverse, RemoteActor
from tests.inboxes.letters import INBOXES

SCHEMES = {"", "http", "https", "mailto", "webcal", "geo", "tel"}
RUNS = {"script", "style", "iframe", "object", "embed", "math", "base"}
"""Not `svg`: our own icons are drawn so; what would run inside of one is looked for by itself."""
MARKUP = (
    "<script>evil()</script>",
    "<img src=x onerror=evil()>",
    "<svg onload=evil()><script>evil()</script></svg>",
    "<style>*{display:none}</style>",
    '<iframe src="https://evil.test/"></iframe>',
    '<a href="javascript:evil()">x</a>',
    '<a href="java&#10;script:evil()">x</a>',
    '<a href=" &#1; javascript:evil()">x</a>',
    '<a href="data:text/html,evil()">x</a>',
    '<a href="vbscript:evil()">x</a>',
    "<math><mi xlink:href='javascript:evil()'>x</mi></math>",
    "<noscript><p title='</noscript><img src=x onerror=evil()>'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=evil()>",
    "<p><b><i>unclosed <a href='https://c.test'",
    "<form action='https://evil.test'><input name=password></form>",
    "<" * 5000,
    "<b>" * 20_000,
)


ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what a page makes of a text, which is the same whatever database it lay in."""


class Page(HTMLParser):
    """What a browser would run or follow inside of the main part of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inside = 0
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "main":
            self.inside += 1
        if not self.inside:
            return
        if tag in RUNS:
            self.found.append(f"<{tag}>")
        for name, value in attributes:
            address = "".join((value or "").split()).lower()
            if name.startswith("on") or name == "style":
                self.found.append(name)
            if name in ("href", "src", "action", "formaction", "xlink:href") and (
                urlsplit(address).scheme not in SCHEMES or ("evil.test" in address and tag not in ("a",))
            ):
                self.found.append(f"{name}={address}")

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self.inside -= 1


@pytest.fixture
def bob(app: Flask, fediverse: Fediverse) -> RemoteActor:
    """A group on b.test that the union follows."""
    actor = fediverse.actor("bob", "b.test", "bob", "Group")
    with app.app_context():
        following.follow(local.find("union"), remote.remember(remote.look_up(actor.iri))).state = "accepted"
        session().commit()
    return actor


Show = Callable[..., dict[str, str]]


@pytest.fixture
def shown(app: Flask, client: FlaskClient, clock: Clock, work: Callable[[], int], bob: RemoteActor) -> Show:
    """Send an event through an inbox, and return everything that shows it, by the path where."""

    def read(target: str, **fields: Any) -> dict[str, str]:
        document = bob.activity("Create", bob.event(target[-12:].strip("/").replace("/", "-"), **fields), target)
        document["id"] = f"{bob.iri}/activities/{len(target)}"
        answer = bob.post(client, document, target, now=clock())
        assert answer.status_code == 202
        work()
        with app.app_context():
            letter = session().scalars(select(Letter).where(Letter.iri == document["id"])).one()
            assert letter.attempts == 1, letter.outcome
            found = session().scalars(select(Publication).where(~Publication.local)).one_or_none()
            paths = ["/", "/events", "/feed.atom", "/feed.rss", "/feed.json", "/calendar.ics"]
            paths += [found.page.removeprefix("http://localhost")] if found else []
        return {path: client.get(path).text for path in paths}

    return read


def assert_harmless(pages: dict[str, str]) -> None:
    for path, text in pages.items():
        if path.endswith((".atom", ".rss")):
            root = ElementTree.fromstring(text)
            carried = [
                part.text or ""
                for part in root.iter()
                if part.tag.endswith(("content", "summary", "description", "encoded"))
            ]
            assert [
                Page(f"<main>{part}</main>").found for part in carried if Page(f"<main>{part}</main>").found
            ] == [], path
        elif path.endswith(".json"):
            items = [item.get("content_html", "") for item in json.loads(text)["items"]]
            assert [Page(f"<main>{item}</main>").found for item in items if Page(f"<main>{item}</main>").found] == [], (
                path
            )
        elif path.endswith(".ics"):
            Calendar.from_ical(text)
        else:
            assert Page(text).found == [], path


@ON_SQLITE
@pytest.mark.parametrize("target", INBOXES)
@pytest.mark.parametrize("number", range(len(MARKUP)))
def test_p04_markup_is_made_harmless(shown: Show, target: str, number: int) -> None:
    attack = f"Before {MARKUP[number]} after"
    assert_harmless(shown(target, content=attack, summary=attack, name=attack))


@ON_SQLITE
@pytest.mark.parametrize("target", INBOXES)
@pytest.mark.parametrize(
    "address",
    ["javascript:evil()", "data:text/html,x", "/relative", "https://", "//evil.test/x", "vbscript:x", 7, None],
)
def test_p05_addresses_that_are_not_of_the_web_are_dropped(shown: Show, target: str, address: Any) -> None:
    pages = shown(
        target,
        url=address,
        icon={"type": "Image", "url": address},
        image={"type": "Image", "url": address},
        attachment=[{"type": "Link", "href": address}, {"type": "Document", "url": address, "mediaType": "image/png"}],
        onlineLocation=address,
        location={"type": "Place", "name": "Hall", "url": address},
        externalParticipationUrl=address,
    )
    assert_harmless(pages)
    assert not any("evil()" in text for text in pages.values())


@pytest.mark.parametrize("target", INBOXES)
def test_p06_names_do_not_turn_a_page_around(app: Flask, shown: Show, target: str) -> None:
    pages = shown(target, name="Ev\u202eening\u2066 \u200bat\x07 the\u009f hall" + "\u0301" * 1000)
    for path, text in pages.items():
        assert not set(text) & set("\u202e\u2066\u200b\x07\u009f"), path
    with app.app_context():
        name = session().scalars(select(Publication.name).where(~Publication.local)).one()
        assert name.startswith("Evening")
        assert len(name) <= 300


@pytest.mark.parametrize("target", INBOXES)
@pytest.mark.parametrize(
    "fields",
    [
        {"maximumAttendeeCapacity": -5},
        {"maximumAttendeeCapacity": 2**40},
        {"maximumAttendeeCapacity": 1e308},
        {"maximumAttendeeCapacity": "12"},
        {"remainingAttendeeCapacity": -1, "participantCount": -7},
        {"location": {"type": "Place", "name": "Hall", "latitude": 91, "longitude": 181}},
        {"location": {"type": "Place", "name": "Hall", "latitude": "48", "longitude": []}},
        {"startTime": "2026-13-45T99:00:00Z"},
        {"startTime": 5, "endTime": {}},
        {"endTime": "0001-01-01T00:00:00+14:00"},
        {"endTime": "9999-12-31T23:59:59-14:00"},
        {"timezone": "../../etc/passwd"},
        {"duration": "P99999999Y"},
    ],
)
def test_p08_numbers_and_times_out_of_bounds_break_nothing(shown: Show, target: str, fields: dict[str, Any]) -> None:
    assert_harmless(shown(target, **fields))


@pytest.mark.parametrize("target", INBOXES)
def test_p09_long_lists_cost_no_fetch_and_end(shown: Show, fediverse: Fediverse, bob: RemoteActor, target: str) -> None:
    sent = len(fediverse.arrived)
    many = [fediverse.address(f"h{number}.test", f"/users/{number}") for number in range(300)]
    pages = shown(
        target,
        cc=many,
        tag=[{"type": "Mention", "href": one, "name": "@x"} for one in many]
        + [{"type": "Hashtag", "name": f"#tag{number}"} for number in range(200)],
        attachment=[{"type": "Document", "url": one, "mediaType": "image/png"} for one in many],
        organizers={"type": "Collection", "items": many},
        subEvent=[
            {"type": "Event", "name": f"Item {number}", "startTime": "2026-12-11T18:00:00Z"} for number in range(300)
        ],
    )
    assert_harmless(pages)
    assert len([one.host for one in fediverse.arrived[sent:] if one.host != "b.test"]) <= 1  # the worker, for the image
    assert max(len(text) for text in pages.values()) < 600_000


@pytest.mark.parametrize("target", INBOXES)
def test_p11_exports_are_escaped(shown: Show, target: str) -> None:
    name = "=cmd('x')\r\nBEGIN:VEVENT\r\nSUMMARY:forged; and, so on"
    pages = shown(target, name=name, location={"type": "Place", "name": "Hall;\r\nATTENDEE:mailto:x@y.test"})
    events = list(Calendar.from_ical(pages["/calendar.ics"]).walk("VEVENT"))
    assert [str(event["SUMMARY"]).startswith("=cmd") for event in events] == [True]
    assert all("ATTENDEE" not in event for event in events)
    for path in ("/feed.atom", "/feed.rss"):
        ElementTree.fromstring(pages[path])


@ON_SQLITE
@pytest.mark.parametrize("target", INBOXES)
@pytest.mark.parametrize("kind", ["image/svg+xml", "image/png", "text/html", "application/activity+json"])
def test_p13_media_of_others_is_asked_for_by_the_worker_alone_and_shown_from_here_or_not_at_all(
    shown: Show, fediverse: Fediverse, bob: RemoteActor, target: str, kind: str
) -> None:
    picture = fediverse.address("media.test", "/evil.svg")
    image = {"type": "Image", "url": picture, "mediaType": kind, "name": "A picture"}
    pages = shown(target, image=image, icon=image, attachment=[image, image | {"type": "Document"}])
    assert_harmless(pages)
    assert len([one.host for one in fediverse.arrived if one.host == "media.test"]) <= 1
    for path, text in pages.items():
        if not path.startswith(("/feed", "/calendar")):
            assert not re.search(rf"<(img|source|image)[^>]*{re.escape('media.test')}", text), path


def test_b20_files_of_ours_are_never_actors(client: FlaskClient) -> None:
    """B20: what lies on our host as a file has a type of its own, and nobody who asks for an actor gets it as one."""
    asked = {"Accept": "application/activity+json"}
    for path in ("/static/mark.svg", "/static/mark.png"):
        with client.get(path, headers=asked) as answer:
            assert answer.status_code == 200
            assert answer.content_type.partition("/")[0] == "image"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
