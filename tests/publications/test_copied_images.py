"""Images of other servers: fetched by the worker alone, once, within limits, and shown from here."""

import re

import pytest
from sqlalchemy import select

from actors import policy
from actors.database import reading, session
from flask_maillage.files import folder, storing
from flask_maillage.publications import keeping, media
from flask_maillage.publications.attached import Picture
from flask_maillage.publications.enclosures import attaching, clearing, copying
from flask_maillage.publications.enclosures.models import GIVEN_UP, ICON, KEPT, WAITING, CopiedImage
from flask_maillage.publications.models import Publication
from tests.fediverse import Answer
from tests.files import nasty
from tests.publications import board
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _beside_the_requests(app):
    with app.app_context(), reading():
        yield


@pytest.fixture
def url(fediverse):
    address = fediverse.address("media.test", "/hall.jpg")
    fediverse.answer(address, Answer(200, nasty.photograph(), content_type="image/jpeg"))
    return address


def received(app, url, kind="initiative", **more):
    """Keep a copy of a partner's publication with an image, and return the path of our page of it."""
    path = board.receive(app, kind, image=Picture(url=url, media_type="image/jpeg", alt="A hall", **more))
    session().rollback()
    return path


def row():
    session().rollback()
    return session().scalars(select(CopiedImage)).one()


def asked(fediverse):
    return [one for one in fediverse.arrived if one.host == "media.test"]


def images_in(app, path):
    shown = re.findall(r'<img[^>]* src="([^"]+)"', Reader(app).get(path).text)
    return [address for address in shown if not address.endswith("/qr.svg")]


def files_on_disk():
    return {path.name for path in folder.shelf().folder.glob("??/*")}


def test_image_of_a_partner_is_fetched_once_and_shown_from_here(app, url, fediverse, work):
    path = received(app, url)
    assert (images_in(app, path), asked(fediverse)) == ([], [])
    work()
    work()
    (request,) = asked(fediverse)
    assert "cookie" not in request.headers
    (shown,) = images_in(app, path)
    assert shown.startswith("http://localhost/media/")
    with Reader(app).get(shown.removeprefix("http://localhost")) as answer:
        assert (answer.status_code, answer.content_type) == (200, "image/jpeg")
        assert b"SecretCamera" not in answer.data
    assert "media.test" not in Reader(app).get("/initiatives").text
    assert f'"image": "{shown}"' in Reader(app).get(path).text


@pytest.mark.parametrize(
    "answer",
    [
        Answer(404),
        Answer(200, nasty.EVIL_SVG, content_type="image/jpeg"),
        Answer(200, nasty.EVIL_HTML, content_type="image/png"),
        Answer(200, nasty.huge_png(20_000, 20_000), content_type="image/png"),
        Answer(200, b"", content_type="image/png"),
    ],
)
def test_what_is_no_image_is_given_up_and_nothing_is_kept(app, url, fediverse, work, answer):
    fediverse.answer(url, answer)
    path = received(app, url)
    work()
    assert row().state == GIVEN_UP
    assert (images_in(app, path), files_on_disk()) == ([], set())


def test_image_that_is_larger_than_ours_may_be_is_not_read(app, url, fediverse, work):
    app.extensions["maillage"].state["files"] = folder.Shelf(folder.shelf().folder, 500, 1, 1, 10**6)
    received(app, url)
    work()
    assert row().state == GIVEN_UP


def test_image_may_be_larger_than_a_document_of_the_wire(app, url, fediverse, work):
    fediverse.answer(url, Answer(200, nasty.photograph() + b"\0" * 1_500_000, content_type="image/jpeg"))
    received(app, url)
    work()
    assert row().state == KEPT


def test_image_is_what_its_publisher_said_that_it_is(app, url, work):
    received(app, url, digest=storing.digest_of(b"another"))
    work()
    assert row().state == GIVEN_UP


def test_server_that_does_not_answer_is_asked_again_later_and_then_no_more(app, url, fediverse, work, clock):
    fediverse.answer(url, Answer(503))
    received(app, url)
    for _ in range(copying.MOST_ATTEMPTS + 2):
        work()
        clock.turn(days=3)
    assert len(asked(fediverse)) == copying.MOST_ATTEMPTS
    assert row().state == GIVEN_UP


@pytest.mark.parametrize("address", ["http://localhost/media/x.jpg", "http://localhost/account"])
def test_we_do_not_ask_ourselves(app, work, address):
    received(app, address)
    work()
    assert row().state == GIVEN_UP


@pytest.mark.parametrize("host", ["media.test", board.PARTNER])
def test_hosts_whose_images_are_refused_are_not_asked(app, url, fediverse, work, host):
    received(app, url)
    policy.decide(host, refuses_media=True)
    session().commit()
    work()
    assert asked(fediverse) == []


def test_copy_goes_when_no_more_images_of_its_publisher_are_taken(app, url, work):
    path = received(app, url)
    work()
    assert len(files_on_disk()) == 1
    media.let_go(board.partner())
    session().commit()
    assert images_in(app, path) == []
    clearing.clear_files()
    assert files_on_disk() == set()


def test_another_image_takes_the_place_of_the_first(app, url, fediverse, work):
    received(app, url)
    work()
    other = fediverse.address("media.test", "/other.png")
    fediverse.answer(other, Answer(200, nasty.picture((9, 9)), content_type="image/png"))
    found = session().scalars(select(Publication).where(~Publication.local)).one()
    found.image = {**found.image, "url": other}
    attaching.attach(found)
    session().commit()
    work()
    assert (row().url, row().state, len(files_on_disk())) == (other, KEPT, 1)


def test_copy_of_what_its_owner_deleted_goes(app, url, work):
    received(app, url)
    work()
    keeping.erase(session().scalars(select(Publication).where(~Publication.local)).one())
    session().commit()
    assert clearing.clear_files() == 1
    assert files_on_disk() == set()


def test_oldest_copies_make_room_and_none_is_fetched_where_there_is_none(app, url, fediverse, work, clock):
    shelf = folder.shelf()
    state = app.extensions["maillage"].state
    state["files"] = folder.Shelf(shelf.folder, 10**6, 1, 1, 0)
    received(app, url)
    work()
    assert (row().state, asked(fediverse)) == (WAITING, [])
    state["files"] = folder.Shelf(shelf.folder, 10**6, 1, 1, 1000)
    work()
    clock.turn(minutes=1)
    received(app, url, kind="event")
    work()
    session().rollback()
    states = session().scalars(select(CopiedImage.state).order_by(CopiedImage.id)).all()
    assert (states, len(files_on_disk())) == ([GIVEN_UP, KEPT], 1)


def test_pictures_of_actors_are_the_last_to_make_room(app, url, work, clock):
    shelf = folder.shelf()
    app.extensions["maillage"].state["files"] = folder.Shelf(shelf.folder, 10**6, 1, 1, 1000)
    received(app, url)
    work()
    older = row()
    older.actor_id, older.part = session().get(Publication, older.publication_id).actor_id, ICON
    older.publication_id = None
    session().commit()
    clock.turn(minutes=1)

    received(app, url, kind="event")
    work()

    session().rollback()
    states = session().scalars(select(CopiedImage.state).order_by(CopiedImage.id)).all()
    assert (states, len(files_on_disk())) == ([KEPT, GIVEN_UP], 1)
