"""The entries of an agenda as its pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for

from flask_maillage.publications.agenda import Agenda, Entry
from flask_maillage.publications.views.occurrences import page_of_day


@dataclass(frozen=True)
class AgendaItem:
    """One line of a day. `moment` is the hour to show, None for what has none that day."""

    name: str
    url: str
    kind: str
    language: str | None
    moment: datetime | None
    timezone: str | None
    place: str
    is_deadline: bool
    goes_on: bool
    is_cancelled: bool
    who: str


def shown_days(found: Agenda) -> dict[date, Sequence[AgendaItem]]:
    """Return the lines of each day that has some."""
    return {day: [_item(entry) for entry in entries] for day, entries in found.days.items()}


def _item(entry: Entry) -> AgendaItem:
    content, row = entry.content, entry.publication
    has_hour = entry.begins and not entry.is_all_day
    return AgendaItem(
        name=content.name,
        url=page_of_day(row, entry.occurrence) if entry.occurrence else _page(entry),
        kind=row.kind,
        language=content.language,
        moment=entry.moment if has_hour else None,
        timezone=content.timezone,
        place=(content.place.locality or content.place.name) if content.place else "",
        is_deadline=entry.is_deadline,
        goes_on=not entry.begins,
        is_cancelled=content.status == "cancelled",
        who=row.actor.name,
    )


def _page(entry: Entry) -> str:
    row = entry.publication
    return url_for(
        "maillage.publication",
        page_handle=row.actor.page_handle,
        slug=row.kind_of_it.slug,
        identifier=row.identifier,
    )
