"""Pages about the node: written by admins alone, read by everybody once published, in the reader's language."""

import pytest
from click.testing import CliRunner
from flask import Flask

from actors import database
from actors.database import session
from flask_maillage.people import accounts
from flask_maillage.standing import writing
from flask_maillage.standing.writing import PageRefused
from tests.conftest import PASSWORD
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FRENCH = {"Accept-Language": "fr"}


@pytest.fixture
def admin(app: Flask) -> Reader:
    with app.app_context():
        accounts.add("root@example.org", "Root", "rooted", PASSWORD, is_admin=True)
        session().commit()
    reader = Reader(app)
    assert reader.sign_in("root@example.org").status_code == 303
    return reader


def add(app: Flask, slug: str, linked: str = "footer", **texts: str) -> None:
    """Publish a page with a text for each language."""
    with app.app_context():
        page = writing.add(slug)
        for language, title in texts.items():
            writing.write(page, language, title, f"Text of *{title}*.")
        writing.settle(page, linked=linked, is_published=True)
        session().commit()


def save(admin: Reader, path: str, do: str = "save", **typed: str):
    shown = admin.form(admin.get(path), "title")
    form = {name: value for name, value in shown.items() if name != "linked"}
    return admin.post(path, {**form, "linked": "footer", "do": do, **typed})


def test_an_admin_writes_previews_publishes_and_brings_back(app: Flask, admin: Reader) -> None:
    stranger = Reader(app)
    begun = admin.post("/admin/pages", admin.fill(admin.get("/admin/pages"), slug="about"))
    path = begun.headers["Location"]
    assert path == "/admin/pages/about"
    assert "Write a title and a text" in save(admin, path, published="y").text
    preview = save(admin, path, "preview", title="About us", text="We **are** here.")
    assert "<strong>are</strong>" in preview.text
    assert stranger.get("/pages/about").status_code == 404
    assert admin.get("/pages/about").status_code == 404, "nothing is written yet: the preview kept nothing"
    assert save(admin, path, title="About us", text="We **are** here.").status_code == 303
    assert stranger.get("/pages/about").status_code == 404
    assert "only admins see it" in admin.get("/pages/about").text
    assert save(admin, path, published="y", linked="menu").status_code == 303
    page = stranger.get("/pages/about")
    assert "<strong>are</strong>" in page.text
    assert '<a href="/pages/about" aria-current="page">About us</a>' in page.text
    assert save(admin, path, title="About", text="Changed.", published="y").status_code == 303
    assert "Changed." in stranger.get("/pages/about").text
    proof = admin.form(admin.get(path))["csrf_token"]
    restored = admin.post("/admin/pages/about/restore?language=en", {"csrf_token": proof, "number": "1"})
    assert restored.status_code == 303
    assert "<strong>are</strong>" in stranger.get("/pages/about").text
    assert "Root" in admin.get(path).text
    for wrong in ("9", "x", "", "99999999999999999999"):
        form = {"csrf_token": proof, "number": wrong}
        assert admin.post("/admin/pages/about/restore?language=en", form).status_code == 404


def test_a_reader_gets_their_language_or_the_nearest_and_is_told(app: Flask) -> None:
    add(app, "about", "menu", en="About", fr="À propos")
    add(app, "charter", fr="Charte")
    reader = Reader(app)
    assert '<h1 lang="fr">À propos</h1>' in reader.get("/pages/about", headers=FRENCH).text
    page = reader.get("/pages/charter").text
    assert '<h1 lang="fr">Charte</h1>' in page
    assert '<div class="prose" lang="fr">' in page
    assert "has not been written in your language" in page
    assert '<a href="/pages/charter" lang="fr">Charte</a>' in page
    assert "has not been" not in reader.get("/pages/charter", headers=FRENCH).text


def test_published_pages_are_linked_mapped_and_in_nodeinfo(app: Flask, client) -> None:
    add(app, "about", "menu", en="About")
    add(app, "hidden", "nowhere", en="Hidden")
    with app.app_context():
        writing.write(writing.add("draft"), "en", "Draft", "No.")
        session().commit()
    home = client.get("/").text
    assert home.count('href="/pages/about"') == 3, "in the menu, at the foot, and as the first thing to do"
    assert "/pages/hidden" not in home
    assert "/pages/draft" not in home
    sitemap = client.get("/sitemap.xml").text
    assert "http://localhost/pages/about" in sitemap
    assert "/pages/draft" not in sitemap
    assert client.get("/nodeinfo/2.1").json["metadata"]["pages"]["about"] == "http://localhost/pages/about"


