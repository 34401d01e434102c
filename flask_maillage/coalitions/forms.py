"""The small forms of pages about belonging: which row one answers, and what."""

from typing import Any

from wtforms import HiddenField, IntegerField
from wtforms.validators import AnyOf, InputRequired
from wtforms.widgets import HiddenInput

from actors.database import session
from flask_maillage.people.forms import CheckedForm

LARGEST_NUMBER = 2**31


class AnswerForm(CheckedForm):
    """Which row one answers, and what."""

    who = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    answer = HiddenField(validators=[AnyOf(["accept", "reject", "remove"])])


class InvitationForm(AnswerForm):
    """The same, for an event or for a group."""

    to = HiddenField(validators=[AnyOf(["event", "group"])])


def row_of(model: type[Any], form: AnswerForm) -> Any:
    """Return the row that a valid form names, locked while it is answered, or None."""
    if not form.validate_on_submit() or form.who.data is None or not 0 < form.who.data < LARGEST_NUMBER:
        return None
    return session().get(model, form.who.data, with_for_update={"of": model})
