"""An event that comes again, on a whole node: its pages, its place in lists, its calendar, and what peers are told."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select

from actors.database import session
from flask_maillage.publications import greeting, listing, publishing
from flask_maillage.publications.models import Publication
from flask_maillage.publications.moving_on import move_on
from flask_maillage.publications.recurrence import Exclusion, Recurrence
from tests.conftest import Clock
from tests.publications import board
from tests.publications.test_publishing_wire import audience, sent  # noqa: F401 - a fixture is used
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def reader(app: Flask) -> Reader:
    return Reader(app)


RULE = Recurrence(
    rule="FREQ=WEEKLY;COUNT=5",
    first_start=datetime(2026, 12, 1, 18),
    first_end=datetime(2026, 12, 1, 20),
    exceptions=(Exclusion(day=date(2026, 12, 15), reason="The hall is closed"),),
)


def meeting(publish: Callable[..., str], app: Flask, **changes: Any) -> str:
    """Put a weekly meeting on the board, as an editor or a partner does, and return the path of its page."""
    with app.app_context():
        details = board.sample_of("event", app.extensions["maillage"].clock()).details
    fields: dict[str, Any] = {
        "name": "Weekly meeting",
        "starts_at": datetime(2026, 12, 1, 17, tzinfo=UTC),
        "ends_at": datetime(2026, 12, 1, 19, tzinfo=UTC),
        "timezone": "Europe/Paris",
        "details": details.model_copy(update={"recurrence": RULE, "programme": ()}),
    }
    return publish(app, "event", **{**fields, **changes})


def stored(path: str) -> Publication:
    identifier = path.rpartition("/")[2]
    return session().scalars(select(Publication).where(Publication.identifier == identifier)).one()


def test_each_day_has_a_page_with_its_neighbours(app: Flask, reader: Reader) -> None:
    path = meeting(board.publish, app)
    page = reader.get(f"{path}/2026-12-08").text
    assert "Tuesday 8 December 2026, 18:00–20:00 (Paris time)" in page
    assert f'rel="prev" href="{path}/2026-12-01"' in page
    assert f'rel="next" href="{path}/2026-12-15"' in page
    assert f'<meta property="og:url" content="http://localhost{path}/2026-12-08">' in page
    series = reader.get(path).text
    assert "Every week on Tuesday, 5 times." in series
    assert f'href="{path}/2026-12-29"' in series


def test_day_that_is_called_off_says_so_and_why(app: Flask, reader: Reader) -> None:
    page = reader.get(f"{meeting(board.publish, app)}/2026-12-15").text
    assert "This event was cancelled." in page
    assert "The hall is closed" in page
    assert "It was to be on Tuesday 15 December 2026" in page


@pytest.mark.parametrize("day", ["2026-12-02", "2027-01-05", "2026-13-01", "tomorrow", "0000-00-00", "2026-12-1"])
def test_day_on_which_there_is_nothing_is_not_there(app: Flask, reader: Reader, day: str) -> None:
    assert reader.get(f"{meeting(board.publish, app)}/{day}").status_code == 404
    assert reader.get(f"{board.publish(app, 'event')}/{day}").status_code == 404


def test_server_that_asks_for_a_day_is_led_to_the_event(app: Flask, reader: Reader) -> None:
    path = meeting(board.publish, app)
    answer = reader.client.get(f"{path}/2026-12-08", headers={"Accept": "application/activity+json"})
    assert (answer.status_code, urlsplit(answer.headers["Location"]).path) == (303, path.replace("/@", "/actors/"))


def test_limited_event_shows_its_days_to_nobody_else(app: Flask, reader: Reader) -> None:
    path = meeting(board.publish, app)
    board.change(app, path, visibility="followers")
    assert reader.get(f"{path}/2026-12-08").status_code == 404


@pytest.mark.parametrize("way", [board.publish, board.receive])
def test_lists_show_the_next_occurrence_in_its_turn(app: Flask, clock: Clock, way: Callable[..., str]) -> None:
    """Also of a copy, whose server may be away."""
    meeting(way, app)
    board.publish(app, "event", name="In between", starts_at=datetime(2026, 12, 5, tzinfo=UTC))
    names = []
    for days in (0, 11):
        clock.turn(days=days)
        with app.app_context():
            while move_on():
                pass
            found = listing.first(listing.coming_events(), 9)
            names.append([(one.name, f"{one.starts_at:%d.%m.}") for one in found])
    assert names == [
        [("Weekly meeting", "01.12."), ("In between", "05.12.")],
        [("In between", "05.12."), ("Weekly meeting", "08.12.")],
    ]


def test_peers_are_told_of_the_next_occurrence_once(
    app: Flask,
    clock: Clock,
    work: Callable[[], int],
    audience: Any,  # noqa: F811 - the fixture
    fediverse: Any,
) -> None:
    path = meeting(board.publish, app)
    work()
    sent(fediverse)
    clock.turn(days=10, hours=6)
    work()
    assert sent(fediverse) == []
    clock.turn(hours=3)
    work()
    update = next(one.json for one in fediverse.arrived if one.method == "POST")
    assert update["object"]["startTime"] == "2026-12-08T18:00:00+01:00"
    assert [(host, verb) for host, verb, _ in sent(fediverse)] == [(f"{host}.test", "Update") for host in "apz"]
    work()
    assert sent(fediverse) == []
    clock.turn(days=7)
    work()
    update = next(one.json for one in fediverse.arrived if one.method == "POST")
    assert update["object"]["startTime"] == "2026-12-22T18:00:00+01:00"
    clock.turn(days=60)
    work()
    with app.app_context():
        assert stored(path).moves_on_at is None
        assert stored(path).starts_at == datetime(2026, 12, 29, 17, tzinfo=UTC)


def test_event_is_published_with_the_occurrence_of_that_day(app: Flask, clock: Clock) -> None:
    path = meeting(board.draft, app)
    clock.turn(days=20)
    with app.app_context():
        publishing.publish(stored(path))
        assert stored(path).starts_at == datetime(2026, 12, 22, 17, tzinfo=UTC)


def test_newcomer_is_told_of_what_comes_again(app: Flask, clock: Clock) -> None:
    """Its first day is over, and no chore has run since: what is coming is asked of the rows."""
    meeting(board.publish, app)
    clock.turn(days=11)
    with app.app_context():
        move_on()
        coming = listing.first(listing.coming_events(), greeting.AT_MOST)
        assert [one.name for one in coming] == ["Weekly meeting"]


def test_calendar_has_the_rule_in_the_zone_of_the_event(app: Flask, reader: Reader, clock: Clock) -> None:
    path = meeting(board.publish, app)
    clock.turn(days=11)
    with app.app_context():
        move_on()
    text = reader.get(f"{path}/calendar.ics").text
    event = Calendar.from_ical(text).walk("VEVENT")[0]
    assert event["DTSTART"].dt.isoformat() == "2026-12-01T18:00:00+01:00"
    assert event["DTEND"].dt.isoformat() == "2026-12-01T20:00:00+01:00"
    assert event["RRULE"].to_ical() == b"FREQ=WEEKLY;COUNT=5"
    assert "EXDATE;TZID=Europe/Paris:20261215T180000" in text


def test_calendar_ends_a_rule_in_the_type_of_its_start(app: Flask, reader: Reader) -> None:
    """RFC 5545 §3.3.10: UNTIL is a day where DTSTART is one, else a time in UTC."""
    until = RULE.model_copy(update={"rule": "FREQ=WEEKLY;UNTIL=20261229", "additions": (date(2026, 12, 30),)})
    hours = meeting(board.publish, app)
    days = meeting(board.publish, app, name="Days")
    with app.app_context():
        for path, all_day in ((hours, False), (days, True)):
            content = stored(path).content
            details = content.details.model_copy(update={"recurrence": until, "all_day": all_day})
            stored(path).content = content.model_copy(update={"details": details})
            session().commit()
    assert "RRULE:FREQ=WEEKLY;UNTIL=20261229T225959Z" in reader.get(f"{hours}/calendar.ics").text
    text = reader.get(f"{days}/calendar.ics").text
    assert "RRULE:FREQ=WEEKLY;UNTIL=20261229\r\n" in text
    assert "DTSTART;VALUE=DATE:20261201" in text
    assert "DTEND;VALUE=DATE:20261202" in text
    assert "EXDATE;VALUE=DATE:20261215" in text
    assert "RDATE;VALUE=DATE:20261230" in text


def test_postponed_event_waits_at_the_end_of_what_is_coming(app: Flask, clock: Clock) -> None:
    board.publish(app, "event", name="Postponed", status="postponed")
    board.publish(app, "event", name="Late", starts_at=datetime(2028, 1, 1, tzinfo=UTC), ends_at=None)
    for days, coming, past in (
        (0, ["Late", "Postponed"], []),
        (100, ["Late", "Postponed"], []),
        (600, [], ["Late", "Postponed"]),
    ):
        clock.turn(days=days)
        with app.app_context():
            assert [one.name for one in listing.first(listing.coming_events(), 9)] == coming
            assert [one.name for one in listing.first(listing.past_events(), 9)] == past


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        ({"status": "cancelled"}, ["This event was cancelled.", "It was to be on Friday 8 January 2027"]),
        ({"status": "postponed"}, ["its new date is not known yet", "The date is not set yet."]),
        ({"status": "tentative"}, ["This event is still to be confirmed."]),
        (
            {"status": "moved_online", "online_url": "https://meet.example/1"},
            ["This event takes place online only.", 'href="https://meet.example/1"'],
        ),
    ],
)
def test_page_says_at_the_top_what_is_not_as_announced(
    app: Flask, reader: Reader, changes: dict[str, Any], sentences: list[str]
) -> None:
    with app.app_context():
        details = board.sample_of("event", app.extensions["maillage"].clock()).details
    details = details.model_copy(update={"reason": "A strike of the trains"})
    page = reader.get(board.publish(app, "event", details=details, **changes)).text
    top = page[: page.index('class="prose"')]
    assert all(sentence in top for sentence in [*sentences, "A strike of the trains"])


def test_revision_of_the_date_says_what_it_was(app: Flask, reader: Reader) -> None:
    path = board.publish(app, "event")
    with app.app_context():
        content = stored(path).content
        later = {"starts_at": datetime(2027, 2, 1, 8, tzinfo=UTC), "ends_at": datetime(2027, 2, 1, 9, tzinfo=UTC)}
        publishing.revise(stored(path), content.model_copy(update=later))
        session().commit()
    page = reader.get(path).text
    assert "This event has a new date." in page
    assert "It was to be on Friday 8 January 2027, 08:45 (Paris time)." in page


def test_minutes_stand_under_afterwards(app: Flask, reader: Reader) -> None:
    with app.app_context():
        details = board.sample_of("event", app.extensions["maillage"].clock()).details
    details = details.model_copy(update={"minutes": "<p>We <em>met</em>.</p>", "outcomes": ("A committee",)})
    page = reader.get(board.publish(app, "event", details=details)).text
    after = page[page.index('id="afterwards"') :]
    assert "<p>We <em>met</em>.</p>" in after
    assert "<li>A committee</li>" in after
