"""`maillage publish`: scripts publish objects and Markdown with its properties in front."""

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from actors.database import session
from flask_maillage.publications.life.models import Schedule
from flask_maillage.publications.models import DRAFT, PUBLISHED, Publication
from tests.publications.test_submitting import EVENT
from tests.test_command_line import invoke

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

MARKDOWN = """\
+++
kind = "event"
name = "A seminar"
startTime = 2027-01-13T09:00:00
endTime = 2027-01-13T17:00:00
timezone = "Europe/Paris"
inLanguage = "fr"
location = { type = "Place", name = "Paris", address = { addressCountry = "FR" } }
organizers = ["https://ires.test/actors/ires"]
+++

Ce qui *compte*.
"""


def only(app: Flask) -> Publication | None:
    with app.app_context():
        return session().scalars(select(Publication)).one_or_none()


def write(folder: Path, text: str) -> str:
    path = folder / "publication"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_markdown_with_properties_is_published_for_everyone(app: Flask, tmp_path: Path) -> None:
    code, output = invoke(app, ("publish", write(tmp_path, MARKDOWN), "--actor", "union"))

    assert code == 0, output
    found = only(app)
    assert found is not None
    assert (found.state, found.visibility, found.source, found.language) == (
        PUBLISHED,
        "public",
        "Ce qui *compte*.",
        "fr",
    )
    assert found.starts_at is not None
    assert found.starts_at.isoformat() == "2027-01-13T08:00:00+00:00"
    assert found.organisers[0]["iri"] == "https://ires.test/actors/ires"
    assert output.strip() == found.iri


def test_call_is_told_from_an_initiative_by_its_kind(app: Flask, tmp_path: Path) -> None:
    text = '+++\nkind = "call"\nname = "A call"\nendTime = 2027-01-13T23:59:59\ntimezone = "Europe/Paris"\n'
    text += "[call]\nmaximumSelected = 10\n+++\nApply."

    code, output = invoke(app, ("publish", write(tmp_path, text), "--actor", "union"))

    assert code == 0, output
    found = only(app)
    assert found is not None
    assert (found.kind, found.details["maximum_selected"]) == ("call", 10)


def test_object_is_changed_kept_as_a_draft_or_only_tried(app: Flask, tmp_path: Path) -> None:
    path = write(tmp_path, json.dumps(EVENT))

    code, tried = invoke(app, ("publish", path, "--actor", "union", "--dry-run"))
    assert (code, json.loads(tried)["name"], only(app)) == (0, "A seminar", None)
    code, iri = invoke(app, ("publish", path, "--actor", "union", "--draft"))
    assert code == 0
    found = only(app)
    assert found is not None
    assert (found.state, found.iri) == (DRAFT, iri.strip())
    changes = write(tmp_path, '{"name": "A better seminar", "colour": "red"}')
    code, output = invoke(app, ("publish", changes, "--actor", "union", "--replace", iri.strip()))
    assert code == 0, output
    assert "colour is not known here" in output
    found = only(app)
    assert found is not None
    assert (found.name, found.state) == ("A better seminar", DRAFT)


def test_what_is_for_later_waits_as_a_draft(app: Flask, tmp_path: Path) -> None:
    path = write(tmp_path, json.dumps(EVENT))

    for moment, sentence in (
        ("noon", "is no time"),
        ("2026-12-01T09:00", "needs the offset"),
        ("2026-11-20T09:00Z", "Choose a moment to come."),
    ):
        code, output = invoke(app, ("publish", path, "--actor", "union", "--at", moment))
        assert (code, sentence in output, only(app)) == (1, True, None), output
    code, output = invoke(app, ("publish", path, "--actor", "union", "--at", "2026-12-01T09:00+01:00"))

    assert code == 0, output
    found = only(app)
    assert found is not None
    assert found.state == DRAFT
    with app.app_context():
        planned = session().scalars(select(Schedule)).one()
        assert planned.publish_at.isoformat() == "2026-12-01T08:00:00+00:00"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "It cannot be read"),
        ("[]", "It is no object"),
        ("+++\nname = 3", "a second line of +++"),
        ("+++\nname = \n+++\n", "It cannot be read"),
        ('+++\nkind = "party"\n+++\n', "kind has to be one of"),
        (json.dumps(EVENT | {"endTime": "2027-01-12"}), "endTime: "),
        (" " * 300_000, "longer than 256 KB"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(app: Flask, tmp_path: Path, text: str, sentence: str) -> None:
    code, output = invoke(app, ("publish", write(tmp_path, text), "--actor", "union"))

    assert code == 1
    assert sentence in output
    assert output.count("\n") == 1
    assert only(app) is None
