"""The forms: what is typed is kept, what is wrong is said at its field, what is right becomes a publication."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from flask_maillage import sample
from flask_maillage.publications.completeness import gaps
from flask_maillage.publications.content import ActorRef, Content
from flask_maillage.publications.forms.base import PublicationForm
from flask_maillage.publications.kinds import KINDS, kind_named
from flask_maillage.publications.kinds.call_details import CallDetails, Cohort, Question, Seat
from flask_maillage.publications.kinds.event_details import EventDetails
from flask_maillage.publications.kinds.registration import Registration
from flask_maillage.publications.local_time import NoSuchTime, end_of_day, instant, start_of_day
from flask_maillage.publications.topics import OTHER
from flask_maillage.territory.places import Place
from tests.publications.typing_in import rows, typed_in

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)

CALL = {
    "name": " Coaching for ten ",
    "text": "Come *all*.",
    "language": "en",
    "deadline": "2027-01-13",
    "timezone": "Europe/Brussels",
}
EVENT = {
    "name": "Seminar",
    "text": "Come.",
    "language": "fr",
    "starts": "2027-03-01T09:00",
    "timezone": "Europe/Paris",
    "status": "confirmed",
    "category": "MEETING",
    "join_mode": "free",
    "country": "",
}
INITIATIVE = {"name": "Repair café", "text": "We repair.", "language": "en", "stage": "", "country": ""}
NEWS = {"name": "Spring", "text": "It is here.", "language": "en"}
SMALLEST = {"call": CALL, "event": EVENT, "initiative": INITIATIVE, "news": NEWS}


@pytest.fixture(autouse=True)
def request_context() -> Iterator[None]:
    app = Flask(__name__)
    app.secret_key = "only for tests"
    with app.test_request_context(headers={"Accept-Language": "en"}):
        yield


def form_of(kind: str, **fields: Any) -> Any:
    """Return the form as it is after somebody typed `fields`, on top of the smallest valid one."""
    data: MultiDict[str, Any] = MultiDict(SMALLEST[kind])
    for name, value in fields.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return kind_named(kind).form()(formdata=data, meta={"csrf": False})


def errors_of(kind: str, **fields: Any) -> dict[str, list[str]]:
    """Return what a form says of itself; where that is nothing, what the rules of every way in say at its fields."""
    form = form_of(kind, **fields)
    if not form.validate():
        return {name: list(errors) for name, errors in form.errors.items()}
    found: dict[str, list[str]] = {}
    for gap in gaps(kind_named(kind).content_from_form(form, language="en")):
        found.setdefault(gap.field, []).append(gap.sentence)
    return found


def content_of(kind: str, **fields: Any) -> Content:
    form = form_of(kind, **fields)
    assert form.validate(), form.errors
    return kind_named(kind).content_from_form(form, language="en")


@pytest.mark.parametrize("kind", SMALLEST)
def test_few_fields_are_enough(kind: str) -> None:
    content = content_of(kind)
    assert (content.kind, content.name) == (kind, SMALLEST[kind]["name"].strip())
    assert content.summary == kind_named(kind).summary(content)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_field_is_shown_once(kind: Any) -> None:
    form = kind.form()(formdata=None, meta={"csrf": False})
    shown = [*form.essential, *(name for _, names in form.groups for name in names)]
    assert sorted(shown) == sorted(field.name for field in form)


@pytest.mark.parametrize(
    "content",
    [sample.call(NOW), sample.seminar(NOW), sample.initiative(NOW), sample.news(NOW)],
    ids=lambda content: content.kind,
)
def test_form_shows_a_publication_again_and_gives_it_back_unchanged(content: Content) -> None:
    kind = kind_named(content.kind)
    shown = kind.form()(formdata=None, data=kind.fill_form(content), meta={"csrf": False})
    again = kind.form()(formdata=typed_in(shown), meta={"csrf": False})
    assert again.validate(), again.errors
    back = kind.content_from_form(again, language="en")
    assert kind.differences(content, back) == []
    assert back.source == content.source.strip()


def test_what_was_typed_is_kept_when_something_is_wrong() -> None:
    form = form_of("event", starts="the first of March", capacity="many", programme="nonsense", name="x")
    assert not form.validate()
    assert form.starts._value() == "the first of March"
    assert form.capacity._value() == "many"
    assert form.programme.data == "nonsense"


@pytest.mark.parametrize("kind", SMALLEST)
@pytest.mark.parametrize(
    ("fields", "name", "message"),
    [
        ({"name": "ab"}, "name", "A title has between 3 and 180 characters."),
        ({"name": "\u200b\u200b\u200b\u200b"}, "name", "A title has between 3 and 180 characters."),
        ({"name": "x" * 181}, "name", "A title has between 3 and 180 characters."),
        ({"text": ""}, "text", "Write at least a sentence."),
        ({"language": "xx"}, "language", "This choice does not exist."),
        ({"tags": " ".join(f"a{n}" for n in range(21))}, "tags", "Write at most 20 tags."),
        (
            {"tags": "#fine tiers-lieu"},
            "tags",
            "“tiers-lieu” cannot be a tag: write 2 to 39 letters, digits and _, not only digits.",
        ),
        (
            {"organisers": "IRES\nETUC | etuc.org"},
            "organisers",
            "Line 2: after “|” write the address or the handle of an actor, or nothing.",
        ),
    ],
)
def test_error_of_any_form_is_said_at_its_field(kind: str, fields: dict[str, str], name: str, message: str) -> None:
    assert errors_of(kind, **fields) == {name: [message]}


@pytest.mark.parametrize("kind", ["call", "event", "initiative"])
def test_title_is_asked_for_and_text_has_a_limit_but_in_news(kind: str) -> None:
    assert errors_of(kind, name="") == {"name": ["Give it a title."]}
    assert errors_of(kind, text="x" * 20_001) == {"text": ["This is too long: at most 20,000 characters."]}
    assert errors_of("news", name="") == {}
    assert errors_of("news", text="x" * 5_001) == {"text": ["This is too long for news: at most 5,000 characters."]}


@pytest.mark.parametrize(
    ("fields", "name", "message"),
    [
        ({"deadline": ""}, "deadline", "Choose the last day to apply, as 2027-01-13."),
        ({"opens_on": "2027-01-14"}, "opens_on", "The first day to apply is after the last."),
        ({"timezone": "Mars/Base"}, "timezone", "This choice does not exist."),
        ({"maximum_selected": "0"}, "maximum_selected", "At least one, at most 10,000."),
        ({"cohorts": "One | five"}, "cohorts", "Line 1: write “Name | 5”."),
        (
            {"cohorts": "One | 5\nTwo | 4", "maximum_selected": "10"},
            "cohorts",
            "The groups hold 9 together, but 10 can be selected.",
        ),
        (
            rows("committee", {"name": "Ann", "role": "Chair", "organisation": "ann@ires.example"}),
            "committee",
            "Seat 1: Leave e-mail addresses out here, everybody could read them.",
        ),
        (
            rows("committee", {"name": "Ann"}, {"name": "Bea", "actor": "somewhere"}),
            "committee",
            "Seat 2: Write a handle, as @name@host, or the whole address",
        ),
        (rows("committee", {"name": "Ann", "key": "a key"}), "committee", "Seat 1: This row was not written by this"),
        (rows("questions", {"help": "In a word."}), "questions", "Question 1: Write the question."),
        (
            rows("questions", {"label": "Which?", "answer": "choice", "choices": "One\nOne"}),
            "questions",
            "Question 1: Write at least two different choices, one per line.",
        ),
        (rows("questions", {"label": "Why?", "answer": "poem"}), "questions", "Question 1: This choice does not"),
        (
            rows("questions", {"label": "Plan", "answer": "file", "megabytes": "51"}),
            "questions",
            "Question 1: From 1 to 50 megabytes.",
        ),
        (
            rows("questions", {"label": "Plan", "answer": "file", "media_types": "text/html"}),
            "questions",
            "Question 1: There is no choice “text/html”.",
        ),
        ({"deadline": "2027-02-30"}, "deadline", "There is no such day: write year, month and day, as 2027-01-13."),
        ({"deadline_time": "soon"}, "deadline_time", "Write a time of day, as 18:00."),
        (
            {"deadline": "2027-03-28", "deadline_time": "02:30"},
            "deadline",
            "This time does not exist in Europe/Brussels: the clocks go forward over it.",
        ),
        (
            {"deadline": "2027-10-31", "deadline_time": "02:30"},
            "deadline",
            "This time comes twice in Europe/Brussels, as the clocks go back: choose another.",
        ),
        (
            {"deadline": "2011-12-30", "timezone": "Pacific/Apia"},
            "deadline",
            "This time does not exist in Pacific/Apia: the clocks go forward over it.",
        ),
        ({"opens_at": "09:00"}, "opens_at", "Choose the day as well."),
        ({"opens_on": "2027-01-13", "opens_at": "18:01", "deadline_time": "18:00"}, "opens_on", "The first day"),
        ({"objectives": "one\n" * 13}, "objectives", "Write at most 12 lines."),
        ({"support": "fine\n" + "x" * 601}, "support", "Line 2 is longer than 600 characters."),
        ({"note_pages": "200"}, "note_pages", "From 1 to 100."),
    ],
)
def test_error_of_a_call_is_said_at_its_field(fields: dict[str, str], name: str, message: str) -> None:
    assert errors_of("call", **fields)[name][-1].startswith(message)
    assert set(errors_of("call", **fields)) == {name}


@pytest.mark.parametrize(
    ("fields", "name", "message"),
    [
        ({"starts": ""}, "starts", "Say when it starts, as 2027-01-13 09:00."),
        ({"ends": "2027-03-01T09:00"}, "ends", "It must end after it starts."),
        (
            {"starts": "2027-03-28T02:30"},
            "starts",
            "This time does not exist in Europe/Paris: the clocks go forward over it.",
        ),
        (
            {"starts": "2027-03-27T20:00", "ends": "2027-03-28T02:30"},
            "ends",
            "This time does not exist in Europe/Paris: the clocks go forward over it.",
        ),
        ({"join_mode": "external"}, "join_mode", "Give the address where one registers."),
        (
            {"online_url": "javascript:alert(1)"},
            "online_url",
            "Write the whole address of a web page, beginning with https://.",
        ),
        ({"latitude": "45.1"}, "longitude", "Give both latitude and longitude, or neither."),
        ({"latitude": "45.1", "longitude": ""}, "longitude", "Give both latitude and longitude, or neither."),
        ({"longitude": "4.1"}, "latitude", "Give both latitude and longitude, or neither."),
        ({"latitude": "95", "longitude": "4"}, "latitude", "A latitude is between -90 and 90."),
        ({"latitude": "nan", "longitude": "4"}, "latitude", "A latitude is between -90 and 90."),
        ({"capacity": "0"}, "capacity", "At least one place, at most 1,000,000."),
        (
            {"programme": "09:00 talk | A\n09:30 concert | B"},
            "programme",
            "Line 2: “concert” is not a kind of item",
        ),
        ({"programme": "x" * 30_001}, "programme", "This programme is too long: at most 30,000 characters."),
    ],
)
def test_error_of_an_event_is_said_at_its_field(fields: dict[str, str], name: str, message: str) -> None:
    errors = errors_of("event", **fields)
    assert set(errors) == {name}
    assert errors[name][0].startswith(message)


def test_deadline_is_the_last_second_of_its_day_in_the_zone_of_the_call() -> None:
    call = content_of("call", opens_on="2027-01-13")
    assert call.ends_at == datetime(2027, 1, 13, 22, 59, 59, tzinfo=UTC)
    assert call.starts_at == datetime(2027, 1, 12, 23, 0, tzinfo=UTC)


def test_deadline_and_opening_may_be_at_a_time_of_day() -> None:
    call = content_of("call", deadline_time="18:00", opens_on="2027-01-02", opens_at="09:30:15")
    assert call.ends_at == datetime(2027, 1, 13, 17, 0, tzinfo=UTC)
    assert call.starts_at == datetime(2027, 1, 2, 8, 30, 15, tzinfo=UTC)


def test_question_keeps_its_key_under_a_new_wording_and_a_seat_when_others_go() -> None:
    asked = rows("questions", {"label": "Who?", "answer": "short"}, {"label": "Why?", "answer": "short"})
    seats = rows("committee", {"role": "Chair"}, {"role": "Chair"}, {"name": "Ann"})
    before = content_of("call", **asked, **seats)
    form = kind_named("call").form()(formdata=None, data=kind_named("call").fill_form(before), meta={"csrf": False})
    sent = typed_in(form)
    sent["questions-0-remove"], sent["questions-1-label"] = "y", "For what?"
    sent["committee-0-remove"], sent["committee-2-name"] = "y", "Ann B."
    sent["questions-2-label"], sent["committee-3-role"] = "Who?", "Chair"
    after = kind_named("call").content_from_form(
        kind_named("call").form()(formdata=sent, meta={"csrf": False}), language="en"
    )
    assert isinstance(before.details, CallDetails)
    assert isinstance(after.details, CallDetails)
    assert [(asked.key, asked.label) for asked in after.details.questions] == [("why", "For what?"), ("who", "Who?")]
    first, second, third = (seat.key for seat in before.details.committee)
    assert len({first, second, third}) == 3
    assert [seat.key for seat in after.details.committee] == [second, third, first]


def test_rows_that_no_page_writes_are_none() -> None:
    strange = {f"questions-{number}-label": "x" for number in ("²", "9" * 5000, "-1", "", "0x1", "1000")}
    form = form_of("call", **strange)
    assert form.validate()
    assert form.asked() == ()


def test_no_more_rows_are_read_than_there_may_be() -> None:
    many = rows("questions", *({"label": f"Q{number}", "answer": "short"} for number in range(99)))
    assert len(form_of("call", **many).questions.entries) == 15


def test_deadline_may_be_past_as_editing_an_old_call_must_be_possible() -> None:
    assert errors_of("call", deadline="2019-01-13") == {}


def test_call_form_becomes_its_details() -> None:
    call = content_of(
        "call",
        topics=[OTHER],
        other_topics="Housing",
        territories=["EU"],
        maximum_selected="10",
        cohorts="- Session 1 | 5\n\nSession 2 | 5",
        **rows(
            "questions",
            {"label": "People involved", "answer": "long", "required": "y", "characters": "900", "choices": "A\nB"},
            {"label": "People involved", "answer": "short"},
            {"label": "???", "key": "why", "answer": "choice", "choices": "Joy\nDuty\nJoy", "several": "y"},
            {"label": "Gone", "answer": "short", "remove": "y"},
            {"answer": "short"},
            {"label": "Plan", "answer": "file", "media_types": ["application/pdf"], "megabytes": "2", "pages": "1"},
        ),
        **rows("committee", {"role": "Chair", "organisation": "IRES", "actor": "https://b.example/actors/chair"}),
        organisers="ETUC | https://a.example/actors/etuc\nFrance Stratégie\nFrance Stratégie",
    )
    assert call.details == CallDetails(
        topics=(OTHER, "Housing"),
        territories=("EU",),
        eligible_on=date(2027, 1, 13),
        maximum_selected=10,
        cohorts=(Cohort(name="Session 1", capacity=5), Cohort(name="Session 2", capacity=5)),
        questions=(
            Question(key="people_involved", label="People involved", required=True, answer="long", characters=900),
            Question(key="question_2", label="People involved", answer="short"),
            Question(key="why", label="???", answer="choice", choices=("Joy", "Duty"), several=True),
            Question(
                key="plan",
                label="Plan",
                answer="file",
                media_types=("application/pdf",),
                maximum_bytes=2 * 1024 * 1024,
                pages=1,
            ),
        ),
        committee=(Seat(role="Chair", organisation="IRES", actor="https://b.example/actors/chair"),),
    )
    assert call.organisers == (
        ActorRef(iri="https://a.example/actors/etuc", name="ETUC"),
        ActorRef(name="France Stratégie"),
    )


def test_open_end_becomes_two_hours_that_are_not_displayed() -> None:
    event = content_of("event")
    assert (event.starts_at, event.ends_at) == (
        datetime(2027, 3, 1, 8, tzinfo=UTC),
        datetime(2027, 3, 1, 10, tzinfo=UTC),
    )
    unticked = Registration(guests=False, remind_days=event.details.registration.remind_days)
    assert event.details == EventDetails(display_end_time=False, registration=unticked)
    assert kind_named("event").fill_form(event)["ends"] is None


def test_place_of_the_form_is_a_place_or_none() -> None:
    assert content_of("event").place is None
    event = content_of("event", locality="Lyon", country="FR", latitude="45.75", longitude="4.85")
    region = "Auvergne-Rhône-Alpes"
    assert event.place == Place(locality="Lyon", region=region, country="FR", latitude=45.75, longitude=4.85)


def test_tags_are_those_of_the_field_and_of_the_text_each_once() -> None:
    content = content_of("initiative", tags="#Lyon, reemploi;vélo", text="We love #Réemploi and #bread.")
    assert content.tags == ("Lyon", "reemploi", "vélo", "bread")
    assert kind_named("initiative").fill_form(content)["tags"] == "#Lyon #vélo"


def test_script_in_the_text_does_not_reach_the_page() -> None:
    content = content_of("initiative", text="Hello <script>alert(1)</script> [x](javascript:alert(1))\x00")
    assert "<script" not in content.html
    assert "href" not in content.html
    assert "\x00" not in content.source


def test_language_of_the_form_decides() -> None:
    assert content_of("event").language == "fr"
    assert content_of("event").summary.startswith("<p>Lundi 1 mars 2027") or "lundi" in content_of("event").summary


def test_time_that_occurs_twice_means_the_first() -> None:
    assert instant(datetime(2027, 10, 31, 2, 30), "Europe/Paris") == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_days_begin_and_end_where_clocks_change_at_midnight() -> None:
    gap = datetime(2018, 11, 4).date()  # São Paulo had no midnight on that day
    assert start_of_day(gap, "America/Sao_Paulo") == datetime(2018, 11, 4, 3, tzinfo=UTC)
    twice = datetime(2018, 2, 17).date()  # and 23:59:59 twice on this one
    assert end_of_day(twice, "America/Sao_Paulo") == datetime(2018, 2, 18, 2, 59, 59, tzinfo=UTC)
    with pytest.raises(NoSuchTime):
        instant(datetime(2018, 11, 4, 0, 30), "America/Sao_Paulo")


def test_form_asks_for_its_own_token_against_forgery() -> None:
    form = kind_named("initiative").form()(formdata=MultiDict(INITIATIVE))
    assert isinstance(form, PublicationForm)
    assert not form.validate()
    assert set(form.errors) == {"csrf_token"}


@pytest.mark.parametrize(
    ("kind", "field", "typed", "zone"),
    [
        ("call", "deadline", "9999-12-31", "America/New_York"),
        ("call", "deadline", "2200-12-31", "America/New_York"),
        ("call", "deadline", "0001-01-01", "Asia/Tokyo"),
        ("call", "opens_on", "0001-01-01", "Asia/Tokyo"),
        ("call", "opens_on", "1899-12-31", "Asia/Tokyo"),
        ("event", "starts", "9999-12-31T23:30", "America/New_York"),
        ("event", "starts", "0001-01-01T00:00", "Asia/Tokyo"),
        ("event", "ends", "9999-12-31T23:59", "America/New_York"),
    ],
)
def test_year_for_which_nobody_plans_is_said_at_its_field(kind: str, field: str, typed: str, zone: str) -> None:
    errors = errors_of(kind, **{field: typed, "timezone": zone})
    assert "Choose a year from 1900 to 2200." in errors[field]


@pytest.mark.parametrize("deadline", ["1900-01-02", "2200-12-30"])
def test_last_years_of_the_calendar_are_good(deadline: str) -> None:
    assert content_of("call", deadline=deadline).ends_at is not None


@pytest.mark.parametrize(
    ("kind", "fields", "field", "message"),
    [
        ("call", {"cohorts": "One"}, "cohorts", "Ligne 1"),
        ("call", {"support": "\n".join("x" * 13)}, "support", "12 lignes"),
        ("call", {"cohorts": "One | 9", "maximum_selected": "10"}, "cohorts", "10"),
        ("event", {"organisers": "A | b"}, "organisers", "Ligne 1"),
        ("event", {"place_name": "x" * 201}, "place_name", "C’est trop long : 200 caractères au plus."),
        ("call", {"territories": "MOON"}, "territories", "Le choix « MOON » n’existe pas."),
        ("call", rows("questions", {"label": "x" * 300}), "questions", "Question 1: C’est trop long"),
        ("event", {"starts": "2027-03-28T02:30"}, "starts", "Europe/Paris"),
        (
            "event",
            {"programme": "09:00 concert | A"},
            "programme",
            "Ligne 1 : « concert » n’est pas une sorte de point",
        ),
        ("event", {"programme": "# 0001-01-01"}, "programme", "Ligne 1 : l’année doit aller de 1900 à 2200."),
    ],
)
def test_message_with_a_value_is_in_the_readers_language(
    kind: str, fields: dict[str, Any], field: str, message: str
) -> None:
    english = errors_of(kind, **fields)[field]
    app = Flask(__name__)
    app.secret_key = "only for tests"
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        french = errors_of(kind, **fields)[field]
    assert french != english
    assert message in french[0]
