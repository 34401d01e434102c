"""How an event comes again, as a person says it: a choice made from its first day, an end, and days left out."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, ClassVar

from pydantic import ValidationError as Invalid
from wtforms import DateField, IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms import ValidationError as WrongField
from wtforms.validators import Length, NumberRange, Optional

from flask_maillage.publications.forms.base import (
    OUTSIDE_CALENDAR,
    Lines,
    _,
    choices_of,
    fields_of,
    say,
    stripped,
    written_lines,
)
from flask_maillage.publications.recurrence import (
    FIRST_DAY,
    LAST_DAY,
    MAX_EXCEPTIONS,
    MAX_OCCURRENCES,
    Exclusion,
    Recurrence,
    Rule,
    UnknownRule,
    falls_on,
    parsed,
)

NO, WEEKLY, FORTNIGHTLY, OTHER = "no", "weekly", "fortnightly", "rule"
REPEATS = (
    (NO, "It does not repeat"),
    ("daily", "Every day"),
    (WEEKLY, "Every week"),
    (FORTNIGHTLY, "Every two weeks"),
    ("month_day", "Every month, on the same day of the month"),
    ("month_weekday", "Every month, on the same weekday: the second Tuesday"),
    ("month_last", "Every month, on the last such weekday: the last Tuesday"),
    ("yearly", "Every year"),
    (OTHER, "By another rule"),
)
DAYS = (
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
)


class RecurrenceFields:
    """When it comes again; a mixin for the form of an event, which has `starts`, `ends` and `all_day`."""

    recurrence_fields: ClassVar[tuple[str, ...]] = (
        *("repeats", "repeat_days", "repeat_until", "repeat_count"),
        *("repeat_except", "repeat_also", "repeat_rule"),
    )

    repeats = SelectField(
        _("Repeats"),
        choices=choices_of(REPEATS),
        default=NO,
        description=_("Counted from the start above; the hour stays the same when clocks change."),
    )
    repeat_days = SelectMultipleField(
        _("Also on"), choices=choices_of(DAYS), description=_("For what comes every week or every two.")
    )
    repeat_until = DateField(_("Until"), [Optional()], description=_("The last day; leave it empty for no end."))
    repeat_count = IntegerField(
        _("How many times"), [Optional(), NumberRange(1, MAX_OCCURRENCES, _("From once to 1,000 times."))]
    )
    repeat_except = TextAreaField(
        _("Not on"),
        [Lines(MAX_EXCEPTIONS)],
        description=_("One day per line, with the reason if you like: “2027-02-09 | Holidays”. Its page says so."),
    )
    repeat_also = TextAreaField(
        _("Additional days"), [Lines(MAX_EXCEPTIONS)], description=_("One per line, as 2027-02-10.")
    )
    repeat_rule = StringField(
        _("Rule"),
        [Length(max=200)],
        description=_("Only for “By another rule”: as calendars write it, “FREQ=WEEKLY;INTERVAL=3”."),
        filters=[stripped],
    )

    def recurrence(self) -> Recurrence | None:
        """Return what a valid form says of how it comes again."""
        starts = getattr(self, "starts").data  # noqa: B009 - a field of the form that this is mixed into
        if self.repeats.data in (None, NO) or starts is None:
            return None
        start, end = self._first(starts)
        return Recurrence(
            rule=str(self._rule(start.date())),
            first_start=start,
            first_end=end,
            exceptions=tuple(Exclusion(day=day, reason=reason) for day, reason in days_in(self.repeat_except)),
            additions=tuple(dict.fromkeys(day for day, _reason in days_in(self.repeat_also))),
        )

    def _first(self, starts: datetime) -> tuple[datetime, datetime | None]:
        form: Any = self
        if not form.all_day.data:
            return starts, form.ends.data
        last = form.ends.data or starts
        return datetime.combine(starts, datetime.min.time()), datetime.combine(last, datetime.min.time())

    def _rule(self, first: date) -> Rule:
        if self.repeats.data == OTHER:
            return parsed(self.repeat_rule.data or "")
        if self.repeats.data not in _RULES:
            raise UnknownRule(self.repeats.data)
        rule: Rule = _RULES[self.repeats.data](first)
        if self.repeats.data in (WEEKLY, FORTNIGHTLY):
            chosen = {int(day) for day in self.repeat_days.data or () if day in dict(DAYS)} | {first.weekday()}
            rule = rule._replace(weekdays=tuple(sorted(chosen)))
        until = self.repeat_until.data
        return rule._replace(times=self.repeat_count.data, until=until and min(until, LAST_DAY))

    def validate_repeat_until(self, field: Any) -> None:
        """Refuse two ends, and one before the start."""
        if field.data and self.repeat_count.data:
            raise WrongField(_("Say until when or how many times, not both."))
        starts = getattr(self, "starts").data  # noqa: B009 - the same
        if field.data and starts and field.data < starts.date():
            raise WrongField(_("It cannot end before it starts."))

    def validate_repeats(self, field: Any) -> None:
        """Refuse a rule that we do not follow, or that does not give the first day."""
        form: Any = self
        if field.data in (None, NO) or form.starts.data is None or form.repeat_until.errors:
            return
        first = form.starts.data.date()
        if not FIRST_DAY <= first <= LAST_DAY:
            raise WrongField(OUTSIDE_CALENDAR)
        try:
            rule = self._rule(first)
        except UnknownRule:
            raise WrongField(_("We do not know this rule: see the examples below it.")) from None
        if not falls_on(rule, first):
            raise WrongField(_("The first day, given as start, is not a day of this rule."))
        if field.data == OTHER and rule.until and rule.until < first:
            raise WrongField(_("It cannot end before it starts."))
        if form.ends.data and (form.ends.data - form.starts.data).days > 30:
            raise WrongField(_("What repeats lasts a month at most."))

    def validate_repeat_except(self, field: Any) -> None:
        """Refuse what is no day, or a day on which it does not take place anyway."""
        for number, day in _numbered_days(field):
            if not self._takes_place_on(day):
                raise WrongField(say(_("Line %(line)d: it does not take place on that day anyway."), line=number))

    def validate_repeat_also(self, field: Any) -> None:
        """Refuse what is no day."""
        for _number, _day in _numbered_days(field):
            pass

    def _takes_place_on(self, day: date) -> bool:
        try:
            recurrence = self.recurrence()
        except (Invalid, UnknownRule, WrongField):
            return True
        return recurrence is None or day in recurrence.days


def days_in(field: Any) -> list[tuple[date, str]]:
    """Return the days of a field with their reasons.

    Raises:
        ValidationError: of wtforms, with the number of a line that is none.
    """
    reasons = [fields_of(line, 2)[1] for line in written_lines(field.data)]
    return [(day, reasons[number - 1]) for number, day in _numbered_days(field)]


def _numbered_days(field: Any) -> list[tuple[int, date]]:
    found = []
    for number, line in enumerate(written_lines(field.data), start=1):
        text = fields_of(line, 2)[0]
        try:
            day = datetime.strptime(text, "%Y-%m-%d").date()
        except ValueError:
            day = None
        if day is None or not FIRST_DAY <= day <= LAST_DAY:
            raise WrongField(say(_("Line %(line)d: write a day as 2027-02-09."), line=number))
        found.append((number, day))
    return found


def _ordinal(day: date) -> int:
    return (day.day + 6) // 7


_RULES: dict[str, Callable[[date], Rule]] = {
    "daily": lambda first: Rule("DAILY"),
    WEEKLY: lambda first: Rule("WEEKLY"),
    FORTNIGHTLY: lambda first: Rule("WEEKLY", interval=2),
    "month_day": lambda first: Rule("MONTHLY", month_day=first.day),
    "month_weekday": lambda first: Rule("MONTHLY", weekdays=(first.weekday(),), ordinal=_ordinal(first)),
    "month_last": lambda first: Rule("MONTHLY", weekdays=(first.weekday(),), ordinal=-1),
    "yearly": lambda first: Rule("YEARLY"),
}


def recurrence_data(recurrence: Recurrence | None) -> dict[str, Any]:
    """Return the data that makes a form show a recurrence again."""
    if recurrence is None:
        return {"repeats": NO, "repeat_days": []}
    rule, first = parsed(recurrence.rule), recurrence.first_start.date()
    bare = rule._replace(times=None, until=None)
    choice = next((name for name, make in _RULES.items() if _is_chosen(name, make(first), bare)), OTHER)
    days = [str(day) for day in rule.weekdays if choice in (WEEKLY, FORTNIGHTLY)]
    return {
        "repeats": choice,
        "repeat_days": days,
        "repeat_until": rule.until if choice != OTHER else None,
        "repeat_count": rule.times if choice != OTHER else None,
        "repeat_rule": recurrence.rule if choice == OTHER else "",
        "repeat_except": "\n".join(
            f"{one.day.isoformat()} | {one.reason}" if one.reason else one.day.isoformat()
            for one in recurrence.exceptions
        ),
        "repeat_also": "\n".join(day.isoformat() for day in recurrence.additions),
    }


def _is_chosen(name: str, choice: Rule, rule: Rule) -> bool:
    """Tell whether a rule is one of the list; each week may have further days."""
    if name in (WEEKLY, FORTNIGHTLY):
        return choice == rule._replace(weekdays=())
    return choice == rule
