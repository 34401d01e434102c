"""Events that come again: the rule as a form says it, its days within bounds, and what each of them says."""

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField

from federation.sanitising import text_of_html
from flask_maillage import sample
from flask_maillage.publications.content import Content
from flask_maillage.publications.kinds import event_occurrences, kind_named, recurrences
from flask_maillage.publications.kinds.event_details import EventDetails
from flask_maillage.publications.kinds.recurrences import recurrence_from_object
from flask_maillage.publications.local_time import wall_clock
from flask_maillage.publications.recurrence import Exclusion, Recurrence, UnknownRule, parsed
from tests.publications.test_forms import content_of, errors_of, form_of, request_context  # noqa: F401 - a fixture
from tests.publications.test_kinds import NOW, changed, facts_of, received, sent

EVENT = kind_named("event")
WEEKLY = {"starts": "2027-03-02T18:00", "ends": "2027-03-02T20:00", "timezone": "Europe/Paris", "repeats": "weekly"}


def recurrence_of(content: Content) -> Recurrence:
    assert isinstance(content.details, EventDetails)
    assert content.details.recurrence is not None
    return content.details.recurrence


def starts(content: Content | None) -> str:
    assert content is not None
    assert content.starts_at is not None
    return wall_clock(content.starts_at, content.timezone).isoformat()


@pytest.mark.parametrize(
    ("fields", "rule", "days"),
    [
        ({"repeats": "daily", "repeat_count": "3"}, "FREQ=DAILY;COUNT=3", "2027-03-02 2027-03-03 2027-03-04"),
        (
            {"repeat_days": ["3"], "repeat_until": "2027-03-11"},
            "FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20270311",
            "2027-03-02 2027-03-04 2027-03-09 2027-03-11",
        ),
        (
            {"repeats": "fortnightly", "repeat_count": "3"},
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=3",
            "2027-03-02 2027-03-16 2027-03-30",
        ),
        (
            {"repeats": "month_day", "starts": "2027-01-31T18:00", "ends": "", "repeat_count": "3"},
            "FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3",
            "2027-01-31 2027-03-31 2027-05-31",
        ),
        (
            {"repeats": "month_weekday", "repeat_count": "3"},
            "FREQ=MONTHLY;BYDAY=1TU;COUNT=3",
            "2027-03-02 2027-04-06 2027-05-04",
        ),
        (
            {"repeats": "month_last", "starts": "2027-03-30T18:00", "ends": "", "repeat_count": "2"},
            "FREQ=MONTHLY;BYDAY=-1TU;COUNT=2",
            "2027-03-30 2027-04-27",
        ),
        ({"repeats": "yearly", "repeat_count": "2"}, "FREQ=YEARLY;COUNT=2", "2027-03-02 2028-03-02"),
        (
            {"repeats": "rule", "repeat_rule": "rrule:freq=weekly;interval=3;count=2"},
            "FREQ=WEEKLY;INTERVAL=3;COUNT=2",
            "2027-03-02 2027-03-23",
        ),
    ],
)
def test_form_says_a_rule_as_people_do(fields: dict[str, Any], rule: str, days: str) -> None:
    recurrence = recurrence_of(content_of("event", **{**WEEKLY, **fields}))
    assert recurrence.rule == rule
    assert " ".join(day.isoformat() for day in recurrence.days) == days


@pytest.mark.parametrize(
    ("fields", "name", "message"),
    [
        ({"repeat_until": "2027-03-01"}, "repeat_until", "It cannot end before it starts."),
        (
            {"repeat_until": "2027-04-01", "repeat_count": "3"},
            "repeat_until",
            "Say until when or how many times, not both.",
        ),
        ({"repeat_count": "1001"}, "repeat_count", "From once to 1,000 times."),
        ({"repeat_except": "2027-03-10"}, "repeat_except", "Line 1: it does not take place on that day anyway."),
        ({"repeat_except": "2027-03-09\n9 March"}, "repeat_except", "Line 2: write a day as 2027-02-09."),
        ({"repeat_also": "2027-02-30"}, "repeat_also", "Line 1: write a day as 2027-02-09."),
        (
            {"repeats": "rule", "repeat_rule": "FREQ=SECONDLY"},
            "repeats",
            "We do not know this rule: see the examples below it.",
        ),
        (
            {"repeats": "rule", "repeat_rule": "FREQ=WEEKLY;BYDAY=MO"},
            "repeats",
            "The first day, given as start, is not a day of this rule.",
        ),
        (
            {"repeats": "month_last", "starts": "2027-03-02T18:00"},
            "repeats",
            "The first day, given as start, is not a day of this rule.",
        ),
        (
            {"repeats": "rule", "repeat_rule": "FREQ=DAILY;UNTIL=20200101"},
            "repeats",
            "It cannot end before it starts.",
        ),
        ({"ends": "2027-05-02T18:00"}, "repeats", "What repeats lasts a month at most."),
    ],
)
def test_error_is_said_at_its_field(fields: dict[str, Any], name: str, message: str) -> None:
    assert errors_of("event", **{**WEEKLY, **fields}) == {name: [message]}


