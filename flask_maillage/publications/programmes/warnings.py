"""What looks wrong in a programme: it may be meant, and is published all the same."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from flask_maillage.publications.programmes.programme import ProgrammeItem, speakers_of

LEAST_GAP = timedelta(minutes=5)


def _(message: str) -> str:
    return message


class Remark(NamedTuple):
    """Something odd about a programme that its author may have meant; `message` is English with named places."""

    key: str
    message: str
    values: dict[str, str]

    def __str__(self) -> str:
        """The sentence, in English."""
        return self.message % self.values


def warnings(items: Iterable[ProgrammeItem], starts_at: datetime | None, ends_at: datetime | None) -> list[Remark]:
    """Return what looks wrong in a programme: it may still be published.

    Args:
        items: the programme, its ends completed.
        starts_at: when the event starts.
        ends_at: when it ends.
    """
    given = list(items)
    found = [warning for item in given for warning in _warnings_of_one(item, starts_at, ends_at)]
    for position, first in enumerate(given):
        for second in given[position + 1 :]:
            if _overlap(first, second):
                found.extend(_warnings_of_two(first, second))
    return [*found, *_gaps(given)]


def _warnings_of_one(item: ProgrammeItem, starts_at: datetime | None, ends_at: datetime | None) -> Iterator[Remark]:
    starts_early = bool(item.starts_at and starts_at and item.starts_at < starts_at)
    last = item.ends_at or item.starts_at
    if starts_early or (last and ends_at and last > ends_at):
        yield Remark(item.key, _("“%(item)s” is outside the hours of the event."), {"item": item.name})
    if item.kind == "session" and not speakers_of(item):
        yield Remark(item.key, _("The session “%(item)s” has no speaker."), {"item": item.name})


def _warnings_of_two(first: ProgrammeItem, second: ProgrammeItem) -> Iterator[Remark]:
    names = {"first": first.name, "second": second.name}
    both = {speaker.name.casefold() for speaker in speakers_of(first)}
    for name in dict.fromkeys(speaker.name for speaker in speakers_of(second)):
        if name.casefold() in both:
            message = _("%(speaker)s speaks in “%(first)s” and “%(second)s” at the same time.")
            yield Remark(second.key, message, {"speaker": name, **names})
    if first.room and first.room.casefold() == second.room.casefold():
        message = _("“%(first)s” and “%(second)s” are in %(room)s at the same time.")
        yield Remark(second.key, message, {"room": first.room, **names})


def _gaps(items: list[ProgrammeItem]) -> Iterator[Remark]:
    """Name the items before which nothing happens, within one day: nobody plans that, but for the night."""
    timed = sorted((item for item in items if item.starts_at), key=lambda item: item.starts_at or datetime.max)
    latest: datetime | None = None
    for item in timed:
        start, end = item.starts_at, item.ends_at
        if latest and start and LEAST_GAP <= start - latest < timedelta(hours=8):
            minutes = str(int((start - latest).total_seconds() // 60))
            message = _("Nothing happens for %(minutes)s minutes before “%(item)s”.")
            yield Remark(item.key, message, {"item": item.name, "minutes": minutes})
        latest = max(filter(None, (latest, end or start)), default=None)


def _overlap(first: ProgrammeItem, second: ProgrammeItem) -> bool:
    if first.starts_at is None or second.starts_at is None:
        return False
    if first.ends_at is None or second.ends_at is None:
        return first.starts_at == second.starts_at
    return first.starts_at < second.ends_at and second.starts_at < first.ends_at
