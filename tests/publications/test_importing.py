"""Imports: any file is read or refused in words, nothing is taken twice, changes are followed, doubts are asked."""

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from actors import local
from actors.database import begins_with_lock, session
from flask_maillage.publications import publishing
from flask_maillage.publications.importing import formats, looking, table
from flask_maillage.publications.importing.models import Import, Imported
from flask_maillage.publications.importing.rows import MAX_BYTES, Reading, Row, Settings, Unreadable
from flask_maillage.publications.kinds.event_details import EventDetails
from flask_maillage.publications.models import Publication
from tests.fediverse import Answer, Arrived, Fediverse
from tests.publications import board
from tests.reader import Reader

FRENCH = Settings("Europe/Paris", "fr")


def calendar(*events: str) -> bytes:
    body = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n{body}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def an_event(uid: str = "1", name: str = "Open workshop", start: str = "20270301T090000Z", more: str = "") -> str:
    return f"UID:{uid}\nSUMMARY:{name}\nDTSTART:{start}\n{more}"


def read(data: bytes, form: str) -> list[Row]:
    return formats.read(data, form, FRENCH)


# Reading: pure, whatever comes.

PIECES = st.sampled_from(
    [
        *("BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "UID:1", "SUMMARY:Some name", "GEO:1;2"),
        *("DTSTART:20270301", "DTSTART;TZID=Mars/Base:20270301T090000", "DTSTART;VALUE=PERIOD:x/y", "DTEND:20270228"),
        *("DTSTART:99991231T235959Z", "DURATION:P9999999W", "DTSTART:00010101T000000", "RRULE:FREQ=NEVER", "STATUS:"),
        *(
            "CATEGORIES:a,b",
            'ORGANIZER;CN="x":mailto:a',
            "LOCATION:x\x07y",
            "DTSTART;TZID=Europe/Paris:20270328T023000",
        ),
        *("RRULE:FREQ=WEEKLY", "RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-1;UNTIL=99991231", "EXDATE:00010101T000000Z"),
        *("RDATE;VALUE=PERIOD:20270301T090000Z/PT1H", "RDATE:20270308", "EXDATE:20270301T090000Z,x", "EXRULE:FREQ=X"),
        *("END:VEVENT", "BEGIN:VEVENT", "RECURRENCE-ID;RANGE=THISANDFUTURE:20270308", "DTSTART:20270301T090000"),
        *("DTSTART:", "DTEND;VALUE=DATE:20270301", "RECURRENCE-ID:20270301T090000Z", "URL:javascript:1", "GEO:nan;inf"),
    ]
)
CALENDARS = st.lists(PIECES | st.text(max_size=10), max_size=12).map(
    lambda lines: "\r\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", ""]).encode()
)
CELLS = st.sampled_from(["", "2027-01-13", "31/02/2027", "25:99", "9h30", "0001-01-01", "x" * 30, "NaN", '"', "\x00"])
TABLES = st.lists(st.lists(CELLS | st.text(max_size=8), min_size=2, max_size=6), min_size=1, max_size=5).map(
    lambda lines: ("name,date,time,end,lat,lon\n" + "\n".join(",".join(line) for line in lines)).encode()
)
KEYS = st.sampled_from(
    [
        "features",
        "properties",
        "geometry",
        "coordinates",
        "name",
        "id",
        "_id",
        "entities",
        "address",
        "geo",
        "type",
        "tags",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("form", formats.FORMATS)
@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=200) | CALENDARS | TABLES | VALUES.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_rows_with_a_sentence_each_or_refused_with_one(form: str, data: bytes) -> None:
    formats.guessed(data)
    found: list[Row] = []
    try:
        found.extend(read(data, form))
    except Unreadable as unreadable:
        reason = str(unreadable)
    else:
        reason = "."
    assert reason.endswith(".")
    for row in found:
        assert (row.content is None) == bool(row.problem)
        assert row.content is None or (row.uid and row.digest and "\0" not in row.uid)


def test_calendar_becomes_events_with_all_that_it_says() -> None:
    more = (
        "DTEND:20270301T110000Z\nDESCRIPTION:Bring *tools*\\, please.\nLOCATION:La Ruche\\, Lyon\nGEO:45.7;4.8\n"
        "URL:https://a.example/1\nCATEGORIES:vélo,MEETING\nORGANIZER;CN=Ann:mailto:ann@a.example\nRRULE:FREQ=WEEKLY"
    )
    (row,) = read(calendar(an_event(more=more)), "icalendar")
    content = row.content
    assert content is not None
    assert (row.uid, content.name, row.notes) == ("1", "Open workshop", ())
    assert (content.starts_at, content.ends_at) == (
        datetime(2027, 3, 1, 9, tzinfo=UTC),
        datetime(2027, 3, 1, 11, tzinfo=UTC),
    )
    assert content.place is not None
    assert (content.place.name, content.place.latitude, content.tags) == ("La Ruche, Lyon", 45.7, ("vélo",))
    assert (content.html, content.online_url) == ("<p>Bring <em>tools</em>, please.</p>", "https://a.example/1")
    assert "ann@" not in content.model_dump_json()


def test_days_of_a_calendar_end_with_the_last_one() -> None:
    days = "UID:1\nSUMMARY:Spring school\nDTSTART;VALUE=DATE:20270301\nDTEND;VALUE=DATE:20270303"
    content = read(calendar(days), "icalendar")[0].content
    assert content is not None
    assert isinstance(content.details, EventDetails)
    assert content.details.all_day
    assert (content.starts_at, content.ends_at) == (
        datetime(2027, 2, 28, 23, tzinfo=UTC),
        datetime(2027, 3, 2, 22, 59, 59, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("event", "problem"),
    [
        ("UID:1\nDTSTART:20270301T090000Z", "A title has between 3 and 180 characters."),
        ("UID:1\nSUMMARY:No start", "It does not say when it starts."),
        ("UID:1\nSUMMARY:Odd\nDTSTART:nonsense", "It holds something that cannot be."),
        (an_event(more="DTEND:20270301T080000Z"), "It must end after it starts."),
        (an_event(start="00010101T000000Z"), "Its year is not from 1900 to 2200."),
    ],
)
def test_event_that_cannot_be_taken_says_why(event: str, problem: str) -> None:
    fine, bad = read(calendar(an_event("2"), event), "icalendar")
    assert fine.content is not None
    assert (bad.number, bad.problem) == (2, problem)


def test_table_is_read_by_its_headings_or_as_one_says() -> None:
    data = "Titre;Date début;Heure;Lieu;Ville;Mots-clés\nAtelier;13/01/2027;9h30;La Ruche;Lyon;vélo\n".encode("cp1252")
    content = read(data, "csv")[0].content
    assert content is not None
    assert content.place is not None
    assert content.starts_at == datetime(2027, 1, 13, 8, 30, tzinfo=UTC)
    assert (content.name, content.place.name, content.place.locality, content.tags) == (
        *("Atelier", "La Ruche", "Lyon"),
        ("vélo",),
    )
    odd = b"a,b\nA meeting,2027-01-13\n"
    with pytest.raises(Unreadable, match="No column is the title"):
        read(odd, "csv")
    named = Settings("UTC", None, (("name", "a"), ("starts", "b")))
    assert formats.read(odd, "csv", named)[0].content is not None


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("Zed,29/02/2027,", "Its date cannot be read: write it as 2027-01-13 or 13/01/2027."),
        ("Zed,2027-01-13,25:00", "Its time cannot be read: write it as 09:30."),
        ("Zed,2027-03-28,02:30", "Its time does not exist: the clocks go forward over it."),
        ("Zed,,", "It does not say when it starts."),
    ],
)
def test_line_of_a_table_that_cannot_be_taken_says_why(line: str, problem: str) -> None:
    assert read(f"name,date,time\n{line}\n".encode(), "csv")[0].problem == problem


