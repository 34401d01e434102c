"""The forms of moving."""

from wtforms import BooleanField, FileField, HiddenField, StringField
from wtforms.validators import AnyOf, InputRequired, Length

from flask_maillage.people.forms import CheckedForm
from flask_maillage.publications.forms.base import _


class ArchiveForm(CheckedForm):
    """The archive that the other node made."""

    file = FileField(_("The archive (ZIP)"))


class StepForm(CheckedForm):
    """What to do with an archive; the button is the answer."""

    do = HiddenField(validators=[AnyOf(["take", "forget"])])


LONGEST = Length(max=500)
NEEDED = InputRequired(_("Write the new address."))


class TargetForm(CheckedForm):
    """Where an actor moves to."""

    address = StringField(
        _("The new address"),
        [NEEDED, LONGEST],
        description=_("As @name@node, or the address of its page there."),
    )


class MoveForm(CheckedForm):
    """That it is really to move there."""

    address = HiddenField(validators=[NEEDED, LONGEST])
    sure = BooleanField(_("Move it: nothing new is published here afterwards"))
