"""The forms of a follow-up: an entry of whatever sort, and how the others of one's cohort reach one."""

from typing import Any

from wtforms import EmailField, HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length, Optional

from actors.node import now
from flask_maillage.calls.following.saying import (
    ANSWER,
    CONTACT,
    NEXT_STEP,
    ORIENTATION,
    RESULT,
    Contact,
    FollowUp,
)
from flask_maillage.calls.following.timeline import Line
from flask_maillage.calls.following.writing import CONTENT_LIMIT
from flask_maillage.mail.addresses import deliverable
from flask_maillage.people.forms import CheckedForm
from flask_maillage.publications.forms.base import _ as word
from flask_maillage.publications.forms.moments import DayField
from flask_maillage.publications.local_time import in_calendar, wall_clock

FIELDS = {
    CONTACT: ("on", "content"),
    ORIENTATION: ("toward", "content"),
    ANSWER: ("content",),
    NEXT_STEP: ("due", "content"),
    RESULT: ("content",),
}
"""What is asked for each sort of entry."""
OF_LEADERS = (ANSWER, CONTACT, NEXT_STEP)
OF_SEATS = (CONTACT, ORIENTATION, ANSWER, NEXT_STEP)
OF_OWNERS = (*OF_SEATS, RESULT)


class EntryForm(CheckedForm):
    """An entry; which fields count depends on its sort."""

    entry = HiddenField()
    replaces = HiddenField()
    on = DayField(word("Day of the contact"), [Optional()], description=word("Left empty, today."))
    toward = StringField(
        word("Toward whom or what"),
        [Length(max=200)],
        description=word("An organisation, a person, a funding; its address on the web, if you have it."),
    )
    due = DayField(word("Until when"), [Optional()], description=word("Who coordinates is reminded on that day."))
    content = TextAreaField(
        word("What is to be said"),
        [DataRequired(word("Write some words.")), Length(max=CONTENT_LIMIT)],
        id="entry-content",  # the main part of a page has this name as its id
        description=word("Markdown. The leader of the initiative and who coordinates read it, and nobody else."),
    )

    def __init__(self, *args: Any, timezone: str | None = None, **more: Any) -> None:
        """Keep in which zone days are said."""
        super().__init__(*args, **more)
        self.timezone = timezone

    def validate_due(self, field: Any) -> None:
        """Take a day of our times."""
        if field.data is not None and not in_calendar(field.data):
            raise ValidationError(word("There is no such day: write year, month and day, as 2027-01-13."))

    def validate_on(self, field: Any) -> None:
        """Take no contact of a day to come."""
        self.validate_due(field)
        if field.data is not None and field.data > wall_clock(now(), self.timezone).date():
            raise ValidationError(word("This day is still to come."))

    def validate_toward(self, field: Any) -> None:
        """Ask for it in an orientation."""
        if self.entry.data == ORIENTATION and not (field.data or "").strip():
            raise ValidationError(word("Say toward whom or what."))
        _check_text(field)

    def validate_content(self, field: Any) -> None:
        """Take what can be kept."""
        _check_text(field)

    def said(self, before: Line | None) -> FollowUp:
        """Return the entry that was written."""
        sort = self.entry.data
        asked = {name: getattr(self, name).data for name in FIELDS[sort] if name != "content"}
        given = {
            name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in asked.items() if value
        }
        return FollowUp.model_validate({"entry": sort, **given, "supersedes": before.iri if before else None})


def form_of(asked: Any, lines: list[Line], sorts: tuple[str, ...]) -> Any:
    """Return the form that an address asks for, of a sort or in the place of an entry; None where of none."""
    before = next((one for one in lines if one.key == asked.get("replace") and not one.replaced), None)
    sort = before.what.entry if before else asked.get("write", "")
    if sort not in sorts:
        return None
    if before is None:
        return EntryForm(formdata=None, entry=sort)
    facts: dict[str, Any] = {"on": before.what.on, "toward": before.what.toward, "due": before.what.due}
    return EntryForm(formdata=None, entry=sort, replaces=before.key, content=before.text, **facts)


class ContactForm(CheckedForm):
    """How a leader is reached by those of their cohort who share that too."""

    name = StringField(word("Name"), [DataRequired(word("Write a name.")), Length(max=200)])
    email = EmailField(word("E-mail address"), [Optional(), Length(max=200)])
    telephone = StringField(word("Telephone"), [Length(max=60)])

    def validate_name(self, field: Any) -> None:
        """Take what can be kept."""
        _check_text(field)

    def validate_email(self, field: Any) -> None:
        """Take an address to which one can write, or a telephone number in its place."""
        if field.data and deliverable(field.data) is None:
            raise ValidationError(word("That is not an e-mail address: write it as name@example.org."))

    def validate_telephone(self, field: Any) -> None:
        """Take at least one of both."""
        if not (field.data or self.email.data):
            raise ValidationError(word("Write an e-mail address or a telephone number."))
        _check_text(field)

    def said(self) -> Contact:
        """Return what was written."""
        return Contact(name=self.name.data, email=self.email.data or "", telephone=self.telephone.data or "")


class ConsentForm(CheckedForm):
    """The proof that a page of ours asks for it: to share nothing any more."""


def _check_text(field: Any) -> None:
    """Take no character zero: no database would keep it."""
    if "\x00" in (field.data or ""):
        raise ValidationError(word("There is a sign in it that cannot be kept."))
