"""What calls are made of, and how much of it: groups of those selected, seats of a committee, questions, extensions."""

import hashlib
import re
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from flask_maillage.publications.content import ActorIri, Fact, Instant, Line, Text, one_line

MAX_LINES, MAX_SEATS, MAX_COHORTS, MAX_QUESTIONS, MAX_TOPICS = 12, 20, 20, 15, 20
MAX_CHOICES, MAX_MEDIA_TYPES, MAX_EXTENSIONS, MAX_TERRITORIES = 30, 12, 20, 60
MOST_BYTES = 50 * 1024 * 1024
KEY = r"^[a-z0-9_-]{1,40}$"
KEYS = re.compile(KEY)
MEDIA_TYPE = r"^[a-z]{1,20}/[a-z0-9][a-z0-9.+-]{0,100}$"
ANSWERS = ("short", "long", "choice", "file")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


def _without_email(text: str) -> str:
    """A call is public and a seat's e-mail is not: none is kept, whoever wrote it."""
    return one_line(_EMAIL.sub("", text), 200)


PublicLine = Annotated[Line, AfterValidator(_without_email)]


class Cohort(Fact):
    """One group of those selected, as a coaching session, with its number of places."""

    name: Line
    capacity: int = Field(ge=1, le=10_000)


class Seat(Fact):
    """A seat of the steering committee, held by somebody known by name, role and organisation, perhaps by an actor.

    `key` is its identity within the call: it stays when the seat is worded anew or moved. Its e-mail is no part of it
    (`seat_addresses`).
    """

    key: str = Field(default="", pattern=r"^[a-z0-9_-]{0,40}$")
    name: PublicLine = ""
    role: PublicLine = ""
    organisation: PublicLine = ""
    actor: ActorIri = None

    @property
    def in_words(self) -> str:
        """The seat in one line."""
        return ", ".join(part for part in (self.name, self.role, self.organisation) if part) or (self.actor or "")


class Question(Fact):
    """Something that an applicant is asked.

    `characters` limits a short or a long answer; `choices` and `several` belong to a choice; `media_types`,
    `maximum_bytes` and `pages` to a file.
    """

    key: str = Field(pattern=KEY)
    label: Line
    required: bool = False
    answer: Literal["short", "long", "choice", "file"] = "long"
    help: Text = ""
    characters: int | None = Field(default=None, ge=1, le=100_000)
    choices: tuple[Line, ...] = Field(default=(), max_length=MAX_CHOICES)
    several: bool = False
    media_types: tuple[Annotated[str, Field(pattern=MEDIA_TYPE)], ...] = Field(default=(), max_length=MAX_MEDIA_TYPES)
    maximum_bytes: int | None = Field(default=None, ge=1, le=MOST_BYTES)
    pages: int | None = Field(default=None, ge=1, le=1000)


class Extension(Fact):
    """The deadline was made later: when that was said, from when to when, and why."""

    extended_at: Instant
    before: Instant
    after: Instant
    reason: Text = ""


def with_keys(seats: Iterable[Seat]) -> tuple[Seat, ...]:
    """Return seats of which each has a key of its own; a new one is made from who holds the seat, the same each time.

    A key is never given to somebody else's seat because another one was taken away: answers will refer to it.
    """
    seats = tuple(seats)[:MAX_SEATS]
    taken: set[str] = set()
    keyed = []
    claimed = {seat.key for seat in seats if seat.key}
    for seat in seats:
        key = seat.key
        if not key or key in taken:
            key = _new_key(seat, taken | claimed)
        taken.add(key)
        keyed.append(seat.model_copy(update={"key": key}))
    return tuple(keyed)


def _new_key(seat: Seat, taken: set[str]) -> str:
    parts = "\n".join((seat.name, seat.role, seat.organisation, seat.actor or ""))
    for number in range(len(taken) + 1):
        key = "s" + hashlib.sha256(f"{number}\n{parts}".encode()).hexdigest()[:10]
        if key not in taken:
            return key
    raise AssertionError("of more keys than are taken, one is free")
