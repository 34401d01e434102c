"""Rules of RFC 5545 as other calendars write them, in the part of them that we follow: the same days, in our words."""

from datetime import date, datetime, timedelta
from typing import Any

from flask_maillage.publications.recurrence import MAX_OCCURRENCES, WEEKDAYS, Rule, UnknownRule, parsed

_WORKDAY_RULES = {"FREQ", "BYDAY", "COUNT", "UNTIL"}


def in_our_words(rule: Any, first: datetime, zone: Any) -> Rule:
    """Return a rule of a calendar as one that we follow.

    Args:
        rule: as the calendar holds it.
        first: the first occurrence on the wall clock.
        zone: the zone of that clock; an end in UTC is a day there.

    Raises:
        UnknownRule: nothing that we follow gives the same days.
    """
    given = dict(part.partition("=")[::2] for part in rule.to_ical().decode().upper().split(";"))
    last = next(iter(rule.get("UNTIL") or ()), None)
    if "UNTIL" in given:
        given["UNTIL"] = f"{_last_day(last, first, zone):%Y%m%d}"
    if given.get("COUNT", "").isdigit() and len(given["COUNT"]) < 10:
        given["COUNT"] = str(min(int(given["COUNT"]), MAX_OCCURRENCES))
    given = _without_what_changes_nothing(given, first.date())
    return parsed(";".join(f"{name}={value}" for name, value in given.items()))


def _last_day(last: Any, first: datetime, zone: Any) -> date:
    """Return the last day on which an occurrence may begin, where the clock of the event hangs."""
    if not isinstance(last, datetime):
        if isinstance(last, date):
            return last
        raise UnknownRule("an end that is no day")
    local = last.astimezone(zone).replace(tzinfo=None) if last.tzinfo is not None else last
    return local.date() if local.time() >= first.time() else local.date() - timedelta(days=1)


def _without_what_changes_nothing(given: dict[str, str], first: date) -> dict[str, str]:
    """Leave out what the first day says already, and write two spellings of the same as one."""
    days = given.get("BYDAY", "").replace("+", "")
    if days:
        given = given | {"BYDAY": days}
    if given.get("WKST") not in (None, "MO") and "SU" not in (days or WEEKDAYS[first.weekday()]):
        given = _without(given, "WKST")
    frequency = given.get("FREQ")
    if frequency == "MONTHLY" and "BYSETPOS" in given and days in WEEKDAYS:
        return _without(given, "BYSETPOS") | {"BYDAY": given["BYSETPOS"].removeprefix("+") + days}
    if frequency == "DAILY" and days and _without(given, "WKST", "INTERVAL").keys() <= _WORKDAY_RULES:
        return given | {"FREQ": "WEEKLY"} if given.get("INTERVAL", "1") == "1" else given
    if frequency == "YEARLY" and given.get("BYMONTH") == str(first.month):
        same_day = given.get("BYMONTHDAY") in (None, str(first.day))
        return _without(given, "BYMONTH", "BYMONTHDAY") if same_day else given
    return given


def _without(given: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in given.items() if name not in names}
