"""The rows of the form of a call: a question to applicants, a seat of the steering committee, a criterion."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import Length, NumberRange, Optional

from federation.activities import is_web_iri
from flask_maillage.publications.call_parts import KEYS, MAX_CHOICES, MAX_WEIGHT, Criterion, Question, Seat
from flask_maillage.publications.content import ActorRef
from flask_maillage.publications.forms.base import Lines, _, choices_of, is_handle, stripped, written_lines
from flask_maillage.publications.forms.rows import Row

ANSWERS = (
    ("short", _("A short answer, on one line")),
    ("long", _("A longer text")),
    ("choice", _("A choice from a list")),
    ("file", _("A file")),
)
FILES = (
    ("application/pdf", _("PDF")),
    ("application/vnd.oasis.opendocument.text", _("OpenDocument text (.odt)")),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", _("Word (.docx)")),
    ("application/vnd.oasis.opendocument.spreadsheet", _("OpenDocument spreadsheet (.ods)")),
    ("image/png", _("Picture (.png)")),
    ("image/jpeg", _("Picture (.jpg)")),
)
_EMAIL = re.compile(r"[^\s@<>,;\"]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
MEGABYTE = 1024 * 1024


def known_key(form: Any, field: Any) -> None:
    """Refuse a key that no page of ours wrote, where there is one."""
    if field.data and not KEYS.fullmatch(field.data):
        raise ValidationError(_("This row was not written by this page: take it away, and write it anew."))


class QuestionRow(Row):
    """A question: its words, how it is answered, and what belongs to that way of answering."""

    more: ClassVar[tuple[str, ...]] = (
        "help",
        "characters",
        "choices",
        "several",
        "media_types",
        "megabytes",
        "pages",
    )
    more_title: ClassVar[str] = _("Help, choices and limits")

    key = HiddenField(validators=[known_key])
    label = StringField(_("Question"), [Length(max=200)], filters=[stripped])
    answer = SelectField(_("Answered by"), choices=choices_of(ANSWERS), default="short")
    required = BooleanField(_("An answer is required"))
    help = StringField(_("Help for who answers"), [Length(max=600)], filters=[stripped])
    characters = IntegerField(
        _("Longest answer, in characters"), [Optional(), NumberRange(1, 100_000, _("From 1 to 100,000."))]
    )
    choices = TextAreaField(
        _("Choices"), [Lines(MAX_CHOICES, 200)], description=_("For a choice from a list: one per line.")
    )
    several = BooleanField(_("Several of the choices may be taken"))
    media_types = SelectMultipleField(_("Kinds of file"), choices=choices_of(FILES))
    megabytes = IntegerField(
        _("Largest file, in megabytes"), [Optional(), NumberRange(1, 50, _("From 1 to 50 megabytes."))]
    )
    pages = IntegerField(_("Longest file, in pages"), [Optional(), NumberRange(1, 1000, _("From 1 to 1,000."))])

    def question(self, key: str) -> Question:
        """Return the question of a valid row; what belongs to another way of answering is left out."""
        answer = self.answer.data
        is_file, is_choice = answer == "file", answer == "choice"
        return Question(
            key=key,
            label=self.label.data or "",
            required=self.required.data,
            answer=answer,
            help=self.help.data or "",
            characters=None if is_file or is_choice else self.characters.data,
            choices=tuple(dict.fromkeys(written_lines(self.choices.data))) if is_choice else (),
            several=is_choice and self.several.data,
            media_types=tuple(self.media_types.data or ()) if is_file else (),
            maximum_bytes=self.megabytes.data * MEGABYTE if is_file and self.megabytes.data else None,
            pages=self.pages.data if is_file else None,
        )

    @staticmethod
    def data_of(asked: Question) -> dict[str, Any]:
        """Return the data that makes a row show a question."""
        plain = ("key", "label", "answer", "required", "help", "characters", "several", "pages")
        return {
            **{name: getattr(asked, name) for name in plain},
            "choices": "\n".join(asked.choices),
            "media_types": list(asked.media_types),
            "megabytes": -(-asked.maximum_bytes // MEGABYTE) if asked.maximum_bytes else None,
        }


class ActorField(StringField):
    """An actor, by its address or its handle."""

    directory: Mapping[str, ActorRef | str] = {}
    """Who has the handle that is typed, or the sentence that says why nobody was found."""

    def handles(self) -> list[str]:
        """Return the handle, where one is typed."""
        return [self.data] if is_handle(self.data or "") else []

    def iri(self) -> str | None:
        """Return the address of the actor of a valid field."""
        found = self.directory.get(self.data or "")
        return found.iri if isinstance(found, ActorRef) else self.data or None

    def pre_validate(self, form: Any) -> None:
        """Refuse a handle that nobody has, and what is no address."""
        found = self.directory.get(self.data or "")
        if isinstance(found, str):
            raise ValidationError(found)
        if self.data and not isinstance(found, ActorRef) and not is_web_iri(self.data):
            raise ValidationError(_("Write a handle, as @name@host, or the whole address, beginning with https://."))


class SeatRow(Row):
    """A seat of the steering committee."""

    key = HiddenField(validators=[known_key])
    name = StringField(_("Name"), [Length(max=200)], filters=[stripped])
    role = StringField(_("Role"), [Length(max=200)], filters=[stripped])
    organisation = StringField(_("Organisation"), [Length(max=200)], filters=[stripped])
    actor = ActorField(
        _("Actor"),
        [Length(max=2000)],
        filters=[stripped],
        description=_(
            "Their handle, as @name@host, or the https address of their profile, where they have one. Applications go"
            " there; where their server takes none, leave it empty and give an e-mail address."
        ),
    )
    email = StringField(
        _("E-mail"),
        [Length(max=254)],
        filters=[stripped],
        description=_("Known to this node alone: applications are sent there. Nobody else sees it."),
    )
    coordinates = BooleanField(
        _("May coordinate the follow-up"),
        description=_("Writes to those selected and notes what comes of it, as your own people may."),
    )

    def validate_name(self, field: Any) -> None:
        """Refuse an e-mail address, which would be public."""
        _without_email(field)

    def validate_role(self, field: Any) -> None:
        """Refuse an e-mail address, which would be public."""
        _without_email(field)

    def validate_organisation(self, field: Any) -> None:
        """Refuse an e-mail address, which would be public."""
        _without_email(field)

    def validate_email(self, field: Any) -> None:
        """Refuse what is no e-mail address."""
        if field.data and not _EMAIL.fullmatch(field.data):
            raise ValidationError(_("This is no e-mail address."))

    def seat(self) -> Seat:
        """Return the seat of a valid row, without a key where it is new."""
        return Seat(
            key=self.key.data or "",
            name=self.name.data or "",
            role=self.role.data or "",
            organisation=self.organisation.data or "",
            actor=self.actor.iri(),
            coordinates=self.coordinates.data,
        )

    @staticmethod
    def data_of(seat: Seat) -> dict[str, Any]:
        """Return the data that makes a row show a seat."""
        return {**seat.model_dump(), "actor": seat.actor or ""}


class CriterionRow(Row):
    """Something by which applications are scored."""

    key = HiddenField(validators=[known_key])
    label = StringField(_("What is judged"), [Length(max=200)], filters=[stripped])
    maximum = IntegerField(
        _("Highest score"),
        [Optional(), NumberRange(1, MAX_WEIGHT, _("From 1 to 100."))],
        description=_("Scores go from 0 to this; left empty, to 5."),
    )
    weight = IntegerField(
        _("Weight"),
        [Optional(), NumberRange(1, MAX_WEIGHT, _("From 1 to 100."))],
        description=_("2 counts twice as much as 1; left empty, 1."),
    )

    def criterion(self) -> Criterion:
        """Return the criterion of a valid row, without a key where it is new."""
        given = {"weight": self.weight.data, "maximum": self.maximum.data}
        more = {name: number for name, number in given.items() if number}
        return Criterion(key=self.key.data or "", label=self.label.data or "", **more)

    @staticmethod
    def data_of(criterion: Criterion) -> dict[str, Any]:
        """Return the data that makes a row show a criterion."""
        return criterion.model_dump()


def _without_email(field: Any) -> None:
    at = (field.data or "").find("@")
    if at > 0 and "." in field.data[at:]:
        raise ValidationError(_("Leave e-mail addresses out here, everybody could read them."))


def questions_of(rows: Iterable[QuestionRow]) -> tuple[Question, ...]:
    """Return the questions of valid rows, each with a key of its own, to which answers will refer.

    A row that was shown before brings its key, which survives a new wording.
    """
    asked: dict[str, Question] = {}
    rows = list(rows)
    known = {row.key.data for row in rows if row.key.data}
    for number, row in enumerate(rows, start=1):
        key = row.key.data or _key_of(row.label.data or "")
        if not key or key in asked or (not row.key.data and key in known):
            key = next(free for n in range(number, 99) if (free := f"question_{n}") not in asked and free not in known)
        asked[key] = row.question(key)
    return tuple(asked.values())


def _key_of(label: str) -> str:
    words = "".join(sign if sign.isascii() and sign.isalnum() else " " for sign in label.lower()).split()
    key = "_".join(words)[:30].strip("_")
    return key if KEYS.fullmatch(key) else ""
