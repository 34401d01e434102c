"""The forms of moving."""

from wtforms import FileField, HiddenField
from wtforms.validators import AnyOf

from flask_maillage.people.forms import CheckedForm
from flask_maillage.publications.forms.base import _


class ArchiveForm(CheckedForm):
    """The archive that the other node made."""

    file = FileField(_("The archive (ZIP)"))


class StepForm(CheckedForm):
    """What to do with an archive; the button is the answer."""

    do = HiddenField(validators=[AnyOf(["take", "forget"])])
