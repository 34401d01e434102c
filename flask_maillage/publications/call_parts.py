"""What calls are made of, and how much of it: cohorts, seats of a committee, questions, criteria, extensions, desk."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from actors import iris
from flask_maillage.publications.content import ActorIri, Fact, Instant, Line, Text, one_line

MAX_LINES, MAX_SEATS, MAX_COHORTS, MAX_QUESTIONS, MAX_TOPICS = 12, 20, 20, 15, 20
MAX_CHOICES, MAX_MEDIA_TYPES, MAX_EXTENSIONS, MAX_TERRITORIES, MAX_CRITERIA = 30, 12, 20, 60, 12
MAX_WEIGHT, MAX_CONFIRM_DAYS, MAX_RETENTION_MONTHS = 100, 90, 120
CONFIRM_DAYS, RETENTION_MONTHS = 14, 12
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
    """One group of those selected, as a coaching session, with its number of places.

    `key` is its identity within the call, as a seat's; `iri` its id where that is not made from the call's and the key.
    """

    key: str = Field(default="", pattern=r"^[a-z0-9_-]{0,40}$")
    name: Line
    capacity: int = Field(ge=1, le=10_000)
    iri: ActorIri = None

    def id_in(self, call: str) -> str:
        """Return its id on the wire, by the id of its call."""
        return self.iri or iris.cohort(call, self.key)


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
    coordinates: bool = False
    """Whether who holds it may also coordinate the follow-up, beside the owner's people."""

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


class Criterion(Fact):
    """Something by which a seat scores an application, from 0 to `maximum`; `weight` says how much it counts."""

    key: str = Field(default="", pattern=r"^[a-z0-9_-]{0,40}$")
    label: Line
    weight: int = Field(default=1, ge=1, le=MAX_WEIGHT)
    maximum: int = Field(default=5, ge=1, le=MAX_WEIGHT)


class Desk(Fact):
    """Where the collections of another server's call are, for those of its committee."""

    applications: ActorIri = None
    decisions: ActorIri = None
    cohorts: ActorIri = None
    audit: ActorIri = None
    statistics: ActorIri = None


class Extension(Fact):
    """The deadline was made later: when that was said, from when to when, and why."""

    extended_at: Instant
    before: Instant
    after: Instant
    reason: Text = ""
