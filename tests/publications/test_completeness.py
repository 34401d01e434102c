"""What something has to say is asked of every way in alike: the form says it at its field, a program gets the path."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from actors.database import session
from actors.models import Posted
from flask_maillage.publications.importing import formats
from flask_maillage.publications.importing.rows import Settings
from flask_maillage.publications.models import DRAFT, Publication
from tests.publications.test_importing import an_event, bring, calendar, outcomes
from tests.publications.test_submitting import EVENT, EVERYONE, OUTBOX, Post, token
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

TYPED: dict[str, dict[str, str]] = {
    "calls": {"name": "A call", "text": "Come.", "deadline": "2027-01-13", "timezone": "UTC"},
    "events": {"name": "A meeting", "text": "Come.", "starts": "2027-03-01T10:00", "timezone": "Europe/Paris"},
    "initiatives": {"name": "A workshop", "text": "We repair."},
    "news": {"text": "We opened."},
}
CALL: dict[str, Any] = {
    "type": "Article",
    "to": [EVERYONE],
    "name": "A call",
    "content": "<p>Come.</p>",
    "endTime": "2027-01-13T22:59:59Z",
    "timezone": "Europe/Paris",
    "call": {},
}
INITIATIVE: dict[str, Any] = {
    "type": "Article",
    "to": [EVERYONE],
    "name": "A workshop",
    "content": "<p>We repair.</p>",
    "initiative": {},
}
NEWS = {"type": "Note", "to": [EVERYONE], "content": "<p>We opened.</p>"}
CHOICE = {"key": "k", "label": "Which?", "answerType": "choice", "choices": ["One"]}
GERMAN = {"inLanguage": "en", "nameMap": {"en": "A seminar", "de": "Ein Treffen"}, "contentMap": {"en": "<p>x</p>"}}
AREA = {"type": "Place", "name": "Lyon", "code": "no code"}
LATE = {"translations-0-language": "de", "translations-0-name": "Ein Treffen", "translations-0-text": ""}

RULES = [
    ("A title has", "name", ("events", {"name": "ab"}), (EVENT, {"name": "ab"}, "name")),
    (
        "too long for news",
        "text",
        ("news", {"text": "x" * 5001}),
        (NEWS, {"content": f"<p>{'x' * 5001}</p>"}, "content"),
    ),
    (
        "at most 20,000",
        "text",
        ("events", {"text": "x" * 20_001}),
        (EVENT, {"content": f"<p>{'x' * 20_001}</p>"}, "content"),
    ),
    (
        "Give the address where one registers.",
        "join_mode",
        ("events", {"join_mode": "external"}),
        (EVENT, {"joinMode": "external"}, "externalParticipationUrl"),
    ),
    (
        "Give the address to follow it online",
        "status",
        ("events", {"status": "moved_online"}),
        (EVENT, {"eventStatus": "EventMovedOnline"}, "virtualLocation"),
    ),
    (
        "Write at least a sentence.",
        "translations",
        ("events", LATE),
        (EVENT, GERMAN, "contentMap"),
    ),
    (
        "Give each translation a title.",
        "translations",
        ("events", LATE | {"translations-0-name": "", "translations-0-text": "Kommt."}),
        (EVENT, {"inLanguage": "en", "contentMap": {"en": "<p>x</p>", "de": "<p>Kommt.</p>"}}, "contentMap"),
    ),
    (
        "The groups hold 9 together, but 10 can be selected.",
        "cohorts",
        ("calls", {"maximum_selected": "10", "cohorts": "One | 9"}),
        (CALL, {"call": {"maximumSelected": 10, "cohorts": [{"name": "One", "capacity": 9}]}}, "call.cohorts"),
    ),
    (
        "From 100 to 100,000.",
        "note_characters",
        ("calls", {"note_characters": "99"}),
        (CALL, {"call": {"noteLimit": {"characters": 99}}}, "call.noteLimit.characters"),
    ),
    (
        "Write at least two different choices",
        "questions",
        ("calls", {"questions-0-label": "Which?", "questions-0-answer": "choice", "questions-0-choices": "One"}),
        (CALL, {"call": {"questions": [CHOICE]}}, "call.questions"),
    ),
    (
        "a code has no spaces.",
        "acts_in",
        ("initiatives", {"acts_in": "Lyon | no code"}),
        (
            INITIATIVE,
            {"initiative": {"actsIn": [{"type": "Place", "name": "Lyon", "code": "no code"}]}},
            "initiative.actsIn",
        ),
    ),
]


@pytest.fixture
def ann(app: Flask) -> Reader:
    reader = Reader(app)
    reader.sign_in()
    return reader


@pytest.fixture
def post(app: Flask, client: FlaskClient) -> Post:
    headers = {"Authorization": f"Bearer {token(app)}", "Content-Type": "application/activity+json"}
    return lambda document: client.post(OUTBOX, json=document, headers=headers)


def nothing_is_published(app: Flask) -> bool:
    with app.app_context():
        left = session().query(Publication).filter(Publication.state != DRAFT).count()
        return left == session().query(Posted).count() == 0


@pytest.mark.parametrize(("sentence", "field", "typed", "_sent"), RULES)
def test_form_says_it_at_its_field(
    app: Flask, ann: Reader, sentence: str, field: str, typed: tuple[str, dict[str, str]], _sent: Any
) -> None:
    slug, fields = typed
    answer = ann.submit(f"/@union/{slug}/new", **{**TYPED[slug], "do": "publish", **fields})
    assert answer.status_code == 422, answer.text
    assert sentence in answer.text.split(f'id="{field}-error"')[1][:400]
    assert nothing_is_published(app)


@pytest.mark.parametrize(("sentence", "_field", "_typed", "sent"), RULES)
def test_program_is_told_where_in_its_object(
    app: Flask,
    post: Post,
    sentence: str,
    _field: str,
    _typed: Any,
    sent: tuple[dict[str, Any], dict[str, Any], str],
) -> None:
    whole, changes, path = sent
    assert post(whole).status_code == 201
    with app.app_context():
        before = session().query(Posted).count()
    answer = post({**whole, **changes})
    assert answer.status_code == 422, answer.text
    assert (answer.get_json()["field"], sentence in answer.get_json()["detail"]) == (path, True)
    with app.app_context():
        assert session().query(Publication).count() == 1
        assert session().query(Posted).count() == before


def test_time_of_a_call_that_comes_twice_is_told_as_in_its_form(ann: Reader, post: Post) -> None:
    twice = {"deadline": "2027-10-31", "deadline_time": "02:30", "timezone": "Europe/Paris"}
    assert "This time comes twice" in ann.submit("/@union/calls/new", **{**TYPED["calls"], **twice}).text
    problem = post({**CALL, "endTime": "2027-10-31T02:30:00"}).get_json()
    assert (problem["field"], "This time comes twice" in problem["detail"]) == ("endTime", True)


def test_import_refuses_by_the_same_rules(app: Flask, ann: Reader, work: Any) -> None:
    project = {"name": "A workshop", "shortDescription": "x", "tags": []}
    (good,) = formats.read(json.dumps({"entities": {"1": project}}).encode(), "communecter", Settings())
    (bad,) = formats.read(json.dumps({"entities": {"1": project | {"name": "ab"}}}).encode(), "communecter", Settings())
    assert good.content is not None
    assert bad.problem == "A title has between 3 and 180 characters."
    data = calendar(an_event("1", "ab"), an_event("2", more="DTEND:20270301T080000Z"), an_event("3"))
    page = ann.get((brought := bring(ann, data, publishes="y")).location)
    assert "It must end after it starts." in page.text
    ann.post(brought.location, {"csrf_token": ann.form(page, "do")["csrf_token"], "do": "take"})
    work()
    assert outcomes(app) == ["refused", "refused", "taken"]


def test_draft_may_still_lack_what_it_will_need(ann: Reader, app: Flask) -> None:
    fields = {**TYPED["events"], "status": "moved_online", "join_mode": "external", "do": "draft"}
    assert ann.submit("/@union/events/new", **fields).status_code == 303
    assert nothing_is_published(app)


def test_what_was_published_with_a_gap_can_still_be_called_off(app: Flask, ann: Reader) -> None:
    """Rules grow: what is known already is no reason to keep people from cancelling."""
    answer = ann.submit("/@union/events/new", **{**TYPED["events"], "do": "publish"})
    with app.app_context():
        found = session().query(Publication).one()
        found.content = found.content.model_copy(
            update={"details": found.content.details.model_copy(update={"join_mode": "external"})}
        )
        session().commit()
    changed = ann.submit(f"{answer.location}/edit", status="cancelled", do="publish")
    assert changed.status_code == 303, changed.text
    refused = ann.submit(f"{answer.location}/edit", status="moved_online", do="publish")
    assert "Give the address to follow it online" in refused.text
