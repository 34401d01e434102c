"""What every format is read into: rows, each with what it would publish, or with the sentence that says why not.

Sentences are plain English and the keys of their translations; `_` marks them for the translator.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from pydantic import ValidationError

from federation import markdown, strict_json
from federation.sanitising import clean_html, clean_url, without_controls
from flask_maillage.publications.content import HTML_LIMIT, Content, one_line
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.kinds import kind_named
from flask_maillage.publications.kinds.event_details import EventDetails
from flask_maillage.publications.kinds.initiative_details import InitiativeDetails
from flask_maillage.publications.local_time import NoSuchTime, OutsideCalendar, end_of_day, instant, start_of_day
from flask_maillage.publications.recurrence import Recurrence
from flask_maillage.publications.tags import distinct
from flask_maillage.publications.texts import ENDS_BEFORE, NAME_ROOM, TEXT_LIMIT, wrong_title
from flask_maillage.territory.filling import with_country
from flask_maillage.territory.places import Place

MAX_BYTES = 5_000_000
MAX_ROWS = 2000
OPEN_END = timedelta(hours=2)
NOTED_DAYS = 10


class Unreadable(ValueError):
    """A file that cannot be read at all; the text says why, to a person."""


class Unfit(ValueError):
    """A row that cannot be taken; the text says why, to a person."""


class Note(NamedTuple):
    """A sentence about what of a thing cannot be held here, and the days that it is about."""

    sentence: str
    days: tuple[date, ...] = ()

    @property
    def in_days(self) -> str:
        """The first of its days, as one writes them everywhere."""
        shown = [day.isoformat() for day in sorted(set(self.days))]
        return ", ".join(shown[:NOTED_DAYS]) + ("…" if len(shown) > NOTED_DAYS else "")


@dataclass(frozen=True)
class Row:
    """One thing of a file: `uid` names it there from one reading to the next, `content` is None where it is unfit."""

    number: int
    name: str
    uid: str = ""
    content: Content | None = None
    problem: str = ""
    notes: tuple[Note, ...] = ()

    @property
    def told(self) -> list[list[str]]:
        """What cannot be held here, as reports keep it: pairs of a sentence and its days."""
        return [[note.sentence, note.in_days] for note in self.notes]

    @property
    def digest(self) -> str:
        """What changes when what it says does."""
        if self.content is None:
            return ""
        return hashlib.sha256(strict_json.dumps(self.content.model_dump(mode="json"))).hexdigest()


@dataclass(frozen=True)
class Settings:
    """What a file does not say of itself: the zone of its times, the language of its texts, the columns of a table."""

    zone: str = "Europe/Brussels"
    language: str | None = None
    columns: tuple[tuple[str, str], ...] = ()
    """Pairs of one of our fields and the heading of a column."""


class Reading:
    """The rows of a file, made one after another while they are asked for: a long file says how far it is."""

    def __init__(self, things: list[Any], read: Any) -> None:
        self._things, self._read = things, read

    def __len__(self) -> int:
        return len(self._things)

    def __iter__(self) -> Iterator[Row]:
        return (_row(number, thing, self._read) for number, thing in enumerate(self._things, start=1))


def numbered(things: Iterable[Any], read: Any) -> Reading:
    """Return the row of each thing: what `read` gives, or the reason why it is unfit.

    Args:
        things: what a file holds.
        read: from a thing to uid, content and notes; raises `Unfit`.

    Raises:
        Unreadable: there are more than `MAX_ROWS`.
    """
    all_of_them = list(things)
    check_number(len(all_of_them))
    return Reading(all_of_them, read)


def check_number(count: int) -> None:
    """Raise `Unreadable` for more entries than are read: before any of them costs something."""
    if count > MAX_ROWS:
        raise Unreadable(_("The file holds more than 2,000 entries: divide it."))


def _row(number: int, thing: Any, read: Any) -> Row:
    try:
        uid, content, notes = read(thing)
    except Unfit as unfit:
        return Row(number, unfit.args[1] if len(unfit.args) > 1 else "", problem=str(unfit.args[0]))
    except (ValidationError, ValueError, OverflowError):
        return Row(number, "", problem=_("It holds something that cannot be."))
    return Row(number, content.name, one_line(uid, 500) or _digest_of(content), content, notes=notes)


def _digest_of(content: Content) -> str:
    """Name what has no name of its own by what stays when its text changes: its title, its start, its place."""
    place = content.place.in_words if content.place else ""
    said = f"{content.name.casefold()}\n{content.starts_at}\n{place}"
    return "hash:" + hashlib.sha256(said.encode()).hexdigest()[:32]


def event(
    settings: Settings, *, name: str, text: str, starts: Any, ends: Any, zone: str | None, **more: Any
) -> Content:
    """Return an event.

    Args:
        settings: what the file does not say.
        name: its title.
        text: Markdown, or plain text.
        starts: a moment with its offset, a time without one (in `zone`), or a day.
        ends: the same, or None.
        zone: an IANA name, or None for that of `settings`.
        more: further fields of `Content`.

    Raises:
        Unfit: it has no title or no start, or ends before it starts.
    """
    zone = zone or settings.zone
    title = _title(name)
    if starts is None:
        raise Unfit(_("It does not say when it starts."), title)
    all_day = not isinstance(starts, datetime)
    begin = _moment(starts, zone, title)
    end = _moment(ends, zone, title, is_end=True) if ends is not None else None
    if end is not None and end <= begin:
        raise Unfit(ENDS_BEFORE, title)
    if all_day and end is None:
        end = end_of_day(starts, zone)
    details = EventDetails(all_day=all_day, display_end_time=end is not None)
    return _finished(
        settings,
        "event",
        title,
        text,
        starts_at=begin,
        ends_at=end or begin + OPEN_END,
        timezone=zone,
        details=details,
        **more,
    )


def coming_again(content: Content, recurrence: Recurrence | None) -> Content:
    """Return an event that comes again like this, or no more."""
    details = content.details.model_copy(update={"recurrence": recurrence})
    content = content.model_copy(update={"details": details})
    return content.model_copy(update={"summary": kind_named("event").summary(content)})


def initiative(settings: Settings, *, name: str, text: str, details: InitiativeDetails, **more: Any) -> Content:
    """Return an initiative.

    Raises:
        Unfit: it has no title.
    """
    return _finished(settings, "initiative", _title(name), text, details=details, **{"status": "active", **more})


def _finished(settings: Settings, kind: str, name: str, text: str, **more: Any) -> Content:
    source = without_controls(str(text or "")).replace("\0", "").strip()[:TEXT_LIMIT] or name
    more["tags"] = distinct(more.get("tags") or ())
    html = clean_html(markdown.render(source), limit=HTML_LIMIT)
    content = Content(kind=kind, name=name, source=source, html=html, language=settings.language, **more)
    return content.model_copy(update={"summary": kind_named(kind).summary(content)})


def _title(name: Any) -> str:
    """Return a title, cut where it is too long: somebody else wrote it."""
    title = one_line(str(name or ""), NAME_ROOM)
    if wrong := wrong_title(title):
        raise Unfit(wrong, title)
    return title


def _moment(value: Any, zone: str, title: str, *, is_end: bool = False) -> datetime:
    try:
        if not isinstance(value, datetime):
            found = end_of_day(value, zone) if is_end else start_of_day(value, zone)
        elif value.tzinfo is None:
            found = instant(value, zone)
        else:
            found = instant(value.astimezone(UTC).replace(tzinfo=None), "UTC")
    except NoSuchTime:
        raise Unfit(_("Its time does not exist: the clocks go forward over it."), title) from None
    except (OutsideCalendar, OverflowError, ValueError):
        raise Unfit(_("Its year is not from 1900 to 2200."), title) from None
    return found


def day_before(value: date) -> date:
    """Return the day before: calendars name the day after the last one."""
    return value - timedelta(days=1) if value > date.min else value


def place(**parts: Any) -> Place | None:
    """Return a place of the parts that are there, or None; coordinates out of range are left out."""
    given = {name: value for name, value in parts.items() if value not in (None, "")}
    latitude, longitude = _coordinate(given.pop("latitude", None), 90), _coordinate(given.pop("longitude", None), 180)
    if latitude is not None and longitude is not None:
        given |= {"latitude": latitude, "longitude": longitude}
    if not given:
        return None
    found = Place(**given)
    return with_country(found) if found.name or found.has_address or found.latitude is not None else None


def _coordinate(value: Any, limit: float) -> float | None:
    try:
        number = float(str(value).replace(",", "."))
    except ValueError:
        return None
    return number if -limit <= number <= limit else None


def web_address(value: Any) -> str | None:
    """Return an address that a page may link to, or None."""
    return clean_url(str(value)) if value else None
