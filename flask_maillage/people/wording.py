"""Forms in the reader's language: their words are written in English where the fields are declared."""

from typing import Any

from wtforms import FieldList, FormField, SelectChoice, SelectField, SelectMultipleField

from flask_maillage.territory.places import country_names
from flask_maillage.web.language import Words, current_language, gettext


def _(message: str) -> str:
    return message


OF_WTFORMS = (
    _("Not a valid choice."),
    _("Not a valid integer value."),
    _("Not a valid float value."),
    _("Not a valid date value."),
    _("Not a valid datetime value."),
)
"""Messages that the fields of WTForms write themselves, for the translator."""
COUNTED_OF_WTFORMS = (
    ("Field cannot be longer than %(max)d character.", "Field cannot be longer than %(max)d characters."),
    ("'%(value)s' is not a valid choice for this field.", "'%(value)s' are not valid choices for this field."),
)
"""The same with a number in them."""


class SpokenForm:
    """A form whose library speaks the reader's language too, whatever a host does; a mixin."""

    class Meta:
        """What makes the difference."""

        def get_translations(self, form: Any) -> Words:
            """Return our own catalogue."""
            return Words()


def in_readers_language(form: Any) -> Any:
    """Translate the labels, helps, choices and errors of a form, and return the form. Once, before it is shown."""
    for field in form:
        if isinstance(field, FieldList):
            for entry in field.entries:
                if isinstance(entry, FormField):
                    in_readers_language(entry.form)
        field.label.text = gettext(field.label.text)
        field.description = gettext(field.description)
        field.errors = [gettext(error) if isinstance(error, str) else error for error in field.errors]
        if isinstance(field, SelectField | SelectMultipleField):
            field.choices = _choices(field)
    form.form_errors = [gettext(error) for error in form.form_errors]
    return form


def _choices(field: Any) -> list[Any]:
    countries = country_names(current_language()) if field.name == "country" else {}
    translated = [
        SelectChoice(choice.value, countries.get(choice.value) or gettext(choice.label)) for choice in field.choices
    ]
    if countries:
        translated.sort(key=lambda choice: (bool(choice.value), choice.label.casefold()))
    return translated
