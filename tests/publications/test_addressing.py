"""Choosing in the form who may read: what it says, whom it refuses, and how it narrows."""

import pytest
from sqlalchemy import select

from actors import local, remote
from actors.database import session
from flask_maillage.people import accounts
from flask_maillage.publications.models import Publication
from tests.conftest import PASSWORD
from tests.reader import Reader

NEW = "/@union/initiatives/new"
TYPED = {"name": "Between us", "text": "A word.", "do": "publish"}


@pytest.fixture
def bob(app, fediverse):
    """Somebody elsewhere whom this node knows."""
    actor = fediverse.actor("bob", "b.test", "bob")
    with app.app_context():
        copy = remote.remember(actor.document)
        session().commit()
        return copy.address


@pytest.fixture
def reader(app):
    reader = Reader(app)
    reader.sign_in()
    return reader


def written(app):
    with app.app_context():
        return [
            (one.state, one.visibility, sorted(row.actor.handle for row in one.audience))
            for one in session().scalars(select(Publication).order_by(Publication.id))
        ]


@pytest.mark.parametrize("choice", ["public", "unlisted", "followers"])
def test_a_choice_is_all_it_takes(app, reader, choice):
    answer = reader.submit(NEW, **TYPED, audience=choice)
    assert answer.status_code == 303
    assert written(app) == [("published", choice, [])]


def test_everyone_may_read_unless_something_else_is_chosen(app, reader):
    reader.submit(NEW, **TYPED)
    assert written(app) == [("published", "public", [])]


@pytest.mark.parametrize(
    "local_form", ["@couriers", "couriers", "@couriers@localhost", "http://localhost/actors/couriers"]
)
def test_people_are_named_by_their_handles(app, reader, fediverse, work, bob, local_form):
    page = reader.submit(NEW, **TYPED, audience="direct", readers=f"{bob}\n{local_form}\n{bob}")
    assert written(app) == [("published", "direct", ["bob", "couriers"])]
    assert "to nobody else" in reader.get(page.location).text
    work()
    assert [(one.method, one.path) for one in fediverse.arrived if one.method == "POST"] == [
        ("POST", "/users/bob/inbox")
    ]


@pytest.mark.parametrize("do", ["publish", "preview", "draft"])
@pytest.mark.parametrize("named", ["@nobody", "@bob@unknown.test", "relay", "@couriers@elsewhere.test", "x y"])
def test_whom_nobody_knows_is_refused_and_nothing_typed_is_lost(app, reader, named, do):
    answer = reader.submit(NEW, **TYPED | {"do": do}, audience="direct", readers=f"@couriers\n{named}")
    assert answer.status_code == 422
    assert f"Nobody is known here as “{named}”" in answer.text
    assert reader.form(answer)["readers"] == f"@couriers\n{named}"
    assert reader.form(answer)["text"] == "A word."
    assert written(app) == []


@pytest.mark.parametrize("do", ["publish", "preview"])
def test_somebody_has_to_be_named(app, reader, do):
    answer = reader.submit(NEW, **TYPED | {"do": do}, audience="direct", readers=" \n")
    assert answer.status_code == 422
    assert "Name at least one who may read it." in answer.text
    assert written(app) == []


def test_a_draft_for_nobody_yet_is_kept(app, reader):
    assert reader.submit(NEW, **TYPED | {"do": "draft"}, audience="direct").status_code == 303
    assert written(app) == [("draft", "direct", [])]


def edited(reader, app, **typed):
    with app.app_context():
        path = session().scalars(select(Publication)).one().page.removeprefix("http://localhost")
    return reader.submit(f"{path}/edit", **{"do": "publish", **typed})


def test_editing_shows_who_may_read_and_may_leave_some_out(app, reader, bob):
    reader.submit(NEW, **TYPED, audience="direct", readers=f"{bob}\n@couriers")
    answer = edited(reader, app, name="Between us two", readers="@couriers")
    assert answer.status_code == 303
    assert written(app) == [("published", "direct", ["couriers"])]
    assert edited(reader, app, name="Once more").status_code == 303
    assert written(app) == [("published", "direct", ["couriers"])]


@pytest.mark.parametrize("wider", [{"audience": "public"}, {"audience": "followers"}, {"readers": "@couriers\n@ann"}])
def test_editing_shows_it_to_nobody_more(app, reader, wider):
    reader.submit(NEW, **TYPED, audience="direct", readers="@couriers")
    answer = edited(reader, app, name="Anew", **wider)
    assert answer.status_code == 422
    assert "publish it anew for more" in answer.text
    assert written(app) == [("published", "direct", ["couriers"])]
    with app.app_context():
        assert session().scalars(select(Publication.name)).all() == ["Between us"]


def test_narrowing_through_the_form_hides_the_page(app, reader, client):
    page = reader.submit(NEW, **TYPED).location
    assert client.get(page).status_code == 200
    assert edited(reader, app, audience="followers").status_code == 303
    assert client.get(page).status_code == 404
    assert reader.get(page).status_code == 200


def test_who_may_not_edit_it_finds_nothing_to_edit(app, reader):
    page = reader.submit(NEW, **TYPED, audience="followers").location
    with app.app_context():
        accounts.add("zoe@example.org", "Zoe", "zoe", PASSWORD)
        session().commit()
    zoe = Reader(app)
    zoe.sign_in("zoe@example.org")
    for action in ("", "/edit", "/withdraw"):
        assert zoe.get(page + action).status_code == 404
    assert zoe.get(page.replace("initiatives", "events")).status_code == 404


def test_the_form_says_that_publishing_in_ones_own_name_makes_one_known(app, reader):
    words = "it lets other servers and strangers find you"
    assert words not in reader.get(NEW).text
    with app.app_context():
        local.find("ann").federated = False
        session().commit()
    assert words in reader.get("/@ann/initiatives/new").text