def test_choice_that_no_page_offers_is_refused() -> None:
    typed = {**WEEKLY, "repeats": "hourly", "repeat_except": "2027-03-09"}
    assert errors_of("event", **typed)["repeats"][0] == "This choice does not exist."
    assert list(errors_of("event", **{**WEEKLY, "repeat_days": ["someday"], "repeat_except": "2027-03-09"})) == [
        "repeat_days"
    ]


def test_hour_stays_the_same_when_clocks_change() -> None:
    content = content_of("event", **WEEKLY)
    before, after = (event_occurrences.on(content, date(2027, 3, day)) for day in (23, 30))
    assert (starts(before), starts(after)) == ("2027-03-23T18:00:00+01:00", "2027-03-30T18:00:00+02:00")


def test_hour_that_the_clocks_jump_over_is_an_hour_later_on_that_day_alone() -> None:
    night = {**WEEKLY, "starts": "2027-03-21T02:30", "ends": "2027-03-21T04:00", "repeats": "weekly"}
    content = content_of("event", **night)
    days = [starts(event_occurrences.on(content, day)) for day in recurrence_of(content).days[:3]]
    assert days == ["2027-03-21T02:30:00+01:00", "2027-03-28T03:30:00+02:00", "2027-04-04T02:30:00+02:00"]


def test_next_occurrence_is_the_first_that_is_not_over_and_not_called_off() -> None:
    content = content_of("event", **WEEKLY, repeat_except="2027-03-16 | Holidays", repeat_count="4")
    moments = ("2027-01-01T00:00", "2027-03-02T18:59", "2027-03-02T19:00", "2027-03-09T19:00", "2030-01-01T00:00")
    shown = [starts(EVENT.at(content, datetime.fromisoformat(f"{moment}:00+00:00")))[:10] for moment in moments]
    assert shown == ["2027-03-02", "2027-03-02", "2027-03-09", "2027-03-23", "2027-03-23"]
    assert EVENT.moves_on_at(content) == content.ends_at
    assert EVENT.moves_on_at(EVENT.at(content, datetime(2027, 3, 20, tzinfo=UTC))) is None


def test_day_that_is_called_off_says_why_and_another_day_is_none() -> None:
    content = content_of("event", **WEEKLY, repeat_except="2027-03-16 | Holidays\n2027-03-23")
    off = event_occurrences.on(content, date(2027, 3, 16))
    assert off is not None
    assert (off.status, off.details.model_dump()["reason"]) == ("cancelled", "Holidays")
    assert event_occurrences.on(content, date(2027, 3, 17)) is None
    assert event_occurrences.on(changed(content, recurrence=None), date(2027, 3, 16)) is None


def test_programme_goes_with_the_occurrence() -> None:
    content = content_of("event", **WEEKLY, programme="18:15 talk | About bicycles")
    moved = EVENT.at(content, datetime(2027, 4, 1, tzinfo=UTC))
    assert isinstance(moved.details, EventDetails)
    assert [
        wall_clock(item.starts_at, "Europe/Paris").isoformat() for item in moved.details.programme if item.starts_at
    ] == ["2027-04-06T18:15:00+02:00"]
    assert EVENT.fill_form(moved)["programme"] == EVENT.fill_form(content)["programme"]


def test_form_shows_the_first_day_also_when_that_one_was_called_off() -> None:
    content = content_of("event", **WEEKLY, repeat_except="2027-03-02")
    shown = EVENT.fill_form(EVENT.at(content, datetime(2027, 4, 1, tzinfo=UTC)))
    assert (shown["starts"], shown["status"]) == (datetime(2027, 3, 2, 18), "confirmed")


