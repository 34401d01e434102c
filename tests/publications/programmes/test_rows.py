"""Rows of fields: everything that a programme holds survives them, and a wrong field is named, not lost."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_maillage.publications.content import one_line
from flask_maillage.publications.programmes import rows as editing
from flask_maillage.publications.programmes import speaker_lines
from flask_maillage.publications.programmes.pasting import read
from flask_maillage.publications.programmes.programme import ITEM_KINDS, ProgrammeItem, Speaker, complete
from flask_maillage.publications.programmes.rows import Frame, Row

SEED = Path(__file__).parent / "printed_seminar.txt"
START = datetime(2026, 12, 11, 7, 45, tzinfo=UTC)
ANN = "https://a.example/actors/ann"


def actor_named(text: str) -> str | None:
    return {"@ann@a.example": ANN, ANN: ANN}.get(text)


FRAME = Frame("Europe/Paris", START, START + timedelta(hours=6), actor_named)
TWO_DAYS = Frame("Europe/Paris", START, START + timedelta(days=1, hours=6), actor_named)


def row(key: str = "i1", **fields: Any) -> Row:
    return Row(**({"key": key, "name": "A talk", "time": "09:00"} | fields))


def read_rows(*rows: Row, frame: Frame = FRAME) -> tuple[ProgrammeItem, ...]:
    found = editing.to_programme(list(rows), frame)
    assert found is not None, [one.errors for one in rows]
    return found


def clock(moment: datetime | None) -> str:
    return f"{moment:%d %H:%M}" if moment else ""


def test_pasted_seminar_becomes_a_programme_with_its_debates_tied() -> None:
    pasted = read(SEED.read_text(encoding="utf-8"), first_day=FRAME.first_day)
    programme = read_rows(*editing.of_pasted(pasted, [], ()))
    keys = {item.key: item.name for item in programme}
    assert [(item.kind, keys.get(item.answers_to or "")) for item in programme if item.kind == "debate"] == [
        ("debate", "Session 1: Defending the rights of crowd workers"),
        ("debate", "Session 2: Creating new unions for self-employed workers"),
        (
            "debate",
            "Session 3: Alternative forms of organization: The role of third parties and professional bodies",
        ),
    ]
    assert clock(programme[0].starts_at) == "11 07:45"
    assert [item.ends_at for item in programme[:-1]] == [item.starts_at for item in programme[1:]]


def test_rows_are_put_in_the_order_of_their_times_with_their_parts() -> None:
    programme = read_rows(
        row("a", time="10:00", name="Later"),
        row("b", time="", belongs="part", name="Part"),
        row("c", time="9h00", name="Sooner"),
    )
    assert [(item.name, [part.name for part in item.items]) for item in programme] == [
        ("Sooner", []),
        ("Later", ["Part"]),
    ]


def test_day_holds_until_another_is_named_and_night_goes_on_after_midnight() -> None:
    programme = read_rows(
        row("a", time="22:00"), row("b", time="01:00"), row("c", day="2026-12-12", time="09:00"), frame=TWO_DAYS
    )
    assert [clock(item.starts_at) for item in programme] == ["11 21:00", "12 00:00", "12 08:00"]


def test_end_before_the_start_is_on_the_next_day() -> None:
    (item,) = read_rows(row(time="22:00", end="1:00"))
    assert clock(item.ends_at) == "12 00:00"


@pytest.mark.parametrize(
    ("fields", "wrong", "message"),
    [
        ({"name": ""}, "name", "Give it a name."),
        ({"name": "\u200b"}, "name", "Give it a name."),
        ({"time": "soon"}, "time", "Write a time as 09:15."),
        ({"time": "9:00 – 10:00"}, "time", "Write a time as 09:15."),
        ({"end": "25:00"}, "end", "Write a time as 09:15."),
        ({"time": "", "end": "10:00"}, "time", "Say when it starts."),
        ({"day": "tomorrow"}, "day", "Write a day as 2026-12-31."),
        ({"day": "9999-12-31"}, "day", "Choose a year from 1900 to 2200."),
        ({"day": "2027-03-28", "time": "02:30"}, "time", "This time does not exist in Europe/Paris"),
        ({"belongs": "part"}, "belongs", "There is no item above of which it could be a part."),
        ({"speakers": "; Chair; X"}, "speakers", "A speaker has no name."),
        ({"speakers": "A B <@bob@b.example>"}, "speakers", "Nobody is known here as “@bob@b.example”"),
        ({"speakers": "A B\n" * 21}, "speakers", "An item has at most 20 speakers."),
    ],
)
def test_wrong_field_is_named(fields: dict[str, str], wrong: str, message: str) -> None:
    wrong_row = row(**fields)
    assert editing.to_programme([wrong_row], FRAME) is None
    text, values = wrong_row.errors[wrong]
    assert list(wrong_row.errors) == [wrong]
    assert (text % values).startswith(message)


def test_more_items_than_a_programme_has_are_refused_at_their_row() -> None:
    rows = [row(f"i{number}") for number in range(121)]
    assert editing.to_programme(rows, FRAME) is None
    assert [number for number, one in enumerate(rows) if one.errors] == [120]


def test_rows_without_anything_are_passed_over() -> None:
    assert read_rows(row("a"), Row("b"), Row("c", kind="meal"))[0].key == "a"
    assert editing.to_programme([Row("b")], FRAME) == ()


def test_debate_about_nothing_that_is_there_is_tied_to_nothing() -> None:
    programme = read_rows(row("a"), row("b", belongs="about:x"), row("c", belongs="about:a"))
    assert [item.answers_to for item in programme] == [None, None, "a"]


def test_item_moves_with_its_parts_over_another_with_its_parts() -> None:
    def order(place: int, step: int) -> str:
        rows = [Row("a"), Row("b", belongs="part"), Row("c"), Row("d", belongs="part"), Row("e", belongs="part")]
        editing.move(rows, place, step)
        return "".join(one.key for one in rows)

    assert [order(2, -1), order(0, 1), order(0, -1), order(2, 1), order(4, -1), order(3, -1), order(4, 1)] == [
        "cdeab", "cdeab", "abcde", "abcde", "abced", "abcde", "abcde"
    ]  # fmt: skip


def test_parts_of_a_row_that_is_removed_stay_on_their_own() -> None:
    rows = [Row("a"), Row("b", belongs="part"), Row("c")]
    editing.remove(rows, 0)
    assert [(one.key, one.belongs) for one in rows] == [("b", ""), ("c", "")]


def test_new_key_is_one_that_nothing_had() -> None:
    assert editing.new_key([Row("i1")], ["i2"]) == "i3"


@pytest.mark.parametrize(
    ("line", "speaker"),
    [
        ("Ann Lee", Speaker(name="Ann Lee")),
        ("Ann Lee, A union (France)", Speaker(name="Ann Lee", organisation="A union", country="FR")),
        ("Ann Lee, Head of A, B, Office", Speaker(name="Ann Lee", role="Head of A, B", organisation="Office")),
        ("Ann Lee, Chair,", Speaker(name="Ann Lee", role="Chair")),
        ("Ann Lee; Chair; Office, Paris", Speaker(name="Ann Lee", role="Chair", organisation="Office, Paris")),
        ("Ann Lee, Office (a union)", Speaker(name="Ann Lee", organisation="Office (a union)")),
        ("Ann Lee (FR) <@ann@a.example>", Speaker(name="Ann Lee", country="FR", actor=ANN)),
    ],
)  # fmt: skip
def test_speaker_is_read_from_a_line(line: str, speaker: Speaker) -> None:
    assert speaker_lines.read(line, actor_named) == speaker


words = st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" ,;()<>\\"), min_size=1, max_size=20)
texts = (words | st.sampled_from(["Office (France)", "A <b>", "x;", "FR (FR)"])).map(lambda text: one_line(text, 200))
names = texts.filter(bool)
speakers = st.builds(
    Speaker,
    name=names,
    role=st.just("") | texts,
    organisation=st.just("") | texts,
    country=st.sampled_from(["", "FR"]),
    actor=st.sampled_from([None, ANN]),
)


@given(speakers)
def test_every_speaker_reads_back_from_its_line(speaker: Speaker) -> None:
    assert speaker_lines.read(speaker_lines.write(speaker), actor_named) == speaker


tricky = ["Ann Lee", "A, B", "x;y", "Office (France)", "a \\ b", "FR (FR)", "A <b>", "|", "é", "語" * 200]
some_speakers = st.builds(
    Speaker,
    name=st.sampled_from(tricky),
    role=st.sampled_from(["", *tricky]),
    organisation=st.sampled_from(["", *tricky]),
    country=st.sampled_from(["", "FR"]),
)


@st.composite
def programmes(draw: st.DrawFn) -> tuple[ProgrammeItem, ...]:
    def item(key: str, start: datetime | None, **more: Any) -> ProgrammeItem:
        return ProgrammeItem(
            key=key,
            kind=draw(st.sampled_from(ITEM_KINDS)),
            name=draw(st.sampled_from(tricky)),
            starts_at=start,
            speakers=tuple(draw(st.lists(some_speakers, max_size=2))),
            room=draw(st.sampled_from(["", *tricky])),
            description=draw(st.sampled_from(["", *tricky])),
            **more,
        )

    items = []
    for number in range(draw(st.integers(0, 3))):
        parts = tuple(item(f"p{number}-{place}", None) for place in range(draw(st.integers(0, 1))))
        start = START + timedelta(minutes=draw(st.integers(0, 1)) + 30 * number)
        end = draw(st.none() | st.just(start + timedelta(minutes=draw(st.integers(1, 100)))))
        about = draw(st.none() | st.just(f"i{number - 1}")) if number else None
        items.append(item(f"i{number}", start, ends_at=end, items=parts, answers_to=about))
    return complete(items, FRAME.ends_at)


@given(programmes())
def test_every_programme_reads_back_from_its_rows(programme: tuple[ProgrammeItem, ...]) -> None:
    assert read_rows(*editing.of_programme(programme, FRAME)) == programme


@given(
    st.lists(st.builds(Row, *[st.text(max_size=12) | st.sampled_from(["part", "9:00", "2026-12-11"])] * 10), max_size=6)
)
def test_any_rows_are_read_or_refused(rows: list[Row]) -> None:
    programme = editing.to_programme(rows, FRAME)
    assert (programme is None) == any(one.errors for one in rows)
