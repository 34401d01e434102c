"""What an entry of a follow-up says (FC-59, FC-60, FC-79): one definition, for what is read and what is written."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError, model_validator

from federation.activities import Document, id_of, is_web_iri, same_origin
from federation.sanitising import clean_html
from flask_maillage.calls.application_parts import Iri, Moment, Named, Part, Plain, Short
from flask_maillage.calls.codes import Refusal, Refused
from flask_maillage.calls.counting import length
from flask_maillage.mail.addresses import deliverable
from flask_maillage.publications.content import HTML_LIMIT
from flask_maillage.publications.local_time import in_calendar

CONTACT, ORIENTATION, ANSWER, NEXT_STEP = "contact", "orientation", "answer", "next_step"
OUTPUTS, CONTACT_DETAILS, RESULT = "outputs", "contact_details", "result"
MOST_LINES, LONGEST_LINE = 30, 1000
LISTS = ("strengths", "weaknesses", "opportunities", "threats", "obstacles", "levers", "needs")
"""The lists of texts in `outputs`, in the order in which they are read."""
FACTS = {
    CONTACT: {"on"},
    ORIENTATION: {"toward"},
    ANSWER: set[str](),
    NEXT_STEP: {"due"},
    OUTPUTS: {"outputs"},
    CONTACT_DETAILS: {"contact"},
    RESULT: set[str](),
}
"""What belongs to which sort of entry; anything else in one is passed over."""


def _line(text: str) -> str:
    if not 1 <= length(text) <= LONGEST_LINE:
        raise ValueError("a text of 1 to 1000 characters belongs here")
    return text


def _in_words(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("a day is written as 2027-05-31")
    return value


def _of_our_times(day: date) -> date:
    if not in_calendar(day):
        raise ValueError("this is no day of our times")
    return day


def _mailable(text: str) -> str:
    if text and deliverable(text) is None:
        raise ValueError("an e-mail address belongs here")
    return text


Line = Annotated[Plain, AfterValidator(_line)]
Lines = Annotated[tuple[Line, ...], Field(max_length=MOST_LINES)]
Day = Annotated[date, BeforeValidator(_in_words), AfterValidator(_of_our_times)]


class Planned(Part):
    """One action of a plan: what, by whom, until when."""

    action: Line
    responsible: Short = ""
    due: Day | None = None


class Outputs(Part):
    """What a session brought (FC-60)."""

    strengths: Lines = ()
    weaknesses: Lines = ()
    opportunities: Lines = ()
    threats: Lines = ()
    obstacles: Lines = ()
    levers: Lines = ()
    needs: Lines = ()
    action_plan: Annotated[tuple[Planned, ...], Field(max_length=MOST_LINES)] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing."""
        return not self.action_plan and not any(getattr(self, name) for name in LISTS)


class Contact(Part):
    """How a leader is reached by the others of their cohort (FC-79)."""

    name: Named
    email: Annotated[Short, AfterValidator(_mailable)] = ""
    telephone: Short = ""

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if not (self.email or self.telephone):
            raise ValueError("an e-mail address or a telephone number belongs here")
        return self


class FollowUp(Part):
    """What an entry is, with the facts of its sort."""

    entry: Literal["contact", "orientation", "answer", "next_step", "outputs", "contact_details", "result"]
    on: Day | None = None
    """The day of a contact, where it is not the one of `published`."""
    toward: Annotated[Line, BeforeValidator(lambda value: id_of(value) or value)] | None = None
    """To whom or what an orientation leads: the id of an actor, or words."""
    due: Day | None = None
    """Until when the next step is to be taken."""
    outputs: Outputs | None = None
    contact: Contact | None = None
    supersedes: Iri | None = None
    """The entry of the same author whose place this one takes."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.entry == OUTPUTS and self.outputs is None:
            raise ValueError("outputs are said in lists")
        return self

    @property
    def facts(self) -> dict[str, Any]:
        """What belongs to this sort of entry, as JSON."""
        return self.model_dump(
            mode="json", by_alias=True, exclude_none=True, exclude_defaults=True, include=FACTS[self.entry]
        )

    def document(self) -> Document:
        """Return it as it stands in a `Note`."""
        more = {"supersedes": self.supersedes} if self.supersedes else {}
        facts = self.facts if self.entry != OUTPUTS else {"outputs": self.facts.get("outputs", {})}
        return {"entry": self.entry, **facts, **more}


class Said(BaseModel):
    """What a `Note` of a follow-up says."""

    id: Iri
    context: Iri
    published: Moment | None = None
    content: Plain = ""
    follow_up: FollowUp = Field(alias="followUp")

    @property
    def html(self) -> str:
        """Its words, as clean HTML."""
        return clean_html(self.content)

    def at(self, received_at: datetime) -> datetime:
        """Return the moment of which it is: as it says, and never after it was received."""
        return min(self.published, received_at) if self.published is not None else received_at


def read(thing: Document, author: str) -> Said:
    """Return what a `Note` says.

    Raises:
        Refused: `malformed`, also where its id is not of its author's server; `too-long` where its text is.
    """
    try:
        said = Said.model_validate(thing)
    except ValidationError as error:
        raise Refused(Refusal("malformed")) from error
    if not same_origin(said.id, author):
        raise Refused(Refusal("malformed"))
    if len(said.content.encode()) > HTML_LIMIT:
        raise Refused(Refusal("too-long", count=len(said.content), limit=HTML_LIMIT))
    return said


def is_actor(toward: str) -> bool:
    """Tell whether an orientation leads to an id, and not to words."""
    return is_web_iri(toward)