def test_maps_and_projects_become_initiatives() -> None:
    feature = {
        "id": 7,
        "geometry": {"type": "Point", "coordinates": [4.8, 45.7]},
        "properties": {"name": "Ressourcerie", "city": "Lyon", "website": "https://a.example/"},
    }
    project = {"name": "Jardin", "shortDescription": "x", "properties": {"avancement": "started"}, "tags": ["jardin"]}
    project["geo"] = {"latitude": "45.7", "longitude": "4.8"}
    (one,) = read(json.dumps({"type": "FeatureCollection", "features": [feature]}).encode(), "geojson")
    (two,) = read(json.dumps({"entities": {"5a": project}}).encode(), "communecter")
    assert one.content is not None
    assert two.content is not None
    assert (one.uid, one.content.place and one.content.place.longitude) == ("7", 4.8)
    assert (two.uid, two.content.place and two.content.place.latitude, two.content.tags) == ("5a", 45.7, ("jardin",))
    assert getattr(two.content.details, "stage", "") == "emerging"


@pytest.mark.parametrize(
    ("data", "form", "problem"),
    [
        (b" " * 10, "csv", "The file is empty."),
        (b"x" * (MAX_BYTES + 1), "csv", "The file is longer than 5 MB: divide it."),
        (b"name,date\n" + b"One,2027-01-13\n" * 2001, "csv", "The file holds more than 2,000 entries: divide it."),
        (b'{"a": ' * 40 + b"1" + b"}" * 40, "geojson", "This is no JSON, or too deep or too long for one."),
        (b"%PDF-1.4", "icalendar", "This is no calendar (iCalendar, a file that ends in .ics)."),
    ],
)
def test_file_that_cannot_be_read_says_why(data: bytes, form: str, problem: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(data, form)
    assert str(refused.value) == problem


def test_formats_are_found_by_what_a_file_holds() -> None:
    assert formats.guessed(calendar()) == "icalendar"
    assert formats.guessed(b'{"type": "FeatureCollection"}') == "geojson"
    assert formats.guessed(b'{"entities": {}}') == "communecter"
    assert formats.guessed(b"a,b\n1,2") == "csv"
    assert table.headings(b"a,b\n1,2") == ["a", "b"]


# Taking: through the pages, the worker and the command.


@pytest.fixture
def ann(app: Flask) -> Reader:
    reader = Reader(app)
    reader.sign_in()
    return reader


def bring(reader: Reader, data: bytes, name: str = "events.ics", **typed: str) -> Any:
    form = reader.form(reader.get("/@union/import"), "timezone").to_dict()
    form |= {"timezone": "Europe/Paris", **typed}
    return reader.post("/@union/import", {**form, "file": (io.BytesIO(data), name)}, content_type="multipart/form-data")


def take(reader: Reader, work: Any, data: bytes, **typed: str) -> Any:
    """Bring a file, take what is in it, and return the page of the report."""
    brought = bring(reader, data, **typed)
    assert brought.status_code == 303, brought.text
    page = reader.get(brought.location)
    values = {"csrf_token": reader.form(page, "do")["csrf_token"], "do": "take"}
    assert reader.post(brought.location, values).status_code == 303
    assert "this page follows by itself" in (waiting := reader.get(brought.location)).text
    assert waiting.headers["Refresh"]
    work()
    return reader.get(brought.location)


def outcomes(app: Flask) -> list[str]:
    with app.app_context():
        return [entry["outcome"] for entry in session().query(Import).order_by(Import.id.desc()).first().report]


def publications(app: Flask) -> dict[str, str]:
    with app.app_context():
        return {one.name: one.state for one in session().query(Publication).filter_by(kind="event", local=True)}


def test_file_is_looked_at_taken_once_and_followed_when_it_changes(app: Flask, ann: Reader, work: Any) -> None:
    data = calendar(an_event("1", "One workshop"), an_event("2", "Two workshops"), "UID:3\nSUMMARY:Never")
    preview = ann.get(bring(ann, data).location)
    assert "3 entries" in preview.text
    assert "It does not say when it starts." in preview.text
    assert publications(app) == {}
    report = take(ann, work, data)
    assert outcomes(app) == ["taken", "taken", "refused"]
    assert "Taken: 2, Refused: 1" in report.text
    assert publications(app) == {"One workshop": "draft", "Two workshops": "draft"}
    take(ann, work, data)
    assert outcomes(app) == ["unchanged", "unchanged", "refused"]
    take(
        ann,
        work,
        calendar(an_event("1", "One workshop, later"), an_event("2", "Two workshops", more="STATUS:CANCELLED")),
    )
    assert outcomes(app) == ["changed", "changed"]
    with app.app_context():
        found = {one.name: one.status for one in session().query(Publication).filter_by(kind="event")}
        assert found == {"One workshop, later": "confirmed", "Two workshops": "cancelled"}


def test_file_in_which_nothing_can_be_taken_is_not_offered_to_be_taken(ann: Reader) -> None:
    page = ann.get(bring(ann, b"name,date\nOne,someday\n", "table.csv").location).text
    assert "Refused" in page
    assert "Take them" not in page


def test_nobody_waits_while_a_file_is_read(app: Flask, ann: Reader, work: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = []

    def read_slowly(data: bytes, means: Settings) -> Reading:
        locked.append(session()().in_transaction() and begins_with_lock())
        return table.read(data, means)

    monkeypatch.setitem(formats.FORMATS, "csv", formats.FORMATS["csv"]._replace(read=read_slowly))

    path = bring(ann, b"name,date\nOne,2027-01-13\n", "table.csv").location
    ann.submit(path, do="take")
    work()

    assert len(locked) == 2
    assert not any(locked)


def test_long_file_is_looked_at_by_the_worker_which_says_how_far_it_is(app: Flask, ann: Reader, work: Any) -> None:
    text = "What one should know. " * 200
    events = [an_event(str(number), f"Workshop {number}", more=f"DESCRIPTION:{text}") for number in range(30)]
    path = bring(ann, calendar(*events, "UID:none\nSUMMARY:Never")).location
    page = ann.get(path)
    assert "It is being read; this page follows by itself." in page.text
    assert "Take them" not in page.text
    assert page.headers["Refresh"] == "2"

    token = ann.form(ann.get("/@union/import"), "timezone")["csrf_token"]
    assert ann.post(path, {"csrf_token": token, "do": "take"}).status_code == 303
    told: list[tuple[int, int]] = []
    with app.app_context():
        job = session().query(Import).one()
        assert job.state == "previewed", "nothing is taken that nobody has seen"
        looking.summary(job.data or b"", job.format, job.means, lambda done, total: told.append((done, total)))
    assert told == [(25, 31), (31, 31)]

    work()
    page = ann.get(path)
    assert "Refresh" not in page.headers
    assert "31 entries" in page.text
    assert "Never" in page.text, "what is refused is told, however far down it stands"
    ann.submit(path, do="take")
    work()
    assert outcomes(app) == ["taken"] * 30 + ["refused"]


def test_long_file_that_is_none_says_why(app: Flask, ann: Reader, work: Any) -> None:
    path = bring(ann, b'{"type": "FeatureCollection", "features": ' + b" " * 200_000, "a.geojson").location
    work()
    page = ann.get(path)
    assert "Refresh" not in page.headers
    assert 'role="alert"' in page.text
    with app.app_context():
        assert session().query(Import).one().state == "failed"


def test_what_was_changed_or_thrown_away_here_stays_so(app: Flask, ann: Reader, work: Any, clock: Any) -> None:
    take(ann, work, calendar(an_event("1", "One workshop"), an_event("2", "Two workshops")))
    clock.turn(minutes=5)
    with app.app_context():
        one = session().query(Publication).filter_by(name="One workshop").one()
        publishing.revise(one, one.content.model_copy(update={"name": "Written here"}))
        publishing.withdraw(session().query(Publication).filter_by(name="Two workshops").one())
        session().commit()
    take(ann, work, calendar(an_event("1", "Written there"), an_event("2", "Two workshops")))
    assert outcomes(app) == ["kept", "kept"]
    assert publications(app) == {"Written here": "draft"}


def test_what_looks_the_same_is_asked_about_and_the_answer_remembered(app: Flask, ann: Reader, work: Any) -> None:
    start = datetime(2027, 3, 1, 20, tzinfo=UTC)
    board.receive(app, "event", name="Open Workshop!", starts_at=start, ends_at=None)
    report = take(
        ann, work, calendar(an_event(name="open workshop"), an_event("2", "Open workshop", "20270401T090000Z"))
    )
    assert outcomes(app) == ["doubtful", "taken"]
    assert "Perhaps here already" in report.text
    assert "Open Workshop!" in report.text
    with app.app_context():
        path = f"/@union/import/{session().query(Import).one().identifier}"
        number = session().query(Imported).filter_by(state="doubtful").one().id
    token = ann.form(report, "do")["csrf_token"]
    assert ann.post(path, {"csrf_token": token, "do": "distinct", "item": str(number)}).status_code == 303
    take(ann, work, calendar(an_event(name="open workshop")))
    assert outcomes(app) == ["taken"]


def test_published_at_once_where_one_says_so_but_not_what_is_over(app: Flask, ann: Reader, work: Any) -> None:
    data = calendar(an_event("1", "To come"), an_event("2", "Long over", "20200301T090000Z"))
    take(ann, work, data, publishes="y")
    assert outcomes(app) == ["taken", "refused"]
    assert publications(app) == {"To come": "published"}


def test_columns_are_named_on_the_page(app: Flask, ann: Reader, work: Any) -> None:
    brought = bring(ann, b"a,b\nA meeting,2027-01-13\n", "table.csv")
    page = ann.get(brought.location)
    assert "No column is the title" in page.text
    token = ann.form(page, "do")["csrf_token"]
    mapped = {"csrf_token": token, "do": "map", "column-name": "a", "column-starts": "b"}
    assert ann.post(brought.location, mapped).status_code == 303
    ann.post(brought.location, {"csrf_token": token, "do": "take"})
    work()
    assert publications(app) == {"A meeting": "draft"}


def test_nobody_else_brings_or_sees_imports(app: Flask, ann: Reader) -> None:
    brought = bring(ann, calendar(an_event())).location
    assert Reader(app).get("/@union/import").location.startswith("/sign-in")
    assert Reader(app).get(brought).location.startswith("/sign-in")
    assert ann.get("/@couriers/import").status_code == 403
    assert ann.get(brought.replace("/@union/", "/@ann/")).status_code == 404
    assert ann.post(brought, {"do": "take"}).status_code == 400


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"address": ""}, "Choose a file, or write the address of a calendar."),
        ({"address": "file:///etc/passwd"}, "Write the whole address of a web page, beginning with https://."),
    ],
)
def test_wrong_address_is_said_at_its_field(ann: Reader, typed: dict[str, str], message: str) -> None:
    answer = ann.submit("/@union/import", timezone="Europe/Paris", **typed)
    assert answer.status_code == 422
    assert message in answer.text


