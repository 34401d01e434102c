"""Whole days, several days, what is not as it was announced, and what came of it: an event's form, wire and words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from federation.sanitising import text_of_html
from flask_maillage import sample
from flask_maillage.publications.categories import CATEGORIES
from flask_maillage.publications.content import ActorRef, Content
from flask_maillage.publications.kinds import kind_named
from flask_maillage.publications.kinds.event_details import EventDetails
from flask_maillage.publications.kinds.event_times import is_of_several_days
from tests.publications.test_forms import content_of, errors_of, request_context  # noqa: F401 - the fixture is used
from tests.publications.test_kinds import NOW, changed, facts_of, received, sent

EVENT = kind_named("event")
FEBRUARY = datetime(2027, 2, 1, 8, tzinfo=UTC)
DAYS = {"all_day": "y", "starts": "2027-03-27T10:15", "ends": "2027-03-29T08:00", "timezone": "Europe/Paris"}


def revised(old: Content, new: Content) -> Content:
    """Return what an event says after it was changed."""
    return EVENT.revised(old, new, NOW, "")


def details(content: Content) -> EventDetails:
    assert isinstance(content.details, EventDetails)
    return content.details


def summary(content: Content) -> str:
    return text_of_html(EVENT.summary(content), limit=600)


def test_whole_days_begin_with_the_first_and_end_with_the_last_over_a_change_of_clocks() -> None:
    content = content_of("event", **DAYS)
    document = sent(content)
    assert document["startTime"] == "2027-03-27T00:00:00+01:00"
    assert document["endTime"] == "2027-03-29T23:59:59+02:00"
    assert (document["allDay"], document["displayEndTime"]) == (True, True)
    assert facts_of(received(document)) == facts_of(content)
    assert is_of_several_days(content)


@pytest.mark.parametrize(("typed", "all_day"), [("2027-03-27", "y"), ("2027-03-27T10:00", "y")])
def test_one_whole_day_needs_no_end_and_no_hour(typed: str, all_day: str) -> None:
    content = content_of("event", starts=typed, all_day=all_day)
    assert content.starts_at == datetime(2027, 3, 26, 23, tzinfo=UTC)
    assert content.ends_at == datetime(2027, 3, 27, 22, 59, 59, tzinfo=UTC)
    assert not is_of_several_days(content)
    assert "samedi 27 mars 2027." in summary(content)


def test_days_are_said_without_hours() -> None:
    assert "du samedi 27 mars 2027 au lundi 29 mars 2027." in summary(content_of("event", **DAYS))


@pytest.mark.parametrize(
    ("fields", "name", "message"),
    [
        ({"starts": "2027-03-27"}, "starts", "Say at what time too, or tick “All day”."),
        ({"ends": "2027-03-27"}, "ends", "Say at what time too, or tick “All day”."),
        ({**DAYS, "ends": "2027-03-26T09:00"}, "ends", "Its last day cannot be before its first."),
        ({**DAYS, "ends": "2250-03-26T09:00"}, "ends", "Choose a year from 1900 to 2200."),
        ({**DAYS, "starts": "1850-03-26T09:00"}, "starts", "Choose a year from 1900 to 2200."),
        ({"status": "moved_online"}, "status", "Give the address to follow it online, under “Place”."),
    ],
)
def test_error_is_said_at_its_field(fields: dict[str, str], name: str, message: str) -> None:
    assert errors_of("event", **fields) == {name: [message]}


def test_night_in_which_clocks_go_back_may_end_at_an_earlier_hour_than_it_began() -> None:
    """Half past two comes twice that night: the start is the first one, the end the one after it."""
    night = {"starts": "2027-10-31T02:30", "ends": "2027-10-31T02:15", "timezone": "Europe/Paris"}
    content = content_of("event", **night)
    assert content.starts_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert content.ends_at == datetime(2027, 10, 31, 1, 15, tzinfo=UTC)
    assert errors_of("event", **{**night, "ends": "2027-10-31T01:30"}) == {"ends": ["It must end after it starts."]}


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2027-03-27", None, ("2027-03-26T23", "2027-03-27T21:59:59")),
        ("2027-03-27", "2027-03-28", ("2027-03-26T23", "2027-03-28T21:59:59")),
    ],
)
def test_dates_without_times_are_whole_days(start: str, end: str | None, days: tuple[str, str]) -> None:
    document = sent(sample.seminar(NOW)) | {"startTime": start, "endTime": end, "timezone": "Europe/Berlin"}
    content = received(document)
    assert details(content).all_day
    assert content.starts_at is not None
    assert content.starts_at.isoformat().startswith(days[0])
    assert content.ends_at is not None
    assert content.ends_at.date().isoformat() == days[1][:10]


def test_midnight_after_the_last_day_belongs_to_that_day() -> None:
    document = sent(content_of("event", **DAYS)) | {"endTime": "2027-03-30T00:00:00+02:00"}
    assert received(document).ends_at == content_of("event", **DAYS).ends_at


@pytest.mark.parametrize("nonsense", ["0001-01-01", "9999-12-31", "2200-12-31"])
def test_whole_days_at_the_edge_of_the_calendar_are_no_error(nonsense: str) -> None:
    document = sent(content_of("event", **DAYS)) | {"endTime": nonsense}
    assert received(document).starts_at == content_of("event", **DAYS).starts_at


def test_event_that_was_moved_says_so_by_itself_and_keeps_the_start_people_planned_by() -> None:
    old = sample.seminar(NOW)
    moved = revised(old, changed(old, **{"starts_at": FEBRUARY, "ends_at": FEBRUARY + timedelta(hours=5)}))
    assert moved.status == "rescheduled"
    document = sent(moved)
    assert document["previousStartTime"] == "2027-01-08T08:45:00+01:00"
    assert (document["status"], document["eventStatus"]) == ("CONFIRMED", "EventRescheduled")
    assert summary(moved).startswith("New date: it was to be on Friday 8 January 2027. Monday 1 February 2027")
    assert facts_of(received(document)) == facts_of(changed(moved))
    again = revised(moved, changed(moved, starts_at=datetime(2027, 3, 1, 8, tzinfo=UTC)))
    assert details(again).previous_starts == (old.starts_at, moved.starts_at)


@pytest.mark.parametrize("status", ["tentative", "postponed", "cancelled"])
def test_other_status_stays_what_it_is_when_the_date_changes(status: str) -> None:
    old = sample.seminar(NOW)
    new = revised(old, changed(old, status=status, starts_at=datetime(2027, 2, 1, 8, tzinfo=UTC)))
    assert new.status == status


def test_change_of_words_is_no_change_of_date() -> None:
    old = sample.seminar(NOW)
    assert revised(old, changed(old, name="Another")) == changed(old, name="Another")


def test_postponed_event_gives_its_former_start_in_both_vocabularies() -> None:
    """FEP-8a8e wants `previousStartTime`; Mobilizon refuses an event without `startTime`, whatever its status."""
    content = changed(sample.seminar(NOW), status="postponed", reason="The speaker is ill.")
    document = sent(content)
    assert document["startTime"] == document["previousStartTime"] == "2027-01-08T08:45:00+01:00"
    assert document["name"].startswith("[POSTPONED] ")
    assert document["summary"] == (
        "<p>Postponed, to a day that is not known yet. It was to be on Friday 8 January 2027. The speaker is ill.</p>"
    )
    assert facts_of(received(document)) == facts_of(content)


def test_event_that_was_moved_online_sends_nobody_to_its_place() -> None:
    content = changed(sample.seminar(NOW), status="moved_online", online_url="https://meet.example/1")
    document = sent(content)
    assert "location" not in document
    assert document["isOnline"] is True
    assert document["virtualLocation"] == {
        "type": "VirtualLocation",
        "name": "Online",
        "url": "https://meet.example/1",
    }
    assert "Paris, " not in summary(content).replace("Europe/Paris", "")
    assert received(document).online_url == "https://meet.example/1"


def test_place_and_online_address_travel_together() -> None:
    document = sent(changed(sample.seminar(NOW), online_url="https://meet.example/1"))
    assert document["location"]["type"] == "Place"
    assert document["attachment"][-1]["href"] == "https://meet.example/1"
    content = received(document)
    assert (content.place.name if content.place else "", content.online_url) == ("Paris", "https://meet.example/1")


def test_contacts_are_actors_for_mobilizon_and_words_for_people() -> None:
    contacts = (ActorRef(iri="https://a.example/u", name="Ana"), ActorRef(name="Bo, 02 123 45 67"))
    content = changed(sample.seminar(NOW), contacts=contacts)
    document = sent(content)
    assert document["contacts"] == ["https://a.example/u"]
    assert document["contactPoints"] == [
        {"id": "https://a.example/u", "type": "Group", "name": "Ana"},
        "Bo, 02 123 45 67",
    ]
    assert "Bo, 02 123 45 67" in document["content"]
    assert facts_of(received(document)) == facts_of(content)


def test_minutes_and_outcomes_are_written_in_markdown_and_travel_in_content_too() -> None:
    fields: dict[str, Any] = {"minutes": "We *agreed*. <script>x</script>", "outcomes": "A committee\nA date"}
    content = content_of("event", **fields)
    assert "<script" not in details(content).minutes
    document = sent(content)
    assert document["minutes"] == details(content).minutes
    assert "<em>agreed</em>" in document["minutes"]
    assert "<h2>Compte rendu</h2>" in document["content"]
    assert document["outcomes"] == ["A committee", "A date"]
    assert facts_of(received(document)) == facts_of(content)
    assert received(document | {"minutes": "<p onclick='x()'>Hi<iframe></iframe></p>"}).details.model_dump()[
        "minutes"
    ] == ("<p>Hi</p>")


def test_categories_are_those_of_the_fep_and_of_mobilizon() -> None:
    """36 of FEP-8a8e, and the one of Mobilizon's that it lacks."""
    assert len(CATEGORIES) == 37
    assert {"CLIMATE_ENVIRONMENT", "WORKSHOPS_SKILL_SHARING", "HEALTH", "MEETING"} <= CATEGORIES.keys()
