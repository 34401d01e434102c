"""What an application says, from a form and from the wire, to an `Agreement`: one definition for both directions.

The limits are those of the tables under *Applying* in docs/federated-calls.md. Properties that are not named there are
left out here: they stay in the stored letter. What the call asks for is looked at in `judging`.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Self, TypeVar

from markupsafe import escape
from pydantic import Field, ValidationError, model_validator

from federation.activities import Document, same_origin
from flask_maillage.calls.application_parts import (
    Answer,
    Attachment,
    Described,
    Guest,
    Iri,
    Moment,
    Named,
    Part,
    Plain,
    Someone,
    Whole,
)
from flask_maillage.calls.codes import Refusal, Refused
from flask_maillage.publications.call_parts import MAX_QUESTIONS, MAX_SEATS
from flask_maillage.publications.content import HTML_LIMIT
from flask_maillage.publications.kinds.base import timestamp
from flask_maillage.publications.kinds.call_details import CallDetails

LANGUAGE_TAG = r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"
TERRITORY = r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$"


class Application(Part):
    """What an application says: the `name` and the `application` of an `Agreement`."""

    name: Named
    version: Annotated[Whole, Field(ge=1, le=1000)]
    committee_version: Annotated[Whole, Field(ge=1, lt=2**31)]
    language: Annotated[str, Field(pattern=LANGUAGE_TAG, max_length=35)]
    territory: Annotated[str, Field(pattern=TERRITORY, max_length=10)]
    topics: tuple[Named, ...] = Field(default=(), max_length=20)
    sectors: tuple[Named, ...] = Field(default=(), max_length=12)
    answers: tuple[Answer, ...] = Field(default=(), max_length=MAX_QUESTIONS)
    people: tuple[Someone, ...] = Field(default=(), max_length=20)
    initiative_id: Iri | None = None
    initiative: Described | None = None
    applicant: Guest | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        keys = [answer.key for answer in self.answers]
        if len(set(keys)) != len(keys):
            raise ValueError("a question is answered once")
        if (self.initiative_id is None) == (self.initiative is None):
            raise ValueError("an initiative is named or described, and not both")
        if self.applicant is not None and self.initiative_id is not None:
            raise ValueError("guests only describe: nothing proves that an initiative is theirs")
        return self

    @property
    def documents(self) -> tuple[Attachment, ...]:
        """The files that are attached."""
        return tuple(answer.attachment for answer in self.answers if answer.attachment)


class Envelope(Part):
    """What an `Agreement` says of itself: whose it is, to which call, to whom it goes, and when it was written.

    `intent_iri` is the call's intent, which its commitment satisfies; `content` is HTML for people whose server knows
    nothing of this, and judged by nobody.
    """

    iri: Iri = Field(alias="id")
    applicant_iri: Iri = Field(alias="attributedTo")
    call_iri: Iri = Field(alias="context")
    intent_iri: Iri
    to: tuple[Iri, ...] = Field(min_length=1, max_length=MAX_SEATS + 1)
    published: Moment
    updated: Moment | None = None
    content: Plain = ""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not same_origin(self.iri, self.applicant_iri):
            raise ValueError("an application is of the origin of its applicant")
        if len(set(self.to)) != len(self.to):
            raise ValueError("a recipient is named once")
        if len(self.content.encode()) > HTML_LIMIT:
            raise ValueError("the content is too long")
        return self


Model = TypeVar("Model", bound=Part)


def made_of(said: Mapping[str, Any]) -> Application:
    """Return the application that these values make, named as the fields are: for forms and rows.

    Raises:
        Refused: `malformed`.
    """
    return _made(Application, said, by_alias=False)


def read(agreement: Document) -> Application:
    """Return what an application from the wire says; its envelope and the origin of its files are looked at too.

    Raises:
        Refused: `malformed`: something is missing or wrong, or it is an `Agreement` without `application` (FC-75).
    """
    envelope = envelope_of(agreement)
    said = agreement.get("application")
    if not isinstance(said, dict):
        raise Refused(Refusal("malformed"))
    application = _made(Application, {**said, "name": agreement.get("name")})
    if not same_origin(envelope.applicant_iri, *(document.url for document in application.documents)):
        raise Refused(Refusal("malformed"))
    return application


def envelope_of(agreement: Document) -> Envelope:
    """Return what an `Agreement` says of itself.

    Raises:
        Refused: `malformed`.
    """
    commitment = agreement.get("stipulates")
    if agreement.get("type") != "Agreement" or not isinstance(commitment, dict) or not _is_one(commitment):
        raise Refused(Refusal("malformed"))
    return _made(Envelope, {**agreement, "intentIri": commitment.get("satisfies")})


def agreement_of(application: Application, envelope: Envelope) -> Document:
    """Return the `Agreement` in which an application is sent."""
    moments = {"published": envelope.published, "updated": envelope.updated}
    said = application.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"name", "answers"})
    return {
        "id": envelope.iri,
        "type": "Agreement",
        "attributedTo": envelope.applicant_iri,
        "context": envelope.call_iri,
        "name": application.name,
        **({"content": envelope.content} if envelope.content else {}),
        **{name: timestamp(moment) for name, moment in moments.items() if moment},
        "to": list(envelope.to),
        "stipulates": {
            "type": "Commitment",
            "satisfies": envelope.intent_iri,
            "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "1"},
        },
        "application": {
            **said,
            "answers": [
                answer.model_dump(mode="json", by_alias=True, exclude_none=True) for answer in application.answers
            ],
        },
    }


def content_of(application: Application, details: CallDetails) -> str:
    """Return all answers as HTML under their questions, in the order of the call; nothing where that is too long."""
    given = {answer.key: answer for answer in application.answers}
    parts = []
    if application.initiative:
        parts.append(_section(application.initiative.name, application.initiative.summary))
    for asked in details.questions:
        answer = given.get(asked.key)
        if answer is not None and not answer.is_empty:
            file = answer.attachment.name if answer.attachment else ""
            parts.append(_section(asked.label, answer.text or "\n".join(answer.choices or ()) or file))
    html = "".join(parts)
    return html if len(html.encode()) <= HTML_LIMIT else ""


def _section(title: str, text: str) -> str:
    lines = "<br>".join(escape(line) for line in text.strip().splitlines())
    return f"<p><strong>{escape(title)}</strong></p>" + (f"<p>{lines}</p>" if lines else "")


def _is_one(commitment: Document) -> bool:
    quantity = commitment.get("resourceQuantity")
    return (
        commitment.get("type") == "Commitment"
        and isinstance(quantity, dict)
        and str(quantity.get("hasNumericalValue")) == "1"
    )


def _made(model: type[Model], said: Mapping[str, Any], *, by_alias: bool = True) -> Model:
    try:
        return model.model_validate(dict(said), by_alias=by_alias, by_name=not by_alias)
    except ValidationError as error:
        raise Refused(Refusal("malformed")) from error
