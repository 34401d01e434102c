"""The fields of an event's form about registration."""

from typing import Any, ClassVar

from wtforms import BooleanField, IntegerField, TextAreaField, ValidationError
from wtforms.validators import NumberRange, Optional

from flask_maillage.publications.forms.base import Lines, _, say, written_lines

MAX_ASKS, MAX_CHOICES, MOST_DAYS = 10, 12, 60
_DAYS = NumberRange(0, MOST_DAYS, _("Between 0 and 60 days."))


class AsksField(TextAreaField):
    """Questions, one per line: `Question`, or `Question | choice | choice`; with `*` after those one has to answer."""

    def lines(self) -> list[str]:
        """Return the lines that say something."""
        return written_lines(self.data)

    def pre_validate(self, form: Any) -> None:
        """Refuse a line with too many choices, and one without a question."""
        for number, line in enumerate(self.lines(), start=1):
            question, *choices = (part.strip() for part in line.split("|"))
            if not question.removesuffix("*").strip():
                raise ValidationError(say(_("Line %(line)d asks nothing before its “|”."), line=number))
            if len(choices) > MAX_CHOICES:
                raise ValidationError(say(_("Line %(line)d has more than %(count)d choices."), line=number, count=12))


class RegistrationFields:
    """How one registers; a mixin for forms."""

    registration_fields: ClassVar[tuple[str, ...]] = ("waiting_list", "guests", "asks", "remind_days", "announce_days")

    waiting_list = BooleanField(
        _("Keep a waiting list"),
        default=True,
        description=_("Who comes too late waits, and gets the place of who does not come, in order."),
    )
    guests = BooleanField(
        _("People without an account may register with an e-mail address"),
        default=True,
        description=_("They confirm it by a link. Only those who publish for this actor see their addresses."),
    )
    asks = AsksField(
        _("Questions to those who register"),
        [Lines(MAX_ASKS)],
        description=_(
            "One per line, with “|” between choices, as “Meal | vegetarian | vegan”. “*” after a question: it has to "
            "be answered. From other servers people register without answers."
        ),
    )
    remind_days = IntegerField(
        _("Days before the event on which those who take part get a reminder by mail"),
        [Optional(), _DAYS],
        default=1,
        description=_("0 for none."),
    )
    announce_days = IntegerField(
        _("Days before the event on which it is shared once more with followers"),
        [Optional(), _DAYS],
        default=0,
        description=_("0 for not at all: they heard of it when it was published."),
    )
