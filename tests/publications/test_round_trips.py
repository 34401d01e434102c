"""What a member types, all the way: form, document, a peer's reading of it, its row there and the page that it shows.

Forms are made up by Hypothesis; nothing of what is typed in them may be lost or changed on the way, for any kind.
"""

import itertools
import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from actors.database import session
from flask_maillage.publications import keeping
from flask_maillage.publications.content import Content
from flask_maillage.publications.editing.carrying import content_of
from flask_maillage.publications.kinds import kind_named
from flask_maillage.publications.stages import STAGES
from flask_maillage.publications.topics import TOPICS
from flask_maillage.publications.workers import WORKERS
from flask_maillage.territory import unions
from tests.publications import board
from tests.publications.test_kinds import ENVELOPE, PUBLIC, facts_of, sent
from tests.publications.typing_in import rows, typed_in
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

LETTERS = "aZ9éßøŁЖ語가ع🚲 &;,:'\"\\%{}()[]*_~`>’«»–./?!=+$"
HOST = f"https://{board.PARTNER}"
NUMBERS = itertools.count(1)
Typed = dict[str, Any]


def line(limit: int = 24) -> st.SearchStrategy[str]:
    """What stands on one line; it begins with a letter, as no list, tag or handle does, and has no “|”."""
    return st.text(LETTERS, max_size=limit).map(lambda text: " ".join(f"m{text}n".split()))


def several(most: int = 3, limit: int = 24) -> st.SearchStrategy[list[str]]:
    return st.lists(line(limit), max_size=most, unique=True)