def test_what_somebody_wrote_meanwhile_is_not_lost(app: Flask, admin: Reader) -> None:
    add(app, "about", en="About")
    begun = {**admin.form(admin.get("/admin/pages/about"), "title"), "linked": "footer", "do": "save"}
    assert save(admin, "/admin/pages/about", text="Theirs.", published="y").status_code == 303
    refused = admin.post("/admin/pages/about", {**begun, "text": "Mine.", "published": "y"})
    assert refused.status_code == 422
    assert "changed it meanwhile" in refused.text
    assert admin.form(refused, "title")["text"] == "Mine."
    again = {**admin.form(refused, "title"), "linked": "footer", "do": "save", "published": "y"}
    assert admin.post("/admin/pages/about", again).status_code == 303
    assert "Mine." in Reader(app).get("/pages/about").text


def test_nobody_else_writes(app: Flask, admin: Reader) -> None:
    add(app, "about", en="About")
    ann = Reader(app)
    ann.sign_in()
    proof = ann.form(ann.get("/account/password"))
    for path in ("/admin/pages", "/admin/pages/about"):
        assert ann.get(path).status_code == 404
        assert ann.post(path, proof).status_code == 404
    assert ann.post("/admin/pages/about/remove", proof).status_code == 404
    assert admin.post("/admin/pages/about/remove").status_code == 400
    assert admin.post("/admin/pages/none/up", admin.form(admin.get("/admin/pages"))).status_code == 404


def test_pages_are_ordered_and_only_drafts_are_removed(app: Flask, admin: Reader) -> None:
    add(app, "one", en="One")
    add(app, "two", en="Two")
    proof = admin.form(admin.get("/admin/pages"))
    admin.post("/admin/pages/two/up", proof)
    admin.post("/admin/pages/two/up", proof)
    admin.post("/admin/pages/one/remove", proof)
    with app.app_context(), database.reading():
        assert [page.slug for page in writing.all_pages()] == ["two", "one"]
    assert "make it a draft first" in admin.get("/admin/pages").text
    form = dict(admin.form(admin.get("/admin/pages/one"), "title").items())
    form.pop("published", None)
    admin.post("/admin/pages/one", {**form, "linked": "footer", "do": "save"})
    admin.post("/admin/pages/one/remove", proof)
    with app.app_context(), database.reading():
        assert [page.slug for page in writing.all_pages()] == ["two"]


@pytest.mark.parametrize("slug", ["", "About", "a/b", "-a", "a--b", "é", "a" * 61, "../x", "about"])
def test_a_wrong_address_is_refused_at_its_field(app: Flask, admin: Reader, slug: str) -> None:
    add(app, "about", en="About")
    answer = admin.post("/admin/pages", admin.fill(admin.get("/admin/pages"), slug=slug))
    assert answer.status_code == 422
    assert 'id="slug-error"' in answer.text


def test_what_cannot_be_kept_is_refused(app: Flask) -> None:
    with app.app_context():
        page = writing.add("about")
        for language, title, text in (
            ("xx", "T", "x"),
            ("en", "", "x"),
            ("en", "T", " "),
            ("en", "T" * 151, "x"),
            ("en", "T", "x" * 100_001),
        ):
            with pytest.raises(PageRefused):
                writing.write(page, language, title, text)
        assert writing.newest(page) == {}
        writing.write(page, "en", "T", "<script>alert(1)</script> [x](javascript:alert(1))")
        assert "<script" not in writing.newest(page)["en"].html
        assert "href" not in writing.newest(page)["en"].html
        writing.write(page, "en", "", "")
        assert writing.newest(page) == {}


def test_the_command_writes_from_a_file(app: Flask, tmp_path) -> None:
    file = tmp_path / "about.md"
    file.write_text("# À propos\n\nNous *sommes*.\n", encoding="utf-8")
    runner = app.test_cli_runner()
    done = runner.invoke(args=["maillage", "page", "set", "about", str(file), "--language", "fr", "--publish"])
    assert done.exit_code == 0, done.output
    assert "published" in done.output
    assert "about" in runner.invoke(args=["maillage", "page", "list"]).output
    page = Reader(app).get("/pages/about").text
    assert "<em>sommes</em>" in page
    assert page.count("À propos") >= 2
    assert runner.invoke(args=["maillage", "page", "set", "A b", str(file)]).exit_code == 1
    assert isinstance(runner, CliRunner)


def test_no_text_has_characters_that_no_database_takes(app: Flask) -> None:
    with app.app_context():
        page = writing.add("about")
        writing.write(page, "en", "About", "\nOne\x00\r\ntwo\n")
        assert writing.newest(page)["en"].source == "One\ntwo"
