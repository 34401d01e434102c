"""Images and documents in forms and on pages: nothing chosen is lost, nothing is given to who may not read it."""

import io
import re
from datetime import timedelta
from html import unescape

import feedparser
import pytest
from sqlalchemy import func, select

from actors import local
from actors.database import reading, session
from federation.activities import CONTENT_TYPE, host_of
from federation.signatures import sign
from flask_maillage.files import answering, folder
from flask_maillage.files.models import StoredFile
from flask_maillage.people import accounts, roles
from flask_maillage.publications import publishing
from flask_maillage.publications.editing import uploads
from flask_maillage.publications.enclosures import clearing
from flask_maillage.publications.models import Publication
from flask_maillage.publications.rules import NotPossible
from tests.files import nasty
from tests.publications.circle import gathered
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NEW = "/@union/calls/new"
CALL = {"name": "Coaching for ten", "text": "Come all.", "deadline": "2027-01-13", "timezone": "Europe/Brussels"}
ALT = "A room full of people"
ENDS = (".jpg", ".svg", "-9.jpg", "-800.jpg", ".jpg.html")


@pytest.fixture(autouse=True)
def _beside_the_requests(app):
    with app.app_context(), reading():
        yield


@pytest.fixture
def reader(app):
    ann = Reader(app)
    assert ann.sign_in().status_code == 303
    return ann


@pytest.fixture
def client(app):
    """Anybody; in contexts of their own, as all readers."""
    return Reader(app)


def chosen(data=None, name="room.jpg"):
    """Return a file as a browser sends it."""
    return io.BytesIO(nasty.photograph() if data is None else data), name


def pdf(name="call.pdf", pages=2):
    return chosen(nasty.pdf(pages), name)


def publish(reader, path=NEW, **typed):
    answer = reader.submit(path, **{**CALL, "image": chosen(), "image-alt": ALT, "documents": pdf(), **typed})
    assert answer.status_code == 303, answer.text
    return stored()


def stored():
    session().rollback()
    return session().scalars(select(Publication)).one()


def edit_path(publication):
    return f"/@union/calls/{publication.identifier}/edit"


def count(model=StoredFile):
    session().rollback()
    return session().scalar(select(func.count()).select_from(model))


def path_of(url):
    return url.removeprefix("http://localhost")


def given(who, url, **more):
    """Ask for a file, read it, and let go of it."""
    with who.get(path_of(url), **more) as answer:
        answer.get_data()
        return answer


def files_on_disk():
    return {path.name for path in folder.shelf().folder.glob("??/*")}


def test_image_and_document_are_published_with_what_was_said_of_them(reader, client):
    found = publish(reader, **{"image-credit": "Ann", "image-focus": "top left"})
    image, (document,) = found.content.image, found.content.attachments
    assert (image.alt, image.credit, image.focus) == (ALT, "Ann", (-1.0, 1.0))
    assert (image.width, image.height, image.media_type) == (40, 80, "image/jpeg")
    assert (document.title, document.pages, document.media_type) == ("call", 2, "application/pdf")
    sent = client.get(f"/actors/union/calls/{found.identifier}", headers={"Accept": CONTENT_TYPE}).get_json()
    assert [(one["type"], one["name"]) for one in sent["attachment"]] == [
        ("Image", ALT),
        ("Document", "call"),
        ("Link", "Website"),
    ]
    page = client.get(path_of(found.page)).text
    assert re.findall(r'og:image" content="([^"]*)"', page) == [image.url]
    assert re.search(rf'<img src="{re.escape(image.url)}"[^>]* alt="{ALT}"', page)
    assert "(PDF, 2 pages, 1 KB)" in re.sub(r"\s+", " ", page)
    assert image.url in client.get("/calls").text


