"""What one says when one registers for an event: to its questions, to its people, and whether one is shown."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from flask_maillage.people.forms import CheckedForm
from flask_maillage.publications.content import one_line
from flask_maillage.publications.forms.base import _, stripped
from flask_maillage.publications.kinds.registration import Ask

ANSWER_LIMIT = 500
_ANSWERED = _("This question has to be answered.")


def seen(value: Any) -> Any:
    """Take out of a line what nobody sees, before it is asked whether anything was typed."""
    return one_line(value, 2000) if isinstance(value, str) else value


class RegisterForm(CheckedForm):
    """What a member says; the questions of the event are added to it."""

    message = TextAreaField(
        _("A word to the organisers"),
        [Length(max=1000, message=_("At most 1,000 characters."))],
        filters=[stripped],
        description=_("Only those who publish for this actor read it."),
    )
    shown = BooleanField(_("Show my name on the event's page"))


class GuestForm(RegisterForm):
    """What somebody without an account says. Whoever sends it acts in nobody's name, so that it needs no token."""

    class Meta:
        """What makes the difference."""

        csrf = False

    name = StringField(
        _("Your name"),
        [DataRequired(_("Say how the organisers may call you.")), Length(max=100)],
        filters=[seen],
    )
    email = StringField(
        _("Your e-mail address"),
        [InputRequired(_("Write the address to which the link is sent.")), Length(max=254)],
        filters=[stripped],
        description=_("You get a link to confirm it. Only those who publish for this actor see the address."),
    )


def with_questions(form: type[RegisterForm], asks: Sequence[Ask]) -> Any:
    """Return a form with the questions of an event."""
    fields = {f"ask_{number}": _field(ask) for number, ask in enumerate(asks)}
    return type(form.__name__, (form,), fields)()


def answers_of(form: Any, asks: Sequence[Ask]) -> list[dict[str, str]]:
    """Return what was answered, each with the words that were asked: the event may ask others later."""
    pairs = ((ask.question, form[f"ask_{number}"].data) for number, ask in enumerate(asks))
    return [{"question": question, "answer": answer} for question, answer in pairs if answer]


def _field(ask: Ask) -> Any:
    checks: list[Any] = [DataRequired(_ANSWERED) if ask.required else Optional()]
    if ask.choices:
        choices = [SelectChoice(choice, choice) for choice in ask.choices]
        return RadioField(ask.question, checks, choices=choices, validate_choice=True, default=None)
    return StringField(ask.question, [*checks, Length(max=ANSWER_LIMIT)], filters=[seen])
