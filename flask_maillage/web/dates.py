"""Dates in words, in the reader's language and in the time zone of what they are about."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.dates import format_date, format_timedelta, get_timezone_location

from actors.node import now
from flask_maillage.web.language import current_language, gettext, ngettext

_LOCALES = {"en": "en_GB"}
_COUNTED_DAYS = 60  # beyond, "2 months" says it better than "61 days"


@dataclass(frozen=True)
class Day:
    """The parts of a day, short, as the square on a notice shows them; `iso` is for comparing and for machines."""

    weekday: str
    day: str
    month: str
    iso: str


def date_in_words(moment: datetime, timezone: str | None) -> str:
    """Return "Wednesday 13 January 2027, 23:59 (Brussels time)"."""
    return f"{day_in_words(moment, timezone)}, {time_of_day(moment, timezone)} ({_clock_of(timezone)})"


def day_in_words(moment: datetime, timezone: str | None = None) -> str:
    """Return "Wednesday 13 January 2027"."""
    return _written(_local(moment, timezone).date(), "EEEE d MMMM y", current_language())


def plain_day(day: date) -> str:
    """Return "13 January 2027" for a day that hangs on no clock."""
    return _written(day, "d MMMM y", current_language())


def time_of_day(moment: datetime, timezone: str | None) -> str:
    """Return "23:59"."""
    return f"{_local(moment, timezone):%H:%M}"


def date_parts(moment: datetime, timezone: str | None) -> Day:
    """Return weekday, day and month, each short; the month with its year where that is not the present one."""
    day, language = _local(moment, timezone).date(), current_language()
    this_year = day.year == _local(now(), timezone).year
    weekday, month = (_written(day, pattern, language) for pattern in ("EEE", "MMM" if this_year else "MMM y"))
    return Day(weekday, str(day.day), month, day.isoformat())


def period_in_words(start: datetime, end: datetime | None, timezone: str | None) -> str:
    """Return "Friday 22 January 2027, 08:45–14:00 (Paris time)", or both days where it ends on another."""
    text = f"{day_in_words(start, timezone)}, {time_of_day(start, timezone)}"
    if end is not None:
        same_day = _local(start, timezone).date() == _local(end, timezone).date()
        last = time_of_day(end, timezone)
        text += f"–{last}" if same_day else f" – {day_in_words(end, timezone)}, {last}"
    return f"{text} ({_clock_of(timezone)})"


def days_in_words(start: datetime, end: datetime | None, timezone: str | None) -> str:
    """Return "Friday 22 January 2027", or "Friday 22 to Sunday 24 January 2027" for what lasts several whole days."""
    last = end or start
    first_day, last_day = _local(start, timezone).date(), _local(last, timezone).date()
    if first_day >= last_day:
        return day_in_words(start, timezone)
    same_month = (first_day.year, first_day.month) == (last_day.year, last_day.month)
    first = _written(first_day, "EEEE d" if same_month else "EEEE d MMMM y", current_language())
    return gettext("%(first)s to %(last)s", first=first, last=day_in_words(last, timezone))


def days_left(moment: datetime, timezone: str | None = None) -> int:
    """Return how many midnights lie between the present and `moment` where its clock hangs: 0 on the last day."""
    return (_local(moment, timezone).date() - _local(now(), timezone).date()).days


def relative(moment: datetime, timezone: str | None = None) -> str:
    """Return "in 12 days", "today" or "3 months ago"; never seconds, so that a page stays the same for a day."""
    days = days_left(moment, timezone)
    if abs(days) > _COUNTED_DAYS:
        return format_timedelta(timedelta(days=days), granularity="day", add_direction=True, locale=_locale())
    if abs(days) <= 1:
        return (gettext("yesterday"), gettext("today"), gettext("tomorrow"))[days + 1]
    if days > 0:
        return ngettext("in %(n)s day", "in %(n)s days", days)
    return ngettext("%(n)s day ago", "%(n)s days ago", -days)


def month_in_words(day: date) -> str:
    """Return "January 2027"."""
    return _written(day, "LLLL y", current_language())


def weekday_name(day: date) -> str:
    """Return "Wednesday 13" for a day in a list of days."""
    return _written(day, "EEEE d MMMM", current_language())


def weekdays() -> list[tuple[str, str]]:
    """Return the days of the week, short and in full, in the order in which the reader's country counts them."""
    names = _locale().days["stand-alone"]
    order = [(first_weekday() + number) % 7 for number in range(7)]
    return [(names["abbreviated"][day], names["wide"][day]) for day in order]


def first_weekday() -> int:
    """Return on which day a week begins where the reader is, 0 for Monday."""
    return int(_locale().first_week_day)


def country_name(code: str) -> str:
    """Return the name of a country by its two letters, or the letters where nobody knows it."""
    return str(_locale().territories.get(code, code))


@lru_cache(maxsize=10_000)
def _written(day: date, pattern: str, language: str) -> str:
    """Return a day as a pattern has it; a list says the same few days many times."""
    return format_date(day, pattern, locale=_named_locale(language))


@cache
def _named_locale(language: str) -> Locale:
    return Locale.parse(_LOCALES.get(language, language))


def _locale() -> Locale:
    return _named_locale(current_language())


def _local(moment: datetime, timezone: str | None) -> datetime:
    return moment.astimezone(_zone(timezone))


@cache
def _zone(timezone: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _clock_of(timezone: str | None) -> str:
    """Name the clock by its town: "Brussels time"."""
    if timezone in (None, "UTC"):
        return "UTC"
    return gettext("%(town)s time", town=get_timezone_location(timezone, locale=_locale(), return_city=True))