def test_feeds_carry_the_image_and_the_documents(reader, client):
    content = publish(reader).content
    wanted = [(content.image.url, "image/jpeg"), (content.attachments[0].url, "application/pdf")]
    (entry,) = feedparser.parse(client.get("/feed.atom").data).entries
    assert [(one.href, one.type) for one in entry.links if one.rel == "enclosure"] == wanted
    (one,) = feedparser.parse(client.get("/feed.rss").data).entries[0].enclosures
    assert (one.href, one.length) == (content.image.url, str(content.image.size))
    (item,) = client.get("/feed.json").get_json()["items"]
    assert item["image"] == content.image.url
    assert [(one["url"], one["mime_type"]) for one in item["attachments"]] == wanted
    assert item["attachments"][1]["size_in_bytes"] == content.attachments[0].size


def test_files_are_given_out_as_what_they_are_and_as_nothing_else(reader, client):
    content = publish(reader, documents=[pdf("Le résumé.pdf"), chosen(nasty.EVIL_HTML, "page.txt")]).content
    image = given(client, content.image.url, headers={"Accept": CONTENT_TYPE})
    assert (image.status_code, image.content_type) == (200, "image/jpeg")
    assert image.headers["Content-Disposition"].startswith("inline; ")
    document, text = (given(client, one.url, headers={"Accept": CONTENT_TYPE}) for one in content.attachments)
    assert (document.content_type, text.content_type) == ("application/pdf", "text/plain; charset=utf-8")
    assert text.data == nasty.EVIL_HTML
    for answer in (image, document, text):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == answering.POLICY
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        assert "Set-Cookie" not in answer.headers
    for answer in (document, text):
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert "filename*=UTF-8''Le%20r%C3%A9sum%C3%A9.pdf" in document.headers["Content-Disposition"]
    again = given(client, content.image.url, headers={"If-None-Match": image.headers["ETag"]})
    assert again.status_code == 304


def test_what_is_kept_holds_nothing_of_the_photograph_but_its_pixels(reader):
    publish(reader)
    for path in folder.shelf().folder.glob("??/*.jpg"):
        assert b"SecretCamera" not in path.read_bytes()
    assert not any("room" in name or "call" in name for name in files_on_disk())


@pytest.mark.parametrize("do", ["publish", "preview", "files", "draft"])
def test_chosen_files_outlive_an_error_and_a_preview_and_are_sent_once(reader, do):
    values = reader.fill(reader.get(NEW), **{**CALL, "name": "", "image": chosen(), "documents": pdf(), "do": do})
    answer = reader.post(NEW, values)
    assert answer.status_code == (200 if do == "files" else 422)
    assert count() == 2
    again = reader.fill(answer, **{**CALL, "image-alt": ALT, "documents-title": "The call", "do": "preview"})
    preview = reader.post(NEW, again)
    assert preview.status_code == 200
    assert ALT in preview.text
    assert reader.post(NEW, reader.fill(preview, do="publish")).status_code == 303
    content = stored().content
    assert (content.image.alt, content.attachments[0].title, count()) == (ALT, "The call", 2)
    assert given(reader, content.image.url).status_code == 200


def test_files_outlive_a_conflict(reader, clock):
    found = publish(reader, image="", documents="")
    mine = reader.fill(reader.get(edit_path(found)), image=chosen(), documents=pdf(), **{"image-alt": ALT})
    clock.turn(minutes=1)
    assert reader.submit(edit_path(found), text="Somebody else's.").status_code == 303
    conflict = reader.post(edit_path(found), mine)
    assert conflict.status_code == 409
    assert reader.post(edit_path(found), reader.fill(conflict)).status_code == 303
    content = stored().content
    assert (content.image.alt, len(content.attachments)) == (ALT, 1)


def test_image_without_words_is_refused_at_its_field(reader):
    answer = reader.submit(NEW, **CALL, image=chosen())
    assert answer.status_code == 422
    assert "Say in words what is to be seen on the image" in answer.text
    found = publish(reader)
    silent = found.content.image.model_copy(update={"alt": ""})
    with pytest.raises(NotPossible):
        publishing.revise(found, found.content.model_copy(update={"image": silent}))


