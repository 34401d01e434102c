"""The programme of an event: what happens when, who speaks, which debate answers which session."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated, Literal, NamedTuple, get_args

from pydantic import Field

from flask_maillage.publications.content import Fact, Instant, Line, Name, Text

ItemKind = Literal[
    "welcome", "introduction", "talk", "session", "block", "debate", "round_table", "break", "meal", "recap"
]
ITEM_KINDS: tuple[ItemKind, ...] = get_args(ItemKind)
MAX_ITEMS = 120
MAX_SPEAKERS = 20

ItemKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]


class Speaker(Fact):
    """Somebody who speaks, as the programme presents them: no account needed."""

    name: Name
    role: Line = ""
    organisation: Line = ""
    country: str = Field(default="", pattern=r"^([A-Z]{2})?$")


class ProgrammeItem(Fact):
    """One line of a programme, with the blocks that it is made of.

    `answers_to` is the key of the session that a debate discusses. Blocks have no times of their own unless stated.
    """

    key: ItemKey
    kind: ItemKind
    name: Name
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    speakers: tuple[Speaker, ...] = Field(default=(), max_length=MAX_SPEAKERS)
    description: Text = ""
    room: Line = ""
    answers_to: ItemKey | None = None
    items: tuple["ProgrammeItem", ...] = Field(default=(), max_length=MAX_ITEMS)


Programme = tuple[ProgrammeItem, ...]


class Remark(NamedTuple):
    """Something odd about a programme that its author may have meant; `message` is English with named places."""

    key: str
    message: str
    values: dict[str, str]

    def __str__(self) -> str:
        """The sentence, in English."""
        return self.message % self.values


def complete(items: Iterable[ProgrammeItem], event_end: datetime | None) -> Programme:
    """Give every item an end: a programme that states only starts means "until the next one starts".

    The last item ends with the event. An end that is stated is kept; items without a start are left alone.
    """
    given = tuple(items)
    ends: list[datetime | None] = []
    following = event_end
    for item in reversed(given):
        ends.append(following)
        following = item.starts_at or following
    return tuple(_ending(item, end) for item, end in zip(given, reversed(ends), strict=True))


def _ending(item: ProgrammeItem, end: datetime | None) -> ProgrammeItem:
    if item.starts_at is None or item.ends_at is not None or end is None or end <= item.starts_at:
        return item
    return item.model_copy(update={"ends_at": end})


def all_items(items: Iterable[ProgrammeItem]) -> Iterator[ProgrammeItem]:
    """Yield every item and, after each, the blocks in it."""
    for item in items:
        yield item
        yield from all_items(item.items)


def speakers_of(item: ProgrammeItem) -> tuple[Speaker, ...]:
    """Return who speaks in an item, in its blocks too."""
    return tuple(speaker for part in all_items([item]) for speaker in part.speakers)


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
    return found


def _warnings_of_one(item: ProgrammeItem, starts_at: datetime | None, ends_at: datetime | None) -> Iterator[Remark]:
    starts_early = bool(item.starts_at and starts_at and item.starts_at < starts_at)
    last = item.ends_at or item.starts_at
    if starts_early or (last and ends_at and last > ends_at):
        yield Remark(item.key, "“%(item)s” is outside the hours of the event.", {"item": item.name})
    if item.kind == "session" and not speakers_of(item):
        yield Remark(item.key, "The session “%(item)s” has no speaker.", {"item": item.name})


def _warnings_of_two(first: ProgrammeItem, second: ProgrammeItem) -> Iterator[Remark]:
    names = {"first": first.name, "second": second.name}
    both = {speaker.name.casefold() for speaker in speakers_of(first)}
    for name in dict.fromkeys(speaker.name for speaker in speakers_of(second)):
        if name.casefold() in both:
            message = "%(speaker)s speaks in “%(first)s” and “%(second)s” at the same time."
            yield Remark(second.key, message, {"speaker": name, **names})
    if first.room and first.room.casefold() == second.room.casefold():
        message = "“%(first)s” and “%(second)s” are in %(room)s at the same time."
        yield Remark(second.key, message, {"room": first.room, **names})


def _overlap(first: ProgrammeItem, second: ProgrammeItem) -> bool:
    if first.starts_at is None or second.starts_at is None:
        return False
    if first.ends_at is None or second.ends_at is None:
        return first.starts_at == second.starts_at
    return first.starts_at < second.ends_at and second.starts_at < first.ends_at
