"""Take a file that somebody chose: look at it, make of it what is kept, and write both the file and its row.

Looking takes seconds for a large image, so it is done before any transaction; the row is written in one of its own.
"""

import hashlib
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO

import base58
from sqlalchemy import func, select

from actors.database import session
from actors.models import Actor
from actors.node import now
from federation.sanitising import clean_text
from flask_maillage.files import documents, folder, images, refusing
from flask_maillage.files.media_types import IMAGE, MediaType
from flask_maillage.files.models import StoredFile
from flask_maillage.files.refusing import FileRefused

TITLE_LIMIT = 150


@dataclass(frozen=True)
class Prepared:
    """What is kept of a chosen file: by box (None for what its address gives) the bytes."""

    media_type: MediaType
    title: str
    parts: dict[int | None, bytes]
    width: int | None = None
    height: int | None = None
    pages: int | None = None

    @property
    def room(self) -> int:
        """How many bytes it takes on the disk."""
        return sum(len(part) for part in self.parts.values())


def prepare(family: str, stream: IO[bytes], filename: str) -> Prepared:
    """Look at a file that was sent, and make of it what is kept; nothing is written.

    Raises:
        FileRefused: it is too large, or not what it should be.
    """
    largest = folder.shelf().largest_image if family == IMAGE else folder.shelf().largest_document
    data = stream.read(largest + 1)
    if len(data) > largest:
        raise FileRefused(refusing.TOO_LARGE, limit=largest // folder.MEGABYTE)
    title = clean_title(filename)
    if family == IMAGE:
        return as_prepared(images.render(data), title)
    found = documents.inspect(data, filename)
    return Prepared(found.media_type, title, {None: data}, pages=found.pages)


def as_prepared(rendered: images.Rendered, title: str = "") -> Prepared:
    """Return an image that was written anew as what is kept of it."""
    first, *smaller = rendered.renditions
    parts: dict[int | None, bytes] = {None: first.data} | {one.box: one.data for one in smaller}
    return Prepared(rendered.media_type, title, parts, first.width, first.height)


def store(prepared: Prepared, actor: Actor, uploader: Actor | None) -> StoredFile:
    """Write a file and its row, for an actor; the caller commits.

    Raises:
        FileRefused: the actor has no more room.
    """
    used = session().scalar(select(func.sum(StoredFile.room)).where(StoredFile.actor_id == actor.id)) or 0
    if used + prepared.room > folder.shelf().room_per_actor:
        raise FileRefused(refusing.NO_ROOM)
    stored = StoredFile(
        name=write_parts(prepared),
        family=prepared.media_type.family,
        media_type=prepared.media_type.name,
        size=len(prepared.parts[None]),
        room=prepared.room,
        digest=digest_of(prepared.parts[None]),
        width=prepared.width,
        height=prepared.height,
        pages=prepared.pages,
        title=prepared.title,
        actor_id=actor.id,
        uploader_id=uploader.id if uploader else None,
        created_at=now(),
        touched_at=now(),
    )
    session().add(stored)
    session().flush()
    return stored


def write_parts(prepared: Prepared) -> str:
    """Write what is kept under a new name, and return the name."""
    name = folder.new_name()
    for box, data in prepared.parts.items():
        folder.write(folder.filename(name, prepared.media_type.ending, box), data)
    return name


def find(name: str) -> StoredFile | None:
    """Return the row of a file by its name."""
    if not folder.NAME.fullmatch(name):
        return None
    return session().scalar(select(StoredFile).where(StoredFile.name == name))


def clean_title(filename: str) -> str:
    """Return what a file was called as a title: without folders, ending and what cannot be seen."""
    path = PurePath(clean_text(filename.replace("\\", "/"), limit=500).rpartition("/")[2])
    stem = path.stem if 1 < len(path.suffix) <= 6 else path.name
    return " ".join(stem.replace("_", " ").split())[:TITLE_LIMIT].strip(". ")


def digest_of(data: bytes) -> str:
    """Return the SHA-256 of bytes as a multihash in base 58 (`digestMultibase` of FEP-1311)."""
    return "z" + base58.b58encode(b"\x12\x20" + hashlib.sha256(data).digest()).decode("ascii")
