"""The days of an event that comes again, as its page shows them: which come next, and each with a page of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for

from flask_maillage.publications.content import Content
from flask_maillage.publications.kinds import event_occurrences, recurrences
from flask_maillage.publications.kinds.event_details import EventDetails
from flask_maillage.publications.local_time import wall_clock
from flask_maillage.publications.models import Publication
from flask_maillage.publications.recurrence import Recurrence
from flask_maillage.web.language import current_language


@dataclass(frozen=True)
class Occurrence:
    """One day: when it begins, its page, and whether it is called off there."""

    starts_at: datetime
    url: str
    is_called_off: bool
    reason: str = ""


@dataclass(frozen=True)
class Occurrences:
    """How an event comes again, in words; what comes next; and what is before and after the day that is shown."""

    in_words: str
    coming: Sequence[Occurrence]
    is_one_day: bool
    previous: Occurrence | None
    following: Occurrence | None


def occurrences_of(found: Publication, content: Content, day: date | None = None) -> Occurrences | None:
    """Return the days of an event; None for what does not come again.

    Args:
        found: the row.
        content: what it says.
        day: the one that is shown, where it is not the next.
    """
    details = content.details
    recurrence = details.recurrence if isinstance(details, EventDetails) else None
    if recurrence is None or content.starts_at is None:
        return None
    shown = day or wall_clock(content.starts_at, content.timezone).date()
    before = [one for one in recurrence.days if one < shown][-1:]
    after = [one for one in recurrence.days if one > shown][:1]
    coming = event_occurrences.next_days(found.content)
    return Occurrences(
        in_words=recurrences.in_words(recurrence, current_language()),
        coming=[_occurrence(found, content, recurrence, one) for one in coming],
        is_one_day=day is not None,
        previous=next((_occurrence(found, content, recurrence, one) for one in before), None),
        following=next((_occurrence(found, content, recurrence, one) for one in after), None),
    )


def _occurrence(found: Publication, content: Content, recurrence: Recurrence, day: date) -> Occurrence:
    there, exclusion = event_occurrences.on(content, day), recurrence.exclusion_on(day)
    if there is None or there.starts_at is None:
        raise ValueError(f"nothing takes place on {day}")
    return Occurrence(
        there.starts_at, page_of_day(found, day), exclusion is not None, exclusion.reason if exclusion else ""
    )


def page_of_day(found: Publication, day: date) -> str:
    """Return the path of the page of one of its days."""
    return url_for(
        "maillage.occurrence",
        page_handle=found.actor.page_handle,
        slug=found.kind_of_it.slug,
        identifier=found.identifier,
        day=day.isoformat(),
    )
