"""An archive as somebody brings it: anybody may have made it, so nothing of it is believed, and no more read than fits.

Nothing is ever unpacked to a path: only names of two fixed forms are looked at, and each part is read up to a limit.
"""

import io
import re
import zipfile
import zlib
from pathlib import Path
from typing import Any

from actors import iris, policy
from federation import strict_json
from federation.activities import Document, id_of, is_web_iri
from federation.errors import FederationError
from flask_maillage.coalitions.moving.archive import FORMAT, VERSION
from flask_maillage.files import folder
from flask_maillage.publications.content import one_line
from flask_maillage.publications.forms.base import _

MOST_PUBLICATIONS, MOST_PARTS = 5_000, 20_000
LARGEST_DIRECTORY = 4 * folder.MEGABYTE
LARGEST_TEXT = 512 * 1024
PUBLICATION = re.compile(r"publications/[0-9a-f-]{36}\.json")
FILE = re.compile(r"files/[0-9a-f]{32}\.[a-z]{3,4}")
PACKINGS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
ENDING, ZIP64 = b"PK\x05\x06", b"PK\x06\x07"
NO_ARCHIVE = _("This is no archive of an organisation: choose the ZIP file that the other node made.")
DAMAGED = _("This archive is damaged: download it anew from the other node.")
TOO_MANY = _("This archive holds more than can be taken up: ask those who run this node.")


class Unreadable(ValueError):
    """A file that is no archive, or none that is taken up here; the text says why, to a person."""


class Archive:
    """An archive that is open for reading."""

    def __init__(self, path: Path) -> None:
        """Look at what a file holds, without unpacking any of it.

        Raises:
            Unreadable: it is no archive of an actor of another node, or too much of one.
        """
        try:
            _check_directory(path)
            self._zip = zipfile.ZipFile(path)
        except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile):
            raise Unreadable(NO_ARCHIVE) from None
        try:
            self._parts = _parts(self._zip.infolist())
            self._look()
        except Unreadable:
            self._zip.close()
            raise

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_error: object) -> None:
        self._zip.close()

    def _look(self) -> None:
        about, actor = self._json("about.json"), self._json("actor.json")
        if about.get("type") != FORMAT or about.get("version") != VERSION:
            raise Unreadable(NO_ARCHIVE)
        origin = id_of(actor)
        if origin is None or not is_web_iri(origin) or about.get("actor") != origin:
            raise Unreadable(NO_ARCHIVE)
        if iris.is_ours(origin):
            raise Unreadable(_("This archive was made on this node: take it up on another one."))
        if policy.is_blocked(origin):
            raise Unreadable(_("This node does not deal with the node that made this archive."))
        self.origin = origin
        self.name = one_line(str(actor.get("name") or origin), 200)
        self.followers = id_of(actor.get("followers"))
        self.publications = sorted(name for name in self._parts if PUBLICATION.fullmatch(name))
        if len(self.publications) > MOST_PUBLICATIONS:
            raise Unreadable(TOO_MANY)

    def publication(self, name: str) -> Document:
        """Return the object of a publication.

        Raises:
            Unreadable: it is no object.
        """
        return self._json(name)

    def file(self, url: str, limit: int) -> bytes | None:
        """Return the bytes of a file of the archive by its former address; None where it is not there, or too large."""
        part = self._parts.get(f"files/{url.rpartition('/')[2]}")
        if part is None or not FILE.fullmatch(part.filename):
            return None
        try:
            data = self._read(part, limit)
        except Unreadable:
            return None
        return data or None

    def _json(self, name: str) -> Document:
        part = self._parts.get(name)
        if part is None:
            raise Unreadable(NO_ARCHIVE)
        try:
            value: Any = strict_json.loads(self._read(part, LARGEST_TEXT))
        except FederationError:
            raise Unreadable(DAMAGED) from None
        if not isinstance(value, dict):
            raise Unreadable(DAMAGED)
        return value

    def _read(self, part: zipfile.ZipInfo, limit: int) -> bytes:
        try:
            with self._zip.open(part) as source:
                data = source.read(limit + 1)
        except (OSError, EOFError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error):
            raise Unreadable(DAMAGED) from None
        if len(data) > limit:
            raise Unreadable(DAMAGED)
        return data


def _parts(found: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """Return the parts by their names; one that occurs twice may be another for every reader."""
    parts = {part.filename: part for part in found}
    if len(found) > MOST_PARTS:
        raise Unreadable(TOO_MANY)
    if len(parts) != len(found) or any(one.flag_bits & 1 or one.compress_type not in PACKINGS for one in found):
        raise Unreadable(DAMAGED)
    return parts


def _check_directory(path: Path) -> None:
    """Refuse a file whose list of parts alone would take much to read, before anything reads it."""
    with path.open("rb") as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(max(0, size - 22 - 65_535 - 20))
        tail = file.read()
    end = tail.rfind(ENDING)
    if end < 0 or ZIP64 in tail[max(0, end - 20) : end]:
        raise Unreadable(NO_ARCHIVE)
    if int.from_bytes(tail[end + 12 : end + 16], "little") > LARGEST_DIRECTORY:
        raise Unreadable(TOO_MANY)
