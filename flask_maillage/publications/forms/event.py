"""The form of an event: what, when and where, and then its programme."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, ClassVar

from wtforms import (
    BooleanField,
    DateTimeLocalField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from flask_maillage.publications.categories import CATEGORIES, DEFAULT_CATEGORY
from flask_maillage.publications.content import timezones
from flask_maillage.publications.forms.base import (
    OUTSIDE_CALENDAR,
    Lines,
    OrganisersField,
    PublicationForm,
    WebAddress,
    _,
    choices_of,
    local_instant,
    say,
    stripped,
    timezone_field,
)
from flask_maillage.publications.forms.places import PlaceFields
from flask_maillage.publications.forms.recurrence import RecurrenceFields
from flask_maillage.publications.forms.registration import RegistrationFields
from flask_maillage.publications.forms.translations import TranslationFields
from flask_maillage.publications.local_time import OutsideCalendar, end_of_day, instant_after, start_of_day
from flask_maillage.publications.programmes.lines import SYNTAX_HELP, ProgrammeError, parse
from flask_maillage.publications.texts import ENDS_BEFORE, TEXT_LIMIT, TOO_LONG

LOCAL_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"]
_ONLY_A_DAY = re.compile(r"\s*\d{4}-\d{1,2}-\d{1,2}\s*")
STATUSES = (
    ("confirmed", "It will take place"),
    ("tentative", "To be confirmed"),
    ("postponed", "Postponed: the new date is not known yet"),
    ("rescheduled", "It has a new date"),
    ("moved_online", "It takes place online only"),
    ("cancelled", "Cancelled"),
)
JOIN_MODES = (
    ("free", "Anybody may register"),
    ("restricted", "We approve each registration"),
    ("external", "One registers elsewhere"),
    ("none", "One does not register"),
)


class EventForm(TranslationFields, RegistrationFields, PlaceFields, RecurrenceFields, PublicationForm):
    """An event, with its programme."""

    essential: ClassVar[tuple[str, ...]] = (
        "name",
        "text",
        "starts",
        "ends",
        "all_day",
        "timezone",
        "place_name",
        "locality",
        "which_place",
    )
    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("Repetition", RecurrenceFields.recurrence_fields),
        ("Programme", ("programme", "questions")),
        ("Place", ("street", "postal_code", "region", "country", "latitude", "longitude", "online_url")),
        ("Registration", ("capacity", "join_mode", "external_url", *RegistrationFields.registration_fields)),
        ("Whether it takes place", ("status", "reason")),
        ("About it", ("category", "organisers", "contacts", "language", "tags")),
        ("Afterwards", ("minutes", "outcomes")),
        PublicationForm.enclosing,
        TranslationFields.translation_group,
        PublicationForm.addressing,
    )

    starts = DateTimeLocalField(
        _("Start"), [InputRequired(_("Say when it starts, as 2027-01-13 09:00."))], format=LOCAL_FORMATS
    )
    ends = DateTimeLocalField(
        _("End"),
        [Optional()],
        format=LOCAL_FORMATS,
        description=_("Leave it empty for an open end: calendars then get two hours."),
    )
    all_day = BooleanField(_("All day"), description=_("Whole days, one or several: the hours above do not count."))
    timezone = timezone_field()
    online_url = StringField(_("Address to follow it online"), [Length(max=2000), WebAddress()], filters=[stripped])
    status = SelectField(_("Status"), choices=choices_of(STATUSES), default="confirmed")
    reason = StringField(
        _("Why"),
        [Length(max=600)],
        description=_("For what is postponed, moved or cancelled: it stands at the top of the page."),
        filters=[stripped],
    )
    contacts = OrganisersField(
        _("Whom to ask"),
        [Lines(10, 700)],
        description=_(
            "One per line: a name with an address or a number, a handle, or “Name | https://address-of-its-actor”."
        ),
    )
    category = SelectField(_("Category"), choices=choices_of(CATEGORIES.items()), default=DEFAULT_CATEGORY)
    capacity = IntegerField(
        _("Places"), [Optional(), NumberRange(1, 1_000_000, _("At least one place, at most 1,000,000."))]
    )
    join_mode = SelectField(_("Registration"), choices=choices_of(JOIN_MODES), default="free")
    external_url = StringField(_("Address where one registers"), [Length(max=2000), WebAddress()], filters=[stripped])
    questions = TextAreaField(_("Questions it will discuss"), [Lines(12)], description=_("One per line."))
    programme = TextAreaField(
        _("Programme"),
        [Length(max=30_000, message=_("This programme is too long: at most 30,000 characters."))],
        description=SYNTAX_HELP,
    )

    minutes = TextAreaField(
        _("Minutes"),
        [Length(max=TEXT_LIMIT, message=TOO_LONG)],
        description=_("What was said, for those who were not there. Markdown, as in the text above."),
    )
    outcomes = TextAreaField(_("What came of it"), [Lines(20)], description=_("One per line."))

    def span(self) -> tuple[datetime | None, datetime | None]:
        """Return when it starts and ends, None where that is not said: of whole days, first and last second.

        Raises:
            ValidationError: such a time or year does not exist.
        """
        if self.all_day.data:
            last = self.ends if self.ends.data else self.starts
            return self._whole_day(start_of_day, self.starts), self._whole_day(end_of_day, last)
        starts, ends = local_instant(self, self.starts), local_instant(self, self.ends)
        if starts and ends and ends <= starts:
            ends = instant_after(self.ends.data, self.timezone.data, starts)
        return starts, ends

    def _whole_day(self, boundary: Callable[[date, str], datetime], field: Any) -> datetime | None:
        if field.data is None or self.timezone.data not in timezones():
            return None
        try:
            return boundary(field.data.date(), self.timezone.data)
        except OutsideCalendar:
            raise ValidationError(OUTSIDE_CALENDAR) from None

    def validate_starts(self, field: Any) -> None:
        """Refuse a start that the clocks jump over, in a year for which nobody plans, or that has no hour."""
        if self.all_day.data:
            self._whole_day(start_of_day, field)
            return
        if _is_only_a_day(field):
            raise ValidationError(_("Say at what time too, or tick “All day”."))
        local_instant(self, field)

    def validate_ends(self, field: Any) -> None:
        """Refuse an end that the clocks jump over, or that is not after the start."""
        if self.all_day.data:
            self._whole_day(end_of_day, field)
            if field.data and self.starts.data and field.data.date() < self.starts.data.date():
                raise ValidationError(_("Its last day cannot be before its first."))
            return
        if _is_only_a_day(field):
            raise ValidationError(_("Say at what time too, or tick “All day”."))
        local_instant(self, field)
        try:
            start, end = self.span()
        except ValidationError:
            return
        if end and start and end <= start:
            raise ValidationError(ENDS_BEFORE)

    def validate_programme(self, field: Any) -> None:
        """Refuse a programme that cannot be read, with the number of the line."""
        if not (field.data or "").strip() or self.starts.data is None:
            return
        try:
            start, end = self.span()
        except ValidationError:
            return
        if start is None:
            return
        try:
            parse(field.data, zone=self.timezone.data, starts_at=start, ends_at=end)
        except ProgrammeError as error:
            reason = say(error.message, **error.values)
            raise ValidationError(say(_("Line %(line)d: %(reason)s"), line=error.line, reason=reason)) from None


def _is_only_a_day(field: Any) -> bool:
    return any(isinstance(value, str) and _ONLY_A_DAY.fullmatch(value) for value in field.raw_data or ())