def test_peers_get_one_event_that_says_how_it_comes_again() -> None:
    content = content_of("event", **WEEKLY, repeat_except="2027-03-09 | Vacances", language="fr")
    document = sent(content)
    assert document["type"] == "Event"
    assert document["startTime"] == "2027-03-02T18:00:00+01:00"
    assert document["recurrence"] == {
        "rule": "FREQ=WEEKLY;BYDAY=TU",
        "firstStart": "2027-03-02T18:00:00",
        "firstEnd": "2027-03-02T20:00:00",
        "exceptions": [{"date": "2027-03-09", "reason": "Vacances"}],
    }
    assert "Chaque semaine le mardi." in text_of_html(document["summary"], limit=500)
    assert "<li>mardi 9 mars 2027: Annulé. Vacances</li>" in document["content"]
    assert facts_of(received(document)) == facts_of(content)


@pytest.mark.parametrize(
    ("rule", "english"),
    [
        ("FREQ=DAILY", "every day"),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=5", "every 2 weeks on Tuesday, 5 times"),
        ("FREQ=MONTHLY;BYDAY=1TU", "every month on the first Tuesday"),
        ("FREQ=MONTHLY;BYMONTHDAY=2;UNTIL=20270602", "every month on day 2, until Wednesday 2 June 2027"),
        ("FREQ=YEARLY", "every year on 2 March"),
    ],
)
def test_rule_in_words(rule: str, english: str) -> None:
    recurrence = Recurrence(rule=rule, first_start=datetime(2027, 3, 2, 18))
    assert recurrences.in_words(recurrence, "en") == english
    assert recurrences.in_words(recurrence, "fr") != english


