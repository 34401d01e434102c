"""The page of the programme: paste, correct, save; nothing typed is lost, and no script is needed."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from actors import remote
from actors.database import reading, session
from actors.models import Posted
from federation.activities import CONTENT_TYPE
from flask_maillage.people import accounts
from flask_maillage.publications import keeping, publishing
from flask_maillage.publications.kinds import kind_named
from flask_maillage.publications.models import Publication
from flask_maillage.publications.programmes.programme import all_items
from tests.fediverse import Fediverse
from tests.publications import board
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SEED = (Path(__file__).parent / "printed_seminar.txt").read_text(encoding="utf-8")
SPEAKERS = {
    "Mark Graham": "Oxford Internet Institute",
    "Kristy Milland": "Community Manager, TurkerNation.com (Canada)",
    "Robert Fuss": "Leader of the platform FairCrowdWork Watch, IG Metall (Germany)",
    "Sarah Bormann": "“Cloud and crowd” advisor, Ver.di (Germany)",
    "Caitlin Pearce": "Director of Member Engagement, Freelancers Union (United States)",
    "Claudio Treves": "General Secretary, sindacato dei lavoratori atipici, NIdiL-Cgil (Italy)",
    "César Garcia Arnal": "Vice General Secretary, Unión de Profesionales y Trabajadores Autónomos, UPTA (Spain)",
    "Christophe Lemaire": "member of the board, French Allianz for Design (France)",
    "Delphine Chenuet": "co-founder, collectif des tiers-lieux (co-working collective)",
    "Stéphane Veyer": "co-leader, Coopaname (Business and employment co-operative)",
    "Olivier Mériaux": "General overview, ANACT",
}
NAMES = (
    "Welcome", "Introduction", "Building collective groups and action in digital era",
    "Session 1: Defending the rights of crowd workers", "Three experiences from abroad", "Debate",
    "Session 2: Creating new unions for self-employed workers",
    "The US, Italian and Spanish unions of autonomous workers", "Coffee break",
    "Session 3: Alternative forms of organization: The role of third parties and professional bodies",
    "A look at the creative professions", "Co-working, and business and work co-operatives", "Recap and next steps",
    "Roundtable to identify the main issues at stake", "Buffet lunch",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _beside_the_requests(app: Flask) -> Any:
    with app.app_context(), reading():
        yield


@pytest.fixture
def ann(app: Flask) -> Reader:
    reader = Reader(app)
    reader.sign_in()
    return reader


@pytest.fixture
def event(app: Flask) -> str:
    """The path of a published event without a programme."""
    return board.publish(app, "event", details=without_programme())


def without_programme() -> Any:
    details = board.SAMPLES["event"](board.now()).details
    return details.model_copy(update={"programme": ()})


def stored(path: str) -> Publication:
    session().rollback()
    found = session().scalar(select(Publication).where(Publication.identifier == path.rpartition("/")[2]))
    assert found is not None
    return found


def words_of(page: TestResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page.text.replace("</p>", " </p>").replace("&amp;", "&")))


def press(reader: Reader, page: TestResponse, path: str, do: str, **typed: str) -> TestResponse:
    """Press a button of the page's form, after typing."""
    values = reader.form(page, "version")
    for name, value in typed.items():
        values[name.replace("_", "-") if name.startswith("row") else name] = value
    values["do"] = do
    return reader.post(f"{path}/programme/edit", values)


def pasted(reader: Reader, path: str, text: str = SEED) -> TestResponse:
    return press(reader, reader.get(f"{path}/programme/edit"), path, "read", pasted=text)


def test_seminar_pasted_as_it_is_arrives_whole_on_the_page_and_on_a_second_node(ann: Reader, event: str) -> None:
    page = pasted(ann, event)
    assert page.status_code == 200
    assert "has no speaker" not in page.text
    saved = press(ann, page, event, "save")
    assert (saved.status_code, saved.location) == (303, event)

    shown = words_of(ann.get(event))
    for name, affiliation in SPEAKERS.items():
        assert f"{name}, {affiliation}" in shown
    for name in NAMES:
        assert name in shown
    ours = stored(event)
    document = publishing.document(ours)
    theirs = kind_named("event").from_object(document)
    assert theirs.details.programme == ours.content.details.programme
    assert [item["itemType"] for item in document["subEvent"]] == [
        "welcome", "introduction", "talk", "session", "debate", "session", "debate", "break", "session", "debate",
        "recap", "meal"
    ]  # fmt: skip
    assert {one.name for item in all_items(theirs.details.programme) for one in item.speakers} == set(SPEAKERS)
    for name in SPEAKERS:
        assert name in document["content"]


def test_copy_on_a_second_node_shows_the_same_programme(app: Flask, ann: Reader, event: str) -> None:
    press(ann, pasted(ann, event), event, "save")
    document = publishing.document(stored(event))
    theirs = json_of(document, "http://localhost/actors/union", f"https://{board.PARTNER}/actors/depot")
    copy = keeping.keep(theirs, board.partner())
    assert copy is not None
    session().commit()
    page = Reader(app).get(copy.page.removeprefix("http://localhost"))
    assert programme_of(page) == programme_of(ann.get(event))


