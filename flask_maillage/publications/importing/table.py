"""Tables (CSV) as events: which column is what is guessed from the headings, and can be said."""

import csv
import io
import re
import unicodedata
from datetime import date, datetime, time
from typing import Any

from flask_maillage.publications.content import Content, one_line
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.importing import rows
from flask_maillage.publications.importing.rows import Note, Reading, Settings, Unfit, Unreadable
from flask_maillage.territory.places import country_code

MAX_COLUMNS, MAX_CELL = 60, 20_000
FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "name": (_("Title"), ("name", "title", "summary", "titre", "nom", "intitule", "evenement", "event")),
    "starts": (_("Start"), ("start", "starts", "startdate", "begin", "date", "debut", "datedebut", "datededebut")),
    "start_time": (_("Time of the start"), ("starttime", "time", "heure", "heuredebut", "heurededebut")),
    "ends": (_("End"), ("end", "ends", "enddate", "fin", "datefin", "datedefin")),
    "end_time": (_("Time of the end"), ("endtime", "heurefin", "heuredefin")),
    "text": (_("Text"), ("text", "description", "texte", "details", "content", "contenu")),
    "place_name": (_("Name of the place"), ("place", "location", "venue", "lieu", "salle")),
    "street": (_("Street and number"), ("street", "address", "adresse", "rue")),
    "postal_code": (_("Postal code"), ("postalcode", "zip", "codepostal", "cp")),
    "locality": (_("Town"), ("town", "city", "locality", "ville", "commune")),
    "country": (_("Country"), ("country", "pays")),
    "latitude": (_("Latitude"), ("latitude", "lat")),
    "longitude": (_("Longitude"), ("longitude", "lon", "lng", "long")),
    "online_url": (_("Address of its page"), ("url", "link", "website", "lien", "site", "siteweb")),
    "tags": (_("Hashtags"), ("tags", "keywords", "motscles", "hashtags", "categories")),
    "uid": (_("What names it in the table"), ("id", "uid", "identifier", "identifiant", "reference")),
}
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d", "%d/%m/%y", "%Y%m%d")
_TIME = re.compile(r"(\d{1,2})\s*[:hH.]\s*(\d{2})?(?::\d{2})?\s*(am|pm|AM|PM)?\Z")


def headings(data: bytes) -> list[str]:
    """Return the headings of the columns.

    Raises:
        Unreadable: it is no table.
    """
    return _lines(data)[0]


def guessed(found: list[str]) -> tuple[tuple[str, str], ...]:
    """Return which column each of our fields is, as far as the headings tell."""
    bare = {_bare(heading): heading for heading in reversed(found)}
    pairs = (
        (name, next((bare[word] for word in words if word in bare), "")) for name, (_label, words) in FIELDS.items()
    )
    return tuple((name, heading) for name, heading in pairs if heading)


def read(data: bytes, settings: Settings) -> Reading:
    """Return a row for each line of a table below its headings.

    Raises:
        Unreadable: it is no table, or holds too much.
    """
    head, *lines = _lines(data)
    columns = dict(settings.columns or guessed(head))
    position = {name: head.index(heading) for name, heading in columns.items() if heading in head}
    if "name" not in position:
        raise Unreadable(_("No column is the title: say which one it is."))
    return rows.numbered(lines, lambda line: _read(_cells(line, position), settings))


def _lines(data: bytes) -> list[list[str]]:
    text = _decoded(data)
    first = text.partition("\n")[0]
    delimiter = max(",;\t|", key=first.count)
    try:
        found = [
            [cell[:MAX_CELL] for cell in line[:MAX_COLUMNS]]
            for line in csv.reader(io.StringIO(text), delimiter=delimiter)
        ]
    except csv.Error:
        raise Unreadable(_("This is no table (CSV): it breaks off, or a cell is too long.")) from None
    found = [line for line in found if any(cell.strip() for cell in line)]
    if len(found) < 2 or len(found[0]) < 2:
        raise Unreadable(_("This is no table (CSV): it needs headings, and lines of at least two columns."))
    return [[one_line(cell, 200) for cell in found[0]], *found[1:]]


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding).replace("\0", "")
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1").replace("\0", "")


def _cells(line: list[str], position: dict[str, int]) -> dict[str, str]:
    return {name: line[number].strip() if number < len(line) else "" for name, number in position.items()}


def _read(cells: dict[str, str], settings: Settings) -> tuple[str, Content, tuple[Note, ...]]:
    title = one_line(cells.get("name", ""), 200)
    starts = _when(cells.get("starts", ""), cells.get("start_time", ""), title)
    ends = _when(cells.get("ends", ""), cells.get("end_time", ""), title)
    if ends is None and cells.get("end_time") and starts is not None:
        ends = _when(cells.get("starts", ""), cells["end_time"], title)
    if isinstance(ends, datetime) != isinstance(starts, datetime):
        ends = None if isinstance(starts, datetime) else ends and _day_of(ends)
    names = ("street", "postal_code", "locality", "latitude", "longitude")
    where = {name: cells.get(name, "")[:200] for name in names}
    content = rows.event(
        settings,
        name=title,
        text=cells.get("text", ""),
        starts=starts,
        ends=ends,
        zone=None,
        place=rows.place(
            name=cells.get("place_name", "")[:200], country=country_code(cells.get("country", "")), **where
        ),
        online_url=rows.web_address(cells.get("online_url")),
        status="confirmed",
        tags=re.split(r"[,;\s]+", cells.get("tags", ""))[:50],
    )
    return cells.get("uid", ""), content, ()


def _day_of(value: Any) -> date:
    return value.date() if isinstance(value, datetime) else value


def _when(day: str, clock: str, title: str) -> datetime | date | None:
    """Read `2027-01-13`, `13/01/2027`, with a time beside it or in a column of its own; None for nothing."""
    if not day:
        return None
    try:
        found = datetime.fromisoformat(day)
        if len(day) > 10 or clock == "":
            return found if len(day) > 10 else found.date()
    except ValueError:
        pass
    text, _gap, rest = day.replace("T", " ").partition(" ")
    for form in _DAYS:
        try:
            plain = datetime.strptime(text, form).date()
        except ValueError:
            continue
        hours = _clock(rest or clock, title)
        return datetime.combine(plain, hours) if hours is not None else plain
    raise Unfit(_("Its date cannot be read: write it as 2027-01-13 or 13/01/2027."), title)


def _clock(text: str, title: str) -> time | None:
    text = text.strip()
    if not text:
        return None
    found = _TIME.match(text)
    hour = int(found[1]) if found else 99
    if found and found[3]:
        hour = hour % 12 + (12 if found[3].lower() == "pm" else 0)
    minute = int(found[2] or 0) if found else 99
    if hour > 23 or minute > 59:
        raise Unfit(_("Its time cannot be read: write it as 09:30."), title)
    return time(hour, minute)


def _bare(heading: str) -> str:
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z]", "", plain.lower())
