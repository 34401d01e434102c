"""Events and the deadlines of calls as iCalendar (RFC 5545), for calendars that subscribe (RFC 7986)."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Calendar, Event, vCalAddress, vRecur, vUri

from federation.sanitising import text_of_html

from ..content import known_timezone
from ..local_time import end_of_day, wall_clock
from .entries import STATUSES, Feed, FeedEntry, Repetition

CALENDAR_CONTENT_TYPE = "text/calendar; charset=utf-8"
DESCRIPTION_LIMIT = 4000
REFRESH = timedelta(hours=1)
BEFORE_THE_DEADLINE = timedelta(minutes=30)
YEARS = range(1902, 2101)  # what calendars and descriptions of time zones can hold; strangers write year 1 and 9999


def calendar(feed: Feed, *, deadline_label: str = "Deadline") -> bytes:
    """Return what has a date in the feed: events, and for each call the half hour that ends at its deadline.

    Times are those of the entry's own zone, described in the file. Only entries of kind `event` with a start and of
    kind `call` with an end are taken, from 1902 to 2100.

    Args:
        feed: any entries.
        deadline_label: the word before the title of a call, in the reader's language.
    """
    document = Calendar()
    document.add("prodid", "-//Maillage//Calendar//EN")
    document.add("version", "2.0")
    document.add("method", "PUBLISH")  # RFC 5546 §3.2.1; with it, each event names its organiser
    document.add("x-wr-calname", feed.headline)
    document.add("name", feed.headline)
    if feed.subtitle:
        document.add("x-wr-caldesc", feed.subtitle)
    document.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    document.add("x-published-ttl", "PT1H")
    for entry in feed.entries:
        starts_at, ends_at = _usable(entry.starts_at), _usable(entry.ends_at)
        if entry.kind == "event" and starts_at:
            document.add_component(_event(entry, starts_at, ends_at))
        elif entry.kind == "call" and ends_at:
            document.add_component(_deadline(entry, ends_at, deadline_label))
    _describe_timezones(document, feed.entries)
    body: bytes = document.to_ical()
    return body


def _event(entry: FeedEntry, starts_at: datetime, ends_at: datetime | None) -> Event:
    event = _component(entry, entry.id, entry.headline)
    if entry.repetition is not None and _usable(entry.repetition.starts_at):
        starts_at, ends_at = entry.repetition.starts_at, _usable(entry.repetition.ends_at)
        _repeat(event, entry, entry.repetition)
    start = _local(entry, starts_at)
    end = _local(entry, ends_at) if ends_at and ends_at > starts_at else None
    if entry.all_day:
        event.add("dtstart", start.date())
        event.add("dtend", _day_after(start, end))
    else:
        event.add("dtstart", start)
        if end:
            event.add("dtend", end)
    if entry.place or entry.online_url:
        event.add("location", entry.place or entry.online_url)  # few calendars show a CONFERENCE
    if entry.online_url:
        event.add("conference", vUri(entry.online_url), parameters={"VALUE": "URI"})  # RFC 7986 §5.11
    if entry.position:
        event.add("geo", entry.position)
    return event


def _repeat(event: Event, entry: FeedEntry, how: Repetition) -> None:
    """Add the rule with the days left out and added; `UNTIL` is of the type of the start, in UTC where that is a time.

    RFC 5545 §3.3.10; an end by day lies at the last second of that day in the zone of the event.
    """
    rule = vRecur.from_ical(how.rule)
    until = next(iter(rule.get("UNTIL", ())), None)
    if until is not None and not entry.all_day:
        rule["UNTIL"] = [end_of_day(until, entry.timezone or "UTC")]
    event.add("rrule", rule)
    for name, moments in (("exdate", how.left_out), ("rdate", how.added)):
        local = [_local(entry, moment) for moment in moments if _usable(moment)]
        if local and entry.all_day:
            event.add(name, [moment.date() for moment in local], parameters={"VALUE": "DATE"})
        elif local:
            event.add(name, local)


def _deadline(entry: FeedEntry, ends_at: datetime, label: str) -> Event:
    """A deadline is at the end of a day, most often: an entry that began there would show on the day after."""
    event = _component(entry, f"{entry.id}#deadline", f"{label}: {entry.headline}")
    event.add("dtstart", _local(entry, ends_at.astimezone(UTC) - BEFORE_THE_DEADLINE))
    event.add("dtend", _local(entry, ends_at))
    event.add("transp", "TRANSPARENT")
    return event


def _component(entry: FeedEntry, uid: str, title: str) -> Event:
    event = Event()
    event.add("uid", uid)
    tongue = {"LANGUAGE": entry.language} if entry.language else {}
    event.add("summary", title, parameters=tongue)
    event.add("dtstamp", entry.updated.astimezone(UTC))  # the present would change the ETag with every request
    event.add("created", entry.published.astimezone(UTC))
    event.add("last-modified", entry.updated.astimezone(UTC))
    event.add("sequence", int((entry.updated - entry.published).total_seconds()))  # grows with each revision
    event.add("status", entry.status if entry.status in STATUSES else "CONFIRMED")
    event.add("url", entry.url)
    event.add("categories", [entry.kind, *entry.topics, *entry.tags])
    text = text_of_html(entry.html, limit=DESCRIPTION_LIMIT) or entry.summary
    event.add("description", f"{text}\n\n{entry.url}".strip(), parameters=tongue)
    if entry.byline:
        event.add("contact", entry.byline)
    if entry.author_url:
        organiser = vCalAddress(entry.author_url)
        organiser.params["CN"] = entry.byline or entry.author_url
        event.add("organizer", organiser)
    return event


def _local(entry: FeedEntry, moment: datetime) -> datetime:
    zone = entry.timezone if known_timezone(entry.timezone) and entry.timezone != "UTC" else None
    return wall_clock(moment, zone)


def _day_after(start: datetime, end: datetime | None) -> date:
    """DTEND of an all-day event is the first day on which it is over."""
    last = end or start
    if end and end.time() == time(0) and end.date() > start.date():
        return end.date()
    return last.date() + timedelta(days=1)


def _describe_timezones(document: Calendar, entries: Iterable[FeedEntry]) -> None:
    """Add a VTIMEZONE for each zone, in the order of their names: icalendar's own order changes between processes."""
    moments = [_usable(moment) for entry in entries for moment in _moments_of(entry)]
    years = [moment.year for moment in moments if moment]
    if not years:
        return
    document.add_missing_timezones(date(min(years) - 1, 1, 1), date(max(years) + 2, 1, 1))
    document.subcomponents.sort(key=lambda part: (part.name != "VTIMEZONE", str(part.get("TZID", ""))))


def _moments_of(entry: FeedEntry) -> tuple[datetime | None, ...]:
    how = entry.repetition
    return (entry.starts_at, entry.ends_at, *((how.starts_at, how.last_starts_at) if how else ()))


def _usable(moment: datetime | None) -> datetime | None:
    return moment if moment and moment.year in YEARS else None
