"""The forms of statements: the text, what its coalition does with it, what a member answers."""

from typing import Any

from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length, Optional

from actors.models import Actor
from flask_maillage.coalitions.forms import AnswerForm
from flask_maillage.coalitions.statements.models import Statement
from flask_maillage.coalitions.statements.preparing import Written
from flask_maillage.coalitions.statements.texts import TEXT_LIMIT, TITLE_LIMIT
from flask_maillage.people.forms import CheckedForm
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.forms.languages import language_choices
from flask_maillage.web.language import current_language

DOES = ("open", "ask", "publish", "withdraw", "discard")
ANSWERS = ("sign", "decline", "take back")


class StatementForm(CheckedForm):
    """A text that members are to sign."""

    title = StringField(_("Title"), [InputRequired(_("Give the statement a title.")), Length(max=TITLE_LIMIT)])
    text = TextAreaField(
        _("Text"),
        [InputRequired(_("Write the text that is to be signed.")), Length(max=TEXT_LIMIT)],
        description=_("In Markdown. Once it is open for signing it does not change any more."),
    )
    language = SelectField(_("Language"), choices=language_choices)
    until = DateField(
        _("Last day for signing"),
        [Optional()],
        description=_("Until midnight of that day in UTC. Without one, members can sign while it is not withdrawn."),
    )

    def written(self) -> Written:
        """Return what was written."""
        return Written(self.title.data or "", self.text.data or "", self.language.data, self.until.data)


class StepForm(AnswerForm):
    """Which version, and what to do with it."""

    answer = HiddenField(validators=[AnyOf(DOES)])


class SigningForm(AnswerForm):
    """What a member answers; which, is in the address."""

    answer = HiddenField(validators=[AnyOf(ANSWERS)])


def filled(actor: Actor, statement: Statement | None) -> Any:
    """Return the form, with the text of a version where there is one."""
    if statement is None:
        return StatementForm(formdata=None, language=actor.language or current_language())
    return StatementForm(
        formdata=None,
        title=statement.title,
        text=statement.text,
        language=statement.language,
        until=statement.until,
    )
