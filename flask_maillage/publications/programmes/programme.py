"""The programme of an event: what happens when, who speaks, which debate answers which session."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated, Literal, get_args

from pydantic import Field

from flask_maillage.publications.content import ActorIri, Fact, Instant, Line, Name, Text

ItemKind = Literal[
    "welcome", "introduction", "talk", "session", "block", "debate", "round_table", "break", "meal", "recap"
]
ITEM_KINDS: tuple[ItemKind, ...] = get_args(ItemKind)
MAX_ITEMS = 120
MAX_SPEAKERS = 20

ItemKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]


class Speaker(Fact):
    """Somebody who speaks, as the programme presents them at that time: no account needed.

    `actor` is the id of an actor of theirs, where somebody linked it later.
    """

    name: Name
    role: Line = ""
    organisation: Line = ""
    country: str = Field(default="", pattern=r"^([A-Z]{2})?$")
    actor: ActorIri = None


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


def complete(items: Iterable[ProgrammeItem], event_end: datetime | None) -> Programme:
    """Give every item an end: a programme that states only starts means "until the next one starts".

    Items that start together end together. The last item ends with the event. An end that is stated is kept; items
    without a start are left alone.
    """
    given = tuple(items)
    ends: list[datetime | None] = []
    end, following = event_end, event_end
    for item in reversed(given):
        if item.starts_at is not None and item.starts_at != following:
            end, following = following, item.starts_at
        ends.append(end)
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
