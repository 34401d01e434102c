"""The form of an event: what, when and where, and then its programme."""

from typing import Any, ClassVar

from wtforms import DateTimeLocalField, IntegerField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from flask_maillage.publications.categories import CATEGORIES, DEFAULT_CATEGORY
from flask_maillage.publications.forms.base import (
    Lines,
    PlaceFields,
    PublicationForm,
    WebAddress,
    _,
    choices_of,
    local_instant,
    say,
    stripped,
    timezone_field,
)
from flask_maillage.publications.programmes.lines import SYNTAX_HELP, ProgrammeError, parse

LOCAL_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"]
STATUSES = (
    ("confirmed", "It will take place"),
    ("tentative", "To be confirmed"),
    ("postponed", "Postponed"),
    ("cancelled", "Cancelled"),
)
JOIN_MODES = (
    ("free", "Anybody may register"),
    ("restricted", "We approve each registration"),
    ("external", "One registers elsewhere"),
)


class EventForm(PlaceFields, PublicationForm):
    """An event, with its programme."""

    essential: ClassVar[tuple[str, ...]] = ("name", "text", "starts", "ends", "timezone", "place_name", "locality")
    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("Programme", ("programme", "questions")),
        ("Place", ("street", "postal_code", "region", "country", "latitude", "longitude", "online_url")),
        ("Registration", ("capacity", "join_mode", "external_url")),
        ("About it", ("status", "category", "organisers", "language", "tags")),
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
    timezone = timezone_field()
    online_url = StringField(_("Address to follow it online"), [Length(max=2000), WebAddress()], filters=[stripped])
    status = SelectField(_("Status"), choices=choices_of(STATUSES), default="confirmed")
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

    def validate_starts(self, field: Any) -> None:
        """Refuse a start that the clocks jump over, or in a year for which nobody plans."""
        local_instant(self, field)

    def validate_ends(self, field: Any) -> None:
        """Refuse an end that the clocks jump over, or that is not after the start."""
        end = local_instant(self, field)
        try:
            start = local_instant(self, self.starts)
        except ValidationError:
            return
        if end and start and end <= start:
            raise ValidationError(_("It must end after it starts."))

    def validate_join_mode(self, field: Any) -> None:
        """Refuse registration elsewhere that does not say where."""
        if field.data == "external" and not self.external_url.data:
            raise ValidationError(_("Give the address where one registers."))

    def validate_programme(self, field: Any) -> None:
        """Refuse a programme that cannot be read, with the number of the line."""
        if not (field.data or "").strip() or self.starts.data is None:
            return
        try:
            start, end = local_instant(self, self.starts), local_instant(self, self.ends)
        except ValidationError:
            return
        if start is None:
            return
        try:
            parse(field.data, zone=self.timezone.data, starts_at=start, ends_at=end)
        except ProgrammeError as error:
            reason = say(error.message, **error.values)
            raise ValidationError(say(_("Line %(line)d: %(reason)s"), line=error.line, reason=reason)) from None
