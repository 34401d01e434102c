"""The page *Topics*: what the node adds to the shared list is written, changed and taken away by admins alone."""

import pytest
from flask import Flask

from actors.database import session
from flask_maillage.publications import topic_list
from flask_maillage.publications.topics import VOICE
from tests.publications import board
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAGE = "/admin/topics"
HOUSING = {"term": "housing", "labels": "en=Housing\nfr = Logement", "parent": "voice"}


def listed(app: Flask) -> dict[str, tuple[dict[str, str], str, bool]]:
    with app.app_context():
        found = topic_list.listed(retired=True)
        return {one.term: (one.labels, one.parent, one.retired_at is None) for one in found}


def test_a_topic_is_added_renamed_and_removed(app: Flask, admin: Reader) -> None:
    assert "This node has no topics of its own." in admin.get(PAGE).text
    assert admin.post(PAGE, admin.fill(admin.get(PAGE), **HOUSING)).status_code == 303
    assert listed(app) == {"housing": ({"en": "Housing", "fr": "Logement"}, VOICE, True)}
    page = admin.get(PAGE)
    assert "Belongs to: Giving workers a stronger voice" in page.text
    assert '<span lang="fr">Logement</span>' in page.text
    change = admin.get(f"{PAGE}/housing")
    shown = admin.form(change, "labels")
    assert (shown["labels"], shown["parent"]) == ("en=Housing\nfr=Logement", "voice")
    typed = {**shown, "labels": "en=Homes", "parent": "", "term": "other"}
    assert admin.post(f"{PAGE}/housing", typed).status_code == 303
    assert listed(app) == {"housing": ({"en": "Homes"}, "", True)}
    assert admin.post(f"{PAGE}/housing/remove", admin.form(page)).status_code == 303
    assert listed(app) == {}


def typed_over(admin: Reader, path: str, **typed: str) -> dict[str, str]:
    return {**admin.form(admin.get(path), "labels"), **typed}


def test_what_is_named_is_not_removed_but_offered_no_more_and_again(app: Flask, admin: Reader) -> None:
    admin.post(PAGE, typed_over(admin, PAGE, **HOUSING))
    with app.app_context():
        iri = topic_list.listed()[0].iri
        details = board.sample_of("call", board.now()).details.model_copy(update={"topics": (iri,)})
    board.draft(app, "call", details=details)
    page = admin.get(PAGE)
    assert "/remove" not in page.text
    assert admin.post(f"{PAGE}/housing/remove", admin.form(page)).status_code == 303
    assert "Publications or other topics name it" in admin.get(PAGE).text
    assert admin.post(f"{PAGE}/housing/retire", admin.form(page)).status_code == 303
    assert "(offered no more)" in admin.get(PAGE).text
    assert not listed(app)["housing"][2]
    again = f"{PAGE}/housing"
    assert admin.post(again, typed_over(admin, again)).status_code == 303
    assert listed(app)["housing"][2]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"term": "Housing"}, "small letters, digits and hyphens"),
        ({"term": "voice"}, "All nodes share a topic of this name"),
        ({"term": "known"}, "There is a topic of this name"),
        ({"labels": "Housing"}, "with its language, as en=Housing"),
        ({"labels": ""}, "with its language, as en=Housing"),
        ({"parent": "nothing"}, "This choice does not exist"),
    ],
)
def test_what_is_no_topic_is_said_at_its_field_and_changes_nothing(
    app: Flask, admin: Reader, typed: dict[str, str], sentence: str
) -> None:
    with app.app_context():
        topic_list.add("known", {"en": "Known"})
        session().commit()
    answer = admin.post(PAGE, typed_over(admin, PAGE, **{**HOUSING, **typed}))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert set(listed(app)) == {"known"}


def test_nobody_else_is_there(app: Flask, admin: Reader, ann: Reader) -> None:
    admin.post(PAGE, typed_over(admin, PAGE, **HOUSING))
    proof = {"csrf_token": ann.form(ann.get("/account/password"))["csrf_token"]}
    for path in (PAGE, f"{PAGE}/housing"):
        assert ann.get(path).status_code == ann.post(path, {**proof, **HOUSING}).status_code == 404
    for step in ("remove", "retire"):
        assert ann.post(f"{PAGE}/housing/{step}", proof).status_code == 404
        assert admin.post(f"{PAGE}/housing/{step}").status_code == 400
        assert admin.post(f"{PAGE}/none/{step}", admin.form(admin.get(PAGE))).status_code == 404
    assert set(listed(app)) == {"housing"}


def test_command_removes_what_nothing_names(app: Flask) -> None:
    def run(*arguments: str) -> str:
        return str(app.test_cli_runner().invoke(args=["maillage", "topic", *arguments]).output)

    run("add", "water", "--label", "en=Water")
    run("add", "rivers", "--label", "en=Rivers", "--parent", "water")
    assert "name it" in run("remove", "water")
    assert "rivers is gone." in run("remove", "rivers")
    assert "There is no topic rivers" in run("remove", "rivers")
    assert set(listed(app)) == {"water"}
