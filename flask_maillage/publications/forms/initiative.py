"""The form of an initiative: what it is, how far it is, what it looks for."""

import re
from typing import Any, ClassVar

from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.validators import Length

from federation.activities import is_web_iri
from flask_maillage.publications.forms.base import (
    Lines,
    OrganisersField,
    PublicationForm,
    WebAddress,
    _,
    choices_of,
    fields_of,
    say,
    stripped,
    topic_choices,
    written_lines,
)
from flask_maillage.publications.forms.places import PlaceFields
from flask_maillage.publications.forms.translations import TranslationFields
from flask_maillage.publications.stages import STAGES
from flask_maillage.publications.workers import WORKERS


class InitiativeForm(TranslationFields, PlaceFields, PublicationForm):
    """Something that people have begun or want to begin."""

    essential: ClassVar[tuple[str, ...]] = ("name", "text", "stage", "needs", "locality", "which_place")
    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("What it is about", ("topics", "other_topics", "sectors", "workers", "other_workers")),
        ("More about it", ("offers", "outcomes", "website", "calls")),
        ("Who carries it", ("carried_by", "coalition", "organisers")),
        ("Where it is based", ("place_name", "street", "postal_code", "region", "country", "latitude", "longitude")),
        ("Where it acts", ("acts_in",)),
        PublicationForm.describing,
        PublicationForm.enclosing,
        TranslationFields.translation_group,
        PublicationForm.addressing,
    )

    stage = SelectField(_("How far it is"), choices=choices_of(STAGES.items(), empty="–"), default="")
    needs = TextAreaField(_("What it looks for"), [Lines(12, 200)], description=_("One per line."))
    offers = TextAreaField(_("What it offers"), [Lines(12, 200)], description=_("One per line."))
    topics = SelectMultipleField(_("Topics"), choices=topic_choices())
    other_topics = TextAreaField(_("Other topics"), [Lines(10, 100)], description=_("One per line."))
    sectors = TextAreaField(_("Sectors"), [Lines(10, 100)], description=_("One per line."))
    workers = SelectMultipleField(_("Workers concerned"), choices=choices_of(WORKERS.items()))
    other_workers = TextAreaField(_("Other workers"), [Lines(7, 100)], description=_("One per line."))
    acts_in = TextAreaField(
        _("Areas in which it acts"),
        [Lines(20, 260)],
        description=_("One per line: “Rhône | FR-69”; the code, of NUTS, INSEE or ISO, may be left out."),
    )
    outcomes = TextAreaField(_("What came of it"), [Lines(12, 600)], description=_("One per line."))
    calls = TextAreaField(
        _("Calls it answered"), [Lines(10, 2000)], description=_("One per line: the address of the call's page.")
    )
    coalition = OrganisersField(
        _("Coalition"),
        [Lines(1, 700)],
        description=_("The coalition that it belongs to: a name, a handle, or “Name | https://address-of-its-actor”."),
    )
    website = StringField(_("Website"), [Length(max=2000), WebAddress()], filters=[stripped])
    carried_by = OrganisersField(
        _("Carried by"),
        [Lines(20, 700)],
        description=_("One per line: a name, a handle as @name@host, or “Name | https://address-of-its-actor”."),
    )

    def validate_acts_in(self, field: Any) -> None:
        """Refuse a code that is none, and a line that names nothing."""
        for number, line in enumerate(written_lines(field.data), start=1):
            name, code = fields_of(line, 2)
            if not name or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,19}|", code):
                message = _("Line %(line)d: write a name, or “Name | code”; a code has no spaces.")
                raise ValidationError(say(message, line=number))

    def validate_calls(self, field: Any) -> None:
        """Refuse what is no address."""
        for number, line in enumerate(written_lines(field.data), start=1):
            if not is_web_iri(line):
                raise ValidationError(say(_("Line %(line)d: write the whole address, with https://."), line=number))

    def areas(self) -> list[tuple[str, str]]:
        """Return the name and the code of each area of a valid form."""
        return [(name, code) for name, code in (fields_of(line, 2) for line in written_lines(self.acts_in.data))]