@pytest.mark.parametrize(
    ("field", "data", "name", "sentence"),
    [
        ("image", b"", "a.jpg", "This file is empty."),
        ("image", nasty.EVIL_HTML, "a.jpg", "This is no image that can be shown"),
        ("image", nasty.EVIL_SVG, "a.png", "An SVG drawing cannot be shown"),
        ("image", nasty.huge_png(10_000, 10_000), "a.png", "This image has 100 megapixels: make it smaller than 50."),
        ("image", nasty.picture()[:-30], "a.png", "This image is damaged"),
        ("image", b"\0" * 200_000, "a.png", "This file is larger than"),
        ("documents", b"hello", "<b>a</b>.pdf", "This is no PDF that opens"),
        ("documents", nasty.pdf(password="x"), "../../a.pdf", "a: This document asks for a password"),
        ("documents", nasty.docx(**{"word/vbaProject.bin": b"x"}), "a.docx", "holds macros"),
        ("documents", b"MZ", "a\x01b\u202e.exe", "This is no document that can be taken"),
    ],
)
def test_file_that_is_not_what_it_should_be_gets_a_sentence_and_changes_nothing(
    app, reader, field, data, name, sentence
):
    app.extensions["maillage"].state["files"] = folder.Shelf(folder.shelf().folder, 10**5, 10**5, 2**30, 0)
    answer = reader.submit(NEW, **CALL, **{field: chosen(data, name), "image-alt": ALT})
    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    assert "Come all." in answer.text
    assert (count(), count(Publication), files_on_disk()) == (0, 0, set())


def test_good_files_stay_beside_one_that_is_refused(reader):
    answer = reader.submit(NEW, **CALL, documents=[pdf(), chosen(b"x", "b.pdf")])
    assert answer.status_code == 422
    assert reader.post(NEW, reader.fill(answer)).status_code == 303
    assert [one.title for one in stored().content.attachments] == ["call"]


def test_more_than_a_form_may_send_is_refused_by_its_length(app, reader, monkeypatch):
    app.extensions["maillage"].state["files"] = folder.Shelf(folder.shelf().folder, 10**5, 10**5, 2**30, 0)
    monkeypatch.setattr(uploads, "REQUEST_ROOM", 10**4)
    answer = reader.submit(NEW, **CALL, image=chosen(b"\0" * 4 * 10**5))
    assert answer.status_code == 413
    assert "The files are larger together" in answer.text
    assert count() == 0


def test_thirteenth_document_is_refused_and_twelve_are_kept(reader):
    answer = reader.submit(NEW, **CALL, documents=[chosen(b"text %d" % n, f"{n}.txt") for n in range(13)])
    assert answer.status_code == 422
    assert "At most 12 documents." in answer.text


def test_actor_has_only_so_much_room(app, reader):
    app.extensions["maillage"].state["files"] = folder.Shelf(folder.shelf().folder, 2**20, 2**20, 3000, 0)
    assert reader.submit(NEW, **CALL, documents=[chosen(b"x" * 2000, "a.txt")]).status_code == 303
    answer = reader.submit(NEW, **CALL, documents=[chosen(b"y" * 2000, "b.txt")])
    assert "There is no more room" in answer.text
    assert len(files_on_disk()) == 1


def test_image_is_removed_and_replaced_and_documents_are_renamed_and_removed(reader, client):
    found = publish(reader, documents=[pdf("a.pdf"), pdf("b.pdf")])
    before = found.content
    page = reader.get(edit_path(found))
    first = before.attachments[0].url
    values = reader.fill(
        page, image=chosen(nasty.picture((30, 20))), **{"documents-title": ["A", "B"], "documents-removed": first}
    )
    assert reader.post(edit_path(found), values).status_code == 303
    after = stored().content
    assert after.image.url != before.image.url
    assert (after.image.width, [one.title for one in after.attachments]) == (30, ["B"])
    for gone in (first, before.image.url):
        assert given(client, gone).status_code == 404
    assert reader.submit(edit_path(found), **{"image-removed": "1"}).status_code == 303
    assert stored().content.image is None


