"""Pages of territories: one walks down by counts and sees what is there; admins found and close their actors."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from actors import local, remote
from actors.database import session
from actors.node import now
from flask_maillage.people import accounts
from flask_maillage.publications.kinds.initiative_details import Area
from flask_maillage.publications.territories import founding
from flask_maillage.territory import profiles
from flask_maillage.territory.places import Place
from tests.fediverse import Fediverse
from tests.publications.board import draft, publish, sample_of
from tests.reader import Reader
from tests.territory.atlas import BRUSSELS, ECHIROLLES, GRENOBLE, NAMES, open_atlas

ADMIN = "/admin/territories"


@pytest.fixture(autouse=True)
def atlas(monkeypatch: pytest.MonkeyPatch) -> None:
    open_atlas(monkeypatch)


@pytest.fixture
def admin(app: Flask) -> Reader:
    with app.app_context():
        member = accounts.find("ann@example.org")
        assert member is not None
        member.is_admin = True
        session().commit()
    reader = Reader(app)
    reader.sign_in()
    return reader


def counted(text: str, code: str) -> str | None:
    """Return the count beside the link to a territory, or None where there is no link."""
    _, found, rest = text.partition(f'href="/territories/{code}">')
    return rest.partition('class="quiet">')[2].partition("<")[0] if found else None


def test_one_walks_down_from_countries_by_counts_of_what_everybody_sees(app: Flask, client: FlaskClient) -> None:
    for place in (GRENOBLE, GRENOBLE, ECHIROLLES, BRUSSELS, None):
        publish(app, "event", place=place)
    draft(app, "event", place=GRENOBLE)
    publish(app, "event", place=GRENOBLE, row={"visibility": "followers"})
    publish(app, "event", place=GRENOBLE, row={"visibility": "unlisted"})
    text = client.get("/territories").text
    assert (counted(text, "FR"), counted(text, "BE"), counted(text, "none")) == ("3", "1", "1")
    inside = {code: client.get(f"/territories/{code}").text for code in ("FR", "FR-ARA", "FR-38", "siren:200040715")}
    assert counted(inside["FR"], "FR-ARA") == "3"
    assert counted(inside["FR"], "FR-38") is None, "not directly inside"
    assert counted(inside["FR-38"], "siren:200040715") == "3"
    assert counted(inside["siren:200040715"], "insee:38185") == "2"
    assert "1 publication in No location" in client.get("/territories/none").text


def test_a_territory_shows_by_kind_what_is_there_and_who(app: Flask, client: FlaskClient, fediverse: Fediverse) -> None:
    publish(app, "event", name="An evening", place=GRENOBLE)
    publish(app, "news", name="Some news", place=GRENOBLE)
    with app.app_context():
        union, couriers = local.find("union"), local.find("couriers")
        assert union is not None
        assert couriers is not None
        profiles.base(union, "insee:38185")
        profiles.act_in(couriers, ["FR-38"])
        stranger = {"location": {"type": "Place", "name": "Grenoble", "code": "insee:38185"}}
        depot = fediverse.actor("depot", "p.test", kind="Group", **stranger).document
        remote.remember(depot | {"name": "A stranger"})
        session().commit()
    text = client.get("/territories/FR-38").text
    based, acting = text.partition("Based here")[2].partition("Acting here")[::2]
    for words in ("An evening", "Some news", "/territories/FR-ARA", "/territories/FR-38/feed.atom"):
        assert words in text
    assert "A union" in based
    assert "Couriers together" in acting
    assert "A stranger" not in text, "whom nobody here follows is found on no page"
    assert "Acting here" not in client.get("/territories/insee:38185").text


def test_the_page_of_a_publication_leads_to_the_territories_that_it_lies_and_acts_in(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    areas = (Area(name="Isère", code="38"), Area(name="Elsewhere", code=""))
    with app.app_context():
        details = sample_of("initiative", now()).details.model_copy(update={"acts_in": areas})
    text = client.get(publish(app, "initiative", place=GRENOBLE, details=details)).text
    where, acts = text.partition("<dt>Where</dt>")[2].partition("<dt>Acts in</dt>")[::2]
    trail = re.findall(r'href="/territories/([^"]+)">([^<]+)<', where)
    assert trail[:2] == [("FR", "France"), ("FR-ARA", "Auvergne-Rhône-Alpes")]
    assert trail[2:] == [("FR-38", "Isère"), ("insee:38185", "Grenoble")]
    assert '<a href="/territories/FR-38">Isère</a>, Elsewhere' in acts
    monkeypatch.setitem(NAMES, "FR-38", "Grenoble")
    text = client.get(publish(app, "event", place=GRENOBLE)).text
    assert ">Grenoble</a></li><li>" not in text, "a department that is called as its town is, is said once"
    for place, wanted in ((BRUSSELS, ["BE"]), (Place(name="A barge"), [])):
        text = client.get(publish(app, "event", place=place)).text
        assert re.findall(r'href="/territories/([^"]+)"', text.partition("<dt>Where</dt>")[2]) == wanted


def test_other_spellings_lead_to_the_one_address(client: FlaskClient) -> None:
    for path, there in (
        ("/territory", "/territories"),
        ("/territory/FR-38", "/territories/FR-38"),
        ("/territories/fr-38?kind=event", "/territories/FR-38?kind=event"),
        ("/territories/38185", "/territories/insee:38185"),
    ):
        assert client.get(path).headers["Location"] == there
    assert client.get("/territories/FR-99").status_code == 404


def test_the_page_and_the_feeds_of_an_actor_are_those_of_its_territory(app: Flask, client: FlaskClient) -> None:
    publish(app, "event", name="An evening", place=GRENOBLE)
    publish(app, "event", name="Elsewhere", place=BRUSSELS)
    with app.app_context():
        founding.found("38185", "grenoble")
        session().commit()
    for path in (
        "/@grenoble",
        "/@grenoble/feed.json",
        "/@grenoble/calendar.ics",
        "/@grenoble/events",
        "/@grenoble/events/feed.atom",
    ):
        text = client.get(path).text
        assert "An evening" in text, path
        assert "Elsewhere" not in text, path
    assert "@grenoble@localhost" in client.get("/territories/insee:38185").text
    assert client.get("/@grenoble", headers={"Accept": "application/activity+json"}).status_code == 303


def test_an_admin_founds_and_closes_a_territory(app: Flask, admin: Reader, client: FlaskClient) -> None:
    page = admin.get(ADMIN)
    for typed, field in (
        ({"code": "Atlantis", "handle": "atlantis"}, "code"),
        ({"code": "Grenoble", "handle": "relay"}, "handle"),
        ({"code": "", "handle": "x"}, "code"),
    ):
        answer = admin.post(ADMIN, admin.fill(page, **typed))
        assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True), typed
    assert admin.post(ADMIN, admin.fill(page, code="Grenoble", handle="grenoble")).status_code == 303
    page = admin.get(ADMIN)
    assert "@grenoble@localhost" in page.text
    assert admin.get("/@grenoble/profile").status_code == 200
    form = admin.form(page, "csrf_token")
    assert admin.post(f"{ADMIN}/grenoble/close", {"csrf_token": form["csrf_token"]}).status_code == 303
    assert client.get("/@grenoble").status_code == 410
    assert client.get("/territories/insee:38185").status_code == 200


def test_nobody_else_founds_one(app: Flask, client: FlaskClient) -> None:
    reader = Reader(app)
    reader.sign_in()
    assert reader.get(ADMIN).status_code == reader.post(ADMIN, {}).status_code == 404
    assert client.get(ADMIN).status_code == 404


def test_commands_found_list_refresh_and_close(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    publish(app, "event", place=GRENOBLE)
    found = run(args=["maillage", "territory", "found", "38185", "--handle", "grenoble", "--with-open"])
    assert found.output == "@grenoble@localhost shares what is published in Grenoble (insee:38185).\n"
    assert run(args=["maillage", "territory", "found", "38185", "--handle", "other"]).exit_code == 1
    assert "insee:38185" in run(args=["maillage", "territory", "list"]).output
    assert "1 publications laid out.\n" in run(args=["maillage", "territory", "refresh"]).output
    assert run(args=["maillage", "territory", "close", "grenoble", "--yes"]).output == "grenoble is closed.\n"
    assert run(args=["maillage", "territory", "close", "union", "--yes"]).exit_code == 1