def json_of(document: Any, ours: str, theirs: str) -> Any:
    if isinstance(document, dict):
        return {key: json_of(value, ours, theirs) for key, value in document.items()}
    if isinstance(document, list):
        return [json_of(value, ours, theirs) for value in document]
    return document.replace(ours, theirs) if isinstance(document, str) else document


def programme_of(page: TestResponse) -> str:
    return re.search(r'<ol class="programme">.*?</ol>', page.text, re.DOTALL)[0]  # type: ignore[index]


def test_saving_a_published_programme_sends_an_update_and_a_draft_sends_nothing(
    app: Flask, ann: Reader, event: str
) -> None:
    draft = board.draft(app, "event", details=without_programme())
    before = len(session().scalars(select(Posted)).all())
    press(ann, pasted(ann, draft), draft, "save")
    assert len(session().scalars(select(Posted)).all()) == before
    press(ann, pasted(ann, event), event, "save")
    session().rollback()
    (posted,) = session().scalars(select(Posted).where(Posted.type == "Update")).all()
    assert len(json.loads(posted.body)["object"]["subEvent"]) == 12


def test_rows_are_added_moved_and_removed_by_buttons_and_keep_their_keys(ann: Reader, event: str) -> None:
    text = "09:00 One\n10:00 Two\n11:00 Three"
    page = pasted(ann, event, text)
    page = press(ann, page, event, "add-0")
    assert names_in(ann, page) == ["One", "", "Two", "Three"]
    page = press(ann, page, event, "up-3", row_1_name="New", row_1_time="09:30")
    assert names_in(ann, page) == ["One", "New", "Three", "Two"]
    page = press(ann, page, event, "down-0")
    page = press(ann, page, event, "remove-0")
    assert names_in(ann, page) == ["One", "Three", "Two"]
    press(ann, page, event, "save")
    programme = stored(event).content.details.programme
    assert [item.name for item in programme] == ["One", "Two", "Three"]
    keys = {item.name: item.key for item in programme}

    page = ann.get(f"{event}/programme/edit")
    page = press(ann, page, event, "add-0")
    press(ann, page, event, "save", row_1_name="Between", row_1_time="9h30")
    after = {item.name: item.key for item in stored(event).content.details.programme}
    assert {name: after[name] for name in keys} == keys
    assert after["Between"] not in keys.values()


def names_in(reader: Reader, page: TestResponse) -> list[str]:
    form = reader.form(page, "version")
    return [form[f"row-{number}-name"] for number in form.getlist("row")]


def test_wrong_row_is_named_and_everything_typed_comes_back(ann: Reader, event: str, fediverse: Fediverse) -> None:
    nobody = f"@nobody@x.test:{fediverse.port}"
    page = press(ann, pasted(ann, event), event, "save", row_1_time="later", row_3_speakers=f"Ann <{nobody}>")
    assert page.status_code == 422
    assert "Write a time as 09:15." in page.text
    assert f"“{nobody}”: There is nothing by that name that speaks ActivityPub." in page.text
    form = ann.form(page, "version")
    assert (form["row-1-time"], form["row-3-speakers"], form["pasted"]) == ("later", f"Ann <{nobody}>", SEED)
    assert stored(event).content.details.programme == ()


def test_speaker_of_another_server_is_looked_up_by_handle_before_the_form_counts(
    ann: Reader, event: str, fediverse: Fediverse
) -> None:
    bob = fediverse.actor("bob", "b.test", "bob")
    host = f"b.test:{fediverse.port}"
    found = {"subject": f"acct:bob@{host}", "links": [{"rel": "self", "type": CONTENT_TYPE, "href": bob.iri}]}
    fediverse.put(fediverse.address("b.test", "/.well-known/webfinger"), found, content_type="application/jrd+json")
    typed = {"row_0_name": "A talk", "row_0_speakers": f"Bob <@bob@{host}>"}
    page = press(ann, ann.get(f"{event}/programme/edit"), event, "save", **typed)
    assert page.status_code == 303, page.text
    (item,) = stored(event).content.details.programme
    assert item.speakers[0].actor == bob.iri


def test_nothing_is_looked_up_for_a_form_that_the_page_did_not_send(
    ann: Reader, event: str, fediverse: Fediverse
) -> None:
    form = ann.form(ann.get(f"{event}/programme/edit"), "version")
    forged = {**form, "csrf_token": "x", "do": "save", "row-0-speakers": f"Bob <@bob@b.test:{fediverse.port}>"}
    assert ann.post(f"{event}/programme/edit", forged).status_code == 400
    assert fediverse.arrived == []


