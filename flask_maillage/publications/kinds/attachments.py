"""Images and documents on the wire: FEP-1311, in the order and with the names that peers of events ask for.

Gancio wants the image first and `mediaType` on all that comes before one; Mobilizon loses the whole event over an
attachment without `name` and a plain `url`; Mastodon takes the alternative text from `name`. From others we read all
of these: addresses as texts, as `Link`s or as lists of them, and Communecter's `category`.
"""

from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from federation.activities import Document, as_list
from federation.sanitising import clean_text, clean_url
from flask_maillage.publications.attached import (
    ALT_LIMIT,
    LINE_LIMIT,
    LONGEST_SIDE,
    MOST_ATTACHMENTS,
    MOST_PAGES,
    Attachment,
    Picture,
)
from flask_maillage.publications.content import Content
from flask_maillage.publications.kinds import reading

IMAGE_ENDINGS = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}
SHOWN = frozenset(IMAGE_ENDINGS.values())
"""The images that we can decode; no SVG, which is a programme."""
NO_ALT = frozenset({"banner", "image"})
"""What Mobilizon and Communecter call every image: no description of it."""
MOST_READ = 50
MOST_URLS = 20


def write(content: Content) -> list[Document]:
    """Return what is attached to a publication, the image first."""
    images = [_image(content.image)] if content.image else []
    return images + [_document(one) for one in content.attachments]


def read(document: Document) -> dict[str, Any]:
    """Return `image` and `attachments` of a document of any origin, as fields of `Content`."""
    found = [one for entry in _entries(document) if (one := _read(entry)) is not None]
    images = [one for one in found if isinstance(one, Picture)]
    image = _banner(document, images) or next(iter(images), None)
    others: dict[str, Attachment] = {}
    for one in found:
        if image is None or one.url != image.url:
            others.setdefault(one.url, one if isinstance(one, Attachment) else _as_attachment(one))
    return {"image": image, "attachments": tuple(others.values())[:MOST_ATTACHMENTS]}


def picture_in(value: Any) -> Picture | None:
    """Return the first image that we can decode in an `icon` or `image` of any origin."""
    for one in as_list(value)[:MOST_READ]:
        entry = {"type": "Image", "url": one} if isinstance(one, str) else one
        found = _read(entry) if isinstance(entry, dict) else None
        if isinstance(found, Picture):
            return found
    return None


def image_object(picture: Picture) -> Document:
    """Return the picture of an actor as its document has it."""
    return {name: said for name, said in _image(picture).items() if name not in ("isBannerImage", "focalPoint")}


def image_of(content: Content) -> Document | None:
    """Return the image as the one of a long text (FEP-b2b8), an object: Mobilizon fails on an array."""
    return _image(content.image) if content.image else None


def _image(picture: Picture) -> Document:
    return _said(
        {
            "type": "Image",
            "mediaType": picture.media_type or "image/jpeg",
            "url": picture.url,
            "name": picture.alt,
            "width": picture.width,
            "height": picture.height,
            "focalPoint": list(picture.focus) if picture.focus else [0.0, 0.0],
            "isBannerImage": True,
            "credit": picture.credit or None,
            "size": picture.size,
            "digestMultibase": picture.digest or None,
        }
    )


def _document(one: Attachment) -> Document:
    return _said(
        {
            "type": "Document",
            "mediaType": one.media_type or "application/octet-stream",
            "url": one.url,
            "name": one.title,
            "pages": one.pages,
            "size": one.size,
            "digestMultibase": one.digest or None,
        }
    )


def _said(document: Document) -> Document:
    return {key: value for key, value in document.items() if value is not None}


def _entries(document: Document) -> list[Document]:
    """Return what may be a file: the attachments, then `image`, each as an object."""
    images = [{"type": "Image", "url": one} if isinstance(one, str) else one for one in as_list(document.get("image"))]
    found = as_list(document.get("attachment"))[:MOST_READ] + images[:MOST_READ]
    return [one for one in found if isinstance(one, dict)]


