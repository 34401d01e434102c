"""Calendars (RFC 5545) as events: one for each VEVENT; of what repeats, the first date."""

from datetime import date, datetime
from typing import Any

from icalendar import Calendar

from flask_maillage.publications.categories import CATEGORIES
from flask_maillage.publications.content import ActorRef, Content, known_timezone, one_line
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.importing import rows
from flask_maillage.publications.importing.rows import FIRST_OF_MANY, Row, Settings, Unfit, Unreadable

STATUSES = {"TENTATIVE": "tentative", "CANCELLED": "cancelled", "CONFIRMED": "confirmed"}
_BROKEN = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, RecursionError)


def read(data: bytes, settings: Settings) -> list[Row]:
    """Return a row for each event of a calendar.

    Raises:
        Unreadable: it is no calendar, or holds too much.
    """
    try:
        calendars = Calendar.from_ical(data.decode("utf-8", "replace").replace("\0", ""), multiple=True)
        events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except _BROKEN:
        raise Unreadable(_("This is no calendar (iCalendar, a file that ends in .ics).")) from None
    if not calendars:
        raise Unreadable(_("This is no calendar (iCalendar, a file that ends in .ics)."))
    is_called_off = any(str(calendar.get("METHOD", "")).upper() == "CANCEL" for calendar in calendars)
    return rows.numbered(events, lambda event: _safely(event, settings, is_called_off))


def _safely(event: Any, settings: Settings, is_called_off: bool) -> tuple[str, Content, str]:
    try:
        return _read(event, settings, is_called_off)
    except Unfit:
        raise
    except _BROKEN:
        raise Unfit(_("It holds something that cannot be."), _text(event, "SUMMARY")[:200]) from None


def _read(event: Any, settings: Settings, is_called_off: bool) -> tuple[str, Content, str]:
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
        zone=_zone(starts),
        place=_place(event),
        online_url=rows.web_address(_text(event, "URL")),
        organisers=_organisers(event),
        status=status,
        tags=_categories(event),
    )
    occurrence = _text(event, "RECURRENCE-ID")
    uid = _text(event, "UID")
    note = FIRST_OF_MANY if event.get("RRULE") or event.get("RDATE") else ""
    return f"{uid}\n{occurrence}" if uid and occurrence else uid, content, note


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


def _zone(value: Any) -> str | None:
    name = str(getattr(value, "tzinfo", None) or "")
    return name if known_timezone(name) and name != "UTC" else None


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
