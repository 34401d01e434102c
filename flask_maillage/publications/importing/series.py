"""What comes again in a calendar: the rule, the days left out and added, and the days that it changes one by one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_maillage.publications.content import Content, one_line
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.importing import foreign_rules
from flask_maillage.publications.importing.rows import Note
from flask_maillage.publications.kinds.event_details import details_of
from flask_maillage.publications.kinds.words import date_in_words, words
from flask_maillage.publications.local_time import wall_clock
from flask_maillage.publications.recurrence import (
    LAST_DAY,
    LONGEST,
    MAX_EXCEPTIONS,
    Exclusion,
    Recurrence,
    Rule,
    UnknownRule,
    days_of,
    falls_on,
)

FIRST_OF_MANY = _("It repeats in a way that is not followed here; its first date alone was taken.")
LASTS_TOO_LONG = _("What repeats lasts a month at most; its first date alone was taken.")
OTHER_HOUR = _("Days at another hour were left out, and say why:")
OTHER_HOUR_ADDED = _("Additional days at another hour were not taken:")
OTHER_WORDS = _("What is said of single days alone was not taken:")
NEW_SERIES = _("It goes on otherwise from a day on: it was taken until the day before.")
NO_SUCH_DAY = _("Changes of days that are none of it were not taken:")
TOO_MANY_DAYS = _("So many days are left out or added that only the last ones were taken.")
_SAID = ("SUMMARY", "DESCRIPTION", "LOCATION", "URL")


@dataclass
class _Found:
    """What was found of a series so far; `left_out` holds days with why, `notes` sentences with days."""

    rule: Rule
    first: datetime
    last: datetime | None
    zone: ZoneInfo
    left_out: dict[date, str] = field(default_factory=dict)
    added: set[date] = field(default_factory=set)
    notes: dict[str, list[date]] = field(default_factory=dict)

    def note(self, sentence: str, *days: date) -> None:
        """Keep what cannot be held, with the days that it is about."""
        self.notes.setdefault(sentence, []).extend(days)

    def wall(self, value: date) -> datetime:
        """Return a moment of the calendar on the wall clock; a mere day has the hour of the first occurrence."""
        if not isinstance(value, datetime):
            return datetime.combine(value, self.first.time())
        return value.astimezone(self.zone).replace(tzinfo=None) if value.tzinfo is not None else value


def recurrence_of(event: Any, changed: Sequence[Any], content: Content) -> tuple[Recurrence | None, tuple[Note, ...]]:
    """Return how an event of a calendar comes again, and what of that cannot be held here, in sentences.

    Args:
        event: the entry that says the rule.
        changed: the entries of the same uid that each change one of its days (`RECURRENCE-ID`).
        content: the first occurrence.
    """
    rules = [rule for rule in _all(event, "RRULE") if rule]
    further = _moments(event, "RDATE")
    if not (rules or further) or content.starts_at is None:
        return None, ()
    first, last = _first(content)
    if (last or first) - first > LONGEST:
        return None, (Note(LASTS_TOO_LONG),)
    zone = ZoneInfo(content.timezone or "UTC")
    try:
        rule = foreign_rules.in_our_words(rules[0], first, zone) if rules else Rule("DAILY", times=1)
        if len(rules) > 1 or _all(event, "EXRULE"):
            raise UnknownRule("several rules")
        found = _beginning_with_a_day_of_the_rule(_Found(rule, first, last, zone))
        _read_days(found, event, further)
        for one in sorted(changed, key=lambda one: str(_moment(one, "RECURRENCE-ID"))):
            _read_change(found, event, one, content.language)
        return _finished(found), tuple(Note(sentence, tuple(days)) for sentence, days in found.notes.items())
    except (UnknownRule, ValueError):
        return None, (Note(FIRST_OF_MANY),)


def _first(content: Content) -> tuple[datetime, datetime | None]:
    """Return when the first occurrence begins and ends on the wall clock; whole days are midnights, as in a form."""
    zone, details = content.timezone or "UTC", details_of(content)
    starts = wall_clock(content.starts_at, zone).replace(tzinfo=None) if content.starts_at else datetime.min
    shown = content.ends_at if details.display_end_time else None
    ends = wall_clock(shown, zone).replace(tzinfo=None) if shown else None
    if details.all_day:
        return datetime.combine(starts, time()), datetime.combine(ends or starts, time())
    return starts, ends


def _beginning_with_a_day_of_the_rule(found: _Found) -> _Found:
    """Let a series whose first day is none of its rule begin with the first one of it, and have that day beside it."""
    start = found.first.date()
    if falls_on(found.rule, start):
        return found
    days = days_of(found.rule, start)
    if not days:
        raise UnknownRule("a rule that gives no day")
    shift = days[0] - start
    found.added.add(start)
    found.first, found.last = found.first + shift, found.last + shift if found.last else None
    return found


def _read_days(found: _Found, event: Any, further: Sequence[date]) -> None:
    hour = found.first.time()
    for moment in further:
        if found.wall(moment).time() == hour:
            found.added.add(found.wall(moment).date())
        else:
            found.note(OTHER_HOUR_ADDED, found.wall(moment).date())
    days = {*days_of(found.rule, found.first.date()), *found.added}
    found.left_out |= {day: "" for moment in _moments(event, "EXDATE") if (day := found.wall(moment).date()) in days}


def _read_change(found: _Found, event: Any, one: Any, language: str | None) -> None:
    """Take what an entry changes about one day: called off, moved to another day, or more than a series can hold."""
    named = _moment(one, "RECURRENCE-ID")
    day = found.wall(named).date() if named is not None else None
    if day is None or day not in {*days_of(found.rule, found.first.date()), *found.added}:
        found.note(NO_SUCH_DAY, *([day] if day else []))
        return
    if str(getattr(one["RECURRENCE-ID"], "params", {}).get("RANGE", "")).upper() == "THISANDFUTURE":
        _end_before(found, day)
        return
    if str(one.get("STATUS", "")).upper() == "CANCELLED":
        found.left_out[day] = one_line(_text(one, "COMMENT"), 200)
        return
    starts = _moment(one, "DTSTART")
    begins = found.wall(starts) if starts is not None else datetime.combine(day, found.first.time())
    if begins.time() != found.first.time() or not _lasts_as_long(found, one, begins):
        when = f"{date_in_words(language, begins.date())}, {begins:%H:%M}"
        found.left_out[day] = words(language, "It is at another time: {when}", when=when)
        found.note(OTHER_HOUR, day)
    elif begins.date() != day:
        found.left_out[day] = words(language, "Moved to {date}", date=date_in_words(language, begins.date()))
        found.added.add(begins.date())
    if any(_text(one, name) not in ("", _text(event, name)) for name in _SAID):
        found.note(OTHER_WORDS, day)


def _end_before(found: _Found, day: date) -> None:
    if day <= found.first.date():
        raise UnknownRule("a series without a day of its own")
    found.rule = found.rule._replace(times=None, until=day - timedelta(days=1))
    found.added = {one for one in found.added if one < day}
    found.note(NEW_SERIES, day)


def _lasts_as_long(found: _Found, one: Any, begins: datetime) -> bool:
    ends, lasts = _moment(one, "DTEND"), _moment(one, "DURATION")
    if found.last is None or (ends is None and lasts is None):
        return True
    if isinstance(lasts, timedelta):
        return lasts == found.last - found.first
    if not isinstance(ends, datetime) and ends is not None:
        return bool(ends - timedelta(days=1) - begins.date() == found.last.date() - found.first.date())
    return isinstance(ends, datetime) and found.wall(ends) - begins == found.last - found.first


def _finished(found: _Found) -> Recurrence:
    added = sorted(day for day in found.added if day <= LAST_DAY)
    left_out = sorted(found.left_out.items())
    if max(len(added), len(left_out)) > MAX_EXCEPTIONS:
        found.note(TOO_MANY_DAYS)
    return Recurrence(
        rule=str(found.rule),
        first_start=found.first,
        first_end=found.last,
        exceptions=tuple(Exclusion(day=day, reason=reason) for day, reason in left_out[-MAX_EXCEPTIONS:]),
        additions=tuple(added[-MAX_EXCEPTIONS:]),
    )


def _all(event: Any, name: str) -> list[Any]:
    found = event.get(name)
    return found if isinstance(found, list) else [] if found is None else [found]


def _moments(event: Any, name: str) -> list[date]:
    return [moment for group in _all(event, name) for moment in _dates(group)]


def _dates(group: Any) -> Iterator[date]:
    """Yield the days and times of a property; of a period (RDATE) its start."""
    for one in getattr(group, "dts", ()):
        value = getattr(one, "dt", None)
        value = value[0] if isinstance(value, tuple) else value
        if isinstance(value, date):
            yield value


def _moment(event: Any, name: str) -> Any:
    found = next(iter(_all(event, name)), None)
    return getattr(found, "dt", getattr(found, "td", None))


def _text(event: Any, name: str) -> str:
    return str(next(iter(_all(event, name)), "")).strip()
