"""A day and a time of day that are typed apart, in a zone that is named: fields, and the instant that they mean."""

from datetime import date, datetime, time
from typing import Any

from wtforms import DateField, TimeField, ValidationError

from flask_maillage.publications.content import timezones
from flask_maillage.publications.forms.base import OUTSIDE_CALENDAR, _, say
from flask_maillage.publications.local_time import (
    NoSuchTime,
    OutsideCalendar,
    end_of_day,
    instant,
    occurs_twice,
    start_of_day,
    wall_clock,
)


class DayField(DateField):
    """A day; one that is in no calendar is said to be none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("There is no such day: write year, month and day, as 2027-01-13.")) from None


class ClockField(TimeField):
    """A time of day, to the minute or to the second."""

    def __init__(self, label: str, validators: Any = None, **more: Any) -> None:
        """Take both forms."""
        super().__init__(label, validators, format=["%H:%M", "%H:%M:%S"], **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Write a time of day, as 18:00.")) from None

    def _value(self) -> str:
        if self.raw_data or not self.data or not self.data.second:
            return str(super()._value())
        return f"{self.data:%H:%M:%S}"


def moment(day: date | None, clock: time | None, zone: str | None, *, end: bool = False) -> datetime | None:
    """Return the instant of a day and a time of day in a zone; without a time, the start of the day, or its end.

    None where there is no day, or no zone that is known.

    Raises:
        ValidationError: the clocks of the zone jump over it or show it twice, or nobody plans for that year.
    """
    if day is None or zone not in timezones():
        return None
    try:
        if clock is None:
            return _edge(day, zone, end=end)
        local = datetime.combine(day, clock)
        found = instant(local, zone)
    except NoSuchTime:
        message = _("This time does not exist in %(zone)s: the clocks go forward over it.")
        raise ValidationError(say(message, zone=zone)) from None
    except OutsideCalendar:
        raise ValidationError(OUTSIDE_CALENDAR) from None
    if occurs_twice(local, zone):
        message = _("This time comes twice in %(zone)s, as the clocks go back: choose another.")
        raise ValidationError(say(message, zone=zone))
    return found


def _edge(day: date, zone: str, *, end: bool) -> datetime:
    """Return the first or the last second of a day; Samoa once left a whole day out."""
    found = end_of_day(day, zone) if end else start_of_day(day, zone)
    if wall_clock(found, zone).date() != day:
        raise NoSuchTime(f"{day} does not exist in {zone}")
    return found


def typed(found: datetime | None, zone: str | None, *, end: bool = False) -> tuple[date | None, time | None]:
    """Return the day and the time of day that one types for a moment: no time where it is the edge of its day."""
    if found is None:
        return None, None
    zone = zone or "UTC"
    local = wall_clock(found, zone).replace(tzinfo=None)
    edge = end_of_day(local.date(), zone) if end else start_of_day(local.date(), zone)
    return local.date(), None if edge == found else local.time()