def _banner(document: Document, images: list[Picture]) -> Picture | None:
    """Return the attached image that says of itself that it is the banner (FEP-8a8e)."""
    entries = reading.objects_of(document.get("attachment"), MOST_READ)
    urls = {_file_of(one)[0] for one in entries if one.get("isBannerImage") is True}
    return next((one for one in images if one.url in urls), None)


def _read(entry: Document) -> Picture | Attachment | None:
    url, media_type = _file_of(entry)
    if url is None or not _is_file(entry, media_type):
        return None
    size = reading.whole_number_of(entry.get("size"), 0, 2**50)
    name = clean_text(entry.get("name") or entry.get("summary") or "", limit=ALT_LIMIT)
    with suppress(ValidationError):
        media: Document = {"url": url, "media_type": media_type, "size": size, "digest": _digest_of(entry)}
        if _is_image(entry, media_type):
            return Picture(**media, **_of_image(entry, name))
        pages = reading.whole_number_of(entry.get("pages"), 1, MOST_PAGES)
        return Attachment(**media, title=name[:LINE_LIMIT], pages=pages)
    return None


def _of_image(entry: Document, name: str) -> Document:
    return {
        "alt": "" if name.strip().casefold() in NO_ALT else name,
        "credit": reading.line_of(entry, "credit", LINE_LIMIT),
        "width": reading.whole_number_of(entry.get("width"), 1, LONGEST_SIDE),
        "height": reading.whole_number_of(entry.get("height"), 1, LONGEST_SIDE),
        "focus": _focus_of(entry.get("focalPoint")),
    }


def _file_of(entry: Document) -> tuple[str | None, str]:
    """Return the address and the type of a file: of several, the first image that we can decode, or the first."""
    found: list[tuple[str, str]] = []
    for value in [*as_list(entry.get("url"))[:MOST_URLS], *as_list(entry.get("href"))[:1]]:
        link = value if isinstance(value, dict) else {"href": value}
        url = clean_url(link.get("href") or link.get("url"))
        if url is not None:
            found.append((url, _media_type_of(link) or _media_type_of(entry) or _by_ending(url)))
    return next((one for one in found if one[1] in SHOWN), next(iter(found), (None, "")))


def _media_type_of(document: Document) -> str:
    said = document.get("mediaType")
    word = said.partition(";")[0].strip().lower() if isinstance(said, str) else ""
    word = "image/jpeg" if word == "image/jpg" else word
    try:
        return Attachment(url="https://any.example", media_type=word).media_type
    except ValidationError:
        return ""


def _by_ending(url: str) -> str:
    path = urlsplit(url).path.lower()
    return next((kind for ending, kind in IMAGE_ENDINGS.items() if path.endswith(ending)), "")


def _is_file(entry: Document, media_type: str) -> bool:
    """Tell a file from a link to a web page, and from what a peer attaches for its own purposes (`PropertyValue`)."""
    if media_type in ("text/html", "application/xhtml+xml"):
        return False
    kinds = _types(entry)
    if "Link" in kinds:
        return bool(media_type) or entry.get("category") in ("document", "image")
    return bool(kinds & {"Document", "Image"})


def _is_image(entry: Document, media_type: str) -> bool:
    if media_type:
        return media_type in SHOWN
    return "Image" in _types(entry) or entry.get("category") == "image"


def _types(entry: Document) -> set[str]:
    return {kind for kind in as_list(entry.get("type"))[:MOST_URLS] if isinstance(kind, str)}


def _as_attachment(picture: Picture) -> Attachment:
    return Attachment(
        url=picture.url,
        media_type=picture.media_type,
        size=picture.size,
        digest=picture.digest,
        title=picture.alt[:LINE_LIMIT],
    )


def _digest_of(entry: Document) -> str:
    said = entry.get("digestMultibase")
    try:
        return Attachment.model_validate({"url": "https://any.example", "digest": said}).digest
    except ValidationError:
        return ""


def _focus_of(value: Any) -> tuple[float, float] | None:
    """Return the focal point (Mastodon's extension); the middle is where it would be without one."""
    if not isinstance(value, list) or len(value) != 2:
        return None
    if not all(isinstance(part, int | float) and not isinstance(part, bool) and -1 <= part <= 1 for part in value):
        return None
    return float(value[0]), float(value[1])
