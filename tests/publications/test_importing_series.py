"""Calendars of what comes again: the rule and its days are taken, followed, given back; what cannot be held is said."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask

from actors.database import session
from flask_maillage.publications.importing import formats
from flask_maillage.publications.importing.models import Import
from flask_maillage.publications.importing.rows import Row, Settings
from flask_maillage.publications.kinds.event_details import EventDetails
from flask_maillage.publications.models import Publication
from flask_maillage.publications.recurrence import Exclusion, Recurrence
from tests.publications.test_importing import bring, calendar, outcomes, take
from tests.reader import Reader

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PARIS = Settings("Europe/Paris", "en")
SERIES = "UID:7\nSUMMARY:Weekly meeting\nDTSTART;TZID=Europe/Paris:20270302T180000\n"
SERIES += "DTEND;TZID=Europe/Paris:20270302T200000\n"
FIRST, LAST = datetime(2027, 3, 2, 18), datetime(2027, 3, 2, 20)


def change(day: str, more: str) -> str:
    return f"UID:7\nSUMMARY:Weekly meeting\nRECURRENCE-ID;TZID=Europe/Paris:{day}T180000\n{more}"


def rows_of(*events: str) -> list[Row]:
    return formats.read(calendar(*events), "icalendar", PARIS)


def recurrence_of(row: Row) -> Recurrence | None:
    assert row.content is not None, row.problem
    assert isinstance(row.content.details, EventDetails)
    return row.content.details.recurrence


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("FREQ=WEEKLY;BYDAY=TU,TH;WKST=SU", "FREQ=WEEKLY;BYDAY=TU,TH"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;WKST=SU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=9", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=9"),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=1", "FREQ=MONTHLY;BYDAY=1TU"),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=2", "FREQ=YEARLY"),
        ("FREQ=DAILY;COUNT=100000", "FREQ=DAILY;COUNT=1000"),
        ("FREQ=WEEKLY;UNTIL=20270316T170000Z", "FREQ=WEEKLY;UNTIL=20270316"),
        ("FREQ=WEEKLY;UNTIL=20270316T165959Z", "FREQ=WEEKLY;UNTIL=20270315"),
        ("FREQ=WEEKLY;UNTIL=20270316", "FREQ=WEEKLY;UNTIL=20270316"),
    ],
)
def test_rule_of_another_calendar_gives_the_same_days_in_our_words(theirs: str, ours: str) -> None:
    (row,) = rows_of(f"{SERIES}RRULE:{theirs}")
    assert recurrence_of(row) == Recurrence(rule=ours, first_start=FIRST, first_end=LAST)
    assert row.notes == ()


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=HOURLY",
        "FREQ=MONTHLY;BYDAY=TU,WE;BYSETPOS=1",
        "FREQ=YEARLY;BYMONTH=4",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU",
        "FREQ=WEEKLY;UNTIL=20270101",
        "FREQ=WEEKLY\nRRULE:FREQ=DAILY",
        "FREQ=WEEKLY\nEXRULE:FREQ=MONTHLY",
    ],
)
def test_what_repeats_in_a_way_that_we_do_not_follow_is_its_first_date_and_says_so(rule: str) -> None:
    (row,) = rows_of(f"{SERIES}RRULE:{rule}")
    assert recurrence_of(row) is None
    assert row.told == [["It repeats in a way that is not followed here; its first date alone was taken.", ""]]


def test_days_left_out_and_added_are_taken_whatever_zone_they_are_written_in() -> None:
    days = (
        "EXDATE:20270309T170000Z\nEXDATE;VALUE=DATE:20270316\nRDATE;TZID=Europe/Paris:20270318T180000,20270319T090000"
    )
    (row,) = rows_of(f"{SERIES}RRULE:FREQ=WEEKLY;COUNT=4\n{days}")
    found = recurrence_of(row)
    assert found is not None
    assert found.remaining == (date(2027, 3, 2), date(2027, 3, 18), date(2027, 3, 23))
    assert row.told == [["Additional days at another hour were not taken:", "2027-03-19"]]


def test_what_comes_again_in_utc_keeps_its_hour_there_and_whole_days_are_whole() -> None:
    utc, days = rows_of(
        "UID:1\nSUMMARY:Call\nDTSTART:20270302T180000Z\nRRULE:FREQ=WEEKLY;COUNT=9",
        "UID:2\nSUMMARY:Market\nDTSTART;VALUE=DATE:20270302\nDTEND;VALUE=DATE:20270304\nRRULE:FREQ=MONTHLY;COUNT=3",
    )
    assert utc.content is not None
    assert utc.content.timezone == "UTC"
    found = recurrence_of(days)
    assert found is not None
    assert (found.first_start, found.first_end) == (datetime(2027, 3, 2), datetime(2027, 3, 3))


def test_days_without_a_rule_and_a_start_beside_the_rule_are_days_too() -> None:
    dates, beside = rows_of(
        f"{SERIES}RDATE;TZID=Europe/Paris:20270405T180000,20270506T180000",
        f"{SERIES.replace('UID:7', 'UID:8')}RRULE:FREQ=WEEKLY;BYDAY=TH;UNTIL=20270311",
    )
    days, thursdays = recurrence_of(dates), recurrence_of(beside)
    assert days is not None
    assert thursdays is not None
    assert days.days == (date(2027, 3, 2), date(2027, 4, 5), date(2027, 5, 6))
    assert "On 3 days." in (dates.content.summary if dates.content else "")
    assert thursdays.days == (date(2027, 3, 2), date(2027, 3, 4), date(2027, 3, 11))


def test_changed_days_belong_to_their_series() -> None:
    at, to = "DTSTART;TZID=Europe/Paris", "DTEND;TZID=Europe/Paris"
    (row,) = rows_of(
        change("20270309", "STATUS:CANCELLED\nCOMMENT:Holidays"),
        f"{SERIES}RRULE:FREQ=WEEKLY;COUNT=7",
        change("20270316", f"{at}:20270317T180000\n{to}:20270317T200000"),
        change("20270323", f"{at}:20270323T193000\n{to}:20270323T213000"),
        change("20270330", f"{at}:20270330T180000\n{to}:20270330T200000\nLOCATION:The other hall"),
        change("20270331", "STATUS:CANCELLED"),
        change("20270406", f"{at}:20270406T180000\n{to}:20270406T190000"),
    )
    found = recurrence_of(row)
    assert found is not None
    assert found.exceptions == (
        Exclusion(day=date(2027, 3, 9), reason="Holidays"),
        Exclusion(day=date(2027, 3, 16), reason="Moved to Wednesday 17 March 2027"),
        Exclusion(day=date(2027, 3, 23), reason="It is at another time: Tuesday 23 March 2027, 19:30"),
        Exclusion(day=date(2027, 4, 6), reason="It is at another time: Tuesday 6 April 2027, 18:00"),
    )
    assert found.additions == (date(2027, 3, 17),)
    assert dict(map(tuple, row.told)) == {
        "Days at another hour were left out, and say why:": "2027-03-23, 2027-04-06",
        "What is said of single days alone was not taken:": "2027-03-30",
        "Changes of days that are none of it were not taken:": "2027-03-31",
    }


def test_series_that_goes_on_otherwise_ends_the_day_before() -> None:
    other = change("20270316", "DTSTART;TZID=Europe/Paris:20270316T200000")
    other = other.replace("RECURRENCE-ID;", "RECURRENCE-ID;RANGE=THISANDFUTURE;")
    (row,) = rows_of(f"{SERIES}RRULE:FREQ=WEEKLY", other)
    found = recurrence_of(row)
    assert found is not None
    assert found.remaining == (date(2027, 3, 2), date(2027, 3, 9))
    assert row.told == [["It goes on otherwise from a day on: it was taken until the day before.", "2027-03-16"]]


def test_day_whose_series_is_not_in_the_file_stands_for_itself() -> None:
    (row,) = rows_of(change("20270309", "DTSTART;TZID=Europe/Paris:20270309T180000"))
    assert recurrence_of(row) is None
    assert row.told == [["It is a day of something that comes again, which the file does not hold.", ""]]


def series_here(app: Flask) -> Recurrence | None:
    with app.app_context():
        details = session().query(Publication).filter_by(name="Weekly meeting").one().content.details
    assert isinstance(details, EventDetails)
    return details.recurrence


@pytest.fixture
def ann(app: Flask) -> Reader:
    reader = Reader(app)
    reader.sign_in()
    return reader


@ON_SQLITE
def test_source_is_followed_as_its_rule_changes(app: Flask, ann: Reader, work: Any) -> None:
    preview = ann.get(bring(ann, calendar(f"{SERIES}RRULE:FREQ=HOURLY")).location)
    assert "It repeats in a way that is not followed here; its first date alone was taken." in preview.text
    report = take(ann, work, calendar(f"{SERIES}RRULE:FREQ=WEEKLY", change("20270301", "STATUS:CANCELLED")))
    assert "Changes of days that are none of it were not taken: 2027-03-01" in report.text
    assert series_here(app) == Recurrence(rule="FREQ=WEEKLY", first_start=FIRST, first_end=LAST)
    take(ann, work, calendar(f"{SERIES}RRULE:FREQ=WEEKLY;COUNT=3", change("20270309", "STATUS:CANCELLED")))
    assert outcomes(app) == ["changed"]
    found = series_here(app)
    assert found is not None
    assert found.remaining == (date(2027, 3, 2), date(2027, 3, 16))
    take(ann, work, calendar(SERIES))
    assert outcomes(app) == ["changed"]
    assert series_here(app) is None


@ON_SQLITE
def test_series_that_began_long_ago_and_goes_on_is_published(app: Flask, ann: Reader, work: Any) -> None:
    began = SERIES.replace("20270302", "20200303")
    ended = began.replace("UID:7", "UID:8").replace("Weekly meeting", "Long over")
    take(ann, work, calendar(f"{began}RRULE:FREQ=WEEKLY", f"{ended}RRULE:FREQ=WEEKLY;COUNT=3"), publishes="y")
    assert outcomes(app) == ["taken", "refused"]
    with app.app_context():
        meeting = session().query(Publication).filter_by(name="Weekly meeting").one()
        assert (meeting.state, meeting.starts_at) == ("published", datetime(2026, 11, 24, 17, tzinfo=UTC))


@ON_SQLITE
def test_what_our_calendar_gives_out_is_taken_in_as_the_same_series(
    app: Flask,
    ann: Reader,
    work: Any,
) -> None:
    days = "EXDATE;TZID=Europe/Paris:20270330T180000\nRDATE;TZID=Europe/Paris:20270331T180000"
    whole = "UID:9\nSUMMARY:Open days\nDTSTART;VALUE=DATE:20270306\nDTEND;VALUE=DATE:20270308"
    more = "RRULE:FREQ=MONTHLY;BYDAY=1SA;UNTIL=20271201\nEXDATE;VALUE=DATE:20270403\nRDATE;VALUE=DATE:20270410"
    take(
        ann,
        work,
        calendar(f"{SERIES}RRULE:FREQ=WEEKLY;UNTIL=20270615T155959Z\n{days}", f"{whole}\n{more}"),
        publishes="y",
    )
    exported = ann.get("/events/calendar.ics").data
    with app.app_context():
        assert session().query(Import).one().report[0]["notes"] == []
        published = session().query(Publication).filter_by(kind="event", state="published")
        here = {one.name: (one.content.details, one.timezone) for one in published}
    rows = formats.read(exported, "icalendar", PARIS)
    assert {row.name for row in rows} == set(here) == {"Weekly meeting", "Open days"}
    for row in rows:
        assert row.content is not None
        details, zone = here[row.name]
        assert (recurrence_of(row), row.content.timezone) == (details.recurrence, zone)
        assert isinstance(row.content.details, EventDetails)
        assert row.content.details.all_day == details.all_day
