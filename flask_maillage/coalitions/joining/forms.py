"""The forms to join a group, to invite somebody, and to say on what conditions one joins."""

from typing import Any

from wtforms import BooleanField, FieldList, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from flask_maillage.coalitions import questions
from flask_maillage.coalitions.joining import conditions
from flask_maillage.coalitions.joining.conditions import Terms
from flask_maillage.coalitions.joining.models import APPROVAL, INVITATION, OPEN
from flask_maillage.coalitions.memberships import MESSAGE_LIMIT
from flask_maillage.people.forms import CheckedForm
from flask_maillage.publications.forms.base import Lines, _, choices_of, written_lines

WAYS = (
    (APPROVAL, _("Whoever asks, once we accept them")),
    (OPEN, _("Everybody, as soon as they ask")),
    (INVITATION, _("Only those whom we invite")),
)


class ConditionsForm(CheckedForm):
    """On what conditions one joins a group."""

    openness = RadioField(_("Who may join"), choices=choices_of(WAYS), default=APPROVAL)
    kinds = SelectMultipleField(
        _("Only these"),
        choices=choices_of(conditions.WHO.items()),
        description=_("Tick nothing, and everybody may."),
    )
    welcome = TextAreaField(
        _("A word to those who think of joining"), [Length(max=conditions.WELCOME_LIMIT)], description=_("Plain text.")
    )
    questions = TextAreaField(
        _("What you ask them"),
        [Lines(questions.MOST, questions.LONGEST)],
        description=_("One question per line, ten at most. Begin with * what everybody has to answer."),
    )

    needs_charter = BooleanField(
        _("Who joins agrees to our charter first"),
        description=_("To the version that holds then, where there is one; it is asked on the page to join."),
    )

    def terms(self) -> Terms:
        """Return what a valid form says."""
        asked = (questions.typed(line) for line in written_lines(self.questions.data))
        kinds, welcome = tuple(self.kinds.data or ()), self.welcome.data or ""
        return Terms(self.openness.data, tuple(asked), kinds, welcome, self.needs_charter.data)


class JoinForm(CheckedForm):
    """Who joins, with a word to those who decide, and answers in the order of the group's questions."""

    who = SelectField(_("Who joins"), choices=[], validate_choice=False)
    answers = FieldList(TextAreaField(validators=[Length(max=questions.LONGEST_ANSWER)]), max_entries=questions.MOST)
    agrees = BooleanField(_("Who joins agrees to the charter"))
    message = TextAreaField(_("A word to its people"), [Length(max=MESSAGE_LIMIT)])


class InviteForm(CheckedForm):
    """Whom a group invites."""

    who = StringField(
        _("Whom"),
        [InputRequired(_("Write a handle, as @name@server.example.")), Length(max=300)],
        description=_("An organisation or a person of this or another server, as @name@server.example."),
    )
    message = TextAreaField(_("A word to them"), [Length(max=MESSAGE_LIMIT)])


def filled(terms: Terms) -> dict[str, Any]:
    """Return what the form of conditions shows of what holds."""
    return {
        "openness": terms.openness,
        "kinds": list(terms.kinds),
        "welcome": terms.welcome,
        "needs_charter": terms.needs_charter,
        "questions": "\n".join(map(questions.typable, terms.questions)),
    }
