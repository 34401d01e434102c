"""What one says of a file or an address that is to be taken in."""

from typing import Any

from wtforms import BooleanField, FileField, HiddenField, IntegerField, SelectField, StringField, ValidationError
from wtforms.validators import AnyOf, Length, Optional

from flask_maillage.people.forms import CheckedForm
from flask_maillage.publications.forms.base import WebAddress, _, choices_of, stripped, timezone_field
from flask_maillage.publications.forms.languages import language_choices
from flask_maillage.publications.importing.formats import FORMATS
from flask_maillage.publications.importing.working import address_of


def _address(value: Any) -> Any:
    return address_of(value) if isinstance(value, str) else value


class ImportForm(CheckedForm):
    """A file, or the address of a calendar."""

    file = FileField(_("A file"), description=_("A calendar, a table, a map or an export of Communecter, up to 5 MB."))
    address = StringField(
        _("Or the address of a calendar"),
        [Length(max=2000), WebAddress()],
        filters=[stripped, _address],
        description=_("It is read again every six hours, and what changes there changes here."),
    )
    format = SelectField(
        _("Format"),
        choices=choices_of(((key, one.label) for key, one in FORMATS.items()), empty=_("Find it out")),
        default="",
    )
    timezone = timezone_field(_("Time zone of times without one"))
    language = SelectField(_("Language of the texts"), choices=language_choices, default="en")
    publishes = BooleanField(_("Publish at once what is taken, instead of making drafts"))

    def validate_address(self, field: Any) -> None:
        """Ask for a file or an address, not both."""
        has_file = self.file.data is not None and bool(getattr(self.file.data, "filename", ""))
        if has_file == bool(field.data):
            raise ValidationError(_("Choose a file, or write the address of a calendar."))


class StepForm(CheckedForm):
    """What to do with an import; the button is the answer."""

    do = HiddenField(validators=[AnyOf(["take", "forget", "map", "distinct", "end"])])
    item = IntegerField(validators=[Optional()])
