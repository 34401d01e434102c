"""Between the wall clock of a place and the instants that are stored."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1900, 2200


class NoSuchTime(ValueError):
    """A wall-clock time that the clocks of the zone jump over."""


class OutsideCalendar(ValueError):
    """A day in a year for which nobody plans, and at whose edges computing with zones overflows."""


def in_calendar(day: date) -> bool:
    """Tell whether a day, or a moment, lies in the years 1900 to 2200."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def instant(local: datetime, zone: str) -> datetime:
    """Return the instant at which the clocks in `zone` show `local`, in UTC.

    A time that occurs twice, when clocks go back, means its first occurrence.

    Args:
        local: a time without zone, as a form gives it.
        zone: an IANA name.

    Raises:
        NoSuchTime: the clocks go forward over that time.
        OutsideCalendar: it is not in the years 1900 to 2200, there or in UTC.
    """
    if not in_calendar(local):
        raise OutsideCalendar(f"the year {local.year} is not from {FIRST_YEAR} to {LAST_YEAR}")
    aware = local.replace(tzinfo=ZoneInfo(zone), fold=0)
    result = aware.astimezone(UTC)
    if not in_calendar(result):
        raise OutsideCalendar(f"{local:%Y-%m-%d %H:%M} in {zone} is not in the years {FIRST_YEAR} to {LAST_YEAR}")
    if result.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(fold=0):
        raise NoSuchTime(f"{local:%Y-%m-%d %H:%M} does not exist in {zone}: the clocks go forward over it")
    return result


def nearest_instant(local: datetime, zone: str) -> datetime:
    """Return the instant of `local`, or as much later as the clocks in `zone` jump over it (RFC 5545 §3.3.5)."""
    return local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def instant_after(local: datetime, zone: str, earlier: datetime) -> datetime:
    """Return the instant of `local` as `instant` does, or its second occurrence where the first is not after `earlier`.

    What begins at half past two in the night when clocks go back may well end at a quarter past two.
    """
    first = instant(local, zone)
    if first > earlier:
        return first
    return local.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC)


def wall_clock(moment: datetime, zone: str | None) -> datetime:
    """Return what the clocks in `zone` (UTC where unknown) show at `moment`, with its offset."""
    return moment.astimezone(ZoneInfo(zone) if zone else UTC)


def occurs_twice(local: datetime, zone: str) -> bool:
    """Tell whether the clocks in `zone` show `local` twice, because they go back."""
    first, second = (local.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1))
    return first < second


def end_of_day(day: date, zone: str) -> datetime:
    """Return the last second of `day` in `zone`: what "no later than" that day means."""
    return _boundary(datetime.combine(day, time(23, 59, 59)), zone)


def start_of_day(day: date, zone: str) -> datetime:
    """Return the first second of `day` in `zone`."""
    return _boundary(datetime.combine(day, time(0, 0)), zone)


def _boundary(local: datetime, zone: str) -> datetime:
    """Some zones change their clocks at midnight: take the nearest time that exists, the later of two."""
    try:
        first = instant(local, zone)
    except NoSuchTime:
        return instant(local + timedelta(hours=1), zone)
    second = local.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC)
    return first if local.hour == 0 else max(first, second)
