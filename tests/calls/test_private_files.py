"""Files of applications: looked at by what they hold, kept apart from media, given out as downloads, and gone."""

import os

import pytest

from actors.database import session
from flask_maillage.calls import private_files
from flask_maillage.calls.codes import Refused
from flask_maillage.files import folder
from inboxes import pruning
from tests.files import nasty

PDF = "application/pdf"


def kept(data: bytes = b"%PDF-1", *, title: str = "Our note.pdf", media_type: str = PDF) -> private_files.PrivateFile:
    return private_files.store(data, title=title, media_type=media_type, pages=1)


@pytest.mark.parametrize(
    ("data", "media_type", "comes_to"),
    [
        (nasty.pdf(3), PDF, 3),
        (nasty.pdf(1, password="secret"), PDF, "file-unreadable"),
        (nasty.endless_pdf(), PDF, 1),
        (b"%PDF-1.7 and no more", PDF, "file-unreadable"),
        (b"<html>", PDF, "file-type"),
        (nasty.odt(), PDF, "file-type"),
        (nasty.docx(), "application/vnd.oasis.opendocument.text", "file-type"),
        (nasty.odt(), "application/vnd.oasis.opendocument.text", None),
        (b"a,b", "text/csv", None),
        (b"<svg/>", "image/png", "file-type"),
        (b"\x89PNG\r\n\x1a\n", "image/png", None),
        (b"PK of a map", "application/x-of-a-map", None),
    ],
)
def test_file_is_what_it_holds(data, media_type, comes_to):
    try:
        found = private_files.looked_at(data, "a.csv" if media_type == "text/csv" else "a", media_type)
    except Refused as refused:
        found = refused.refusal.code
    assert found == comes_to


def test_file_lies_apart_from_media_and_is_read_by_us_alone(app, tmp_path):
    with app.app_context():
        file = kept(title="C:\\notes/Our\x00 note.pdf")
        session().commit()
        path = private_files.path_of(file.name)
        assert path.is_relative_to(tmp_path / "private")
        assert path.stat().st_mode & 0o077 == 0
        assert path.parent.stat().st_mode & 0o077 == 0
        assert private_files.read(file) == b"%PDF-1"
        assert (file.size, file.title, file.digest[:3]) == (6, "Our note.pdf", "zQm")
        assert private_files.find(file.name) is file
        assert private_files.find("../maillage") is None
        assert not list((tmp_path / "media").rglob("*"))


def test_file_is_a_download_that_no_cache_keeps(app):
    with app.test_request_context():
        answer = private_files.answer(kept(b"<script>", title="a.html", media_type="text/html"))
        answer.close()
    headers = {name: answer.headers[name] for name in ("X-Content-Type-Options", "Cache-Control")}
    assert headers == {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}
    assert answer.headers["Content-Disposition"] == "attachment; filename=a.html"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "ETag" not in answer.headers


def test_deleted_file_leaves_no_bytes(app):
    with app.app_context():
        file = kept()
        path = private_files.path_of(file.name)
        name = private_files.delete(file)
        session().commit()
        private_files.remove([name])
        assert private_files.find(name) is None
        assert not path.exists()


def test_bytes_that_no_row_names_are_swept_away_after_a_day(app, clock):
    with app.app_context():
        file = kept()
        session().commit()
        stray, new, begun = (private_files.path_of(folder.new_name()) for _ in range(3))
        for path in (stray, new, begun.with_name("new-1")):
            folder.write_at(path, b"left behind")
        old = clock().timestamp() - 2 * 86400
        for path in (stray, begun.with_name("new-1"), private_files.path_of(file.name)):
            os.utime(path, (old, old))
        os.utime(new, (clock().timestamp(), clock().timestamp()))
        pruning.prune()
        assert private_files.read(file) == b"%PDF-1"
    assert not stray.exists()
    assert not begun.with_name("new-1").exists()
    assert new.exists()
