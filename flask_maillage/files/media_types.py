"""The types of files that we keep and give out; nothing is ever given out as any other, whatever its name says."""

from typing import NamedTuple

IMAGE, DOCUMENT = "image", "document"


class MediaType(NamedTuple):
    """A type of file: its name on the wire, the ending of our names, whether it is an image, what people call it."""

    name: str
    ending: str
    family: str
    label: str


_OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES = (
    MediaType("image/jpeg", "jpg", IMAGE, "JPEG"),
    MediaType("image/webp", "webp", IMAGE, "WebP"),
    MediaType("application/pdf", "pdf", DOCUMENT, "PDF"),
    MediaType("application/vnd.oasis.opendocument.text", "odt", DOCUMENT, "OpenDocument"),
    MediaType("application/vnd.oasis.opendocument.spreadsheet", "ods", DOCUMENT, "OpenDocument"),
    MediaType("application/vnd.oasis.opendocument.presentation", "odp", DOCUMENT, "OpenDocument"),
    MediaType(f"{_OFFICE}.wordprocessingml.document", "docx", DOCUMENT, "Word"),
    MediaType(f"{_OFFICE}.spreadsheetml.sheet", "xlsx", DOCUMENT, "Excel"),
    MediaType(f"{_OFFICE}.presentationml.presentation", "pptx", DOCUMENT, "PowerPoint"),
    MediaType("text/csv", "csv", DOCUMENT, "CSV"),
    MediaType("text/plain", "txt", DOCUMENT, "TXT"),
)
_BY_NAME = {one.name: one for one in MEDIA_TYPES}
_BY_ENDING = {one.ending: one for one in MEDIA_TYPES}


def named(name: str) -> MediaType | None:
    """Return the type of that name (`application/pdf`), or None for one that we do not keep."""
    return _BY_NAME.get(name)


def with_ending(ending: str) -> MediaType:
    """Return the type of files with that ending.

    Raises:
        KeyError: there is none.
    """
    return _BY_ENDING[ending]
