"""The forms of the desk: what one thinks of an application, and that one has to do with it."""

from typing import Any

from wtforms import BooleanField, IntegerField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from flask_maillage.calls.giving import CONTENT_LIMIT
from flask_maillage.people.forms import CheckedForm
from flask_maillage.publications.forms.base import _ as word
from flask_maillage.publications.kinds.call_details import CallDetails
from flask_maillage.web.language import gettext as _

CHOICES = (
    SelectChoice("admissible", word("Admissible")),
    SelectChoice("not_admissible", word("Not admissible")),
    SelectChoice("abstain", word("I abstain")),
)
PREFIX = "points-"


class OpinionForm(CheckedForm):
    """An opinion with its reason, and a note for oneself; `opinion_form` adds the call's criteria."""

    opinion = RadioField(
        word("Your opinion"), [InputRequired(word("Choose one, or abstain."))], choices=list(CHOICES), default=None
    )
    why = TextAreaField(
        word("Why, to the other members"),
        [Optional(), Length(max=CONTENT_LIMIT)],
        description=word("Markdown. They read it once they have given their own opinion; applicants never do."),
    )
    private_note = TextAreaField(
        word("A note for yourself"),
        [Optional(), Length(max=CONTENT_LIMIT)],
        description=word("It stays on this node, and nobody else reads it."),
    )


class NoteForm(CheckedForm):
    """A note for oneself, where no opinion can be given yet or any more."""

    private_note = TextAreaField(
        word("A note for yourself"),
        [Optional(), Length(max=CONTENT_LIMIT)],
        description=word("It stays on this node, and nobody else reads it."),
    )


class RecusalForm(CheckedForm):
    """A conflict of interest, declared for good."""

    sure = BooleanField(
        word("I declare a conflict of interest. I know that this is final for this application."),
        [InputRequired(word("Tick this to declare it."))],
    )


def opinion_form(details: CallDetails, *, asks: bool, **values: Any) -> OpinionForm:
    """Return the form with a field for each criterion.

    Args:
        details: of the call.
        asks: whether the member has to say that they have nothing to do with the application (FC-44).
        values: what it holds where nothing was sent.
    """
    fields: dict[str, Any] = {
        PREFIX + one.key: IntegerField(
            "",
            [Optional(), NumberRange(0, one.maximum, _("Write a whole number from 0 to %(most)s.", most=one.maximum))],
            render_kw={"min": 0, "max": one.maximum},
        )
        for one in details.criteria
    }
    if asks:
        fields["no_conflict"] = BooleanField(
            word("I have no conflict of interest with this application"),
            [InputRequired(word("Say so, or declare a conflict of interest below."))],
        )
    form: OpinionForm = type("OpinionForm", (OpinionForm,), fields)(**values)
    for one in details.criteria:
        label = _("%(label)s (0 to %(most)s)", label=one.label, most=one.maximum)
        weight = _("counts %(weight)s times", weight=one.weight)
        form[PREFIX + one.key].label.text = f"{label}, {weight}" if one.weight > 1 else label
    return form


def points_in(form: Any, details: CallDetails) -> dict[str, int]:
    """Return the points that were typed, by criterion."""
    typed = {one.key: form[PREFIX + one.key].data for one in details.criteria}
    return {key: points for key, points in typed.items() if points is not None}
