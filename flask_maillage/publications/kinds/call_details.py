"""What only a call has, and how it stands in the `call` property of its object."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from federation.activities import Document, as_list, id_of
from federation.sanitising import clean_url
from flask_maillage.publications.content import ActorIri, Details, Fact, Line, Text, one_line
from flask_maillage.publications.kinds import reading

MAX_LINES, MAX_SEATS, MAX_COHORTS, MAX_QUESTIONS, MAX_TOPICS = 12, 20, 20, 15, 20
QUESTION_KEY = re.compile(r"[a-z0-9_-]{1,40}")
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
    """A seat of the steering committee, held by somebody known by name, role and organisation, perhaps by an actor."""

    name: PublicLine = ""
    role: PublicLine = ""
    organisation: PublicLine = ""
    actor: ActorIri = None

    @property
    def in_words(self) -> str:
        """The seat in one line."""
        return ", ".join(part for part in (self.name, self.role, self.organisation) if part) or (self.actor or "")


class Question(Fact):
    """Something that an applicant is asked to write."""

    key: str = Field(pattern=r"^[a-z0-9_-]{1,40}$")
    label: Line
    required: bool = False


class CallDetails(Details):
    """What a call says besides its text. `topics` holds addresses of the shared list and free words."""

    expects: str = "expressionOfInterest"
    maximum_selected: int | None = Field(default=None, ge=1, le=10_000)
    cohorts: tuple[Cohort, ...] = Field(default=(), max_length=MAX_COHORTS)
    note_characters: int | None = Field(default=None, ge=1, le=100_000)
    note_pages: int | None = Field(default=None, ge=1, le=100)
    territories: tuple[Line, ...] = Field(default=(), max_length=60)
    eligibility: Text = ""
    topics: tuple[Line, ...] = Field(default=(), max_length=MAX_TOPICS)
    objectives: tuple[Text, ...] = Field(default=(), max_length=MAX_LINES)
    support: tuple[Text, ...] = Field(default=(), max_length=MAX_LINES)
    procedure: tuple[Text, ...] = Field(default=(), max_length=MAX_LINES)
    committee: tuple[Seat, ...] = Field(default=(), max_length=MAX_SEATS)
    questions: tuple[Question, ...] = Field(default=(), max_length=MAX_QUESTIONS)
    contacts: tuple[Text, ...] = Field(default=(), max_length=10)
    apply_url: str | None = None


def call_object(details: CallDetails, *, apply_url: str, status: str) -> Document:
    """Return the `call` property: the facts of a call as peers of ours read them."""
    limit = {"characters": details.note_characters, "pages": details.note_pages}
    return {
        "expects": details.expects,
        "applyUrl": apply_url,
        **({"maximumSelected": details.maximum_selected} if details.maximum_selected else {}),
        "cohorts": [{"name": cohort.name, "capacity": cohort.capacity} for cohort in details.cohorts],
        "noteLimit": {key: value for key, value in limit.items() if value is not None},
        "eligibility": {"territory": list(details.territories), "text": details.eligibility},
        "topics": list(details.topics),
        "objectives": list(details.objectives),
        "support": list(details.support),
        "procedure": list(details.procedure),
        "committee": [_seat_object(seat) for seat in details.committee],
        "questions": [asked.model_dump() for asked in details.questions],
        "contactPoints": list(details.contacts),
        "callStatus": status,
    }


def _seat_object(seat: Seat) -> Document:
    named = {"id": seat.actor, "name": seat.name, "role": seat.role, "organisation": seat.organisation}
    return {"type": "Person", **{key: value for key, value in named.items() if value}}


def details_from_object(call: Document, document: Document) -> CallDetails:
    """Read the `call` property of a document of any origin, with the committee that the document names."""
    eligibility, limit = call.get("eligibility"), call.get("noteLimit")
    eligibility = eligibility if isinstance(eligibility, dict) else {}
    limit = limit if isinstance(limit, dict) else {}
    expects = reading.line_of(call, "expects", 60)
    return CallDetails(
        expects=expects if expects.isalnum() else "expressionOfInterest",
        maximum_selected=reading.whole_number_of(call.get("maximumSelected"), 1, 10_000),
        cohorts=_cohorts_from_object(call.get("cohorts")),
        note_characters=reading.whole_number_of(limit.get("characters"), 1, 100_000),
        note_pages=reading.whole_number_of(limit.get("pages"), 1, 100),
        territories=reading.lines_of(eligibility.get("territory"), 60, 200),
        eligibility=reading.line_of(eligibility, "text", 600),
        topics=reading.lines_of(call.get("topics"), MAX_TOPICS, 200),
        objectives=reading.lines_of(call.get("objectives"), MAX_LINES),
        support=reading.lines_of(call.get("support"), MAX_LINES),
        procedure=reading.lines_of(call.get("procedure"), MAX_LINES),
        committee=_committee_from_object(call.get("committee"), document.get("steeringCommittee")),
        questions=_questions_from_object(call.get("questions")),
        contacts=reading.lines_of(call.get("contactPoints"), 10),
        apply_url=clean_url(call.get("applyUrl")),
    )


def _cohorts_from_object(value: Any) -> tuple[Cohort, ...]:
    pairs = (
        (reading.name_of(item), reading.whole_number_of(item.get("capacity"), 1, 10_000))
        for item in reading.objects_of(value, MAX_COHORTS)
    )
    return tuple(Cohort(name=name, capacity=size) for name, size in pairs if size)


def _committee_from_object(people: Any, actors: Any) -> tuple[Seat, ...]:
    seats = [
        Seat(
            name=reading.name_of(item),
            role=reading.line_of(item, "role"),
            organisation=reading.line_of(item, "organisation"),
            actor=item.get("id"),
        )
        for item in reading.objects_of(people, MAX_SEATS)
    ]
    seated = {seat.actor for seat in seats}
    others = (iri for value in as_list(actors)[:MAX_SEATS] if (iri := id_of(value)) and iri not in seated)
    seats.extend(Seat(actor=iri) for iri in dict.fromkeys(others))
    return tuple(seat for seat in seats if seat.in_words)[:MAX_SEATS]


def _questions_from_object(value: Any) -> tuple[Question, ...]:
    asked: dict[str, Question] = {}
    for number, item in enumerate(reading.objects_of(value, MAX_QUESTIONS), start=1):
        key, label = item.get("key"), reading.line_of(item, "label")
        if not isinstance(key, str) or not QUESTION_KEY.fullmatch(key) or key in asked:
            key = f"question_{number}"
        if label:
            asked[key] = Question(key=key, label=label, required=item.get("required") is True)
    return tuple(asked.values())
