"""The form of a call: what, until when, and then everything that an applicant wants to know."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, ClassVar, NamedTuple

from wtforms import DateField, IntegerField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from federation.activities import is_web_iri
from flask_maillage.publications.content import timezones
from flask_maillage.publications.forms.base import (
    OUTSIDE_CALENDAR,
    Lines,
    PublicationForm,
    _,
    choices_of,
    fields_of,
    say,
    timezone_field,
    topic_choices,
    written_lines,
)
from flask_maillage.publications.local_time import OutsideCalendar, end_of_day, start_of_day

TERRITORIES = (("EU", "European Union"), ("EU-candidate", "Candidate countries of the European Union"))
_EMAIL = re.compile(r"\S@\S+\.\S")


class SeatLine(NamedTuple):
    """One line of the committee."""

    name: str
    role: str
    organisation: str
    actor: str


class CallForm(PublicationForm):
    """A call for expressions of interest."""

    essential: ClassVar[tuple[str, ...]] = ("name", "text", "deadline", "timezone")
    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("What you look for", ("objectives", "topics", "other_topics", "territories", "eligibility")),
        ("What is offered", ("support", "maximum_selected", "cohorts")),
        ("How to apply", ("opens_on", "questions", "note_characters", "note_pages", "procedure")),
        ("Who decides", ("committee", "organisers", "contacts")),
        PublicationForm.describing,
        PublicationForm.addressing,
    )

    deadline = DateField(
        _("Last day to apply"),
        [InputRequired(_("Choose the last day to apply, as 2027-01-13."))],
        description=_("Until 23:59:59 of that day in the time zone below."),
    )
    timezone = timezone_field()
    opens_on = DateField(
        _("First day to apply"), [Optional()], description=_("Leave it empty to open when it is published.")
    )
    objectives = TextAreaField(_("Objectives"), [Lines(12)], description=_("One per line."))
    topics = SelectMultipleField(_("Kinds of initiative"), choices=topic_choices())
    other_topics = TextAreaField(_("Other kinds"), [Lines(10, 100)], description=_("One per line."))
    territories = SelectMultipleField(_("Who can apply"), choices=choices_of(TERRITORIES))
    eligibility = StringField(_("Who can apply, in words"), [Length(max=600)])
    support = TextAreaField(_("Support offered"), [Lines(12)], description=_("One per line."))
    maximum_selected = IntegerField(
        _("How many can be selected"), [Optional(), NumberRange(1, 10_000, _("At least one, at most 10,000."))]
    )
    cohorts = TextAreaField(
        _("Groups of those selected"), [Lines(20, 250)], description=_("One per line: “Coaching session 1 | 5”.")
    )
    questions = TextAreaField(
        _("Questions to applicants"),
        [Lines(15, 250)],
        description=_(
            "One per line; end it with * where an answer is required. What follows a “|” is its key: keep it."
        ),
    )
    note_characters = IntegerField(
        _("Longest note, in characters"), [Optional(), NumberRange(100, 100_000, _("From 100 to 100,000."))]
    )
    note_pages = IntegerField(_("Longest note, in pages"), [Optional(), NumberRange(1, 100, _("From 1 to 100."))])
    procedure = TextAreaField(_("Procedure"), [Lines(12)], description=_("One step per line, in their order."))
    committee = TextAreaField(
        _("Steering committee"),
        [Lines(20, 900)],
        description=_("One seat per line: “Name | Role | Organisation | https://actor”; any part may be empty."),
    )
    contacts = TextAreaField(
        _("Contacts"), [Lines(10)], description=_("One per line; everybody will be able to read them.")
    )

    def validate_deadline(self, field: Any) -> None:
        """Refuse a day in a year for which nobody plans."""
        self._check_calendar(field, end_of_day)

    def validate_opens_on(self, field: Any) -> None:
        """Refuse a call that closes before it opens, or that opens in a year for which nobody plans."""
        self._check_calendar(field, start_of_day)
        if field.data and self.deadline.data and field.data > self.deadline.data:
            raise ValidationError(_("The first day to apply is after the last."))

    def validate_cohorts(self, field: Any) -> None:
        """Refuse groups without a size, and groups that together hold another number than is selected."""
        sizes = []
        for number, line in enumerate(written_lines(field.data), start=1):
            name, size = fields_of(line, 2)
            if not name or not re.fullmatch(r"[1-9][0-9]{0,3}", size):
                raise ValidationError(say(_("Line %(line)d: write “Name | 5”."), line=number))
            sizes.append(int(size))
        selected = self.maximum_selected.data
        if sizes and selected and sum(sizes) != selected:
            message = _("The groups hold %(sum)d together, but %(selected)d can be selected.")
            raise ValidationError(say(message, sum=sum(sizes), selected=selected))

    def validate_committee(self, field: Any) -> None:
        """Refuse e-mail addresses, which would be public, and actors that are no addresses."""
        for number, line in enumerate(written_lines(field.data), start=1):
            seat = SeatLine(*fields_of(line, 4))
            if _EMAIL.search(" ".join(seat[:3])):
                message = _("Line %(line)d: leave e-mail addresses out, everybody could read them.")
                raise ValidationError(say(message, line=number))
            if not any(seat) or (seat.actor and not is_web_iri(seat.actor)):
                message = _("Line %(line)d: write “Name | Role | Organisation | https://actor”.")
                raise ValidationError(say(message, line=number))

    def _check_calendar(self, field: Any, boundary: Callable[[date, str], datetime]) -> None:
        if field.data is None or self.timezone.data not in timezones():
            return
        try:
            boundary(field.data, self.timezone.data)
        except OutsideCalendar:
            raise ValidationError(OUTSIDE_CALENDAR) from None

    def seats(self) -> list[SeatLine]:
        """Return the seats of the committee."""
        return [SeatLine(*fields_of(line, 4)) for line in written_lines(self.committee.data)]

    def groups_of_selected(self) -> list[tuple[str, int]]:
        """Return the name and size of each group of a valid form."""
        pairs = (fields_of(line, 2) for line in written_lines(self.cohorts.data))
        return [(name, int(size)) for name, size in pairs]
