"""The bytes of applications' files: below `private` in the data folder, which no address of media leads to.

A file is written before its row, so that no row leads to nothing; what no row names any more is swept away.
"""

import logging
import os
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from flask import Response, abort, make_response, send_file
from sqlalchemy import select

from actors.database import reading, session
from actors.models import Actor
from actors.node import node, now
from federation.sanitising import clean_text
from flask_maillage.calls.application_parts import PDF
from flask_maillage.calls.codes import Refusal, Refused
from flask_maillage.calls.models import ApplicationFile, Draft, PrivateFile
from flask_maillage.files import documents, folder, media_types, storing
from flask_maillage.files.answering import POLICY
from flask_maillage.files.refusing import FileRefused
from inboxes.pruning import on_pruning

log = logging.getLogger(__name__)
FOLDER = "private"
TITLE = 150
GRACE = timedelta(days=1)
"""How long a file may wait for its row: far longer than any transaction takes."""
IMAGES = {
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
}
"""What files of these types begin with."""


def looked_at(data: bytes, filename: str, media_type: str) -> int | None:
    """Return how many pages a file has that is said to be of a type; None where it is no PDF.

    Of types that we know nothing of nothing is said: such a file is a download and no more.

    Raises:
        Refused: `file-type` where it is of another type, `file-unreadable` for a PDF that is locked or broken.
    """
    if media_type in IMAGES:
        if not data.startswith(IMAGES[media_type]):
            raise Refused(Refusal("file-type"))
        return None
    if media_types.named(media_type) is None:
        return None
    try:
        found = documents.inspect(data, filename)
    except FileRefused:
        is_broken_pdf = media_type == PDF and data.startswith(b"%PDF-")
        raise Refused(Refusal("file-unreadable" if is_broken_pdf else "file-type")) from None
    if found.media_type.name != media_type and not _both_text(found.media_type.name, media_type):
        raise Refused(Refusal("file-type"))
    return found.pages


def type_of(data: bytes, filename: str) -> str:
    """Return what type a file is that somebody chose, by what it holds.

    Raises:
        FileRefused: it is none that can be taken, in a sentence for whoever chose it.
    """
    for media_type, beginnings in IMAGES.items():
        if data.startswith(beginnings):
            return media_type
    return documents.inspect(data, filename).media_type.name


def store(
    data: bytes,
    *,
    title: str,
    media_type: str,
    pages: int | None = None,
    uploader: Actor | None = None,
    draft: Draft | None = None,
) -> PrivateFile:
    """Write a file and its row; the caller has looked at it (`looked_at`) before its transaction, and commits.

    Args:
        data: the bytes.
        title: what the file was called, with its ending.
        media_type: of what type it is.
        pages: of a PDF.
        uploader: who chose it; None for what was fetched.
        draft: the application that it was chosen for, on the applicant's node.
    """
    name = folder.new_name()
    folder.write_at(path_of(name), data)
    stored = PrivateFile(
        name=name,
        title=clean_text(title.replace("\\", "/").rpartition("/")[2], limit=TITLE),
        media_type=media_type,
        size=len(data),
        digest=storing.digest_of(data),
        pages=pages,
        uploader_id=uploader.id if uploader else None,
        draft_id=draft.id if draft else None,
        created_at=now(),
    )
    session().add(stored)
    session().flush()
    return stored


def find(name: str) -> PrivateFile | None:
    """Return the row of a file by its name."""
    if not folder.NAME.fullmatch(name):
        return None
    return session().scalar(select(PrivateFile).where(PrivateFile.name == name))


def path_of(name: str) -> Path:
    """Return where the bytes of a file lie."""
    return _root() / name[:2] / name


def read(file: PrivateFile) -> bytes:
    """Return the bytes of a file.

    Raises:
        FileNotFoundError: they are not there, as after an incomplete restore.
    """
    return path_of(file.name).read_bytes()


def delete(file: PrivateFile) -> str:
    """Delete the row of a file and whatever points to it, and return the name for `remove` after the commit."""
    name = file.name
    held = session().scalars(select(ApplicationFile).where(ApplicationFile.file_id == file.id)).all()
    for row in held:
        session().delete(row)
    session().flush()
    session().delete(file)
    session().flush()
    return name


def remove(names: Iterable[str]) -> None:
    """Remove the bytes of files whose rows are gone, once that is committed; those of none are no error."""
    for name in names:
        path_of(name).unlink(missing_ok=True)


def answer(file: PrivateFile) -> Response:
    """Return the bytes as a download that no browser takes for a page and no cache keeps (FC-38)."""
    path = path_of(file.name)
    if not path.is_file():
        abort(404)
    response = make_response(
        send_file(path, mimetype=file.media_type, as_attachment=True, download_name=file.title or "file", etag=False)
    )
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@on_pruning
def sweep_private_files(_limit: datetime) -> None:
    """Remove files older than a day that no row names, and what was begun then and never finished.

    Where rows name files and not one of these, the folder is another node's: then nothing is removed.
    """
    before = (now() - GRACE).timestamp()
    lying = [path for path in _root().glob("??/*") if _is_older(path, before)]
    with reading():
        known = set(session().scalars(select(PrivateFile.name)))
    strays = [path for path in lying if path.name not in known]
    if strays and known and len(strays) == len(lying):
        log.warning("no row names one of the %s files in %s: they are left alone", len(lying), _root())
        return
    for path in strays:
        path.unlink(missing_ok=True)


def _root() -> Path:
    data: Path = node().state["settings"].data
    return data / FOLDER


def _is_older(path: Path, moment: float) -> bool:
    with suppress(FileNotFoundError):
        return os.stat(path).st_mtime < moment
    return False


def _both_text(found: str, said: str) -> bool:
    return found.startswith("text/") and said.startswith("text/")
