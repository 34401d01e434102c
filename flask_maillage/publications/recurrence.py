"""How an event comes again: a rule of RFC 5545 in the part that people plan by, expanded within bounds.

A rule gives days; the hour is that of the first occurrence on the wall clock of the event's zone, so that a meeting at
six stays at six when clocks change. There is at most one occurrence a day, and its day is its name.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import Annotated, NamedTuple, Self

from dateutil import rrule
from pydantic import AfterValidator, Field, model_validator

from flask_maillage.publications.content import Fact, Line

MAX_OCCURRENCES = 1000
MAX_EXCEPTIONS = 200
MAX_INTERVAL = 99
LONGEST = timedelta(days=31)
FIRST_DAY, LAST_DAY = date(1900, 1, 2), date(2200, 11, 28)
"""Between them every occurrence lies in the calendar, however long and in whatever zone."""
RULE_LIMIT = 200

FREQUENCIES = {"DAILY": rrule.DAILY, "WEEKLY": rrule.WEEKLY, "MONTHLY": rrule.MONTHLY, "YEARLY": rrule.YEARLY}
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ORDINAL_DAY = re.compile(r"([1-5]|-1)(MO|TU|WE|TH|FR|SA|SU)")
_MONTH_DAY = re.compile(r"-1|[12]?\d|3[01]")
_UNTIL = re.compile(r"(\d{8})(T\d{6}Z?)?")
_KEYS = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "COUNT", "UNTIL", "WKST"}


class UnknownRule(ValueError):
    """A rule that is none, or is not among those that we follow."""


class Rule(NamedTuple):
    """A rule taken apart: `weekdays` count from Monday, 0; `ordinal` is the how-manyth of the month, -1 the last."""

    frequency: str
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    ordinal: int | None = None
    month_day: int | None = None
    times: int | None = None
    until: date | None = None

    def __str__(self) -> str:
        """The rule as RFC 5545 writes it, always in the same order; `UNTIL` is a day."""
        days = ",".join(f"{self.ordinal or ''}{WEEKDAYS[day]}" for day in self.weekdays)
        parts = {
            "FREQ": self.frequency,
            "INTERVAL": self.interval if self.interval > 1 else None,
            "BYDAY": days or None,
            "BYMONTHDAY": self.month_day,
            "COUNT": self.times,
            "UNTIL": f"{self.until:%Y%m%d}" if self.until else None,
        }
        return ";".join(f"{key}={value}" for key, value in parts.items() if value is not None)


def parsed(text: str) -> Rule:
    """Read a rule: days, weeks, months and years, weekdays, the nth weekday or a day of the month, count or last day.

    Raises:
        UnknownRule: it says anything else, or twice the same, or lies out of bounds.
    """
    if len(text) > RULE_LIMIT:
        raise UnknownRule("too long")
    pairs = [part.partition("=")[::2] for part in text.strip().upper().removeprefix("RRULE:").split(";") if part]
    given = dict(pairs)
    if len(given) != len(pairs) or not given.keys() <= _KEYS or given.get("FREQ") not in FREQUENCIES:
        raise UnknownRule(text)
    if "COUNT" in given and "UNTIL" in given:
        raise UnknownRule("an end by number and by day")
    interval = _number(given.get("INTERVAL", "1"), MAX_INTERVAL)
    if given.get("WKST", "MO") != "MO" and interval > 1:
        raise UnknownRule("weeks that begin on another day")
    weekdays, ordinal = _days(given)
    return Rule(
        frequency=given["FREQ"],
        interval=interval,
        weekdays=weekdays,
        ordinal=ordinal,
        month_day=_month_day(given),
        times=_number(given["COUNT"], MAX_OCCURRENCES) if "COUNT" in given else None,
        until=_until(given["UNTIL"]) if "UNTIL" in given else None,
    )


def _days(given: Mapping[str, str]) -> tuple[tuple[int, ...], int | None]:
    if "BYDAY" not in given:
        return (), None
    names = given["BYDAY"].split(",")
    if given["FREQ"] == "WEEKLY" and set(names) <= set(WEEKDAYS):
        return tuple(number for number, name in enumerate(WEEKDAYS) if name in names), None
    match = _ORDINAL_DAY.fullmatch(given["BYDAY"])
    if given["FREQ"] != "MONTHLY" or match is None or "BYMONTHDAY" in given:
        raise UnknownRule(given["BYDAY"])
    return (WEEKDAYS.index(match[2]),), int(match[1])


def _month_day(given: Mapping[str, str]) -> int | None:
    if "BYMONTHDAY" not in given:
        return None
    if given["FREQ"] != "MONTHLY" or not _MONTH_DAY.fullmatch(given["BYMONTHDAY"]) or not int(given["BYMONTHDAY"]):
        raise UnknownRule(given["BYMONTHDAY"])
    return int(given["BYMONTHDAY"])


def _number(text: str, highest: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= highest):
        raise UnknownRule(text)
    return int(text)


def _until(text: str) -> date:
    match = _UNTIL.fullmatch(text)
    try:
        day = datetime.strptime(match[1], "%Y%m%d").date() if match else date.min
    except ValueError:
        day = date.min
    if not day >= FIRST_DAY:
        raise UnknownRule(text)
    return min(day, LAST_DAY)


def _canonical(text: str) -> str:
    return str(parsed(text))


def _planned(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError("nobody plans for such a year")
    return day


def _wall_clock(moment: datetime) -> datetime:
    if moment.tzinfo is not None:
        raise ValueError("a time of the wall clock has no zone")
    _planned(moment.date())
    return moment.replace(microsecond=0)


Day = Annotated[date, AfterValidator(_planned)]
WallClock = Annotated[datetime, AfterValidator(_wall_clock)]


class Exclusion(Fact):
    """A day on which it does not take place though the rule says so, and why."""

    day: Day
    reason: Line = ""


class Recurrence(Fact):
    """A rule with the first occurrence on the wall clock, the days on which it is called off, and further days."""

    rule: Annotated[str, AfterValidator(_canonical)]
    first_start: WallClock
    first_end: WallClock | None = None
    exceptions: tuple[Exclusion, ...] = Field(default=(), max_length=MAX_EXCEPTIONS)
    additions: tuple[Day, ...] = Field(default=(), max_length=MAX_EXCEPTIONS)

    @model_validator(mode="after")
    def _begins_with_its_first(self) -> Self:
        rule, first = parsed(self.rule), self.first_start.date()
        if not falls_on(rule, first) or (rule.until is not None and rule.until < first):
            raise ValueError("the rule does not give the first day")
        lasts = (self.first_end or self.first_start) - self.first_start
        if not timedelta(0) <= lasts <= LONGEST:
            raise ValueError("an occurrence ends after it begins, and within a month")
        return self

    @property
    def days(self) -> tuple[date, ...]:
        """All days, those that are called off included, in their order."""
        by_rule = days_of(parsed(self.rule), self.first_start.date())
        return tuple(sorted({*by_rule, *self.additions}))

    @property
    def remaining(self) -> tuple[date, ...]:
        """The days on which it takes place."""
        called_off = {exclusion.day for exclusion in self.exceptions}
        return tuple(day for day in self.days if day not in called_off)

    def exclusion_on(self, day: date) -> Exclusion | None:
        """Return why it is called off on a day, or None."""
        return next((exclusion for exclusion in self.exceptions if exclusion.day == day), None)

    def on(self, day: date) -> tuple[datetime, datetime | None]:
        """Return when it begins and ends on a day, on the wall clock."""
        shift = day - self.first_start.date()
        return self.first_start + shift, self.first_end + shift if self.first_end else None


@lru_cache(maxsize=128)
def days_of(how: Rule, first: date) -> tuple[date, ...]:
    """Return the days that a rule gives from a day on, at most `MAX_OCCURRENCES`, and none after the year 2200.

    dateutil counts on to the year 9999 where it is given a number: it is given a last day only.
    """
    days: Iterable[int] | Iterable[rrule.weekday] | None = how.weekdays or None
    if how.ordinal is not None:
        days = [rrule.weekday(day, how.ordinal) for day in how.weekdays]
    found = rrule.rrule(
        FREQUENCIES[how.frequency],  # type: ignore[arg-type]
        dtstart=datetime.combine(first, time()),
        interval=how.interval,
        byweekday=days,
        bymonthday=how.month_day,
        until=datetime.combine(how.until or LAST_DAY, time()),
    )
    return tuple(moment.date() for moment in islice(found, how.times or MAX_OCCURRENCES))


def falls_on(rule: Rule, day: date) -> bool:
    """Tell whether a day is one on which a rule may begin: RFC 5545 leaves open what it means elsewhere."""
    if rule.weekdays and day.weekday() not in rule.weekdays:
        return False
    days_of_month = monthrange(day.year, day.month)[1]
    if rule.month_day is not None:
        return day.day == (rule.month_day if rule.month_day > 0 else days_of_month)
    if rule.ordinal == -1:
        return day.day + 7 > days_of_month
    return rule.ordinal is None or (day.day + 6) // 7 == rule.ordinal
