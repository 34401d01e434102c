"""The forms of founding: proposing, asking others, answering, and what is said of a project that exists."""

from typing import Any

from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import AnyOf, InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from flask_maillage.coalitions.founding import inviting, proposing
from flask_maillage.coalitions.founding.models import PROGRESS
from flask_maillage.people.forms import CheckedForm
from flask_maillage.publications.content import one_line
from flask_maillage.publications.forms.base import _, choices_of, say
from flask_maillage.territory import zones
from flask_maillage.web.language import current_language

PROGRESS_WORDS = {
    "idea": _("An idea"),
    "concept": _("A concept"),
    "started": _("Started"),
    "development": _("In development"),
    "testing": _("In testing"),
    "mature": _("Mature"),
}


class ProposalForm(CheckedForm):
    """What is proposed."""

    name = StringField(
        _("Name of the project"),
        [
            InputRequired(_("Write the name by which people will know the project.")),
            Length(max=proposing.NAME_LIMIT),
        ],
    )
    handle = StringField(
        _("Handle"),
        [InputRequired(_("Write the handle that you would like.")), Length(max=31)],
        description=_("Its address in the network, as our_project: small letters, digits and _. It never changes."),
    )
    summary = TextAreaField(
        _("What it is about"),
        [Optional(), Length(max=proposing.SUMMARY_LIMIT)],
        default="",
        description=_("In Markdown. Whom you ask reads it before they consent."),
    )
    by = SelectField(_("In the name of"), choices=[])
    network = SelectField(
        _("Network"),
        choices=[],
        description=_("A coalition to which you, or the organisation, belong. All founders are then of it."),
    )
    based_in = StringField(
        _("Based in"),
        [Optional(), Length(max=250)],
        description=_("One town, region or country: a name, or a postal code."),
    )
    progress = SelectField(_("How far the project is"), default=PROGRESS[0])
    consents = BooleanField(_("I am one of its founders, and consent"))
    listed = BooleanField(_("Everybody may read on its page that I founded it"))

    def validate_based_in(self, field: Any) -> None:
        """Refuse a place that is not certain."""
        text = one_line(field.data or "", 250)
        if text and len(found := zones.meant(text, current_language())) != 1:
            if not found:
                raise ValidationError(say(_("Nobody here knows “%(text)s”: write it otherwise."), text=text))
            choices = "; ".join(zones.told_apart(code, current_language()) for code in found[:8])
            raise ValidationError(
                say(_("“%(text)s” may be several. Write one of these: %(choices)s."), text=text, choices=choices)
            )

    def zone(self) -> str | None:
        """Return the code of the place of a valid form."""
        text = one_line(self.based_in.data or "", 250)
        return str(zones.meant(text, current_language())[0]) if text else None


class AskFounderForm(CheckedForm):
    """Whom to ask."""

    who = StringField(
        _("Whom"),
        [InputRequired(_("Write whom you ask.")), Length(max=300)],
        description=_("A handle, as @name@host (here @name will do), or an e-mail address."),
    )
    stands_for = StringField(
        _("For which organisation they stand"),
        [Optional(), Length(max=300)],
        description=_("Its handle, where they are of the network by an organisation that is a member of it."),
    )
    message = TextAreaField(_("A word to them"), [Optional(), Length(max=inviting.MESSAGE_LIMIT)], default="")


class RowForm(CheckedForm):
    """Which row is meant, and what is done with it."""

    who = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    do = HiddenField()


class AnswerForm(RowForm):
    """The answer to being asked."""

    do = HiddenField(validators=[AnyOf(["consent", "refuse", "leave"])])
    listed = BooleanField(_("Everybody may read on its page that I founded it"))


class ProgressForm(CheckedForm):
    """How far a project is."""

    progress = SelectField(_("How far the project is"))


def with_progress(form: Any) -> Any:
    """Return a form that offers the words for how far a project is."""
    form.progress.choices = choices_of(list(PROGRESS_WORDS.items()))
    return form
