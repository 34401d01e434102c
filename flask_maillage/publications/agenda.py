"""What takes place on each day of a day, a week or a month: events on all their days, and calls on their deadline.

A day is one of the wall clock where the publication hangs; an event that comes again stands on each of its days.
"""

from calendar import monthrange
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from sqlalchemy import ColumnElement, or_, select, union_all
from sqlalchemy.orm import defer, lazyload

from actors.database import session
from flask_maillage.publications import listing, matching, selecting
from flask_maillage.publications.content import Content
from flask_maillage.publications.filtering import Filter
from flask_maillage.publications.kinds import event_occurrences
from flask_maillage.publications.kinds.event_details import EventDetails
from flask_maillage.publications.kinds.event_times import OPEN_ENDED
from flask_maillage.publications.local_time import wall_clock
from flask_maillage.publications.models import Publication
from flask_maillage.publications.recurrence import Recurrence
from flask_maillage.territory.places import Place

DAY, WEEK, MONTH = "day", "week", "month"
SPANS = (DAY, WEEK, MONTH)
MOST = 300
"""How many publications one span shows, of what comes once and of what comes again; who has more narrows the filter."""
MOST_READ = 5000
"""Of how many it is looked up on which days they are."""
MOST_RULES = 2000
"""How much that comes again is looked through for what has an occurrence in a span."""
UNSAID = selecting.HEAVY | {"translations", "organisers", "attachments", "image"}
ONE_DAY, MIDNIGHT = timedelta(days=1), time(0)
ZONES = timedelta(hours=14)
"""How far a wall clock may be from UTC."""
FIRST, LAST = date(1900, 2, 1), date(2199, 12, 1)


