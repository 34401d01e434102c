"""The programme: ends, warnings, and the lines in which it is written."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_maillage.publications.content import one_line
from flask_maillage.publications.programmes.lines import ProgrammeError, parse, write
from flask_maillage.publications.programmes.programme import (
    ITEM_KINDS,
    ProgrammeItem,
    Speaker,
    all_items,
    complete,
    speakers_of,
)
from flask_maillage.publications.programmes.warnings import warnings

ZONE = "Europe/Paris"
START = datetime(2026, 12, 11, 7, 45, tzinfo=UTC)
END = datetime(2026, 12, 11, 13, 0, tzinfo=UTC)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, 11, hour - 1, minute, tzinfo=UTC)


def read(text: str) -> tuple[ProgrammeItem, ...]:
    return parse(text, zone=ZONE, starts_at=START, ends_at=END)


def written(items: tuple[ProgrammeItem, ...]) -> str:
    return write(items, zone=ZONE, starts_at=START, ends_at=END)


def test_item_ends_where_the_next_begins_and_the_last_with_the_event() -> None:
    items = read("08:45 welcome | Welcome\n09:00 talk | A talk\n13:00 meal | Lunch")
    assert [(item.starts_at, item.ends_at) for item in items] == [
        (at(8, 45), at(9)),
        (at(9), at(13)),
        (at(13), at(14)),
    ]


def test_stated_end_is_kept() -> None:
    assert [item.ends_at for item in read("09:00-09:30 talk | A\n10:00 talk | B")] == [at(9, 30), at(14)]


def test_items_without_start_stay_without_end() -> None:
    items = (
        ProgrammeItem(key="a", kind="talk", name="A"),
        ProgrammeItem(key="b", kind="talk", name="B", starts_at=at(9)),
    )
    assert [item.ends_at for item in complete(items, END)] == [None, END]


def test_debate_answers_the_session_before_it() -> None:
    text = "09:00 session | One\n09:30 debate | Debate\n10:00 break | Coffee\n10:30 talk | Two\n11:00 debate | Debate"
    assert [item.answers_to for item in read(text)] == [None, "i1", None, None, "i4"]


def test_blocks_belong_to_the_item_above_and_may_be_of_another_kind() -> None:
    (item,) = read("11:30 session | Three\n- Creative professions | Ann (FR)\n- round_table: Next steps")
    assert [(part.key, part.kind, part.name) for part in item.items] == [
        ("i1-1", "block", "Creative professions"),
        ("i1-2", "round_table", "Next steps"),
    ]
    assert speakers_of(item) == (Speaker(name="Ann", country="FR"),)


def test_speaker_has_role_organisation_and_country() -> None:
    (item,) = read("09:00 talk | A | Ann, Head of A, B, Office (CA); Bob, Union (IT) ; Cy \\(x\\, y, Org")
    assert item.speakers == (
        Speaker(name="Ann", role="Head of A, B", organisation="Office", country="CA"),
        Speaker(name="Bob", organisation="Union", country="IT"),
        Speaker(name="Cy (x, y", organisation="Org"),
    )


def test_day_line_begins_another_day() -> None:
    items = read("22:00 meal | Dinner\n# 2026-12-12\n09:00 talk | Morning")
    assert [item.starts_at for item in items] == [at(22), at(9) + timedelta(days=1)]


def test_end_before_the_start_is_on_the_next_day() -> None:
    (item,) = read("22:00-01:00 meal | Night buffet")
    assert item.ends_at == at(22) + timedelta(hours=3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("09:00 session", "Line 1: the name is missing after “|”."),
        ("09:00 session | A\n\nnine o'clock talk | B", "Line 3: begin with the time and the kind"),
        ("09:00 concert | A", "Line 1: “concert” is not a kind of item"),
        ("25:00 talk | A", "Line 1: 25:00 is not a time."),
        ("09:00 talk | A\n08:00 talk | B", "Line 2: it starts before the item above"),
        ("- A block", "Line 1: a part needs an item above it."),
        ("# tomorrow", "Line 1: write a day as “# 2026-12-12”."),
        ("# 2026-13-12", "Line 1: 2026-13-12 is not a day."),
        ("# 9999-12-31\n23:00-01:00 meal | Night buffet", "Line 1: the year has to be from 1900 to 2200."),
        ("# 0001-01-01\n09:00 talk | A", "Line 1: the year has to be from 1900 to 2200."),
        ("# 2200-12-31\n23:00-01:00 meal | Night buffet", "Line 2: the year has to be from 1900 to 2200."),
        ("09:00 talk | A | ; , Org", "Line 1: a speaker has no name."),
        ("09:00 talk | A | B | C | D | E", "Line 1: too many “|”"),
        ("09:00 talk | A\n" * 121, "Line 121: a programme has at most 120 items."),
        ("09:00 talk | A | " + "B;" * 21, "Line 1: an item has at most 20 speakers."),
        ("09:00 talk | \u200b", "Line 1: "),
    ],
)
def test_unreadable_line_is_named(text: str, message: str) -> None:
    with pytest.raises(ProgrammeError) as caught:
        read(text)
    assert str(caught.value).startswith(message)


def test_time_that_the_clocks_jump_over_is_an_error() -> None:
    with pytest.raises(ProgrammeError, match="Line 1: 2027-03-28 02:30 does not exist in Europe/Paris"):
        parse("02:30 talk | A", zone=ZONE, starts_at=datetime(2027, 3, 28, tzinfo=UTC), ends_at=None)


def test_written_programme_leaves_out_ends_that_go_without_saying() -> None:
    text = "\n".join(
        [
            "09:15 session | Session 1: rights, and more | Ann, Role, Org (CA); Bob, Org | Room 2 | About it",
            "- Part one | Cy (FR)",
            "- block: talk: a name that looks like a kind",
            "- talk: Overview",
            "09:30-10:00 debate | Debate",
            "10:15 break | Coffee",
            "# 2026-12-12",
            "09:00 meal | Breakfast | | Kitchen",
        ]
    )
    assert written(read(text)) == text


words = st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), min_size=1, max_size=20)
lines = words.map(lambda text: one_line(text, 200)).filter(bool)
speakers = st.builds(
    Speaker,
    name=lines,
    role=st.just("") | lines,
    organisation=lines,
    country=st.sampled_from(["", "FR", "CA"]),
    actor=st.sampled_from([None, "https://a.example/actors/ann", "https://a.example/x;y|z?(q)"]),
)


@st.composite
def programmes(draw: st.DrawFn) -> tuple[ProgrammeItem, ...]:
    items = []
    for number in range(draw(st.integers(0, 4))):
        parts = [
            ProgrammeItem(
                key=f"i{number + 1}-{part + 1}",
                kind=draw(st.sampled_from(ITEM_KINDS)),
                name=draw(lines),
                speakers=tuple(draw(st.lists(speakers, max_size=2))),
            )
            for part in range(draw(st.integers(0, 2)))
        ]
        items.append(
            ProgrammeItem(
                key=f"i{number + 1}",
                kind=draw(st.sampled_from([kind for kind in ITEM_KINDS if kind != "debate"])),
                name=draw(lines),
                starts_at=START + timedelta(minutes=30 * number),
                ends_at=draw(st.none() | st.just(START + timedelta(minutes=30 * number + 10))),
                speakers=tuple(draw(st.lists(speakers, max_size=2))),
                room=draw(st.just("") | lines),
                description=draw(st.just("") | lines),
                items=tuple(parts),
            )
        )
    return complete(items, END)


@given(programmes())
def test_every_programme_reads_back_from_its_lines(programme: tuple[ProgrammeItem, ...]) -> None:
    assert read(written(programme)) == programme


@given(st.text() | st.from_regex(r"(\d\d:\d\d [a-z]+ \|[^\n]*\n(- [^\n]*\n)?){1,3}"))
def test_any_text_is_read_or_refused_with_a_line(text: str) -> None:
    with suppress(ProgrammeError):
        read(text)


def test_speaker_in_two_places_at_once_is_warned_of() -> None:
    items = read("09:00-10:00 talk | A | Ann, X\n09:30 talk | B\n- Part | ann, Y")
    assert [str(warning) for warning in warnings(items, START, END)] == ["ann speaks in “A” and “B” at the same time."]


def test_room_used_twice_at_once_is_warned_of() -> None:
    items = read("09:00-10:00 talk | A | | Room 1\n09:30 talk | B | | Room 1")
    assert [str(warning) for warning in warnings(items, START, END)] == ["“A” and “B” are in Room 1 at the same time."]


def test_item_outside_the_hours_and_session_without_speaker_are_warned_of() -> None:
    items = read("07:00 session | Early\n13:00-15:00 meal | Late")
    assert [(warning.key, str(warning)) for warning in warnings(items, START, END)] == [
        ("i1", "“Early” is outside the hours of the event."),
        ("i1", "The session “Early” has no speaker."),
        ("i2", "“Late” is outside the hours of the event."),
    ]


def test_programme_in_order_gets_no_warning() -> None:
    items = read("09:00 session | A | Ann, X | Room 1\n10:00 debate | Debate | Ann, X | Room 1")
    assert warnings(items, START, END) == []
    assert [item.key for item in all_items(items)] == ["i1", "i2"]
