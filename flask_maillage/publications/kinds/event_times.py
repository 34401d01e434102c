"""When an event takes place: its instants, its whole days, in words and on the wire."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta

from federation.activities import Document
from flask_maillage.publications.content import Content
from flask_maillage.publications.kinds import reading
from flask_maillage.publications.kinds.event_details import details_of
from flask_maillage.publications.kinds.words import clock, day_in_words, words
from flask_maillage.publications.local_time import OutsideCalendar, end_of_day, start_of_day, wall_clock

OPEN_ENDED = timedelta(hours=2)  # FEP-8a8e wants an end for machines, `displayEndTime` false hides it from people
LONGEST_DAY = timedelta(hours=24)


def end_of(content: Content) -> datetime:
    """Return when an event ends; without an end it lasts two hours.

    Raises:
        ValueError: it has no start.
    """
    if content.ends_at is not None:
        return content.ends_at
    if content.starts_at is None:
        raise ValueError("an event without a start has no end")
    return content.starts_at + OPEN_ENDED


def whole_days(first: date, last: date, zone: str | None) -> tuple[datetime, datetime]:
    """Return the instants between which these days lie in `zone`, the last second of the last one included.

    Raises:
        OutsideCalendar: nobody plans for such a year.
    """
    return start_of_day(first, zone or "UTC"), end_of_day(last, zone or "UTC")


def is_of_several_days(content: Content) -> bool:
    """Tell whether it lasts for days, rather than into the night."""
    details, zone = details_of(content), content.timezone
    if content.starts_at is None or content.ends_at is None or not details.display_end_time:
        return False
    other_day = wall_clock(content.starts_at, zone).date() < wall_clock(content.ends_at, zone).date()
    return other_day and (details.all_day or content.ends_at - content.starts_at >= LONGEST_DAY)


def in_words(content: Content) -> str:
    """Return when it takes place, in its own language: days, with hours and zone where it has hours."""
    if content.starts_at is None:
        return ""
    language, zone, details = content.language, content.timezone, details_of(content)
    first = day_in_words(language, content.starts_at, zone)
    ends = content.ends_at if details.display_end_time else None
    last = day_in_words(language, ends, zone) if ends else first
    if details.all_day:
        return first if first == last else words(language, "{first} to {last}", first=first, last=last)
    begins = f"{first}, {clock(content.starts_at, zone)}"
    finishes = "" if ends is None else f"–{clock(ends, zone)}" if first == last else f" – {last}, {clock(ends, zone)}"
    return f"{begins}{finishes} ({zone or 'UTC'})"


def times_on_the_wire(content: Content) -> Document:
    """Return start, end and former start; Mobilizon refuses an event without `startTime`, also a postponed one."""
    details, zone = details_of(content), content.timezone
    if content.starts_at is None:
        return {}
    previous = details.previous_starts[-1] if details.previous_starts else None
    if content.status == "postponed":
        previous = content.starts_at
    return {
        "startTime": wall_clock(content.starts_at, zone).isoformat(),
        "endTime": wall_clock(end_of(content), zone).isoformat(),
        "displayEndTime": details.display_end_time and content.ends_at is not None,
        "allDay": True if details.all_day else None,
        "previousStartTime": wall_clock(previous, zone).isoformat() if previous else None,
    }


def times_from_object(
    document: Document, zone: str | None, status: str
) -> tuple[datetime | None, datetime | None, bool]:
    """Read start, end, and whether it is of whole days: `allDay`, or dates without times, the last one included."""
    stated, ended = document.get("startTime"), document.get("endTime")
    starts = reading.instant_of(stated, zone)
    if starts is None and status == "postponed":
        starts = reading.instant_of(document.get("previousStartTime"), zone)
    ends = reading.instant_of(ended, zone)
    if starts is None:
        return None, None, False
    if document.get("allDay") is True or (_is_date(stated) and (ended is None or _is_date(ended))):
        first = wall_clock(starts, zone).date()
        last = max(first, _last_day(ends, zone, is_date=_is_date(ended)) if ends else first)
        with suppress(OutsideCalendar):
            return *whole_days(first, last, zone), True
    return starts, ends if ends and ends > starts else None, False


def _is_date(value: object) -> bool:
    return isinstance(value, str) and len(value.strip()) == len("2027-01-13")


def _last_day(ends: datetime, zone: str | None, *, is_date: bool) -> date:
    """The midnight after it is a common way to say how long a day is."""
    local = wall_clock(ends, zone)
    is_midnight = local.time() == time(0) and not is_date
    return local.date() - timedelta(days=1) if is_midnight else local.date()
