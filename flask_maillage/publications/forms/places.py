"""Where it is, in the forms of events and initiatives: what was typed, and what the gazetteer adds to it."""

from typing import Any, ClassVar

from flask import has_request_context
from wtforms import FloatField, RadioField, SelectField, StringField, ValidationError
from wtforms.validators import Length, NumberRange, Optional, StopValidation

from flask_maillage.publications.forms.base import _, choices_of, country_choices, stripped
from flask_maillage.territory import filling
from flask_maillage.territory.gazetteer import described
from flask_maillage.territory.places import Place
from flask_maillage.web.language import current_language

NONE_OF_THESE = "none"


class TogetherWith:
    """Check that a field is filled where another is: half a position is no position."""

    def __init__(self, other: str) -> None:
        """Keep the name of the other field."""
        self.other = other

    def __call__(self, form: Any, field: Any) -> None:
        """Raise wtforms' `StopValidation` at the field that is missing."""
        if not _is_filled(field) and _is_filled(form[self.other]):
            field.errors[:] = []  # what is empty is no wrong number
            raise StopValidation(_("Give both latitude and longitude, or neither."))


class PlaceFields:
    """Where it is; a mixin for forms."""

    place_fields: ClassVar[tuple[str, ...]] = (
        "place_name",
        "street",
        "postal_code",
        "locality",
        "region",
        "country",
        "latitude",
        "longitude",
    )

    place_name = StringField(_("Name of the place"), [Length(max=200)], filters=[stripped])
    street = StringField(_("Street and number"), [Length(max=200)], filters=[stripped])
    postal_code = StringField(_("Postal code"), [Length(max=20)], filters=[stripped])
    locality = StringField(_("Town"), [Length(max=200)], filters=[stripped])
    region = StringField(_("Region"), [Length(max=200)], filters=[stripped])
    country = SelectField(_("Country"), choices=choices_of(country_choices(), empty="–"), default="")
    latitude = FloatField(
        _("Latitude"),
        [TogetherWith("longitude"), Optional(), NumberRange(-90, 90, _("A latitude is between -90 and 90."))],
    )
    longitude = FloatField(
        _("Longitude"),
        [TogetherWith("latitude"), Optional(), NumberRange(-180, 180, _("A longitude is between -180 and 180."))],
    )

    which_place = RadioField(_("Which one is it?"), choices=[], validate_choice=False)

    def validate_which_place(self, field: Any) -> None:
        """Ask which town is meant where several have the name that was typed, and nothing else tells them apart."""
        if any(getattr(self, name).errors for name in self.place_fields):
            return
        typed = self.place_as_typed()
        towns = filling.offered(typed) if typed else []
        if towns:
            language = current_language() if has_request_context() else "en"
            named = [(town.code, f"{town.name}, {described(town, language)}") for town in towns]
            field.choices = choices_of([*named, (NONE_OF_THESE, _("Another one, or it does not matter"))])
            if field.data not in {choice.value for choice in field.choices}:
                raise ValidationError(_("Several towns have this name: choose one, or give its postal code."))

    def place(self) -> Place | None:
        """Return the place that the form describes, with what its town tells; None where it describes none."""
        typed = self.place_as_typed()
        return filling.completed(typed, self.which_place.data or "") if typed else None

    def place_as_typed(self) -> Place | None:
        """Return the place that was typed, or None where none was."""
        names = ("street", "postal_code", "locality", "region", "country", "latitude", "longitude")
        given = {name: getattr(self, name).data for name in names}
        place = Place(name=self.place_name.data or "", **{name: v for name, v in given.items() if v not in ("", None)})
        return place if place.name or place.has_address or place.latitude is not None else None


def place_data(place: Place | None) -> dict[str, Any]:
    """Return the data that makes a form show `place` again."""
    data = place.model_dump() if place else {}
    return {("place_name" if name == "name" else name): value for name, value in data.items()}


def _is_filled(field: Any) -> bool:
    return field.data is not None or any(str(value).strip() for value in field.raw_data or ())
