"""The forms about partner nodes."""

from typing import Any, Self

from wtforms import BooleanField, HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length

from flask_maillage.admin.forms import _
from flask_maillage.coalitions.partners import ourselves
from flask_maillage.coalitions.partners.models import KINDS, Partner
from flask_maillage.coalitions.partners.partnership import NOTE_LIMIT
from flask_maillage.people.forms import CheckedForm
from flask_maillage.publications.forms.base import Lines, say, written_lines
from flask_maillage.territory import zones
from flask_maillage.web.language import current_language

MAX_TERRITORIES = 50


class DomainForm(CheckedForm):
    """Which node is looked for."""

    domain = StringField(
        _("Domain of a node"),
        [InputRequired(_("Write the domain of a node, as network.example.")), Length(max=300)],
        description=_("A Mobilizon, a Gancio or another Maillage; you see what it is before it is asked."),
    )


class ScopeForm(CheckedForm):
    """What goes between a partner and us, both ways."""

    call = BooleanField(_("Calls"), default=True)
    event = BooleanField(_("Events"), default=True)
    initiative = BooleanField(_("Initiatives"), default=True)
    news = BooleanField(_("News"), default=True)
    territories = TextAreaField(
        _("Only in these territories"),
        [Lines(MAX_TERRITORIES, 250)],
        description=_("One town, region or country per line; leave it empty for everything."),
    )
    codes: tuple[str, ...] = ()

    def validate_call(self, field: Any) -> None:
        """Want one kind at least."""
        if not self.chosen_kinds():
            raise ValidationError(_("Choose at least one kind; to let nothing pass, suspend the partner."))

    def validate_territories(self, field: Any) -> None:
        """Want lines that each name one territory."""
        self.codes = tuple(_meant(line) for line in written_lines(field.data))

    def chosen_kinds(self) -> list[str]:
        """Return the kinds that are ticked."""
        return [kind for kind in KINDS if self[kind].data]


class AskForm(ScopeForm):
    """The same for a node that is to be asked."""

    application = HiddenField(validators=[InputRequired(), Length(max=2000)])


class LimitForm(ScopeForm):
    """The same for a node that is known, with what admins note about it."""

    place = StringField(
        _("Where the node is"),
        [Length(max=250)],
        description=_("For the map of partners: a town, a region or a country. Empty: what the node says itself."),
    )
    note = TextAreaField(_("Note"), [Length(max=NOTE_LIMIT)], description=_("For the admins of this node alone."))
    zone: str | None = None

    def validate_place(self, field: Any) -> None:
        """Want one place, or none."""
        text = (field.data or "").strip()
        self.zone = _meant(text) if text else None

    def place_of(self, partner: Partner) -> dict[str, Any] | None:
        """Return the place that a row keeps."""
        if self.zone is None:
            return None
        return ourselves.place_in(self.zone, "en").model_dump(mode="json") | {"code": self.zone}

    @classmethod
    def filled(cls, partner: Partner) -> Self:
        """Return the form as a partner has it now."""
        language = current_language()
        code = (partner.place or {}).get("code")
        return cls(
            formdata=None,
            **{kind: kind in partner.kinds for kind in KINDS},
            territories="\n".join(zones.written(one, language) for one in partner.territories),
            place=zones.written(code, language) if code else "",
            note=partner.note,
        )


def _meant(text: str) -> str:
    """Return the code of the one zone that a line names.

    Raises:
        ValidationError: none, or several.
    """
    found = zones.meant(text, current_language())
    if len(found) == 1:
        return found[0]
    if not found:
        unknown = _("Nobody here knows “%(text)s”: write another name, or a code as FR-38.")
        raise ValidationError(say(unknown, text=text))
    choices = "; ".join(zones.told_apart(code, current_language()) for code in found[:6])
    raise ValidationError(
        say(_("“%(text)s” may be several. Write one of these: %(choices)s."), text=text, choices=choices)
    )