@pytest.fixture
def feed(fediverse: Fediverse) -> dict[str, Any]:
    """A calendar at calendars.test; what it holds is under `data`, how often it was sent under `sent`."""
    served: dict[str, Any] = {
        "data": calendar(an_event("1", "One workshop"), an_event("2", "Two workshops")),
        "sent": 0,
    }

    def answer(request: Arrived) -> Answer:
        tag = f'"{hash(served["data"])}"'
        if request.headers.get("if-none-match") == tag:
            return Answer(304)
        served["sent"] += 1
        return Answer(served.get("status", 200), served["data"], "text/calendar", {"ETag": tag})

    fediverse.answer(f"http://calendars.test:{fediverse.port}/all.ics", answer)
    served["address"] = f"http://calendars.test:{fediverse.port}/all.ics"
    return served


def subscribe(reader: Reader, feed: dict[str, Any]) -> str:
    saved = reader.submit("/@union/import", timezone="Europe/Paris", address=feed["address"], publishes="y")
    assert saved.status_code == 303, saved.text
    return str(saved.location)


def test_address_is_read_again_when_it_is_time_and_only_where_it_changed(
    app: Flask, ann: Reader, work: Any, clock: Any, feed: dict[str, Any]
) -> None:
    path = subscribe(ann, feed)
    work()
    assert publications(app) == {"One workshop": "published", "Two workshops": "published"}
    clock.turn(hours=5)
    work()
    clock.turn(hours=2)
    work()
    assert feed["sent"] == 1
    with app.app_context():
        assert session().query(Import).one().message == ""
    feed["data"] = calendar(an_event("1", "One workshop"))
    clock.turn(hours=7)
    work()
    assert outcomes(app) == ["unchanged", "gone"]
    with app.app_context():
        assert session().query(Publication).filter_by(name="Two workshops").one().status == "cancelled"
    feed["data"] = calendar()
    clock.turn(hours=7)
    work()
    with app.app_context():
        assert session().query(Publication).filter_by(name="One workshop").one().status == "confirmed"
    token = ann.form(ann.get(path), "do")["csrf_token"]
    ann.post(path, {"csrf_token": token, "do": "end"})
    feed["data"] = calendar(an_event("9", "A ninth"))
    clock.turn(hours=7)
    work()
    assert "A ninth" not in publications(app)


