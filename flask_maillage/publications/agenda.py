"""What takes place on each day of a day, a week or a month: events on all their days, and calls on their deadline.

A day is one of the wall clock where the publication hangs; an event that comes again stands on each of its days.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, or_, select, union_all
from sqlalchemy.orm import defer

from actors.database import session
from flask_maillage.publications import listing, matching
from flask_maillage.publications.content import Content
from flask_maillage.publications.filtering import Filter
from flask_maillage.publications.kinds import event_occurrences
from flask_maillage.publications.kinds.event_details import EventDetails
from flask_maillage.publications.kinds.event_times import end_of
from flask_maillage.publications.local_time import wall_clock
from flask_maillage.publications.models import PUBLISHED, Publication
from flask_maillage.publications.recurrence import Recurrence
from flask_maillage.territory.places import Place

DAY, WEEK, MONTH = "day", "week", "month"
SPANS = (DAY, WEEK, MONTH)
MOST = 300
"""How many publications one span shows, of what comes once and of what comes again; who has more narrows the filter."""
MOST_RULES = 2000
"""How much that comes again is looked through for what has an occurrence in a span."""
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
    """The entries of each day that has some, the earliest first, and whether there is more than was read."""

    days: Mapping[date, Sequence[Entry]]
    more: bool


def agenda(asked: Filter, first: date, last: date) -> Agenda:
    """Return what a filter leaves of these days; its own days are passed over, for the span says them."""
    begin = datetime.combine(first, time(0), UTC) - ZONES
    end = datetime.combine(last + timedelta(days=1), time(0), UTC) + ZONES
    query = matching.narrowed(listing.visible(), replace(asked, since=None, until=None))
    again = _coming_again(query.where(_goes_on_until(begin)), first, last)
    once = query.where(Publication.series_from.is_(None), _within(begin, end))
    days: dict[date, list[Entry]] = {}
    more = False
    for part in (once, query.where(Publication.id.in_(again))):
        brief = part.options(defer(Publication.html), defer(Publication.source), defer(Publication.document))
        rows = listing.first(brief.order_by(Publication.starts_at, Publication.id), MOST + 1)
        more = more or len(rows) > MOST
        for row in rows[:MOST]:
            for day, entry in _entries(row, first, last):
                days.setdefault(day, []).append(entry)
    return Agenda({day: sorted(days[day], key=_turn) for day in sorted(days)}, more)


def _coming_again(query: listing.Query, first: date, last: date) -> list[int]:
    """Return what comes again and has an occurrence there; only the rules are read, for their rows are large."""
    rule = Publication.details["recurrence"]
    rules = (
        query.where(Publication.series_from <= last + timedelta(days=1))
        .with_only_columns(Publication.id, rule)
        .order_by(Publication.id)
        .limit(MOST_RULES)
    )
    rows = session().execute(rules, bind_arguments={"mapper": Publication})
    return [number for number, said in rows if _days_between(Recurrence.model_validate(said), first, last)]


def _goes_on_until(begin: datetime) -> ColumnElement[bool]:
    """Return the condition that something comes again still, or that its last occurrence is not before."""
    return or_(Publication.moves_on_at.is_not(None), Publication.ends_at >= begin, Publication.starts_at >= begin)


def _days_between(recurrence: Recurrence, first: date, last: date) -> list[date]:
    """Return the days whose occurrence may reach into these."""
    longest = (recurrence.first_end or recurrence.first_start) - recurrence.first_start
    return [day for day in recurrence.days if first - longest - timedelta(days=1) <= day <= last]


def _within(begin: datetime, end: datetime) -> ColumnElement[bool]:
    """Return the condition for rows that may have a day there, each part of it by an index of its own.

    Which days they are, the content tells.
    """
    ids = select(Publication.id).where(Publication.state == PUBLISHED)
    events = ids.where(Publication.kind == "event", Publication.status != "postponed")
    ending = events.where(Publication.ends_at >= begin, Publication.starts_at <= end)
    open_ended = events.where(Publication.ends_at.is_(None), Publication.starts_at.between(begin, end))
    due = Publication.ends_at.between(begin, end)
    calls = ids.where(Publication.kind == "call", Publication.status != "cancelled", due)
    return Publication.id.in_(union_all(ending, open_ended, calls))


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
        details=EventDetails.model_construct(all_day=bool(row.details.get("all_day"))),
    )


def _entries(row: Publication, first: date, last: date) -> Iterator[tuple[date, Entry]]:
    content = _said(row)
    details = content.details
    recurrence = details.recurrence if isinstance(details, EventDetails) else None
    if content.kind == "call":
        day = wall_clock(content.ends_at, content.timezone).date() if content.ends_at else None
        if day and first <= day <= last:
            yield day, Entry(row, content)
    elif recurrence is None:
        yield from _on_days(row, content, first, last)
    else:
        for day in _days_between(recurrence, first, last):
            there = event_occurrences.on(content, day)
            if there is not None:
                yield from _on_days(row, there, first, last, day)


def _on_days(
    row: Publication, content: Content, first: date, last: date, occurrence: date | None = None
) -> Iterator[tuple[date, Entry]]:
    """What ends at midnight does not go on to the next day."""
    if content.starts_at is None:
        return
    begins = wall_clock(content.starts_at, content.timezone).date()
    ends = wall_clock(end_of(content) - timedelta(seconds=1), content.timezone).date()
    day = max(begins, first)
    while day <= min(max(ends, begins), last):
        yield day, Entry(row, content, day == begins, occurrence)
        day += timedelta(days=1)


def _turn(entry: Entry) -> tuple[bool, time, int]:
    """What goes on or lasts all day stands before what has its hour."""
    moment = entry.moment
    clock = wall_clock(moment, entry.content.timezone).time() if moment and entry.begins else time(0)
    return entry.begins and not entry.is_all_day, time(0) if entry.is_all_day else clock, entry.publication.id
