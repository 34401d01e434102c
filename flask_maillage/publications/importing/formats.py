"""Which formats are read, and into what; add one: write its file, and name it here."""

from collections.abc import Callable
from typing import NamedTuple

from flask_maillage.publications.forms.base import _
from flask_maillage.publications.importing import communecter, geojson, icalendar, table
from flask_maillage.publications.importing.rows import MAX_BYTES, Row, Settings, Unreadable


class Format(NamedTuple):
    """A format: what it is called, how its files end, how it is read."""

    label: str
    ending: str
    read: Callable[[bytes, Settings], list[Row]]


FORMATS = {
    "icalendar": Format(_("Calendar (iCalendar): events"), ".ics", icalendar.read),
    "csv": Format(_("Table (CSV): events"), ".csv", table.read),
    "geojson": Format(_("Map (GeoJSON): initiatives"), ".geojson", geojson.read),
    "communecter": Format(_("Communecter's JSON: initiatives"), ".json", communecter.read),
}


def guessed(data: bytes, name: str = "") -> str:
    """Return the format that a file seems to have: by how it begins, else by its name."""
    head = data[:3000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head[:15].upper() == b"BEGIN:VCALENDAR":
        return "icalendar"
    if head[:1] in (b"{", b"["):
        return "geojson" if b'"FeatureCollection"' in head or name.endswith(".geojson") else "communecter"
    return next((key for key, one in FORMATS.items() if name.lower().endswith(one.ending)), "csv")


def read(data: bytes, form: str, settings: Settings) -> list[Row]:
    """Return the rows of a file; a uid that occurs twice counts once.

    Raises:
        Unreadable: it is too long, or not of that format.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(_("The file is longer than 5 MB: divide it."))
    if not data.strip():
        raise Unreadable(_("The file is empty."))
    seen: set[str] = set()
    found = []
    for row in FORMATS[form].read(data, settings):
        if row.content is not None and row.uid in seen:
            row = Row(row.number, row.name, problem=_("It is in the file twice."))
        seen.add(row.uid)
        found.append(row)
    return found