@pytest.mark.parametrize(
    "address", ["http://10.0.0.1/all.ics", "http://169.254.169.254/latest", "http://[::1]:1/a.ics"]
)
def test_address_where_we_connect_to_nothing_is_refused_in_words(
    app: Flask, ann: Reader, work: Any, address: str
) -> None:
    path = subscribe(ann, {"address": address})
    work()
    with app.app_context():
        assert session().query(Import).one().message
    assert "flash-error" in ann.get(path).text


def test_command_counts_reports_and_changes_nothing_in_a_dry_run(app: Flask, tmp_path: Any) -> None:
    file = tmp_path / "events.ics"
    file.write_bytes(calendar(an_event("1", "One workshop"), "UID:3\nSUMMARY:Never"))
    words = ["maillage", "import", str(file), "--actor", "union"]
    dry = app.test_cli_runner().invoke(args=[*words, "--dry-run", "--publish"])
    assert dry.exit_code == 0, dry.output
    assert "Taken: One workshop" in dry.output
    assert "Nothing was changed." in dry.output
    assert publications(app) == {}
    done = app.test_cli_runner().invoke(args=words)
    assert done.exit_code == 0, done.output
    assert "2 of 2" in done.output
    assert "Refused: Never (It does not say when it starts.)" in done.output
    assert publications(app) == {"One workshop": "draft"}
    refused = app.test_cli_runner().invoke(args=["maillage", "import", str(tmp_path / "none"), "--actor", "union"])
    assert refused.exit_code == 1
    with app.app_context():
        assert local.find("union") is not None
