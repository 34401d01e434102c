"""What a browser sends for a form as it is shown, rows included."""

from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, FieldList, FormField, SelectMultipleField


def typed_in(form: Any) -> MultiDict[str, Any]:
    """Return the fields of a form as they would be sent, nothing changed."""
    sent: MultiDict[str, Any] = MultiDict()
    for field in form:
        if isinstance(field, FieldList):
            for entry in field.entries:
                assert isinstance(entry, FormField)
                sent.update(typed_in(entry.form))
        elif isinstance(field, BooleanField):
            sent.setlist(field.name, ["y"] if field.data else [])
        elif isinstance(field, SelectMultipleField):
            sent.setlist(field.name, field.data or [])
        else:
            sent.setlist(field.name, [field._value() if hasattr(field, "_value") else field.data])
    return sent


def rows(name: str, *filled: dict[str, Any]) -> dict[str, Any]:
    """Return what is sent for rows of a form: `rows("questions", {"label": "Why?"})`."""
    return {f"{name}-{number}-{part}": value for number, row in enumerate(filled) for part, value in row.items()}