@pytest.fixture
def others_file(app):
    """A file of another actor, which its own people published."""
    bea = accounts.add("bea@example.org", "Bea", "bea", "twelve apples")
    roles.grant(bea, local.find("couriers"), "editor")
    session().commit()
    other = Reader(app)
    other.sign_in("bea@example.org", "twelve apples")
    path = "/@couriers/calls/new"
    answer = other.submit(path, **CALL, documents=pdf(), do="draft")
    assert answer.status_code == 303, answer.text
    return stored().content.attachments[0].url


def test_file_of_another_actor_is_not_taken_by_its_address(reader, others_file):
    values = reader.fill(reader.get(NEW), **CALL, **{"image-alt": ALT})
    for name, url in (("documents-kept", others_file), ("documents-title", "Mine"), ("image-kept", others_file)):
        values.add(name, url)
    answer = reader.post(NEW, values)
    assert answer.status_code == 422
    assert "This file is not here any more" in answer.text
    assert given(reader, others_file).status_code == 404
    assert count(Publication) == 1


@pytest.mark.parametrize("url", ["http://evil.test/x.jpg", "javascript:alert(1)", "", "x" * 5000, "\0"])
def test_address_that_a_form_cannot_have_had_is_no_image(reader, url):
    values = reader.fill(reader.get(NEW), **CALL, **{"image-alt": ALT})
    values.setlist("image-kept", [url])
    answer = reader.post(NEW, values)
    assert answer.status_code == (422 if url.strip("\0") else 303)
    session().rollback()
    assert [one.image for one in session().scalars(select(Publication))] in ([], [None])


@pytest.mark.parametrize("visibility", ["followers", "direct"])
def test_files_of_what_is_not_for_everyone_are_given_to_its_readers_alone(app, client, clock, fediverse, visibility):
    circle = gathered(app, fediverse)
    ann = Reader(app)
    ann.sign_in()
    found = publish(
        ann, audience=visibility, readers=f"@named@{host_of(circle['named'].iri)}" if visibility == "direct" else ""
    )
    path = path_of(found.content.image.url)
    small = path.replace(".jpg", "-400.jpg")
    assert given(client, path).status_code == 404
    assert given(client, small).status_code == 404
    mine = given(ann, path)
    assert (mine.status_code, mine.headers["Cache-Control"]) == (200, "private, no-store")
    may = "follower" if visibility == "followers" else "named"
    for name in ("follower", "named", "stranger", "pending", "former", "blocked", "suspended"):
        signed = sign(circle[name].signer, "GET", f"http://localhost{path}", None, now=clock(), scheme="cavage")
        answer = given(client, path, headers=signed)
        assert answer.status_code == (200 if name == may else 404), name


def test_files_of_drafts_and_of_what_is_withdrawn_are_not_there(reader, client, clock):
    publish(reader, do="draft")
    path = path_of(stored().content.image.url)
    assert (given(client, path).status_code, given(reader, path).status_code) == (404, 200)
    assert reader.submit(edit_path(stored()), do="publish").status_code == 303
    assert given(client, path).status_code == 200
    publishing.withdraw(stored())
    session().commit()
    assert given(client, path).status_code == 404


@pytest.mark.parametrize(
    "name",
    ["x", "../../maillage.sqlite3", "..%2Fsecret", "0" * 32 + ".jpg", "0" * 32 + ".svg", "0" * 32 + "-9.jpg", "%00"],
)
def test_what_is_no_file_of_ours_is_not_found(client, name):
    assert given(client, f"/media/{name}").status_code in (404, 308)


def test_file_is_not_given_out_under_another_ending(reader, client):
    content = publish(reader).content
    for url in (content.image.url, content.attachments[0].url):
        stem = path_of(url).rpartition(".")[0]
        for ending in ("html", "txt", "webp", "json"):
            assert given(client, f"{stem}.{ending}").status_code == 404