def maybe(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.just("") | inner


WORDS = st.from_regex(r"[a-z]{2,12}( [a-z]{2,12}){1,4}", fullmatch=True)
ZONES = st.sampled_from(
    ["Europe/Brussels", "America/St_Johns", "Pacific/Apia", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]
)
CLOCKS = maybe(st.times().map(lambda clock: clock.replace(microsecond=0, fold=0).isoformat()))
DAYS = st.dates(date(2026, 11, 22), date(2100, 1, 1))
ACTORS = st.lists(st.sampled_from([f"{HOST}/actors/{name}" for name in "abc"]), max_size=2, unique=True)
WHO = st.tuples(ACTORS, several(2)).flatmap(
    lambda named: st.tuples(*(line().map(lambda name, iri=iri: (name, iri)) for iri in named[0])).map(
        lambda pairs: [*pairs, *((name, "") for name in named[1])]
    )
)
"""One actor stands once on a page, whatever it is called; names alone are as they are."""


def who(pairs: list[tuple[str, str]]) -> str:
    return "\n".join(f"{name} | {iri}" if iri else name for name, iri in pairs)


@st.composite
def common(draw: st.DrawFn) -> Typed:
    original = draw(st.sampled_from(["en", "de"]))
    others = draw(st.lists(st.sampled_from(["es", "pt", "it"]), max_size=2, unique=True))
    said = [{"language": tag, "name": draw(line()) + " tr", "text": draw(WORDS)} for tag in others]
    tags = draw(st.lists(st.sampled_from(["Lyon", "vélo", "Œuvre", "kurz_1"]), unique=True))
    return {
        "name": draw(line(60)) + " x",
        "text": draw(WORDS),
        "language": original,
        "organisers": who(draw(WHO)),
        "tags": " ".join(f"#{tag}" for tag in tags),
        **rows("translations", *said),
    }


@st.composite
def questions(draw: st.DrawFn) -> list[Typed]:
    asked = []
    for label in draw(several()):
        answer = draw(st.sampled_from(["short", "long", "choice", "file"]))
        row: Typed = {"label": label, "answer": answer, "required": draw(st.sampled_from([[], ["y"]]))}
        row["help"] = draw(maybe(line()))
        if answer == "choice":
            row["choices"] = "\n".join(draw(st.lists(line(), min_size=2, max_size=4, unique=True)))
            row["several"] = draw(st.sampled_from([[], ["y"]]))
        elif answer == "file":
            row["media_types"] = draw(st.lists(st.sampled_from(["application/pdf", "image/png"]), unique=True))
            row["megabytes"], row["pages"] = draw(maybe(st.integers(1, 50))), draw(maybe(st.integers(1, 1000)))
        else:
            row["characters"] = draw(maybe(st.integers(1, 100_000)))
        asked.append(row)
    return asked


@st.composite
def calls(draw: st.DrawFn) -> Typed:
    """A call that opens and ends at any hour in any zone, with all that an applicant wants to know."""
    closes = draw(DAYS)
    opens = draw(maybe(st.integers(1, 400).map(lambda days: (closes - timedelta(days)).isoformat())))
    groups = draw(st.lists(st.tuples(line(), st.integers(1, 99)), max_size=3))
    seats = [
        {"name": draw(line()), "role": draw(maybe(line())), "organisation": draw(maybe(line())), "actor": iri}
        for iri in draw(st.lists(maybe(st.just(f"{HOST}/actors/d")), max_size=3))
    ]
    lists = {name: "\n".join(draw(several())) for name in ("objectives", "support", "procedure", "contacts")}
    return lists | {
        "deadline": closes.isoformat(),
        "deadline_time": draw(CLOCKS),
        "timezone": draw(ZONES),
        "opens_on": opens,
        "opens_at": draw(CLOCKS) if opens else "",
        "topics": draw(st.lists(st.sampled_from([topic.iri for topic in TOPICS]), max_size=3, unique=True)),
        "other_topics": "\n".join(draw(several(2))),
        "territories": draw(st.lists(st.sampled_from(list(unions.LABELS)), unique=True)),
        "eligible_on": draw(maybe(DAYS.map(date.isoformat))),
        "any_sector": draw(st.sampled_from([[], ["y"]])),
        "any_origin": draw(st.sampled_from([[], ["y"]])),
        "eligibility": draw(maybe(line())),
        "maximum_selected": sum(size for _, size in groups) or draw(maybe(st.integers(1, 10_000))),
        "cohorts": "\n".join(f"{name} | {size}" for name, size in groups),
        "note_characters": draw(maybe(st.integers(100, 100_000))),
        "note_pages": draw(maybe(st.integers(1, 100))),
        **rows("questions", *draw(questions())),
        **rows("committee", *seats),
    }


@st.composite
def places(draw: st.DrawFn) -> Typed:
    parts = {name: draw(maybe(line())) for name in ("place_name", "street", "postal_code", "locality", "region")}
    parts["postal_code"] = parts["postal_code"][:10].strip()
    latitude, longitude = draw(st.just(("", "")) | st.tuples(st.floats(0.01, 89), st.floats(-179, 179)))
    return parts | {"country": draw(st.sampled_from(["", "FR", "BE"])), "latitude": latitude, "longitude": longitude}


@st.composite
def events(draw: st.DrawFn) -> Typed:
    """An event of hours or whole days, once or again and again, somewhere or online."""
    day = draw(DAYS)
    starts = datetime.combine(day, draw(st.times()).replace(second=0, microsecond=0, fold=0))
    ends = draw(maybe(st.integers(1, 5000).map(lambda minutes: (starts + timedelta(minutes=minutes)).isoformat())))
    online = draw(maybe(st.just("https://meet.example/room?a=1&b=2")))
    statuses = [
        "confirmed",
        "tentative",
        "postponed",
        "rescheduled",
        "cancelled",
        *(["moved_online"] if online else []),
    ]
    mode = draw(st.sampled_from(["free", "restricted", "external"]))
    again = draw(st.sampled_from(["no", "no", "weekly", "fortnightly", "yearly"]))
    return draw(places()) | {
        "starts": starts.isoformat(),
        "ends": ends,
        "all_day": draw(st.sampled_from([[], ["y"]])),
        "timezone": draw(ZONES),
        "repeats": again,
        "repeat_count": draw(st.integers(1, 5)) if again != "no" else "",
        "online_url": online,
        "status": draw(st.sampled_from(statuses)),
        "reason": draw(maybe(line())),
        "category": "MEETING",
        "capacity": draw(maybe(st.integers(1, 1_000_000))),
        "join_mode": mode,
        "external_url": "https://tickets.example/1" if mode == "external" else "",
        "contacts": who(draw(WHO)),
        "questions": "\n".join(draw(several())),
        "outcomes": "\n".join(draw(several())),
        "minutes": draw(maybe(WORDS)),
    }


@st.composite
def initiatives(draw: st.DrawFn) -> Typed:
    lists = ("needs", "offers", "outcomes", "sectors", "other_topics", "other_workers")
    areas = draw(st.lists(st.tuples(line(), st.sampled_from(["", "FR-69", "FRK26"])), max_size=3, unique=True))
    return (
        {name: "\n".join(draw(several())) for name in lists}
        | draw(places())
        | {
            "stage": draw(st.sampled_from(["", *STAGES])),
            "topics": draw(st.lists(st.sampled_from([topic.iri for topic in TOPICS]), max_size=3, unique=True)),
            "workers": draw(st.lists(st.sampled_from(list(WORKERS)), max_size=3, unique=True)),
            "acts_in": "\n".join(f"{name} | {code}" if code else name for name, code in areas),
            "calls": draw(maybe(st.just(f"{HOST}/actors/a/calls/1"))),
            "carried_by": who(draw(WHO)),
            "coalition": who(draw(WHO)[:1]),
            "website": draw(maybe(st.just("https://coop.example/a?b=c&d"))),
        }
    )


KINDS = {"call": calls(), "event": events(), "initiative": initiatives(), "news": st.just({})}
SHOWN = {
    "call": ("objectives", "support", "procedure", "contacts", "other_topics", "eligibility"),
    "event": ("questions", "outcomes", "place_name", "street", "locality", "minutes"),
    "initiative": ("needs", "offers", "outcomes", "sectors", "other_topics", "other_workers", "locality"),
    "news": (),
}
NAMED = ("organisers", "contacts", "carried_by", "coalition", "acts_in", "cohorts")


def expected_of(kind: str, typed: Typed) -> set[str]:
    """Return what somebody who reads the page has to find there, as it was typed."""
    found = {text for name in SHOWN[kind] for text in str(typed.get(name) or "").splitlines()}
    for name in NAMED:
        found |= {text.partition(" | ")[0] for text in str(typed.get(name) or "").splitlines()}
    if typed.get("status") == "moved_online":
        found -= {typed[name] for name in ("place_name", "street", "locality")}
    for name, value in typed.items():
        if re.fullmatch(r"(questions-\d+-(label|help|choices)|committee-\d+-(name|role|organisation))", name):
            found |= set(value.splitlines())
    return {text for text in found if text} | set(typed["tags"].split())


def typed_into(kind: str, typed: Typed) -> Any:
    data: MultiDict[str, Any] = MultiDict()
    for name, value in typed.items():
        data.setlist(name, value if isinstance(value, list) else [str(value)])
    return kind_named(kind).form()(formdata=data, meta={"csrf": False})


def as_read(html: str) -> str:
    """Return the words of a page; a person does not see how they are marked up."""
    return " ".join(unescape(re.sub(r"<script.*?</script>|<[^>]*>", " ", html, flags=re.S)).split())


def kept_by_a_peer(content: Content) -> tuple[str, Content]:
    """Let a peer's letter bring the document, and return the path of the page of the copy, and what it says."""
    number = next(NUMBERS)
    envelope = replace(
        ENVELOPE,
        iri=f"{HOST}/actors/depot/things/{number}",
        url=f"{HOST}/@depot/things/{number}",
        actor=f"{HOST}/actors/depot",
        to=(PUBLIC,),
        published=datetime(2026, 11, 20, tzinfo=UTC),
        updated=datetime(2026, 11, 20, tzinfo=UTC),
    )
    copy = keeping.keep(sent(content, envelope), board.partner())
    assert copy is not None
    session().commit()
    return copy.page.removeprefix("http://localhost"), copy.content


CHECKED = {"deadline": None, "phases": [Phase.generate], "suppress_health_check": [HealthCheck.function_scoped_fixture]}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=4, **CHECKED)
@given(data=st.data())
def test_what_is_typed_is_what_a_reader_of_another_node_finds(app: Flask, kind: str, data: st.DataObject) -> None:
    go_all_the_way(app, kind, data)


