"""How an event comes again, in words and on the wire: a property of ours, since peers know no recurrence."""

from datetime import date

from babel.dates import get_day_names

from federation.activities import Document, text_of
from flask_maillage.publications.kinds import reading
from flask_maillage.publications.kinds.words import date_in_words, is_french, words
from flask_maillage.publications.recurrence import MAX_EXCEPTIONS, Recurrence, Rule, parsed

_EVERY = {
    "DAILY": ("every day", "every {count} days"),
    "WEEKLY": ("every week on {days}", "every {count} weeks on {days}"),
    "MONTHLY": ("every month on {days}", "every {count} months on {days}"),
    "YEARLY": ("every year on {days}", "every {count} years on {days}"),
}
_ORDINALS = {1: "the first {day}", 2: "the second {day}", 3: "the third {day}", 4: "the fourth {day}"}
_ORDINALS |= {5: "the fifth {day}", -1: "the last {day}"}


def in_words(recurrence: Recurrence, language: str | None) -> str:
    """Return "every two weeks on Tuesday, until Friday 28 May 2027"."""
    rule, first = parsed(recurrence.rule), recurrence.first_start.date()
    if rule.times == 1 and recurrence.additions:
        return words(language, "on {count} days", count=len(recurrence.days))
    once, often = _EVERY[rule.frequency]
    days = _days_in_words(rule, first, language)
    text = words(language, once if rule.interval == 1 else often, count=rule.interval, days=days)
    if rule.until is not None:
        return words(language, "{often}, until {date}", often=text, date=date_in_words(language, rule.until))
    return words(language, "{often}, {count} times", often=text, count=rule.times) if rule.times else text


def _days_in_words(rule: Rule, first: date, language: str | None) -> str:
    names = get_day_names(locale="fr" if is_french(language) else "en_GB")
    if rule.frequency == "YEARLY":
        return date_in_words(language, first, pattern="d MMMM")
    if rule.frequency == "WEEKLY":
        return ", ".join(names[day] for day in rule.weekdays or (first.weekday(),))
    if rule.ordinal is not None:
        return words(language, _ORDINALS[rule.ordinal], day=names[rule.weekdays[0]])
    if rule.month_day == -1:
        return words(language, "the last day")
    return words(language, "day {number}", number=rule.month_day or first.day)


def recurrence_on_the_wire(recurrence: Recurrence | None) -> Document | None:
    """Return the property `recurrence`: ours alone, peers see the next occurrence."""
    if recurrence is None:
        return None
    document: Document = {
        "rule": recurrence.rule,
        "firstStart": recurrence.first_start.isoformat(),
        "firstEnd": recurrence.first_end.isoformat() if recurrence.first_end else None,
        "exceptions": [
            {"date": exclusion.day.isoformat(), **({"reason": exclusion.reason} if exclusion.reason else {})}
            for exclusion in recurrence.exceptions
        ]
        or None,
        "additions": [day.isoformat() for day in recurrence.additions] or None,
    }
    return {key: value for key, value in document.items() if value is not None}


def recurrence_from_object(value: object) -> Recurrence | None:
    """Read the property `recurrence`; a rule that we do not follow is no recurrence, and the event a single one."""
    if not isinstance(value, dict):
        return None
    exceptions = (
        {"day": text_of(one.get("date"), 10), "reason": reading.line_of(one, "reason")}
        for one in reading.objects_of(value.get("exceptions"), MAX_EXCEPTIONS)
    )
    try:
        return Recurrence.model_validate(
            {
                "rule": text_of(value.get("rule"), 300),
                "first_start": text_of(value.get("firstStart"), 40),
                "first_end": text_of(value.get("firstEnd"), 40) or None,
                "exceptions": tuple(exceptions),
                "additions": reading.lines_of(value.get("additions"), MAX_EXCEPTIONS, 10),
            }
        )
    except ValueError:
        return None
