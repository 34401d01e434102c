"""Markdown with its properties in front, as writers of websites know it: TOML between two lines of `+++`.

+++
kind = "event"
name = "A seminar"
startTime = 2027-01-13T09:00:00
timezone = "Europe/Paris"
location = { name = "Paris", address = { addressLocality = "Paris", addressCountry = "FR" } }
+++
The **text**.
"""

import datetime
import tomllib
from typing import Any

from federation.activities import Document
from flask_maillage.publications.kinds import KINDS

FENCE = b"+++"


def read(data: bytes) -> Document:
    """Return the object that a text with properties in front describes; its names are those of ActivityStreams.

    Raises:
        ValueError: it is not UTF-8, its properties do not end or are not TOML, or it names no kind that there is.
    """
    head, fence, text = data.decode("utf-8").removeprefix("+++").partition("\n+++")
    if not fence:
        raise ValueError("a second line of +++ has to end the properties")
    properties = {name: _plain(value) for name, value in tomllib.loads(head).items()}
    wanted = properties.pop("kind", None)
    kind = next((kind for kind in KINDS if kind.name == wanted), None)
    if kind is None:
        raise ValueError(f"kind has to be one of {', '.join(kind.name for kind in KINDS)}")
    language = properties.get("inLanguage")
    source = {"mediaType": "text/markdown", "content": text.strip()}
    marks: Document = {kind.name: {}} if kind.as2_type == "Article" else {}
    return marks | properties | {"type": kind.as2_type, "source": source, "inLanguage": language}


def _plain(value: Any) -> Any:
    """Return a value of TOML as JSON has it: moments as texts, a local one without offset is in its `timezone`."""
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list) else value
