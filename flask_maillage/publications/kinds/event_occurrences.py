"""The occurrences of an event that comes again: which is next, and what the event says on one of its days.

The row, the lists and the wire hold one occurrence, the next; the others are computed from it, with the programme.
"""

from datetime import date, datetime, timedelta
from typing import Any

from flask_maillage.publications.content import Content
from flask_maillage.publications.kinds import page_text
from flask_maillage.publications.kinds.event_details import details_of
from flask_maillage.publications.kinds.event_times import LONGEST_DAY, OPEN_ENDED, end_of, whole_days
from flask_maillage.publications.kinds.words import date_in_words, words
from flask_maillage.publications.local_time import nearest_instant, wall_clock
from flask_maillage.publications.programmes.programme import Programme, ProgrammeItem
from flask_maillage.publications.recurrence import Recurrence

SHOWN = 10


def on(content: Content, day: date) -> Content | None:
    """Return what an event says on one of its days, called off where that one is; None on any other day."""
    recurrence = details_of(content).recurrence
    if recurrence is None or day not in recurrence.days:
        return None
    return _moved(content, recurrence, day)


def at(content: Content, moment: datetime) -> Content:
    """Return the event as its next occurrence that is not over at `moment`; as the last one where all are."""
    recurrence = details_of(content).recurrence
    if recurrence is None or not recurrence.remaining:
        return content
    day = _next(content, recurrence, moment) or recurrence.remaining[-1]
    return _moved(content, recurrence, day)


def first(content: Content) -> Content:
    """Return the event as its first occurrence, called off or not, which is what its form shows."""
    recurrence = details_of(content).recurrence
    if recurrence is None:
        return content
    return _moved(content, recurrence.model_copy(update={"exceptions": ()}), recurrence.first_start.date())


def moves_on_at(content: Content) -> datetime | None:
    """Return when the present occurrence is over and another one follows; None where none does."""
    recurrence = details_of(content).recurrence
    if recurrence is None or content.starts_at is None:
        return None
    ends = end_of(content)
    return ends if _next(content, recurrence, ends) else None


def _next(content: Content, recurrence: Recurrence, moment: datetime) -> date | None:
    """Return the first day whose occurrence is not over; looked for from not long before, as most lie in the past."""
    longest = (recurrence.first_end or recurrence.first_start) - recurrence.first_start + 2 * LONGEST_DAY
    earliest = (moment - longest).date()
    days = (day for day in recurrence.remaining if day >= earliest)
    return next((day for day in days if end_of(_moved(content, recurrence, day, programme=False)) > moment), None)


def _moved(content: Content, recurrence: Recurrence, day: date, *, programme: bool = True) -> Content:
    details, zone = details_of(content), content.timezone or "UTC"
    start, end = recurrence.on(day)
    if details.all_day:
        starts_at, ends_at = whole_days(start.date(), (end or start).date(), zone)
    else:
        starts_at = nearest_instant(start, zone)
        ends_at = nearest_instant(end, zone) if end else starts_at + OPEN_ENDED
        ends_at = ends_at if ends_at > starts_at else starts_at + OPEN_ENDED
    changes: dict[str, object] = {}
    if programme and content.starts_at is not None and details.programme:
        shift = day - wall_clock(content.starts_at, zone).date()
        changes["programme"] = _shifted(details.programme, shift, zone)
    status = content.status
    if exclusion := recurrence.exclusion_on(day):
        status, changes["reason"] = "cancelled", exclusion.reason or details.reason
    fields = {"starts_at": starts_at, "ends_at": ends_at, "status": status}
    return content.model_copy(update=fields | {"details": details.model_copy(update=changes)})


def _shifted(items: Programme, shift: timedelta, zone: str) -> Programme:
    return tuple(_shifted_item(item, shift, zone) for item in items)


def _shifted_item(item: ProgrammeItem, shift: timedelta, zone: str) -> ProgrammeItem:
    times = {
        name: nearest_instant(wall_clock(moment, zone).replace(tzinfo=None) + shift, zone)
        for name in ("starts_at", "ends_at")
        if (moment := getattr(item, name)) is not None
    }
    return item.model_copy(update=times | {"items": _shifted(item.items, shift, zone)})


def next_days(content: Content, count: int = SHOWN) -> list[date]:
    """Return the next days from the present occurrence on, those that are called off included."""
    recurrence = details_of(content).recurrence
    if recurrence is None or content.starts_at is None:
        return []
    today = wall_clock(content.starts_at, content.timezone).date()
    return [day for day in recurrence.days if day >= today][:count]


def repetition_of(content: Content) -> dict[str, Any] | None:
    """Return what a calendar says of how an event comes again: the rule, and instants of its first and other days."""
    recurrence = details_of(content).recurrence
    if recurrence is None:
        return None
    begins = first(content)
    plain = recurrence.model_copy(update={"exceptions": ()})

    def start_on(day: date) -> datetime | None:
        return _moved(content, plain, day, programme=False).starts_at

    left_out = (one.day for one in recurrence.exceptions if one.day in recurrence.days)
    return {
        "rule": recurrence.rule,
        "starts_at": begins.starts_at,
        "ends_at": begins.ends_at,
        "last_starts_at": start_on(recurrence.days[-1]),
        "left_out": tuple(start_on(day) for day in left_out),
        "added": tuple(start_on(day) for day in recurrence.additions),
    }


def dates_as_html(content: Content) -> str:
    """Return the next days as a list for readers of plain `content`, whose software knows no recurrence."""
    recurrence, language = details_of(content).recurrence, content.language
    if recurrence is None:
        return ""
    lines = []
    for day in next_days(content):
        exclusion = recurrence.exclusion_on(day)
        called_off = f": {words(language, 'Cancelled.')} {exclusion.reason}".rstrip() if exclusion else ""
        lines.append(f"{date_in_words(language, day)}{called_off}")
    return page_text.listing(lines)