@pytest.mark.parametrize(
    "rule",
    [
        *("", "nonsense", "FREQ=SECONDLY", "FREQ=HOURLY", "FREQ=DAILY;BYHOUR=1,2", "FREQ=DAILY;FREQ=WEEKLY"),
        *("FREQ=DAILY;COUNT=1001", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=²", "FREQ=DAILY;INTERVAL=100"),
        *("FREQ=DAILY;COUNT=2;UNTIL=20270401", "FREQ=DAILY;UNTIL=00010101", "FREQ=DAILY;UNTIL=20271301"),
        *("FREQ=MONTHLY;BYDAY=MO", "FREQ=MONTHLY;BYDAY=6MO", "FREQ=YEARLY;BYDAY=1MO", "FREQ=MONTHLY;BYMONTHDAY=0"),
        *("FREQ=WEEKLY;INTERVAL=2;WKST=SU", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;" * 100),
    ],
)
def test_rule_that_we_do_not_follow_is_refused_and_an_event_of_a_peer_with_it_is_a_single_one(rule: str) -> None:
    with pytest.raises(UnknownRule):
        parsed(rule)
    document = sent(sample.seminar(NOW)) | {"recurrence": {"rule": rule, "firstStart": "2027-01-08T08:45:00"}}
    details = received(document).details
    assert isinstance(details, EventDetails)
    assert details.recurrence is None


@pytest.mark.parametrize(
    "changes",
    [
        *({"firstStart": moment} for moment in ("0001-01-01T00:00:00", "2250-01-05T00:00:00", "x", None, 7)),
        *({"firstEnd": moment} for moment in ("2027-01-04T00:00:00", "2028-01-05T00:00:00", "9999-12-31T23:59:59")),
        {"firstStart": "2027-01-05T18:00:00+01:00"},
        {"rule": "FREQ=WEEKLY;BYDAY=MO"},
        {"additions": ["9999-12-31"]},
        {"exceptions": [{"date": "soon"}]},
    ],
    ids=str,
)
def test_recurrence_that_cannot_be_is_none(changes: dict[str, Any]) -> None:
    good = {"rule": "FREQ=WEEKLY", "firstStart": "2027-01-05T18:00:00"}
    assert recurrence_from_object(good) is not None
    assert recurrence_from_object(good | changes) is None


@pytest.mark.parametrize(
    ("rule", "first"),
    [
        ("FREQ=DAILY", "1900-01-02"),
        ("FREQ=MONTHLY;INTERVAL=97;BYDAY=5MO;COUNT=1000", "2027-03-29"),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31;COUNT=1000", "2027-01-31"),
        ("FREQ=YEARLY;COUNT=1000", "1904-02-29"),
        ("FREQ=YEARLY;INTERVAL=99;COUNT=1000", "2200-11-28"),
    ],
)
def test_days_are_bounded_in_number_and_in_time(rule: str, first: str) -> None:
    """dateutil goes on to the year 9999 for what hardly ever comes: a second for each of a stranger's events."""
    recurrence = Recurrence(rule=rule, first_start=datetime.fromisoformat(first), first_end=None)
    began = time.process_time()
    days = recurrence.days
    assert time.process_time() - began < 0.4
    assert 1 <= len(days) <= 1000
    assert days[-1] <= date(2200, 11, 28)


def test_occurrences_at_the_end_of_the_calendar_are_in_it() -> None:
    last = datetime(2200, 11, 28)
    recurrence = Recurrence(rule="FREQ=DAILY", first_start=last - timedelta(days=31), first_end=last)
    content = changed(sample.seminar(NOW), recurrence=recurrence, all_day=True)
    assert event_occurrences.on(content, last.date()) is not None


# What holds for any rule.

RULES = st.one_of(
    st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2", "FREQ=YEARLY"]),
    st.integers(1, 28).map(lambda day: f"FREQ=MONTHLY;BYMONTHDAY={day}"),
    st.tuples(st.sampled_from([1, 2, 3, 4, -1]), st.sampled_from(["MO", "WE", "SU"])).map(
        lambda pair: f"FREQ=MONTHLY;BYDAY={pair[0]}{pair[1]}"
    ),
)


@st.composite
def recurring(draw: st.DrawFn) -> Content:
    """An event of any rule that begins on one of its days, in any zone, of hours or of whole days."""
    rule = draw(RULES) + draw(st.sampled_from(["", ";COUNT=7", ";UNTIL=20281231"]))
    day = draw(st.dates(date(2027, 1, 1), date(2027, 12, 1)))
    first = rrulestr(rule.replace(";COUNT=7", ""), dtstart=datetime.combine(day, datetime.min.time()))[0].date()
    lasts = timedelta(minutes=draw(st.integers(1, 1200)))
    start = datetime.combine(first, datetime.min.time()) + timedelta(minutes=draw(st.integers(0, 1439)))
    all_day = draw(st.booleans())
    recurrence = Recurrence(
        rule=rule,
        first_start=datetime.combine(start, datetime.min.time()) if all_day else start,
        first_end=datetime.combine(start, datetime.min.time()) if all_day else start + lasts,
    )
    called_off = draw(st.lists(st.sampled_from(recurrence.days[1:8] or recurrence.days), max_size=3, unique=True))
    exceptions = tuple(Exclusion(day=one, reason=draw(st.sampled_from(["", "Holidays"]))) for one in called_off)
    recurrence = recurrence.model_copy(update={"exceptions": exceptions})
    zone = draw(st.sampled_from(["Europe/Paris", "America/St_Johns", "Pacific/Chatham", "UTC"]))
    content = changed(
        sample.seminar(NOW),
        timezone=zone,
        recurrence=recurrence,
        all_day=all_day,
        display_end_time=True,
        programme=(),
    )
    return EVENT.at(
        event_occurrences.first(content),
        draw(st.datetimes(datetime(2027, 1, 1), datetime(2030, 1, 1))).replace(tzinfo=UTC),
    )


@settings(max_examples=40, deadline=None)
@given(recurring())
def test_event_comes_back_from_form_and_peer_as_it_was(content: Content) -> None:
    """form → document → reading → form: rule, days, hours and zone stay the same, whichever occurrence is shown."""
    back = received(sent(content))
    assert facts_of(back) == facts_of(content)
    shown = EVENT.form()(formdata=None, data=EVENT.fill_form(content), meta={"csrf": False})
    typed: MultiDict[str, Any] = MultiDict()
    for field in shown:
        plain = [field._value() if hasattr(field, "_value") else field.data]
        ticked = ["y"] if field.data else []
        typed.setlist(
            field.name,
            ticked if isinstance(field, BooleanField) else field.data if isinstance(field.data, list) else plain,
        )
    again = EVENT.form()(formdata=typed, meta={"csrf": False})
    assert again.validate(), again.errors
    rewritten = EVENT.content_from_form(again, language="en")
    assert recurrence_of(rewritten).days == recurrence_of(content).days
    assert recurrence_of(rewritten).exceptions == recurrence_of(content).exceptions
    first, same = event_occurrences.first(content), event_occurrences.first(rewritten)
    assert (same.starts_at, same.ends_at) == (first.starts_at, first.ends_at)


@settings(max_examples=40, deadline=None)
@given(recurring(), st.integers(0, 1500))
def test_occurrences_follow_one_another_and_none_is_lost(content: Content, days: int) -> None:
    moment = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(days=days)
    present = EVENT.at(content, moment)
    left = [event_occurrences.on(content, day) for day in recurrence_of(content).remaining]
    coming = [one.starts_at for one in left if one and one.ends_at and one.ends_at > moment]
    assert present.starts_at == (coming[0] if coming else left[-1].starts_at if left and left[-1] else None)
    assert EVENT.at(present, moment) == present
