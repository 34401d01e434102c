"""Calendars (RFC 5545) as events: one for each VEVENT, and one for all days of what comes again."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from icalendar import Calendar

from flask_maillage.publications.categories import CATEGORIES
from flask_maillage.publications.content import ActorRef, Content, known_timezone, one_line
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.importing import rows, series
from flask_maillage.publications.importing.rows import Note, Reading, Settings, Unfit, Unreadable

DAY_OF_A_SERIES = _("It is a day of something that comes again, which the file does not hold.")
STATUSES = {"TENTATIVE": "tentative", "CANCELLED": "cancelled", "CONFIRMED": "confirmed"}
_BROKEN = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, RecursionError)


def read(data: bytes, settings: Settings) -> Reading:
    """Return a row for each event of a calendar.

    Raises:
        Unreadable: it is no calendar, or holds too much.
    """
    rows.check_number(data.upper().count(b"BEGIN:VEVENT"))
    try:
        calendars = Calendar.from_ical(data.decode("utf-8", "replace").replace("\0", ""), multiple=True)
        events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except _BROKEN:
        raise Unreadable(_("This is no calendar (iCalendar, a file that ends in .ics).")) from None
    if not calendars:
        raise Unreadable(_("This is no calendar (iCalendar, a file that ends in .ics)."))
    is_called_off = any(str(calendar.get("METHOD", "")).upper() == "CANCEL" for calendar in calendars)
    entries = _with_what_changes_them(events)
    return rows.numbered(entries, lambda entry: _safely(entry, settings, is_called_off))


def _with_what_changes_them(events: Sequence[Any]) -> list[tuple[Any, list[Any]]]:
    """Return each entry with those that change one day of it: they have its uid, and a `RECURRENCE-ID`.

    Where the entry that says the rule is not there, as in an invitation to a single day, they stand for themselves.
    """
    series = {_text(event, "UID") for event in events if event.get("RECURRENCE-ID") is None} - {""}
    changed: dict[str, list[Any]] = {}
    entries = []
    for event in events:
        uid = _text(event, "UID")
        if event.get("RECURRENCE-ID") is not None and uid in series:
            changed.setdefault(uid, []).append(event)
        else:
            entries.append(event)
    return [(event, changed.get(_text(event, "UID"), [])) for event in entries]


def _safely(
    entry: tuple[Any, list[Any]], settings: Settings, is_called_off: bool
) -> tuple[str, Content, tuple[Note, ...]]:
    event, changed = entry
    try:
        return _read(event, changed, settings, is_called_off)
    except Unfit:
        raise
    except _BROKEN:
        raise Unfit(_("It holds something that cannot be."), _text(event, "SUMMARY")[:200]) from None


def _read(
    event: Any, changed: Sequence[Any], settings: Settings, is_called_off: bool
) -> tuple[str, Content, tuple[Note, ...]]:
    starts, ends = _value(event, "DTSTART"), _value(event, "DTEND")
    duration = _value(event, "DURATION")
    if ends is None and duration is not None and starts is not None:
        ends = starts + duration
    if isinstance(ends, datetime) != isinstance(starts, datetime):
        ends = None
    elif isinstance(ends, date) and not isinstance(ends, datetime) and ends > starts:
        ends = rows.day_before(ends)
    ends = None if isinstance(ends, datetime) and ends == starts else ends
    status = "cancelled" if is_called_off else STATUSES.get(_text(event, "STATUS").upper(), "confirmed")
    content = rows.event(
        settings,
        name=_text(event, "SUMMARY"),
        text=_text(event, "DESCRIPTION"),
        starts=starts,
        ends=ends,
        zone=_zone(starts, comes_again=bool(event.get("RRULE") or event.get("RDATE"))),
        place=_place(event),
        online_url=rows.web_address(_text(event, "URL")),
        organisers=_organisers(event),
        status=status,
        tags=_categories(event),
    )
    occurrence = _text(event, "RECURRENCE-ID")
    uid = _text(event, "UID")
    recurrence, notes = series.recurrence_of(event, changed, content)
    content = rows.coming_again(content, recurrence)
    if occurrence:
        notes = (*notes, Note(DAY_OF_A_SERIES))
    return f"{uid}\n{occurrence}" if uid and occurrence else uid, content, notes


def _value(event: Any, name: str) -> Any:
    found = event.get(name)
    found = found[0] if isinstance(found, list) else found
    return getattr(found, "dt", getattr(found, "td", None))


def _text(event: Any, name: str) -> str:
    found = event.get(name)
    found = found[0] if isinstance(found, list) and found else found
    if found is None:
        return ""
    value = getattr(found, "dt", found)
    return value.isoformat() if isinstance(value, date) else str(value)


def _zone(value: Any, *, comes_again: bool) -> str | None:
    """Return the zone that an entry names; what comes again in UTC stays there, where its hour does not change."""
    name = str(getattr(value, "tzinfo", None) or "")
    return name if known_timezone(name) and (comes_again or name != "UTC") else None


def _place(event: Any) -> Any:
    where = one_line(_text(event, "LOCATION"), 200)
    position = event.get("GEO")
    latitude, longitude = getattr(position, "latitude", None), getattr(position, "longitude", None)
    return rows.place(name=where, latitude=latitude, longitude=longitude)


def _organisers(event: Any) -> tuple[ActorRef, ...]:
    """Return the organiser by name; the e-mail address is nobody's business."""
    found = event.get("ORGANIZER")
    name = one_line(str(getattr(found, "params", {}).get("CN", "")), 200)
    return (ActorRef(name=name),) if name and "@" not in name else ()


def _categories(event: Any) -> list[str]:
    found = event.get("CATEGORIES")
    lists = found if isinstance(found, list) else [found] if found is not None else []
    words = [str(word) for one in lists for word in getattr(one, "cats", [])]
    return [word for word in words[:50] if word.upper() not in CATEGORIES]
