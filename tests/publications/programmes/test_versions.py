"""Versions of a programme: each published change is one, and readers are told in sentences what changed."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from actors.database import session
from flask_maillage.publications import publishing
from flask_maillage.publications.kinds import kind_named
from flask_maillage.publications.models import Publication
from flask_maillage.publications.programmes import versions
from flask_maillage.publications.programmes.changes import between, with_keys_of
from flask_maillage.publications.programmes.lines import parse
from flask_maillage.publications.programmes.programme import Programme, all_items
from tests.publications import board
from tests.reader import Reader

START = datetime(2026, 12, 11, 8, tzinfo=UTC)
OLD = """\
09:00 welcome | Welcome
09:15 session | Session 1: Rights | Ann Lee, Chair, A union; Bob Ray, B | Room 1
- A part | Cy Ode, C
10:00 debate | Debate
10:30-10:45 break | Coffee
11:00 talk | Last words"""


def read(text: str) -> Programme:
    return parse(text, zone="UTC", starts_at=START, ends_at=START + timedelta(hours=4))


def said(new: str, old: str = OLD) -> list[str]:
    return [
        change.message % change.values for change in between(read(old), read(new), lambda moment: f"{moment:%H:%M}")
    ]


@pytest.mark.parametrize(
    ("changed", "sentences"),
    [
        (("09:15 session", "09:20 session"), ["“Session 1: Rights” moved from 09:15 to 09:20."]),
        (("09:00 welcome | Welcome\n", ""), ["Removed: “Welcome”."]),
        (("11:00 talk", "10:50 talk | New\n11:00 talk"), ["Added: “New”, 10:50."]),
        (("Bob Ray, B |", "Dee Eff, D |"), ["Dee Eff now speaks in “Session 1: Rights”.",
                                          "Bob Ray no longer speaks in “Session 1: Rights”."]),
        (("Ann Lee, Chair", "Ann Lee, President"), ["Ann Lee is presented in other words in “Session 1: Rights”."]),
        (("Room 1", "Room 2"), ["“Session 1: Rights” is now in: Room 2."]),
        ((" | Room 1", ""), ["“Session 1: Rights” has no room any more."]),
        (("Last words", "Very last words"), ["“Last words” is now called “Very last words”."]),
        (("- A part | Cy Ode, C\n", ""), ["Removed: “A part”."]),
        (("10:30-10:45", "10:30-10:50"), ["“Coffee” ends at 10:50."]),
        (("Room 1", "Room 1 | About it"), ["“Session 1: Rights” is described in other words."]),
        (("x", "x"), []),
    ],
)  # fmt: skip
def test_change_is_said_in_a_sentence(changed: tuple[str, str], sentences: list[str]) -> None:
    assert said(OLD.replace(*changed)) == sentences


def test_item_is_found_again_by_name_where_its_key_is_another() -> None:
    assert said("08:30 talk | Before all\n" + OLD) == ["Added: “Before all”, 08:30."]


def test_items_keep_their_keys_where_they_were_written_anew() -> None:
    old, new = read(OLD), read("08:30 talk | Before all\n" + OLD.replace("Last words", "The end"))
    kept = with_keys_of(old, new)
    assert [(item.key, item.answers_to) for item in kept] == [
        ("i6", None), ("i1", None), ("i2", None), ("i3", "i2"), ("i4", None), ("i7", None)
    ]  # fmt: skip
    assert [part.key for part in kept[2].items] == ["i2-1"]
    assert with_keys_of(old, old) == old
    assert len({item.key for item in all_items(kept)}) == 7


@pytest.fixture
def event(app: Flask) -> str:
    return board.publish(app, "event")


def revise(app: Flask, path: str, programme: Programme) -> None:
    with app.app_context():
        found = find(path)
        details: Any = found.content.details.model_copy(update={"programme": programme})
        publishing.revise(found, found.content.model_copy(update={"details": details}))
        session().commit()


def find(path: str) -> Publication:
    return session().scalars(select(Publication).where(Publication.identifier == path.rpartition("/")[2])).one()


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_published_change_is_a_version_that_readers_and_peers_see(app: Flask, event: str, clock: Any) -> None:
    reader = Reader(app)
    assert "what changed" not in reader.get(event).text
    with app.app_context():
        programme = find(event).content.details.programme
    moved = (*programme[:-1], programme[-1].model_copy(update={"room": "The garden"}))
    clock.turn(days=1)
    revise(app, event, moved)

    page = words_of(reader.get(event).text)
    assert "Version 2: what changed" in page
    assert "“Buffet lunch” is now in: The garden." in page
    assert "est maintenant" not in page
    french = words_of(reader.get(f"{event}/programme?lang=fr").text)
    assert "« Buffet lunch » a lieu maintenant ici : The garden." in french
    assert "Le programme tel qu’il a d’abord été publié." in french
    with app.app_context():
        found = find(event)
        document = publishing.document(found)
        theirs: Any = kind_named("event").from_object(document)
        assert document["programmeVersion"] == theirs.details.programme_version == 2


def test_change_of_anything_else_is_no_version_of_the_programme(app: Flask, event: str) -> None:
    with app.app_context():
        found = find(event)
        publishing.revise(found, found.content.model_copy(update={"name": "Another name"}))
        session().commit()
        assert [one.number for one in versions.of(found, str)] == [1]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_event_without_a_programme_has_no_version_and_no_page_of_it(app: Flask) -> None:
    details = board.SAMPLES["event"](START).details.model_copy(update={"programme": ()})
    event = board.publish(app, "event", details=details)
    assert Reader(app).get(f"{event}/programme").status_code == 404
    with app.app_context():
        assert "programmeVersion" not in publishing.document(find(event))
    revise(app, event, read(OLD))
    with app.app_context():
        assert publishing.document(find(event))["programmeVersion"] == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_programme_of_a_draft_is_seen_by_its_people_alone(app: Flask) -> None:
    path = board.draft(app, "event")
    assert Reader(app).get(f"{path}/programme").status_code == 404
    ann = Reader(app)
    ann.sign_in()
    page = ann.get(f"{path}/programme")
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "private, no-store")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_version_whose_text_was_erased_says_so(app: Flask, event: str) -> None:
    revise(app, event, read(OLD))
    with app.app_context():
        row = versions.of(find(event), str)[-1]
        versions.revisions.one(find(event), row.revision).content = None  # type: ignore[union-attr]
        session().commit()
    assert "What it said was erased." in Reader(app).get(f"{event}/programme").text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_withdrawn_event_keeps_no_version(app: Flask, event: str) -> None:
    board.withdraw(app, event)
    with app.app_context():
        assert versions.of(find(event), str) == []
