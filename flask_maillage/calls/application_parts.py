"""What applications are made of: texts with their limits, answers, files, people, a described initiative.

Texts are cut nowhere (FC-8): what is too long, counted as FC-14 counts, is no value of these.
"""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    model_validator,
)
from pydantic.alias_generators import to_camel

from federation.activities import is_web_iri
from flask_maillage.calls.counting import length
from flask_maillage.publications.call_parts import KEY, MAX_CHOICES, MEDIA_TYPE
from flask_maillage.publications.local_time import in_calendar

PDF = "application/pdf"
MOST_CHARACTERS = 100_000
"""Of one answer, whatever a call allows; a letter has 256 KiB."""
DIGEST = r"^zQm[1-9A-HJ-NP-Za-km-z]{44}$"


def _storable(text: str) -> str:
    text.encode("utf-8")
    if "\x00" in text:
        raise ValueError("a text holds no character zero: no database would keep it")
    return text


def _between(least: int, most: int) -> AfterValidator:
    def check(text: str) -> str:
        if not least <= length(text) <= most:
            raise ValueError(f"a text of {least} to {most} characters belongs here")
        return text

    return AfterValidator(check)


def _web(iri: str) -> str:
    if not is_web_iri(iri):
        raise ValueError("an id on the web belongs here")
    return iri


def _not_a_number(value: Any) -> Any:
    if isinstance(value, int | float):
        raise ValueError("a moment is written with its day")
    return value


def _of_our_times(moment: datetime) -> datetime:
    if not in_calendar(moment):
        raise ValueError("this is no day of our times")
    return moment


Plain = Annotated[str, AfterValidator(_storable)]
Short = Annotated[Plain, _between(0, 200)]
Named = Annotated[Plain, _between(1, 200)]
Whole = Annotated[int, Strict()]
Iri = Annotated[str, AfterValidator(_web)]
Key = Annotated[str, Field(pattern=KEY)]
Moment = Annotated[AwareDatetime, BeforeValidator(_not_a_number), AfterValidator(_of_our_times)]


class Part(BaseModel):
    """A value that never changes, written with capitals inside (`committeeVersion`) on the wire."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class Attachment(Part):
    """A file (FC-37), known by its digest; `pages` of a PDF."""

    type: Literal["Document"] = "Document"
    url: Iri
    media_type: Annotated[str, Field(pattern=MEDIA_TYPE)]
    size: Annotated[Whole, Field(ge=0, lt=2**53)]
    digest: Annotated[str, Field(pattern=DIGEST)] = Field(alias="digestMultibase")
    name: Named
    pages: Annotated[Whole, Field(ge=0, lt=2**31)] | None = None

    @model_validator(mode="after")
    def _counted(self) -> Self:
        if self.media_type == PDF and self.pages is None:
            raise ValueError("of a PDF the pages are said")
        return self


class Answer(Part):
    """An answer to one question: exactly one of a text, choices and a file."""

    key: Key
    text: Annotated[Plain, _between(0, MOST_CHARACTERS)] | None = None
    choices: Annotated[tuple[Short, ...], Field(max_length=MAX_CHOICES)] | None = None
    attachment: Attachment | None = None

    @model_validator(mode="after")
    def _of_one_sort(self) -> Self:
        if [self.text, self.choices, self.attachment].count(None) != 2:
            raise ValueError("an answer is one of text, choices and attachment")
        return self

    @property
    def is_empty(self) -> bool:
        """Whether nothing is answered by it."""
        return self.attachment is None and not self.choices and not length(self.text or "")


class Someone(Part):
    """Who takes part; `id` is their actor, and believed in nothing but a conflict of interest (FC-44)."""

    name: Short = ""
    role: Short = ""
    organisation: Short = ""
    id: Iri | None = None


class Described(Part):
    """An initiative that is described only: nothing proves whose it is."""

    name: Named
    summary: Annotated[Plain, _between(0, 1000)] = ""
    url: Iri | None = None


class Guest(Part):
    """Who applies through the owner's node (FC-28)."""

    name: Named
    organisation: Short = ""
