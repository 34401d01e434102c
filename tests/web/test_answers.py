"""What our pages say in their headers, and what becomes of errors and static files."""

import re

import pytest
from flask import Flask, abort
from sqlalchemy import create_engine
from sqlalchemy.exc import IntegrityError

from actors.database import BIND, session
from flask_maillage.people.models import Applicant
from tests.conftest import PASSWORD
from tests.publications import board
from tests.reader import Reader


@pytest.fixture
def reader(app: Flask) -> Reader:
    return Reader(app)


@pytest.mark.parametrize("path", ["/", "/@union", "/@nobody", "/feed.atom", "/sign-in"])
def test_page_may_load_nothing_from_elsewhere_and_nobody_frames_it(reader: Reader, path: str) -> None:
    headers = reader.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


def test_page_has_nothing_inline_that_its_policy_forbids(app: Flask, reader: Reader) -> None:
    """Linked data is no script that runs: the policy does not look at it."""
    for path in ("/", "/calls", "/@union", board.publish(app, "event")):
        text = reader.get(path).text
        assert not re.search(r'<style|<script(?! src=| type="application/ld\+json">)|\sstyle=|\son[a-z]+=', text)
        loaded = re.findall(r'<(?:link rel="(?:stylesheet|icon)"[^>]*href|script src|img src)="([^"]+)"', text)
        assert all(address.startswith("/") for address in loaded)


def test_members_page_is_kept_by_nobody(reader: Reader) -> None:
    assert reader.get("/").headers["Cache-Control"] == "public, no-cache"
    page = reader.get("/sign-in")
    reader.post("/sign-in", reader.fill(page, email="ann@example.org", password=PASSWORD))
    headers = reader.get("/").headers
    assert headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in headers


def test_static_file_is_kept_for_ever_under_its_mark_only(reader: Reader) -> None:
    address = re.search(r'href="(/static/maillage\.css\?v=[0-9a-f]{12})"', reader.get("/").text)
    assert address is not None
    with reader.get(address[1]) as marked:
        assert marked.status_code == 200
        assert marked.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for other in ("/static/maillage.css", "/static/maillage.css?v=000000000000"):
        with reader.get(other) as answer:
            assert "immutable" not in answer.headers.get("Cache-Control", "")
    with reader.get("/static/vendor/fonts.css") as fonts:
        font = re.search(r'url\("([^"]+)"\)', fonts.text)
    assert font
    with reader.get(f"/static/vendor/{font[1]}") as answer:
        assert "immutable" in answer.headers["Cache-Control"], "its folder has the version"
    assert reader.get("/static/../settings.py").status_code == 404


def test_error_page_says_where_to_go_next_in_the_readers_language(reader: Reader) -> None:
    page = reader.get("/@nobody", headers={"Accept-Language": "fr"})
    assert page.status_code == 404
    assert "Il n’y a rien à cette adresse" in page.text
    assert 'href="/"' in page.text
    assert page.headers["Cache-Control"] == "private, no-store"


def test_error_page_comes_after_a_flush_that_failed(app: Flask, reader: Reader) -> None:
    def broken() -> None:
        session().add(Applicant())
        with pytest.raises(IntegrityError):
            session().flush()
        abort(409)

    app.add_url_rule("/broken", view_func=broken)
    page = reader.get("/broken")
    assert (page.status_code, "This did not work" in page.text) == (409, True)


def test_error_page_comes_without_a_database(app: Flask, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    reader.sign_in()
    with app.app_context():
        engines = app.extensions["sqlalchemy"].engines
    engines[BIND].dispose()
    monkeypatch.setitem(engines, BIND, create_engine("sqlite:////no/such/folder/node.db"))
    page = reader.get("/no/such/page", headers={"Accept-Language": "fr"})
    assert (page.status_code, "Il n’y a rien à cette adresse" in page.text) == (404, True)
