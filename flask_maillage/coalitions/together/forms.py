"""The forms of founding a coalition: proposing it, and inviting others."""

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from flask_maillage.coalitions import memberships
from flask_maillage.coalitions.together import founding
from flask_maillage.people.forms import CheckedForm
from flask_maillage.publications.forms.base import _


class ProposalForm(CheckedForm):
    """What is proposed."""

    name = StringField(
        _("Name of the coalition"),
        [
            InputRequired(_("Write the name by which people will know the coalition.")),
            Length(max=founding.NAME_LIMIT),
        ],
    )
    handle = StringField(
        _("Handle"),
        [InputRequired(_("Write the handle that you would like.")), Length(max=31)],
        description=_("Its address in the network, as our_coalition: small letters, digits and _. It never changes."),
    )
    summary = TextAreaField(
        _("What it is about"),
        [Optional(), Length(max=founding.SUMMARY_LIMIT)],
        default="",
        description=_("In Markdown. Whom you invite reads it before they answer."),
    )
    by = SelectField(_("In the name of"), choices=[])


class InvitingForm(CheckedForm):
    """Whom to invite."""

    who = StringField(
        _("Whom"),
        [InputRequired(_("Write whom you invite.")), Length(max=300)],
        description=_("A handle, as @name@host (here @name will do)."),
    )
    message = TextAreaField(_("A word to them"), [Optional(), Length(max=memberships.MESSAGE_LIMIT)], default="")
