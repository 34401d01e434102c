"""Images, sounds and films in others' documents, and the documents without them."""

from typing import Any

from federation.activities import Document, as_list

MEDIA_PROPERTIES = frozenset({"icon", "image"})
MEDIA_TYPES = frozenset({"Image", "Audio", "Video"})
MEDIA_KINDS = ("image/", "audio/", "video/")
LISTS = ("attachment", "preview", "tag", "url")
"""Properties whose members may be media among other things; the `icon` of an emoji is one of the first sort."""


def without_media(document: Document) -> Document:
    """Return a copy of a document in which no image, sound or film is named any more, at whatever depth.

    A page that is linked (`text/html`) stays, as does what says no type.
    """
    cleaned: Document = {}
    for name, value in document.items():
        if name in MEDIA_PROPERTIES:
            continue
        cleaned[name] = _without(value, of_list=name in LISTS)
    return cleaned


def _without(value: Any, *, of_list: bool) -> Any:
    if isinstance(value, list):
        return [_without(item, of_list=of_list) for item in value if not (of_list and _is_media(item))]
    if isinstance(value, dict):
        return None if of_list and _is_media(value) else without_media(value)
    return value


def _is_media(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    said = value.get("mediaType")
    by_kind = isinstance(said, str) and said.strip().lower().startswith(MEDIA_KINDS)
    return by_kind or any(kind in MEDIA_TYPES for kind in as_list(value.get("type")) if isinstance(kind, str))
