"""Pictures of actors: chosen by those who may, shown, sent to other servers, read from them, and let go of."""

import io
import json
import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from actors import local, remote
from actors.database import session
from actors.models import Posted
from flask_maillage.files.models import StoredFile
from flask_maillage.people import accounts, roles
from flask_maillage.publications import keeping, leaving
from flask_maillage.publications.enclosures import clearing, portraits
from flask_maillage.publications.enclosures.models import CopiedImage, Portrait
from flask_maillage.publications.own import exporting
from inboxes import consequences
from tests import postgresql
from tests.fediverse import Answer, Fediverse
from tests.files import nasty
from tests.publications import board
from tests.reader import Reader

PAGE = "/@union/pictures"
AS2 = {"Accept": "application/activity+json"}


@pytest.fixture
def reader(app: Flask) -> Reader:
    """Ann, who administers the union."""
    with app.app_context():
        member, union = accounts.find("ann@example.org"), local.find("union")
        assert member is not None
        assert union is not None
        roles.grant(member, union, "admin")
        session().commit()
    reader = Reader(app)
    reader.sign_in()
    return reader


def sent(reader: Reader, path: str = PAGE, **typed: object) -> object:
    return reader.post(path, reader.fill(reader.get(path), **typed), content_type="multipart/form-data")


def logo() -> tuple[io.BytesIO, str]:
    return io.BytesIO(nasty.photograph()), "logo.jpg"


@postgresql.BOTH
def test_pictures_are_chosen_shown_sent_and_taken_away(app: Flask, client: FlaskClient, reader: Reader) -> None:
    assert 'class="monogram" aria-hidden="true">AU<' in client.get("/@union").text, "a mark of its initials"
    refused = sent(reader, icon=logo())
    assert refused.status_code == 422  # type: ignore[attr-defined]
    assert 'id="icon-error"' in refused.text, "an image needs words"  # type: ignore[attr-defined]
    drawing = (io.BytesIO(nasty.EVIL_SVG), "logo.svg")
    assert sent(reader, icon=drawing, **{"icon-alt": "Logo"}).status_code == 422  # type: ignore[attr-defined]
    words = {"icon-alt": "A raised hand", "image-alt": "A march"}
    assert sent(reader, icon=logo(), image=logo(), **words).status_code == 303  # type: ignore[attr-defined]
    document = client.get("/actors/union", headers=AS2).get_json()
    assert (document["icon"]["type"], document["icon"]["name"]) == ("Image", "A raised hand")
    assert (document["image"]["mediaType"], document["image"]["name"]) == ("image/jpeg", "A march")
    with app.app_context():
        updates = session().scalars(select(Posted).where(Posted.type == "Update")).all()
        assert [json.loads(one.body)["object"]["icon"]["name"] for one in updates] == ["A raised hand"]
        session().query(StoredFile).update({"touched_at": datetime(2020, 1, 1, tzinfo=UTC)})
        session().commit()
        session().remove()
        clearing.clear_files()
    page = client.get("/@union").text
    assert 'alt="A raised hand"' in page
    with client.get(document["icon"]["url"].removeprefix("http://localhost")) as given:
        assert given.status_code == 200
        assert b"SecretCamera" not in given.data
        assert "public" in given.headers["Cache-Control"]
    assert '<img class="portrait' in client.get(board.publish(app, "news")).text
    assert '<img class="portrait' in client.get("/news").text
    assert sent(reader, **{"icon-removed": "1", "image-removed": "1"}).status_code == 303  # type: ignore[attr-defined]
    assert "icon" not in client.get("/actors/union", headers=AS2).get_json()
    assert client.get(document["icon"]["url"].removeprefix("http://localhost")).status_code == 404


def test_only_who_administers_an_actor_or_is_it_chooses_its_pictures(app: Flask, client: FlaskClient) -> None:
    assert client.get(PAGE).status_code == 303, "to sign in"
    editor = Reader(app)
    editor.sign_in()
    assert editor.get(PAGE).status_code == 404
    assert sent(editor, "/@ann/pictures", icon=logo(), **{"icon-alt": "Ann"}).status_code == 303  # type: ignore[attr-defined]
    with app.app_context():
        ann, union = local.find("ann"), local.find("union")
        assert ann is not None
        assert union is not None
        (address,) = (one.url for one in portraits.said(ann).values())
        member = accounts.find("ann@example.org")
        assert member is not None
        assert [one["picture"]["alt"] for one in exporting.pictures(member)] == ["Ann"]
        leaving.delete_actor(ann)
        session().commit()
        assert portraits.said(ann) == {}
    assert client.get(address.removeprefix("http://localhost")).status_code == 404


def test_pictures_from_elsewhere_are_copied_once_and_shown_from_here(
    app: Flask, client: FlaskClient, fediverse: Fediverse, work: object
) -> None:
    url = fediverse.address("media.test", "/logo.jpg")
    fediverse.answer(url, Answer(200, nasty.photograph(), content_type="image/jpeg"))
    icon = {"type": "Image", "mediaType": "image/jpeg", "url": url, "name": "A hand"}
    document = fediverse.actor("depot", "p.test", kind="Group", icon=icon, image=[{"url": "javascript:1"}, 5]).document
    with app.app_context():
        actor = remote.remember(document)
        session().commit()
        assert session().scalars(select(CopiedImage)).all() == [], "of a stranger nothing is fetched"
        envelope = board.sample_of("news", actor.updated_at)
        assert envelope
        kept = {"id": f"{actor.iri}/note", "type": "Note", "attributedTo": actor.iri, "content": "<p>Hello</p>"}
        keeping.keep(kept | {"to": ["https://www.w3.org/ns/activitystreams#Public"]}, actor)
        session().commit()
        handle = actor.page_handle
    assert '<img class="monogram' not in client.get(f"/@{handle}").text
    work()  # type: ignore[operator]
    (shown,) = re.findall(r'<img class="monogram[^>]* src="([^"]*)" alt="A hand"', client.get(f"/@{handle}").text)
    assert shown.startswith("http://localhost/media/")
    with client.get(shown.removeprefix("http://localhost")) as given:
        assert given.status_code == 200
    with app.app_context():
        consequences.decide("p.test", refuses_media=True)
        session().commit()
        assert session().scalars(select(Portrait)).all() == []
    assert client.get(shown.removeprefix("http://localhost")).status_code == 404


def test_servers_hear_nothing_of_a_member_whom_they_may_not_find(app: Flask) -> None:
    with app.app_context():
        ann = local.find("ann")
        assert ann is not None
        ann.federated = False
        session().commit()
    reader = Reader(app)
    reader.sign_in()
    answer = sent(reader, "/@ann/pictures", icon=logo(), **{"icon-alt": "Ann"})
    assert answer.status_code == 303  # type: ignore[attr-defined]
    with app.app_context():
        ann = local.find("ann")
        assert ann is not None
        assert list(portraits.said(ann)) == ["icon"]
        assert session().scalars(select(Posted).where(Posted.type == "Update")).all() == []
