"""The form of an initiative: what it is, how far it is, what it looks for."""

from typing import ClassVar

from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length

from flask_maillage.publications.forms.base import (
    Lines,
    OrganisersField,
    PlaceFields,
    PublicationForm,
    WebAddress,
    _,
    choices_of,
    stripped,
    topic_choices,
)
from flask_maillage.publications.stages import STAGES


class InitiativeForm(PlaceFields, PublicationForm):
    """Something that people have begun or want to begin."""

    essential: ClassVar[tuple[str, ...]] = ("name", "text", "stage", "needs", "locality")
    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("More about it", ("offers", "topics", "other_topics", "sectors", "website", "carried_by", "organisers")),
        ("Place", ("place_name", "street", "postal_code", "region", "country", "latitude", "longitude")),
        PublicationForm.describing,
        PublicationForm.addressing,
    )

    stage = SelectField(_("How far it is"), choices=choices_of(STAGES.items(), empty="–"), default="")
    needs = TextAreaField(_("What it looks for"), [Lines(12, 200)], description=_("One per line."))
    offers = TextAreaField(_("What it offers"), [Lines(12, 200)], description=_("One per line."))
    topics = SelectMultipleField(_("Topics"), choices=topic_choices())
    other_topics = TextAreaField(_("Other topics"), [Lines(10, 100)], description=_("One per line."))
    sectors = TextAreaField(_("Sectors"), [Lines(10, 100)], description=_("One per line."))
    website = StringField(_("Website"), [Length(max=2000), WebAddress()], filters=[stripped])
    carried_by = OrganisersField(
        _("Carried by"),
        [Lines(20, 700)],
        description=_("One per line: a name, or “Name | https://address-of-its-actor”."),
    )
