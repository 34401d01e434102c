"""The small forms around an application: in whose name, with which address, yes or no."""

from wtforms import BooleanField, HiddenField, RadioField, StringField
from wtforms.validators import InputRequired, Length

from flask_maillage.people.forms import CheckedForm
from flask_maillage.publications.forms.base import _, stripped


class AsWhomForm(CheckedForm):
    """In whose name a member applies."""

    actor = RadioField(_("In whose name"), [InputRequired(_("Say in whose name you apply."))])


class ByMailForm(CheckedForm):
    """Where somebody without an account gets their link."""

    email = StringField(
        _("Your e-mail address"),
        [InputRequired(_("Write the address to which the link is sent.")), Length(max=254)],
        filters=[stripped],
        description=_(
            "You get a link to write the application. The address is in no letter, "
            "and no member of the committee sees it."
        ),
    )


class SendForm(CheckedForm):
    """That what was looked at is to be sent: `seen` says what that was."""

    seen = HiddenField()


class AnswerForm(CheckedForm):
    """Yes or no to something that was asked on its page."""

    answer = HiddenField()
    publicise = BooleanField(_("The initiative may be named in public as selected"))
    erase = BooleanField(
        _("Have it erased too"),
        description=_(
            "By those who run the call and by the committee, with its files. When it came, and counts, stay."
        ),
    )
