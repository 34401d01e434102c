"""Documents, kept as they are: what each is, is read from what it holds, never from what it is called.

They are given out as downloads of a fixed type, so what a reader's programme does with them is between the two; we look
only whether they are what they seem, and open.
"""

import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from pypdf import PdfReader
from pypdf.generic import IndirectObject

from flask_maillage.files import refusing
from flask_maillage.files.media_types import MediaType, named, with_ending
from flask_maillage.files.refusing import FileRefused

MOST_PAGES = 5_000
MOST_PARTS = 5_000
LARGEST_DIRECTORY = 2_000_000
LARGEST_UNPACKED = 500_000_000
END_OF_ARCHIVE, ZIP64_LOCATOR = b"PK\x05\x06", b"PK\x06\x07"
OFFICE = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
MACROS = ("vbaproject.bin", "basic/script-lc.xml", "basic/", "scripts/")
TEXT_ENDINGS = {".txt": "txt", ".md": "txt", ".csv": "csv"}
IMAGE_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF")


@dataclass(frozen=True)
class Inspected:
    """What a document is, and how many pages it has where that can be told."""

    media_type: MediaType
    pages: int | None = None


def inspect(data: bytes, filename: str) -> Inspected:
    """Tell what a document is; its file name decides only between kinds of plain text.

    Raises:
        FileRefused: it is empty, damaged, locked, holds macros, or is none of our types.
    """
    if not data:
        raise FileRefused(refusing.EMPTY)
    if data.startswith(b"%PDF-"):
        return Inspected(with_ending("pdf"), _pages_of(data))
    if data.startswith(b"PK\x03\x04"):
        return Inspected(_office(data))
    if data.startswith(IMAGE_BEGINNINGS):
        raise FileRefused(refusing.IMAGE_AS_DOCUMENT)
    ending = PurePath(filename).suffix.lower()
    if ending in TEXT_ENDINGS:
        return Inspected(_text(data, TEXT_ENDINGS[ending]))
    raise FileRefused(refusing.NO_PDF if ending == ".pdf" else refusing.NO_DOCUMENT)


def _text(data: bytes, ending: str) -> MediaType:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefused(refusing.NO_TEXT) from None
    if any(ord(character) < 32 and character not in "\t\r\n\f" for character in text):
        raise FileRefused(refusing.NO_TEXT)
    return with_ending(ending)


def _pages_of(data: bytes) -> int:
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise FileRefused(refusing.LOCKED)
        count = _count(reader)
    except FileRefused:
        raise
    except Exception:  # what a broken PDF leads its reader to is not foreseeable
        raise FileRefused(refusing.NO_PDF) from None
    if not count:
        raise FileRefused(refusing.NO_PAGES)
    return count


def _count(reader: Any) -> int:
    """Count the leaves of the tree of pages ourselves: it may have loops, and `/Count` may say anything."""
    waiting = [reader.trailer["/Root"]["/Pages"]]
    seen: set[int] = set()
    count = 0
    while waiting and count < MOST_PAGES and len(seen) < 2 * MOST_PAGES:
        node = waiting.pop()
        if isinstance(node, IndirectObject):
            if node.idnum in seen:
                continue
            seen.add(node.idnum)
            node = node.get_object()
        kids = node.get("/Kids") if hasattr(node, "get") else None
        if kids is not None:
            waiting.extend(list(kids.get_object())[: MOST_PAGES + 1])
        elif hasattr(node, "get") and node.get("/Type") == "/Page":
            count += 1
    return count


def _office(data: bytes) -> MediaType:
    """Tell OpenDocument (its first part is named `mimetype`) and Office Open XML by the parts of the archive."""
    _check_directory(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise FileRefused(refusing.NO_DOCUMENT)
            if any(part.flag_bits & 1 for part in parts):
                raise FileRefused(refusing.LOCKED)
            names = {part.filename.lower() for part in parts}
            found = _open_document(archive, parts) or next((OFFICE[name] for name in OFFICE if name in names), None)
    except FileRefused:
        raise
    except Exception:
        raise FileRefused(refusing.NO_DOCUMENT) from None
    if found is None:
        raise FileRefused(refusing.NO_DOCUMENT)
    if any(name.endswith(MACROS[0]) or name.startswith(MACROS[1:]) for name in names):
        raise FileRefused(refusing.WITH_MACROS)
    return with_ending(found)


def _check_directory(data: bytes) -> None:
    """Refuse an archive whose list of parts alone would take much to read, before anything reads it."""
    end = data.rfind(END_OF_ARCHIVE, max(0, len(data) - 22 - 65_535))
    if end < 0 or ZIP64_LOCATOR in data[max(0, end - 20) : end]:
        raise FileRefused(refusing.NO_DOCUMENT)
    if int.from_bytes(data[end + 12 : end + 16], "little") > LARGEST_DIRECTORY:
        raise FileRefused(refusing.NO_DOCUMENT)


def _open_document(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> str | None:
    first = parts[0] if parts else None
    if first is None or first.filename != "mimetype" or first.file_size > 100:
        return None
    with archive.open(first) as part:
        media_type = named(part.read(100).decode("ascii", "replace").strip())
    return media_type.ending if media_type and media_type.name.startswith("application/vnd.oasis") else None