@pytest.mark.later
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=100, **CHECKED)
@given(data=st.data())
def test_the_same_a_hundred_times(app: Flask, kind: str, data: st.DataObject) -> None:
    go_all_the_way(app, kind, data)


def go_all_the_way(app: Flask, kind: str, data: st.DataObject) -> None:
    typed = data.draw(common()) | data.draw(KINDS[kind])
    with app.test_request_context(headers={"Accept-Language": "en"}):
        form = typed_into(kind, typed)
        assume(form.validate() or not set(form.errors) <= {"starts", "ends", "deadline", "opens_on"})  # no such hour
        assert not form.errors
        content = content_of(form, kind, None)
        shown = kind_named(kind).form()(formdata=None, data=kind_named(kind).fill_form(content), meta={"csrf": False})
        again = typed_into(kind, dict(typed_in(shown).lists()))
        assert again.validate(), again.errors
        assert kind_named(kind).differences(content, content_of(again, kind, None)) == []
        path, copied = kept_by_a_peer(content)
    assert facts_of(copied) == facts_of(content)
    reader = Reader(app)
    page = as_read(reader.get(f"{path}?lang=en").text)
    missing = {text for text in expected_of(kind, typed) if " ".join(text.split()) not in page}
    assert not missing
    for moment in moments_of(kind, typed):
        assert moment in page
    titles = {typed["language"]: (typed["name"], typed["text"])}
    for number in range(len(content.translations)):
        row = f"translations-{number}"
        titles[typed[f"{row}-language"]] = (typed[f"{row}-name"], typed[f"{row}-text"])
    for language, said in titles.items():
        in_it = as_read(reader.get(f"{path}?lang={language}").text)
        assert all(text in in_it for text in said)


def moments_of(kind: str, typed: Typed) -> list[str]:
    """Return the days and hours that were typed, as an English page says them on the clock of their zone."""
    if kind == "call":
        clock = time.fromisoformat(typed["deadline_time"]) if typed["deadline_time"] else time(23, 59)
        return [f"{_day(date.fromisoformat(typed['deadline']))}, {clock:%H:%M}"]
    if kind == "event" and typed["repeats"] == "no" and typed["status"] != "postponed":
        starts = datetime.fromisoformat(typed["starts"])
        if typed["all_day"]:
            return [f"{starts:%A} {starts.day}", f"{starts.year}"]  # of several days, the month stands with the last
        return [_day(starts), f"{starts:%H:%M}"]
    return []


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"
