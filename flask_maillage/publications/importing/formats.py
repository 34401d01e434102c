"""Which formats are read, and into what; add one: write its file, and name it here."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from flask_maillage.publications.forms.base import _
from flask_maillage.publications.importing import communecter, geojson, icalendar, table
from flask_maillage.publications.importing.rows import MAX_BYTES, Reading, Row, Settings, Unreadable

Told: TypeAlias = Callable[[int, int], None]
"""What is told, now and then, how many of how many entries are done."""
TOLD_AFTER = 25


class Format(NamedTuple):
    """A format: what it is called, how its files end, how it is read."""

    label: str
    ending: str
    read: Callable[[bytes, Settings], Reading]


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


def check_size(data: bytes) -> None:
    """Raise `Unreadable` for a file that is too long, or empty."""
    if len(data) > MAX_BYTES:
        raise Unreadable(_("The file is longer than 5 MB: divide it."))
    if not data.strip():
        raise Unreadable(_("The file is empty."))


def read(data: bytes, form: str, settings: Settings, told: Told | None = None) -> list[Row]:
    """Return the rows of a file; a uid that occurs twice counts once.

    Raises:
        Unreadable: it is too long, or not of that format.
    """
    check_size(data)
    seen: set[str] = set()
    found: list[Row] = []
    reading = FORMATS[form].read(data, settings)
    for row in reading:
        if row.content is not None and row.uid in seen:
            row = Row(row.number, row.name, problem=_("It is in the file twice."))
        seen.add(row.uid)
        found.append(row)
        if told is not None and (len(found) % TOLD_AFTER == 0 or len(found) == len(reading)):
            told(len(found), len(reading))
    return found