def test_file_that_is_missing_on_the_disk_is_not_found(reader, client):
    url = publish(reader).content.image.url
    folder.path_of(url.rpartition("/")[2]).unlink()
    assert given(client, url).status_code == 404


def test_files_that_nothing_needs_go_after_a_week_and_others_stay(reader, clock):
    publish(reader)
    reader.submit(NEW, **CALL, documents=pdf("never saved.pdf"), do="files")
    assert count() == 3
    assert clearing.clear_files() == 0
    clock.turn(days=8)
    assert clearing.clear_files() == 1
    assert (count(), len(files_on_disk())) == (2, 2)
    publishing.withdraw(stored())
    session().commit()
    assert clearing.clear_files() == 2
    assert (count(), files_on_disk()) == (0, set())


def test_form_that_holds_a_file_keeps_it(reader, clock):
    answer = reader.submit(NEW, **CALL, documents=pdf(), do="files")
    clock.turn(days=5)
    answer = reader.post(NEW, reader.fill(answer, do="files"))
    clock.turn(days=5)
    assert clearing.clear_files() == 0
    assert reader.post(NEW, reader.fill(answer, do="publish")).status_code == 303
    assert len(stored().content.attachments) == 1


def test_file_that_went_meanwhile_is_asked_for_again(reader, clock):
    answer = reader.submit(NEW, **CALL, documents=pdf(), do="files")
    clock.turn(**{"days": (clearing.GRACE + timedelta(days=1)).days})
    assert clearing.clear_files() == 1
    answer = reader.post(NEW, reader.fill(answer, do="publish"))
    assert answer.status_code in (400, 422)
    assert "This file is not here any more: choose it again." in answer.text


@pytest.mark.parametrize("gone", ["from the disk alone", "with its row"])
def test_version_whose_file_is_gone_is_not_published_again_and_says_why(reader, clock, gone):
    found = publish(reader)
    (document,) = found.content.attachments
    answer = reader.submit(edit_path(found), **{"documents-removed": document.url, "do": "publish"})
    assert answer.status_code == 303, answer.text
    assert stored().content.attachments == ()
    if gone == "with its row":
        clock.turn(days=8)
        assert clearing.clear_files() == 1
    else:
        folder.path_of(document.url.rpartition("/")[2]).unlink()
    path = f"{path_of(found.page)}/history/1"
    refused = reader.post(path, reader.form(reader.get(path)) | {"do": "restore"})
    assert (refused.status_code, refused.location) == (303, path)
    assert "a document of this version is not here any more" in reader.get(path).text
    assert stored().content.attachments == ()


def test_what_is_typed_and_saved_by_itself_keeps_the_files(reader):
    answer = reader.submit(NEW, **CALL, image=chosen(), documents=pdf(), do="files", **{"image-alt": ALT})
    saved = reader.post(NEW, reader.fill(answer, do="autosave"), headers={"Accept": "application/json"})
    assert saved.status_code == 200
    assert stored().content.image.alt == ALT
    publish_again = reader.submit(edit_path(stored()), do="publish")
    assert publish_again.status_code == 303
    saved = reader.post(edit_path(stored()), reader.fill(reader.get(edit_path(stored())), do="autosave", text="More."))
    assert saved.status_code == 200
    assert len(stored().content.attachments) == 1


def test_strangers_and_members_without_the_role_keep_no_files(app, reader, client):
    accounts.add("bea@example.org", "Bea", "bea", "twelve apples")
    session().commit()
    bea = Reader(app)
    bea.sign_in("bea@example.org", "twelve apples")
    values = reader.fill(reader.get(NEW), **CALL)
    for who in (bea, Reader(app)):
        values.setlist("documents", [pdf()])
        assert who.post(NEW, values).status_code == 403
    assert (count(), files_on_disk()) == (0, set())
