"""Files that people choose by mistake, and files that somebody made to do harm; all made here."""

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image
from pypdf import PdfWriter

EVIL_HTML = b"<!doctype html><script>evil()</script>"
EVIL_SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>evil()</script></svg>'
ODT = b"application/vnd.oasis.opendocument.text"
ORIENTATION, GPS = 0x0112, 0x8825


def picture(
    size: tuple[int, int] = (60, 40), *, mode: str = "RGB", kind: str = "PNG", colour: Any = "#336699", **more: Any
) -> bytes:
    """Return a plain image."""
    target = io.BytesIO()
    Image.new(mode, size, colour).save(target, kind, **more)
    return target.getvalue()


def photograph() -> bytes:
    """Return a JPEG that was held sideways, left half red, and says where it was taken, and more."""
    image = Image.new("RGB", (80, 40), "blue")
    image.paste("red", (0, 0, 40, 40))
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(GPS)[2] = (48.0, 51.0, 24.0)
    target = io.BytesIO()
    image.save(target, "JPEG", exif=exif, comment=b"written by Ann", quality=95)
    return target.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that says that it is huge."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + _chunk(b"IEND")
    )


def pdf(pages: int = 1, *, password: str = "") -> bytes:
    """Return a PDF."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def endless_pdf() -> bytes:
    """Return a PDF whose tree of pages leads back to itself, and whose count is a lie."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1000000000 /Kids [2 0 R 3 0 R 2 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, thing in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, thing)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(body)
    return body + b"xref\n0 4\n0000000000 65535 f \n%strailer << /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        table,
        start,
    )


def archive(parts: dict[str, bytes], *, compressed: bool = True) -> bytes:
    """Return a zip file of these parts, in their order."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return target.getvalue()


def odt(**more: bytes) -> bytes:
    """Return a text of OpenDocument, with further parts."""
    return archive({"mimetype": ODT, "content.xml": b"<x/>", **more})


def docx(**more: bytes) -> bytes:
    """Return a text of Word, with further parts."""
    return archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>", **more})


def bomb() -> bytes:
    """Return a document whose directory says that it unpacks to a gigabyte."""
    data = bytearray(docx())
    place = data.rfind(b"PK\x01\x02")
    data[place + 24 : place + 28] = (10**9).to_bytes(4, "little")
    return bytes(data)


def locked_archive() -> bytes:
    """Return an archive whose parts say that they are encrypted."""
    data = bytearray(docx())
    place = 0
    while (place := data.find(b"PK\x01\x02", place)) >= 0:
        data[place + 8] |= 1
        place += 4
    return bytes(data)


def _chunk(name: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
