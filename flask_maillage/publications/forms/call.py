"""The form of a call: what, until when, and then everything that an applicant wants to know."""

import re
from datetime import date, datetime
from typing import Any, ClassVar

from wtforms import BooleanField, IntegerField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from flask_maillage.publications.call_parts import (
    CONFIRM_DAYS,
    MAX_CONFIRM_DAYS,
    MAX_CRITERIA,
    MAX_QUESTIONS,
    MAX_RETENTION_MONTHS,
    MAX_SEATS,
    RETENTION_MONTHS,
    Criterion,
    Question,
    Seat,
)
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
from flask_maillage.publications.forms.call_rows import CriterionRow, QuestionRow, SeatRow, questions_of
from flask_maillage.publications.forms.moments import ClockField, DayField, moment
from flask_maillage.publications.forms.rows import Rows
from flask_maillage.publications.forms.translations import TranslationFields
from flask_maillage.publications.local_time import in_calendar
from flask_maillage.territory import unions

TERRITORIES = tuple(unions.LABELS.items())


class CallForm(TranslationFields, PublicationForm):
    """A call for expressions of interest."""

    essential: ClassVar[tuple[str, ...]] = ("name", "text", "deadline", "deadline_time", "timezone")
    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        (
            "What you look for",
            (
                "objectives",
                "topics",
                "other_topics",
                "territories",
                "eligible_on",
                "any_sector",
                "any_origin",
                "eligibility",
            ),
        ),
        ("What is offered", ("support", "maximum_selected", "cohorts", "confirm_days")),
        (
            "How to apply",
            (
                "opens_on",
                "opens_at",
                "questions",
                "note_characters",
                "note_pages",
                "one_per_applicant",
                "retention_months",
                "procedure",
            ),
        ),
        ("Who decides", ("committee", "quorum", "criteria", "organisers", "contacts")),
        PublicationForm.describing,
        PublicationForm.enclosing,
        TranslationFields.translation_group,
        PublicationForm.addressing,
    )

    deadline = DayField(_("Last day to apply"), [InputRequired(_("Choose the last day to apply, as 2027-01-13."))])
    deadline_time = ClockField(
        _("Until what time"),
        [Optional()],
        description=_("As 18:00, in the time zone below; left empty, until the end of that day, 23:59:59."),
    )
    timezone = timezone_field()
    opens_on = DayField(
        _("First day to apply"), [Optional()], description=_("Leave it empty to open when it is published.")
    )
    opens_at = ClockField(_("From what time"), [Optional()], description=_("Left empty, from the start of that day."))
    objectives = TextAreaField(_("Objectives"), [Lines(12)], description=_("One per line."))
    topics = SelectMultipleField(_("Kinds of initiative"), choices=topic_choices())
    other_topics = TextAreaField(_("Other kinds"), [Lines(10, 100)], description=_("One per line."))
    territories = SelectMultipleField(_("Who can apply"), choices=choices_of(TERRITORIES))
    eligible_on = DayField(
        _("As these were on"),
        [Optional()],
        description=_("Countries join and leave. Left empty: as on the first day to apply, or on the last."),
    )
    any_sector = BooleanField(_("Say that every sector of activity is welcome"))
    any_origin = BooleanField(_("Say that it makes no difference in which country a platform has its seat"))
    eligibility = StringField(_("Who can apply, in words"), [Length(max=600)])
    support = TextAreaField(_("Support offered"), [Lines(12)], description=_("One per line."))
    maximum_selected = IntegerField(
        _("How many can be selected"), [Optional(), NumberRange(1, 10_000, _("At least one, at most 10,000."))]
    )
    cohorts = TextAreaField(
        _("Groups of those selected"), [Lines(20, 250)], description=_("One per line: “Coaching session 1 | 5”.")
    )
    confirm_days = IntegerField(
        _("Days to confirm a selection"),
        [Optional(), NumberRange(1, MAX_CONFIRM_DAYS, _("From 1 to 90 days."))],
        default=CONFIRM_DAYS,
        description=_("Who is selected confirms within as many days; afterwards the place is free for another."),
    )
    questions = Rows(
        QuestionRow,
        _("Questions to applicants"),
        most=MAX_QUESTIONS,
        title=_("Question %(number)d"),
        description=_("Empty rows are left out. For more rows, press “Preview” or “Save as draft”."),
    )
    note_characters = IntegerField(
        _("Longest note, in characters"), [Optional(), NumberRange(100, 100_000, _("From 100 to 100,000."))]
    )
    note_pages = IntegerField(_("Longest note, in pages"), [Optional(), NumberRange(1, 100, _("From 1 to 100."))])
    one_per_applicant = BooleanField(_("Each applicant may send one application only"))
    retention_months = IntegerField(
        _("Months until applications that were not selected are deleted"),
        [Optional(), NumberRange(1, MAX_RETENTION_MONTHS, _("From 1 to 120 months."))],
        default=RETENTION_MONTHS,
        description=_("Counted from the decision. Applicants read it before they write."),
    )
    procedure = TextAreaField(_("Procedure"), [Lines(12)], description=_("One step per line, in their order."))
    committee = Rows(
        SeatRow,
        _("Steering committee"),
        most=MAX_SEATS,
        title=_("Seat %(number)d"),
        description=_("Applications go to all seats at once. Empty rows are left out."),
    )
    quorum = IntegerField(
        _("Opinions needed"),
        [Optional(), NumberRange(1, MAX_SEATS, _("From 1 to 20."))],
        description=_("How many seats have to give their opinion of an application. Left empty: more than half."),
    )
    criteria = Rows(
        CriterionRow,
        _("Criteria"),
        most=MAX_CRITERIA,
        title=_("Criterion %(number)d"),
        description=_(
            "By what each seat scores an application, beside its opinion. Applicants see them. Empty rows are left out."
        ),
    )
    contacts = TextAreaField(
        _("Contacts"), [Lines(10)], description=_("One per line; everybody will be able to read them.")
    )

    def validate_deadline(self, field: Any) -> None:
        """Refuse a day or a time that the clocks of the zone do not show, or show twice."""
        self.closes()

    def validate_opens_on(self, field: Any) -> None:
        """Refuse a time that there is not."""
        self.opens()

    def validate_eligible_on(self, field: Any) -> None:
        """Refuse a day in a year for which nobody plans."""
        if field.data and not in_calendar(field.data):
            raise ValidationError(OUTSIDE_CALENDAR)

    def validate_opens_at(self, field: Any) -> None:
        """Refuse a time without its day."""
        if field.data and not self.opens_on.data and not self.opens_on.errors:
            raise ValidationError(_("Choose the day as well."))

    def validate_cohorts(self, field: Any) -> None:
        """Refuse groups without a size."""
        for number, line in enumerate(written_lines(field.data), start=1):
            name, size = fields_of(line, 2)
            if not name or not re.fullmatch(r"[1-9][0-9]{0,3}", size):
                raise ValidationError(say(_("Line %(line)d: write “Name | 5”."), line=number))

    def closes(self) -> datetime | None:
        """Return the last second at which one may apply; None where no day or no zone could be read.

        Raises:
            ValidationError: the clocks of the zone do not show it, or show it twice.
        """
        return moment(self.deadline.data, self.deadline_time.data, self.timezone.data, end=True)

    def opens(self) -> datetime | None:
        """Return the first second at which one may apply, or None for at once; see `closes`."""
        return moment(self.opens_on.data, self.opens_at.data, self.timezone.data)

    def territories_on(self) -> date | None:
        """Return the day whose territories count; none where no territory is chosen that changes."""
        if not self.territories.data:
            return None
        day: date = self.eligible_on.data or self.opens_on.data or self.deadline.data
        return day

    def asked(self) -> tuple[Question, ...]:
        """Return the questions of a valid form."""
        return questions_of(self.questions.rows)

    def seats(self) -> list[Seat]:
        """Return the seats of the committee."""
        return [row.seat() for row in self.committee.rows]

    def seat_addresses(self) -> list[str]:
        """Return the e-mail address of each seat of a valid form, in their order; empty where there is none."""
        return [row.email.data or "" for row in self.committee.rows]

    def judged_by(self) -> list[Criterion]:
        """Return the criteria of a valid form."""
        return [row.criterion() for row in self.criteria.rows]

    def groups_of_selected(self) -> list[tuple[str, int]]:
        """Return the name and size of each group of a valid form."""
        pairs = (fields_of(line, 2) for line in written_lines(self.cohorts.data))
        return [(name, int(size)) for name, size in pairs]
