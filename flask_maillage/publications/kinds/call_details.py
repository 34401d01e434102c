"""What only a call has: what it looks for and offers, who decides, what is asked, and how its deadline was extended."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from federation.activities import same_origin
from flask_maillage.publications.call_keys import with_cohort_keys, with_criterion_keys, with_keys
from flask_maillage.publications.call_parts import (
    CONFIRM_DAYS,
    MAX_COHORTS,
    MAX_CONFIRM_DAYS,
    MAX_CRITERIA,
    MAX_EXTENSIONS,
    MAX_LINES,
    MAX_QUESTIONS,
    MAX_RETENTION_MONTHS,
    MAX_SEATS,
    MAX_TERRITORIES,
    MAX_TOPICS,
    RETENTION_MONTHS,
    Cohort,
    Criterion,
    Desk,
    Extension,
    Question,
    Seat,
)
from flask_maillage.publications.content import Details, Line, Text
from flask_maillage.publications.topics import NamedTopic

__all__ = ["CallDetails", "Cohort", "Criterion", "Desk", "Extension", "Question", "Seat"]


class CallDetails(Details):
    """What a call says besides its text.

    `topics` holds ids of topics and free words, `topic_labels` what those are called that not all nodes share.
    `territories` are as they were on `eligible_on`, where a day is given. `committee_version` grows by one with each
    published change of who holds seats; `quorum` is how many opinions are needed, where more than half of the committee
    is not meant; `desk` is of others' calls: where ours are is computed from their ids.
    """

    expects: str = "expressionOfInterest"
    maximum_selected: int | None = Field(default=None, ge=1, le=10_000)
    cohorts: Annotated[tuple[Cohort, ...], AfterValidator(with_cohort_keys)] = Field(default=(), max_length=MAX_COHORTS)
    one_per_applicant: bool = False
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
    committee_version: int = Field(default=1, ge=1, le=1_000_000)
    quorum: int | None = Field(default=None, ge=1, le=MAX_SEATS)
    criteria: Annotated[tuple[Criterion, ...], AfterValidator(with_criterion_keys)] = Field(
        default=(), max_length=MAX_CRITERIA
    )
    confirm_days: int = Field(default=CONFIRM_DAYS, ge=1, le=MAX_CONFIRM_DAYS)
    retention_months: int = Field(default=RETENTION_MONTHS, ge=1, le=MAX_RETENTION_MONTHS)
    desk: Desk | None = None
    questions: tuple[Question, ...] = Field(default=(), max_length=MAX_QUESTIONS)
    contacts: tuple[Text, ...] = Field(default=(), max_length=10)
    extensions: tuple[Extension, ...] = Field(default=(), max_length=MAX_EXTENSIONS)
    cancelled_because: Text = ""
    apply_url: str | None = None

    def takes_applications(self, *, local: bool) -> bool:
        """Tell whether one applies here: to a call that names no other page for it, on a server that takes letters.

        Args:
            local: whether it is a call of ours; those of others say where their desk is, and name their own page.
        """
        if local:
            return self.apply_url is None
        desk = self.desk.applications if self.desk else None
        return desk is not None and (self.apply_url is None or same_origin(self.apply_url, desk))