def test_warnings_stand_beside_the_rows_and_forbid_nothing(ann: Reader, event: str) -> None:
    text = (
        "07:00 SESSION 1\nEarly\n09:00-10:00 A talk\nAnn Lee, A union\nRoom 1\n09:30 Another\nAnn Lee, A union\nRoom 1"
    )
    page = pasted(ann, event, text + "\n11:00-12:00 Last")
    for said in (
        "“Session 1: Early” is outside the hours of the event.",
        "The session “Session 1: Early” has no speaker.",
        "Ann Lee speaks in “A talk” and “Another” at the same time.",
        "“A talk” and “Another” are in Room 1 at the same time.",
    ):
        assert said in words_of(page)
    assert press(ann, page, event, "save").status_code == 303
    assert "Look at the programme again" in ann.get(event).text


def test_only_its_people_see_what_looks_wrong(app: Flask, ann: Reader, event: str) -> None:
    press(ann, pasted(ann, event, "07:00 SESSION 1\nEarly"), event, "save")
    assert "Look at the programme again" not in Reader(app).get(event).text


def test_speaker_is_linked_to_an_actor_by_handle(app: Flask, ann: Reader, event: str, fediverse: Any) -> None:
    who = remote.remember(fediverse.actor("mark", "oii.test").document)
    session().commit()
    page = pasted(ann, event, "09:05 A talk\nMark Graham, Oxford Internet Institute")
    line = f"Mark Graham, Oxford Internet Institute <{who.address}>"
    answer = press(ann, page, event, "save", row_0_speakers=line)
    assert answer.status_code == 303, words_of(answer)
    ours = stored(event)
    (performer,) = publishing.document(ours)["subEvent"][0]["performer"]
    assert (performer["id"], performer["name"]) == (who.iri, "Mark Graham")
    assert f'<a href="/@{who.page_handle}" rel="nofollow noopener">Mark Graham</a>' in Reader(app).get(event).text
    again = ann.form(ann.get(f"{event}/programme/edit"), "version")
    assert again["row-0-speakers"] == f"Mark Graham, Oxford Internet Institute <{who.iri}>"
    as_lines = ann.form(ann.get(f"{event}/edit"))["programme"]
    assert f"<{who.iri}>" in as_lines


def test_what_somebody_else_saved_meanwhile_is_not_overwritten_unseen(
    app: Flask, ann: Reader, event: str, clock: Any
) -> None:
    page = pasted(ann, event, "09:00 Mine")
    clock.turn(minutes=1)
    other = Reader(app)
    other.sign_in()
    press(other, pasted(other, event, "09:00 Theirs"), event, "save")
    refused = press(ann, page, event, "save")
    assert refused.status_code == 409
    assert stored(event).content.details.programme[0].name == "Theirs"
    assert press(ann, refused, event, "save").status_code == 303
    assert stored(event).content.details.programme[0].name == "Mine"


def test_session_that_ended_and_page_that_was_open_for_long_lose_nothing(app: Flask, ann: Reader, event: str) -> None:
    page = pasted(ann, event, "09:00 Mine")
    stranger = Reader(app)
    answer = stranger.post(f"{event}/programme/edit", ann.form(page, "version") | {"do": "save"})
    assert answer.status_code == 403
    assert names_in(stranger, answer) == ["Mine"]
    stale = ann.form(page, "version")
    stale["csrf_token"], stale["do"] = "stale", "save"
    answer = ann.post(f"{event}/programme/edit", stale)
    assert answer.status_code == 400
    assert press(ann, answer, event, "save").status_code == 303


def test_stranger_to_the_actor_may_not_write_its_programme(app: Flask, event: str) -> None:
    accounts.add("bea@example.org", "Bea", "bea", "twelve apples")
    session().commit()
    bea = Reader(app)
    bea.sign_in("bea@example.org", "twelve apples")
    assert bea.get(f"{event}/programme/edit").status_code == 403
    assert bea.get(f"{board.draft(app, 'event')}/programme/edit").status_code == 404
    assert "/sign-in" in Reader(app).get(f"{event}/programme/edit").location


def test_text_that_is_no_programme_is_said_to_be_none(ann: Reader, event: str) -> None:
    page = pasted(ann, event, "Dear all,\nwe meet.")
    assert "No line of this text begins with a time" in page.text
    assert ann.form(page, "version")["pasted"] == "Dear all,\nwe meet."
    page = pasted(ann, event, "9:00 A\n" * 5000)
    assert "at most 30,000 characters" in page.text


def test_event_form_saves_a_draft_and_leads_to_the_programme(ann: Reader) -> None:
    form = {"name": "A seminar", "text": "Come.", "starts": "2027-01-13T09:00", "timezone": "Europe/Paris"}
    answer = ann.submit("/@union/events/new", **form, do="programme")
    assert answer.status_code == 303
    assert answer.location.endswith("/programme/edit")
    page = ann.get(answer.location)
    assert page.status_code == 200
    assert "Paste a programme" in page.text


@pytest.mark.parametrize("do", ["up-99", "remove-", "add-x", "down-10000", "nonsense", "remove-0"])
def test_any_button_is_answered(ann: Reader, event: str, do: str) -> None:
    page = press(ann, ann.get(f"{event}/programme/edit"), event, do, row_0_key="a b", row_1_key="a b")
    assert page.status_code == 200
    keys = [value for name, value in ann.form(page, "version").items() if name.endswith("-key")]
    assert len(set(keys)) == len(keys)
