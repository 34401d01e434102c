"""What only a call has: what it looks for and offers, who decides, what is asked, and how its deadline was extended."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from flask_maillage.publications.call_parts import (
    MAX_COHORTS,
    MAX_EXTENSIONS,
    MAX_LINES,
    MAX_QUESTIONS,
    MAX_SEATS,
    MAX_TERRITORIES,
    MAX_TOPICS,
    Cohort,
    Extension,
    Question,
    Seat,
    with_keys,
)
from flask_maillage.publications.content import Details, Line, Text
from flask_maillage.publications.topics import NamedTopic

__all__ = ["CallDetails", "Cohort", "Extension", "Question", "Seat"]


class CallDetails(Details):
    """What a call says besides its text.

    `topics` holds ids of topics and free words, `topic_labels` what those are called that not all nodes share.
    `territories` are as they were on `eligible_on`, where a day is given.
    """

    expects: str = "expressionOfInterest"
    maximum_selected: int | None = Field(default=None, ge=1, le=10_000)
    cohorts: tuple[Cohort, ...] = Field(default=(), max_length=MAX_COHORTS)
    note_characters: int | None = Field(default=None, ge=1, le=100_000)
    note_pages: int | None = Field(default=None, ge=1, le=100)
    territories: tuple[Line, ...] = Field(default=(), max_length=MAX_TERRITORIES)
    eligible_on: date | None = None
    any_sector: bool = False
    any_origin: bool = False
    eligibility: Text = ""
    topics: tuple[Line, ...] = Field(default=(), max_length=MAX_TOPICS)
    topic_labels: tuple[NamedTopic, ...] = Field(default=(), max_length=MAX_TOPICS)
    objectives: tuple[Text, ...] = Field(default=(), max_length=MAX_LINES)
    support: tuple[Text, ...] = Field(default=(), max_length=MAX_LINES)
    procedure: tuple[Text, ...] = Field(default=(), max_length=MAX_LINES)
    committee: Annotated[tuple[Seat, ...], AfterValidator(with_keys)] = Field(default=(), max_length=MAX_SEATS)
    questions: tuple[Question, ...] = Field(default=(), max_length=MAX_QUESTIONS)
    contacts: tuple[Text, ...] = Field(default=(), max_length=10)
    extensions: tuple[Extension, ...] = Field(default=(), max_length=MAX_EXTENSIONS)
    cancelled_because: Text = ""
    apply_url: str | None = None