@dataclass(frozen=True)
class Span:
    """A day, a week or a month: its first and last day, and a day of the one before and of the one after."""

    name: str
    first: date
    last: date
    previous: date
    following: date

    @property
    def days(self) -> list[date]:
        """Its days in their order."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    def weeks(self, first_weekday: int) -> list[list[date]]:
        """Return the whole weeks that hold it, which begin on a day of the week (0 is Monday)."""
        begin = self.first - timedelta(days=(self.first.weekday() - first_weekday) % 7)
        count = ((self.last - begin).days // 7 + 1) * 7
        days = [begin + timedelta(days=number) for number in range(count)]
        return [days[start : start + 7] for start in range(0, count, 7)]


def span_of(name: str, day: date, first_weekday: int = 0) -> Span:
    """Return the span that a day lies in; days outside of the calendar that people plan in are brought into it."""
    day = min(max(day, FIRST), LAST)
    if name == DAY:
        return Span(DAY, day, day, day - timedelta(days=1), day + timedelta(days=1))
    if name == WEEK:
        first = day - timedelta(days=(day.weekday() - first_weekday) % 7)
        return Span(WEEK, first, first + timedelta(days=6), first - timedelta(days=7), first + timedelta(days=7))
    first = day.replace(day=1)
    last = day.replace(day=monthrange(day.year, day.month)[1])
    return Span(MONTH, first, last, (first - timedelta(days=1)).replace(day=1), last + timedelta(days=1))


@dataclass(frozen=True)
class Entry:
    """A publication on one day: what it says there, whether it goes on from the day before, or ends that day.

    `occurrence` is the day by which an occurrence of what comes again is named.
    """

    publication: Publication
    content: Content
    begins: bool = True
    occurrence: date | None = None

    @property
    def is_deadline(self) -> bool:
        """Whether the day is the last one for answering a call."""
        return self.content.kind == "call"

    @property
    def is_all_day(self) -> bool:
        """Whether it has no hours that day."""
        return isinstance(self.content.details, EventDetails) and self.content.details.all_day

    @property
    def moment(self) -> datetime | None:
        """When it begins, or when the deadline is."""
        return self.content.ends_at if self.is_deadline else self.content.starts_at


@dataclass(frozen=True)
class Agenda:
    """The first entries of each day that has some, the earliest first.

    `left` says how many more a day has, `more` whether there is more on these days than was looked through.
    """

    days: Mapping[date, Sequence[Entry]]
    left: Mapping[date, int]
    more: bool


def agenda(asked: Filter, first: date, last: date, of_a_day: int = MOST) -> Agenda:
    """Return what a filter leaves of these days; its own days are passed over, for the span says them.

    Args:
        asked: the filter.
        first: the first day.
        last: the last day.
        of_a_day: how many entries of a day are wanted; what is not shown is not read either.
    """
    query = matching.narrowed(listing.counted(), replace(asked, since=None, until=None))
    shown, left, more = _once(query, first, last, of_a_day)
    again = _read(query.where(Publication.id.in_(_coming_again(query.where(_goes_on_until(first)), first, last))))
    days: dict[date, list[Entry]] = {}
    for row in _rows({number for numbers in shown.values() for number in numbers} | set(again[:MOST])):
        for day, entry in _entries(row, first, last):
            if entry.occurrence is not None or row.id in shown.get(day, ()):
                days.setdefault(day, []).append(entry)
    left = {day: left.get(day, 0) + max(0, len(entries) - of_a_day) for day, entries in days.items()}
    sorted_days = {day: sorted(days[day], key=_turn)[:of_a_day] for day in sorted(days)}
    return Agenda(sorted_days, {day: number for day, number in left.items() if number}, more or len(again) > MOST)


def _once(
    query: listing.Query, first: date, last: date, of_a_day: int
) -> tuple[dict[date, list[int]], dict[date, int], bool]:
    """Return the first of what comes once on each day, how many more there are, and whether not all was looked at."""
    begin, end = _begin(first), datetime.combine(last + ONE_DAY, time(0), UTC) + ZONES
    columns = (Publication.id, Publication.kind, Publication.starts_at, Publication.ends_at, Publication.timezone)
    once = query.where(Publication.series_from.is_(None)).with_only_columns(*columns)
    parts = union_all(*(once.where(*conditions) for conditions in _within(begin, end)))
    rows = session().execute(parts.limit(MOST_READ + 1), bind_arguments={"mapper": Publication}).all()
    turns: dict[date, list[tuple[bool, time, int]]] = {}
    for row in rows[:MOST_READ]:
        number, kind, starts_at, ends_at, timezone = row
        for day, clock in _days_of(kind, starts_at, ends_at, timezone, first, last):
            turns.setdefault(day, []).append((clock is not None, clock or MIDNIGHT, number))
    shown = {day: [turn[2] for turn in sorted(found)[:of_a_day]] for day, found in turns.items()}
    left = {day: len(found) - len(shown[day]) for day, found in turns.items()}
    return shown, left, len(rows) > MOST_READ


def _begin(first: date) -> datetime:
    """Return when a day begins wherever it does first."""
    return datetime.combine(first, time(0), UTC) - ZONES


def _read(query: listing.Query) -> list[int]:
    return list(session().scalars(query.order_by(Publication.starts_at, Publication.id).limit(MOST + 1)))


def _rows(numbers: Collection[int]) -> Sequence[Publication]:
    """Return rows without what no agenda says of what comes once; what comes again reads it when it is asked."""
    brief = (defer(getattr(Publication, name)) for name in UNSAID)
    query = listing.among(list(numbers)).options(*brief, lazyload(Publication.hashtags))
    return session().scalars(query).all() if numbers else ()


def _coming_again(query: listing.Query, first: date, last: date) -> list[int]:
    """Return what comes again and has an occurrence there; only the rules are read, for their rows are large."""
    rule = Publication.details["recurrence"]
    series = select(Publication.id).where(Publication.series_from <= last + timedelta(days=1))
    again = query.where(Publication.id.in_(series)).with_only_columns(Publication.id, rule)
    rules = again.order_by(Publication.id).limit(MOST_RULES)
    rows = session().execute(rules, bind_arguments={"mapper": Publication})
    return [number for number, said in rows if _days_between(Recurrence.model_validate(said), first, last)]


def _goes_on_until(first: date) -> ColumnElement[bool]:
    """Return the condition that something comes again still, or that its last occurrence is not before a day."""
    begin = _begin(first)
    return or_(Publication.moves_on_at.is_not(None), Publication.ends_at >= begin, Publication.starts_at >= begin)


def _days_between(recurrence: Recurrence, first: date, last: date) -> list[date]:
    """Return the days whose occurrence may reach into these."""
    longest = (recurrence.first_end or recurrence.first_start) - recurrence.first_start
    return [day for day in recurrence.days if first - longest - timedelta(days=1) <= day <= last]


def _within(begin: datetime, end: datetime) -> Iterator[tuple[ColumnElement[bool], ...]]:
    """Return the conditions for rows that may have a day there, in parts of which each is asked of an index.

    Which days they are, the content tells.
    """
    is_event = Publication.kind == "event", Publication.status != "postponed"
    yield *is_event, Publication.ends_at >= begin, Publication.starts_at <= end
    yield *is_event, Publication.ends_at.is_(None), Publication.starts_at.between(begin, end)
    yield Publication.kind == "call", Publication.status != "cancelled", Publication.ends_at.between(begin, end)


def _said(row: Publication) -> Content:
    """Return what an agenda needs of a row; all of it only for what comes again, as reading a programme takes long."""
    if row.details.get("recurrence"):
        return row.content
    return Content.model_construct(
        kind=row.kind,
        name=row.name,
        language=row.language,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        timezone=row.timezone,
        place=Place.model_construct(**row.place) if row.place else None,
        status=row.status,
        details=_details(bool(row.details.get("all_day"))),
    )


@cache
def _details(all_day: bool) -> EventDetails:
    return EventDetails(all_day=all_day)


def _entries(row: Publication, first: date, last: date) -> Iterator[tuple[date, Entry]]:
    content = _said(row)
    details = content.details
    recurrence = details.recurrence if isinstance(details, EventDetails) else None
    if recurrence is None:
        yield from _on_days(row, content, first, last)
        return
    for day in _days_between(recurrence, first, last):
        there = event_occurrences.on(content, day)
        if there is not None:
            yield from _on_days(row, there, first, last, day)


def _on_days(
    row: Publication, content: Content, first: date, last: date, occurrence: date | None = None
) -> Iterator[tuple[date, Entry]]:
    for day, clock in _days_of(content.kind, content.starts_at, content.ends_at, content.timezone, first, last):
        yield day, Entry(row, content, clock is not None, occurrence)


def _days_of(
    kind: str, starts_at: datetime | None, ends_at: datetime | None, timezone: str | None, first: date, last: date
) -> Iterator[tuple[date, time | None]]:
    """Return the days of something, and when it begins where it does that day; of a call that of its deadline.

    What ends at midnight does not go on to the next day.
    """
    if kind == "call":
        starts_at = ends_at
    if starts_at is None:
        return
    beginning = wall_clock(starts_at, timezone)
    begins = beginning.date()
    ending = (ends_at or starts_at + OPEN_ENDED) - timedelta(seconds=1)
    ends = begins if kind == "call" else wall_clock(ending, timezone).date()
    day, end = max(begins, first), min(max(ends, begins), last)
    while day <= end:
        yield day, beginning.time() if day == begins else None
        day += ONE_DAY


def _turn(entry: Entry) -> tuple[bool, time, int]:
    """What goes on or lasts all day stands before what has its hour."""
    moment = entry.moment
    clock = wall_clock(moment, entry.content.timezone).time() if moment and entry.begins else time(0)
    return entry.begins and not entry.is_all_day, time(0) if entry.is_all_day else clock, entry.publication.id
