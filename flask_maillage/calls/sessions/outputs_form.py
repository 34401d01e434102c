"""The form of what a session brought to an initiative (FC-60): seven lists of texts, and a plan with owner and date."""

from typing import Any

from pydantic import ValidationError as Unfit
from wtforms import TextAreaField, ValidationError

from flask_maillage.calls.following.saying import LISTS, LONGEST_LINE, MOST_LINES, Outputs
from flask_maillage.people.forms import CheckedForm
from flask_maillage.publications.forms.base import Lines, fields_of, say, written_lines
from flask_maillage.web.language import word

_LINES = [Lines(MOST_LINES, LONGEST_LINE)]


class OutputsForm(CheckedForm):
    """What a session brought, one text to a line."""

    strengths = TextAreaField(word("Strengths"), _LINES, description=word("One per line, here and below."))
    weaknesses = TextAreaField(word("Weaknesses"), _LINES)
    opportunities = TextAreaField(word("Opportunities"), _LINES)
    threats = TextAreaField(word("Threats"), _LINES)
    obstacles = TextAreaField(word("Obstacles"), _LINES)
    levers = TextAreaField(word("Levers"), _LINES)
    needs = TextAreaField(word("Needs"), _LINES, description=word("Experts are suggested by these words."))
    action_plan = TextAreaField(
        word("Action plan"),
        [Lines(MOST_LINES, LONGEST_LINE + 250)],
        description=word("One action per line: “Ask for the data | Who does it | 2027-05-31”."),
    )

    def validate_action_plan(self, field: Any) -> None:
        """Refuse a line that has no such day, or more than fits, with its number."""
        for number, line in enumerate(written_lines(field.data), start=1):
            try:
                Outputs.model_validate({"action_plan": [_planned(line)]})
            except Unfit:
                message = word("Line %(line)d: write what, who and until when, with the day as 2027-05-31.")
                raise ValidationError(say(message, line=number)) from None

    def validate_strengths(self, _field: Any) -> None:
        """Refuse a form in which nothing is written."""
        if not any(written_lines(self[name].data) for name in (*LISTS, "action_plan")):
            raise ValidationError(word("Write at least one thing, here or below."))

    def outputs(self) -> Outputs:
        """Return what a valid form says.

        Raises:
            pydantic.ValidationError: a text cannot be kept.
        """
        said: dict[str, Any] = {name: written_lines(self[name].data) for name in LISTS}
        said["action_plan"] = [_planned(line) for line in written_lines(self.action_plan.data)]
        return Outputs.model_validate(said)


def data_of(outputs: Outputs | None) -> dict[str, str]:
    """Return the data that makes the form show outputs again."""
    if outputs is None:
        return {}
    plan = (f"{one.action} | {one.responsible} | {one.due or ''}".rstrip(" |") for one in outputs.action_plan)
    return {name: "\n".join(getattr(outputs, name)) for name in LISTS} | {"action_plan": "\n".join(plan)}


def _planned(line: str) -> dict[str, str]:
    """Return one action: the last of its parts is the day, where there are three."""
    action, responsible, due = fields_of(line, 3)
    return {"action": action, "responsible": responsible} | ({"due": due} if due else {})
